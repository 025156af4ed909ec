import * as v from 'valibot'
import { isJsonObject } from '../../encoding/json.ts'
import { optionalMembers } from '../../encoding/schema.ts'

const text = v.pipe(v.string(), v.maxLength(4096))
const texts = v.pipe(v.array(text), v.maxLength(64))
const seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(253_402_300_799))

/** Variables by name. valibot's own `record` leaves out members by names like `constructor`; here none is lost. */
const settings = v.custom<Readonly<Record<string, string>>>(
  (value) => isJsonObject(value) && Object.values(value).every((each) => typeof each === 'string'),
)

/** One or several values under one name, as `aud` and `eat_nonce` come. */
const oneOrMore = v.pipe(
  v.union([text, texts]),
  v.transform((value): readonly string[] => (typeof value === 'string' ? [value] : value)),
)

/** What the token says of NVIDIA GPUs (`submods.nvidia_gpu`): the mode in which they run, and each by itself. */
const gpuClaims = optionalMembers({
  cc_mode: v.nullish(text),
  cc_feature: v.nullish(text),
  driver_version: v.nullish(text),
  gpus: v.nullish(
    v.pipe(
      v.array(
        optionalMembers({
          hwmodel: v.nullish(text),
          ueid: v.nullish(text),
          driver_version: v.nullish(text),
          vbios_version: v.nullish(text),
        }),
      ),
      v.maxLength(64),
    ),
  ),
})
export type GpuClaims = v.InferOutput<typeof gpuClaims>

/** JOSE header. `x5c` makes it the PKI form; otherwise `kid` names a key of the issuer. `jku` and embedded keys are never followed. */
export const tokenHeader = v.object({
  alg: v.literal('RS256'),
  typ: v.optional(v.literal('JWT')),
  kid: v.optional(text),
  x5c: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(16_384))), v.minLength(1), v.maxLength(6))),
})

/**
 * Claims of an attestation token, as documented under "Attestation token claims" for Confidential Space. Unknown claims are tolerated: Google
 * adds some now and then, and the signature covers them. What is used here is typed.
 */
export const tokenClaims = v.object({
  iss: text,
  aud: oneOrMore,
  sub: text,
  iat: seconds,
  nbf: seconds,
  exp: seconds,
  eat_nonce: v.optional(oneOrMore),
  eat_profile: v.optional(text),
  secboot: v.boolean(),
  oemid: v.optional(v.number()),
  hwmodel: text,
  swname: text,
  swversion: v.optional(v.union([text, texts])),
  attester_tcb: v.optional(texts),
  dbgstat: text,
  google_service_accounts: v.optional(texts),
  /** The security level of Google's TDX machines; only their tokens have it. */
  tdx: v.optional(optionalMembers({ gcp_attester_tcb_status: v.optional(text), gcp_attester_tcb_date: v.optional(text) })),
  submods: optionalMembers({
    confidential_space: v.optional(
      optionalMembers({
        support_attributes: v.optional(texts),
        monitoring_enabled: v.optional(optionalMembers({ memory: v.optional(v.boolean()) })),
      }),
    ),
    container: v.optional(
      v.object({
        image_reference: text,
        image_digest: text,
        image_id: v.optional(text),
        restart_policy: v.optional(text),
        image_signatures: v.optional(v.nullable(v.array(v.unknown()))),
        args: v.optional(v.nullable(texts)),
        cmd_override: v.optional(v.nullable(texts)),
        env: v.optional(v.nullable(settings)),
        env_override: v.optional(v.nullable(settings)),
      }),
    ),
    gce: v.optional(
      v.object({
        project_id: text,
        project_number: v.optional(v.union([text, v.number()])),
        zone: v.optional(text),
        instance_name: v.optional(text),
        instance_id: v.optional(v.union([text, v.number()])),
      }),
    ),
    nvidia_gpu: v.optional(gpuClaims),
  }),
})
export type TokenClaims = v.InferOutput<typeof tokenClaims>
