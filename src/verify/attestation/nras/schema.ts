import * as v from 'valibot'

const text = v.pipe(v.string(), v.maxLength(1024))
const seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(253_402_300_799))
/** Hexadecimal, as it was posted to the service. */
const nonce = v.pipe(
  v.string(),
  v.regex(/^(?:[0-9a-fA-F]{2}){1,64}$/),
  v.transform((digits) => digits.toLowerCase()),
)
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const token = v.pipe(v.string(), v.maxLength(65_536))

/** `GPU-0`, `SWITCH-3`. */
const deviceName = v.pipe(v.string(), v.regex(/^(?:GPU|SWITCH)-\d{1,2}$/))

/** The reply of the service: a token about all, and beside it one about each device (a detached claims set, RFC 9711 section 4.2.18.2). */
export const documentSchema = v.strictTuple([v.strictTuple([v.literal('JWT'), token]), v.record(deviceName, token)])

/**
 * The same as NVIDIA's SDK hands it on (`get_token`), beside an envelope of its own that nobody signed: under the name of who was asked. What stands
 * under another name than the two of the service's was made on the machine itself.
 */
export const sdkSchema = v.strictTuple([
  v.strictTuple([v.literal('JWT'), token]),
  v.record(v.pipe(v.string(), v.regex(/^[A-Z_]{1,60}$/)), v.unknown()),
])
export const REMOTE_CLAIMS: readonly string[] = ['REMOTE_GPU_CLAIMS', 'REMOTE_SWITCH_CLAIMS']

/** `kid` names a key of the issuer; addresses, keys and certificates in the header are not read. */
export const tokenHeader = v.object({ alg: v.literal('ES384'), typ: v.optional(v.literal('JWT')), kid: text })

const times = { iat: seconds, nbf: seconds, exp: seconds }

/** Claims about all devices. `submods`: the SHA-256 of each device's token, as the ASCII text that it is. */
export const overallClaims = v.object({
  iss: text,
  sub: v.literal('NVIDIA-PLATFORM-ATTESTATION'),
  eat_nonce: nonce,
  ...times,
  'x-nvidia-overall-att-result': v.boolean(),
  submods: v.record(deviceName, v.strictTuple([v.literal('DIGEST'), v.strictTuple([v.literal('SHA-256'), sha256])])),
})
export type OverallClaims = v.InferOutput<typeof overallClaims>

/**
 * Claims about one device. Of a device that fails, the service leaves claims null; of one that it refuses to judge, it gives the reason and
 * leaves them out. Its further claims: see `device-claims.ts`.
 */
export const deviceClaims = v.object({
  iss: text,
  eat_nonce: v.nullish(nonce),
  ...times,
  hwmodel: v.nullish(text),
  measres: v.nullish(text),
  secboot: v.nullish(v.boolean()),
  dbgstat: v.nullish(text),
  'x-nvidia-attestation-warning': v.nullish(text),
  'x-nvidia-gpu-driver-version': v.nullish(text),
  'x-nvidia-gpu-vbios-version': v.nullish(text),
})
export type DeviceClaims = v.InferOutput<typeof deviceClaims>

/** What the service says of a chain of certificates: the device's, or that of reference values. */
export const certificateStatus = v.object({ 'x-nvidia-cert-status': v.nullish(text), 'x-nvidia-cert-ocsp-status': v.nullish(text) })

/** Why the service did not judge a device (NVIDIA, "NVIDIA Remote Attestation Service error codes"). */
export const refusal = v.object({
  'x-nvidia-error-details': v.object({ code: v.pipe(v.number(), v.safeInteger()), message: v.nullish(text), description: v.nullish(text) }),
})
