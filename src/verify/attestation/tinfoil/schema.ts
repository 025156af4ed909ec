import * as v from 'valibot'
import { decodeBase64 } from '../../encoding/base64.ts'
import { isJsonObject } from '../../encoding/json.ts'

/** Format URIs (tinfoilsh/tinfoil-go, `verifier/document`). */
export const FORMAT = {
  snpV1: 'https://tinfoil.sh/predicate/sev-snp-guest/v1',
  tdxV1: 'https://tinfoil.sh/predicate/tdx-guest/v1',
  snpV2: 'https://tinfoil.sh/predicate/sev-snp-guest/v2',
  tdxV2: 'https://tinfoil.sh/predicate/tdx-guest/v2',
  v3: 'https://tinfoil.sh/predicate/attestation/v3',
  reportData: 'https://tinfoil.sh/report-data/v1',
  snpReport: 'https://tinfoil.sh/format/sev-snp-report/v1',
  tdxQuote: 'https://tinfoil.sh/format/tdx-quote/v1',
  gpuEvidence: 'https://tinfoil.sh/format/nvidia-gpu-evidence/v1',
  cryptoMaterial: 'https://tinfoil.sh/crypto-material/v1',
  deviceEvidence: 'https://tinfoil.sh/device-evidence/v1',
  spkiFingerprint: 'https://tinfoil.sh/key/spki-fp-sha256/v1',
  hpkeKey: 'https://tinfoil.sh/key/x25519-hpke/v1',
  amdVcek: 'https://tinfoil.sh/collateral/amd-vcek/v1',
  amdCrl: 'https://tinfoil.sh/collateral/amd-crl/v1',
  intelPcs: 'https://tinfoil.sh/collateral/intel-pcs/v1',
  sigstoreCode: 'https://tinfoil.sh/collateral/sigstore-code/v1',
} as const

const short = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const long = v.pipe(v.string(), v.minLength(1), v.maxLength(1_048_576))
/** Octets in standard base64, canonical. */
const base64 = v.pipe(
  long,
  v.check((text) => decodeBase64(text).ok),
)
/** Lower-case hexadecimal of so many octets. */
const hex = (octets: number) => v.pipe(v.string(), v.length(2 * octets), v.regex(/^[0-9a-f]*$/))
const object = v.custom<Readonly<Record<string, unknown>>>(isJsonObject)

/** As much of a document as tells which of its shapes it has. */
export const anyDocument = v.object({ format: short, challenge: v.optional(v.unknown()) })

/**
 * Version 2 of the well-known document: `body` is base64 of gzip of the raw report or quote. Version 1 looked the same. Whoever hands it on may
 * have added to it; the report is what is signed.
 */
export const documentV2 = v.object({ format: short, body: base64 })

/** What the attestation cache (ATC) hands out, and what clients assemble in its place. */
export const atcBundle = v.object({
  domain: v.pipe(v.string(), v.maxLength(253)),
  enclaveAttestationReport: documentV2,
  digest: hex(32),
  sigstoreBundle: object,
  vcek: v.optional(base64),
  enclaveCert: long,
  releaseTag: v.optional(short),
})

export const gpuEvidence = v.strictObject({
  arch: short,
  certificate: base64,
  evidence: base64,
  nonce: v.optional(hex(32)),
})
export type GpuEvidence = v.InferOutput<typeof gpuEvidence>
const gpus = v.strictObject({ evidences: v.pipe(v.array(gpuEvidence), v.minLength(1), v.maxLength(16)) })

/** Version 3 as it was in June 2026: what the report's data is hashed from stands in `report_data`. */
export const documentV3Early = v.object({
  format: v.literal(FORMAT.v3),
  report_data: v.strictObject({
    tls_key_fp: hex(32),
    hpke_key: hex(32),
    nonce: hex(32),
    gpu_evidence_hash: v.optional(hex(32)),
    nvswitch_evidence_hash: v.optional(hex(32)),
  }),
  cpu: v.strictObject({ platform: v.picklist(['tdx', 'sev-snp']), report: base64 }),
  gpu: v.optional(gpus),
  nvswitch: v.optional(object),
  certificate: long,
  /** Of the TLS key. Over what is not documented; the report's data covers the rest. */
  signature: base64,
})

const collateralEntry = v.strictObject({
  id: short,
  role: v.picklist(['endorsement', 'reference-values']),
  format: short,
  subjects: v.optional(v.pipe(v.array(short), v.maxLength(32))),
  data: object,
})
export type CollateralEntry = v.InferOutput<typeof collateralEntry>

/** Version 3 as it has been since August 2026. `crypto_material` and `device_evidence` are JSON texts in base64, hashed as those octets. */
export const documentV3 = v.strictObject({
  format: v.literal(FORMAT.v3),
  challenge: v.strictObject({ nonce: hex(32), report_data: hex(64), report_data_algorithm: v.literal(FORMAT.reportData) }),
  cpu_evidence: v.strictObject({
    format: short,
    report_base64: base64,
    endorsed: v.strictObject({ crypto_material_hash: hex(32), device_evidence_hash: hex(32) }),
  }),
  crypto_material: base64,
  device_evidence: base64,
  collateral: v.optional(
    v.pipe(
      v.array(collateralEntry),
      v.maxLength(32),
      v.check((items) => haveOwnIds(items)),
    ),
    [],
  ),
})

function haveOwnIds(items: readonly { readonly id: string }[]): boolean {
  return new Set(items.map(({ id }) => id)).size === items.length
}

const keyItem = v.strictObject({ id: short, format: short, data: v.pipe(v.string(), v.maxLength(8192), v.regex(/^(?:[0-9a-f]{2})+$/)) })
export const cryptoMaterial = v.strictObject({
  format: v.literal(FORMAT.cryptoMaterial),
  items: v.pipe(
    v.array(keyItem),
    v.maxLength(64),
    v.check((items) => haveOwnIds(items)),
    // The two formats that are known hold 32 octets each.
    v.check((items) => items.every(({ format, data }) => data.length === 64 || !KEYS_OF_32.includes(format))),
  ),
})
export type KeyItem = v.InferOutput<typeof keyItem>
const KEYS_OF_32: readonly string[] = [FORMAT.spkiFingerprint, FORMAT.hpkeKey]

const deviceItem = v.strictObject({ id: short, kind: short, vendor: short, format: short, evidence: v.unknown() })
export const deviceEvidence = v.strictObject({
  format: v.literal(FORMAT.deviceEvidence),
  items: v.pipe(
    v.array(deviceItem),
    v.maxLength(32),
    v.check((items) => haveOwnIds(items)),
  ),
})

/** The contents of the collateral that is used. */
export const amdVcekData = v.strictObject({ vcek_der_base64: base64, cert_chain_pem: v.pipe(v.string(), v.maxLength(65_536)) })
export const amdCrlData = v.strictObject({ crl_der_base64: base64 })
export const intelPcsData = v.strictObject({
  responses: v.pipe(
    v.array(
      v.strictObject({
        url: v.pipe(v.string(), v.maxLength(2000)),
        headers: v.record(v.string(), v.pipe(v.array(v.pipe(v.string(), v.maxLength(65_536))), v.maxLength(16))),
        body_base64: base64,
      }),
    ),
    v.maxLength(16),
  ),
})
export const sigstoreData = v.strictObject({
  repo: v.pipe(v.string(), v.maxLength(300)),
  tag: v.pipe(v.string(), v.maxLength(300)),
  digest: hex(32),
  sigstore_bundle: object,
})

/**
 * The predicate `snp-tdx-multiplatform/v1`, as much of it as is compared or offered. It is closed by its signer, not by its form: other members are
 * tolerated.
 */
export const codePredicate = v.object({
  snp_measurement: hex(48),
  tdx_measurement: v.object({ rtmr1: hex(48), rtmr2: hex(48) }),
})
