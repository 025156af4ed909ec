import * as v from 'valibot'

const short = v.pipe(v.string(), v.maxLength(256))
const base64 = v.pipe(v.string(), v.maxLength(131_072))

/**
 * One GPU as services and NVIDIA's tools write it: `certificate` is base64 of the certificates in PEM, `evidence` base64 of the report. What else
 * stands there (versions, a name) nobody signed, and is not read. `nonce` and `arch` are compared with what is signed.
 */
export const gpuSchema = v.object({ certificate: base64, evidence: base64, arch: v.optional(short), nonce: v.optional(short) })
export type GpuItem = v.InferOutput<typeof gpuSchema>

/** Most GPUs in one document: more than any service has machines behind one answer. */
const MAX_GPUS = 128

/** What is posted to NVIDIA's service, and published by services: some GPUs that answered one nonce. */
export const payloadSchema = v.object({
  nonce: v.optional(short),
  arch: v.optional(short),
  /** Each entry is read by itself, so that one that cannot be read leaves the others what they are. */
  evidence_list: v.pipe(v.array(v.unknown()), v.maxLength(MAX_GPUS)),
})
