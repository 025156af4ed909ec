import * as v from 'valibot'

/** The members that OpenGradient's gateway adds to an answer. */
export const MEMBERS = ['tee_signature', 'tee_request_hash', 'tee_output_hash', 'tee_timestamp', 'tee_id'] as const

/** What is signed are the octets: how their digits are written is spelling. */
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i), v.toLowerCase())

export const signatureMembers = v.strictObject({
  tee_signature: v.pipe(v.string(), v.minLength(1), v.maxLength(2048)),
  tee_request_hash: hash,
  tee_output_hash: hash,
  /** Seconds since 1970. */
  tee_timestamp: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(253_402_300_799)),
  tee_id: v.pipe(v.string(), v.regex(/^0x[0-9a-f]{64}$/i), v.toLowerCase()),
})
export type SignatureMembers = v.InferOutput<typeof signatureMembers>

/** As much as is read of what `/signing-key` answers. It is a key by its own word, until the enclave's evidence commits to it. */
export const signingKeyDocument = v.object({ public_key: v.pipe(v.string(), v.maxLength(8192)) })
