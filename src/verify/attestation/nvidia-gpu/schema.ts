import * as v from 'valibot'

const short = v.pipe(v.string(), v.maxLength(256))
const base64 = v.pipe(v.string(), v.maxLength(131_072))

/**
 * One GPU as services and NVIDIA's tools write it: `certificate` is base64 of the certificates in PEM, `evidence` base64 of the report. What else
 * stands there (versions, a name) nobody signed, and is not read. `nonce` and `arch` are compared with what is signed.
 */
export const gpuSchema = v.object({ certificate: base64, evidence: base64, arch: v.optional(short), nonce: v.optional(short) })
export type GpuItem = v.InferOutput<typeof gpuSchema>

/** Most GPUs in one document: two machines of eight. */
const MAX_GPUS = 16

/** What is posted to NVIDIA's service, and published by services: some GPUs that answered one nonce. */
export const payloadSchema = v.object({
  nonce: v.optional(short),
  arch: v.optional(short),
  evidence_list: v.pipe(v.array(gpuSchema), v.maxLength(MAX_GPUS)),
})
