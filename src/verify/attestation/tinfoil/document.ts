import type { CollateralSeen, EvidenceSeen } from '../../../dossier/types.ts'
import { decodeBase64 } from '../../encoding/base64.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { gunzip } from '../../encoding/gzip.ts'
import { decodeHex, encodeHex } from '../../encoding/hex.ts'
import { type JsonLimits, parseForeignJson, parseJsonBytes } from '../../encoding/json.ts'
import { rawMember } from '../../encoding/raw-json.ts'
import { failure, type Result, renamed, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { type CollateralFault, collateralOf, type Release, releaseOf, vcekFrom } from './collateral.ts'
import { reportDataOfEarlyV3, reportDataOfV3 } from './report-data.ts'
import {
  anyDocument,
  atcBundle,
  cryptoMaterial,
  deviceEvidence,
  documentV2,
  documentV3,
  documentV3Early,
  FORMAT,
  type GpuEvidence,
  gpuEvidence,
  type KeyItem,
} from './schema.ts'

/** A document of Tinfoil's taken apart, whatever its version. Nothing in it is true before the processor's report is, and holds it together. */
export type TinfoilDocument = {
  /** As people call it. */
  readonly version: 'v2' | 'v2-bundle' | 'v3-early' | 'v3'
  readonly cpu: { readonly kind: 'sev-snp-report' | 'tdx-quote'; readonly octets: Bytes }
  /** What the document brings for the processor's report. */
  readonly collateral: readonly CollateralSeen[]
  /** What the report's data is to be, in lower-case hexadecimal. Absent in version 2: there it is the keys themselves. */
  readonly reportData?: string
  /** What the document says that the report's data is. */
  readonly challenge?: string
  readonly nonce?: string
  readonly keys: readonly KeyItem[]
  readonly sections: readonly Section[]
  readonly devices: readonly Device[]
  readonly certificate?: { readonly pem: string; readonly domain?: string; readonly attestationHash?: string }
  readonly release?: Release
  /** Collateral that the format requires and that is not there. */
  readonly lacking?: string
}

/** A part of the document that the report's data commits to by a hash. `computed` is absent where the part itself is. */
export type Section = {
  readonly check: 'tinfoil.crypto-material' | 'tinfoil.device-evidence' | 'tinfoil.gpu-evidence' | 'tinfoil.switch-evidence'
  readonly stated?: string
  readonly computed?: string
}

/** `other`: evidence in a format that is not known here. */
export type Device = { readonly kind: 'nvidia-gpu'; readonly evidence: GpuEvidence } | { readonly kind: 'other'; readonly format: string }

export type DocumentCode =
  | 'tinfoil-json'
  | 'tinfoil-schema'
  | 'tinfoil-report'
  | 'tinfoil-section'
  | 'tinfoil-device'
  | CollateralFault
  /** A format that is none of Tinfoil's, or one that they have withdrawn. */
  | 'tinfoil-unsupported'

type Parsed = Result<TinfoilDocument, DocumentCode>

const LIMITS: JsonLimits = { maxLength: 1_048_576, maxDepth: 24 }
/** Most octets of a report or quote. */
const MAX_REPORT = 65_536
const HPKE_ID = 'hpke'
const TLS_ID = 'tls'

/** Reads the document at `/.well-known/tinfoil-attestation`, in any of its versions but the first. */
export async function parseDocument(evidence: EvidenceSeen): Promise<Parsed> {
  const json = parseForeignJson(evidence.document, LIMITS)
  if (!json.ok) return failure('tinfoil-json', json.code)
  const head = parseWith(anyDocument, json.value)
  if (!head.ok) return renamed('tinfoil-schema', head)
  const { format, challenge } = head.value
  if (format === FORMAT.v3) return challenge === undefined ? parseEarlyV3(json.value, evidence) : parseV3(json.value, evidence)
  const document = parseWith(documentV2, json.value)
  return document.ok ? parseV2(document.value) : renamed('tinfoil-schema', document)
}

/** Reads what the attestation cache hands out: a document of version 2, and beside it what it is checked with. */
export async function parseBundle(evidence: EvidenceSeen): Promise<Parsed> {
  const json = parseForeignJson(evidence.document, LIMITS)
  if (!json.ok) return failure('tinfoil-json', json.code)
  const bundle = parseWith(atcBundle, json.value)
  if (!bundle.ok) return renamed('tinfoil-schema', bundle)
  const { domain, enclaveAttestationReport, digest, sigstoreBundle, vcek, enclaveCert } = bundle.value
  const document = await parseV2(enclaveAttestationReport)
  if (!document.ok) return document
  return success({
    ...document.value,
    version: 'v2-bundle',
    collateral: vcek === undefined ? [] : [vcekFrom(vcek, evidence)],
    certificate: {
      pem: enclaveCert,
      domain,
      attestationHash: await sha256Of(encodeUtf8(enclaveAttestationReport.format + enclaveAttestationReport.body)),
    },
    release: { bundle: JSON.stringify(sigstoreBundle), digest },
  })
}

async function parseV2({ format, body }: { readonly format: string; readonly body: string }): Promise<Parsed> {
  const kind = V2_KINDS.get(format)
  if (kind === undefined) return failure('tinfoil-unsupported', format)
  const compressed = decodeBase64(body)
  const octets = compressed.ok ? await gunzip(compressed.value, MAX_REPORT) : compressed
  if (!octets.ok) return failure('tinfoil-report', octets.code)
  return success({ version: 'v2', cpu: { kind, octets: octets.value }, collateral: [], keys: [], sections: [], devices: [] })
}

const V2_KINDS: ReadonlyMap<string, TinfoilDocument['cpu']['kind']> = new Map([
  [FORMAT.snpV2, 'sev-snp-report'],
  [FORMAT.tdxV2, 'tdx-quote'],
])

/** Here the evidence of devices stands in the document as JSON, and is hashed as the text that it is. */
async function parseEarlyV3(json: unknown, evidence: EvidenceSeen): Promise<Parsed> {
  const parsed = parseWith(documentV3Early, json)
  if (!parsed.ok) return renamed('tinfoil-schema', parsed)
  const { report_data, cpu, gpu, certificate } = parsed.value
  const { tls_key_fp, hpke_key, nonce, gpu_evidence_hash, nvswitch_evidence_hash } = report_data
  const fields = [tls_key_fp, hpke_key, nonce, gpu_evidence_hash, nvswitch_evidence_hash].filter((field) => field !== undefined)
  const section = async (check: Section['check'], stated: string | undefined, member: string): Promise<readonly Section[]> => {
    const text = rawMember(evidence.document, member)
    if (stated === undefined && text === undefined) return []
    return [
      {
        check,
        ...(stated === undefined ? {} : { stated }),
        ...(text === undefined ? {} : { computed: await sha256Of(encodeUtf8(text)) }),
      },
    ]
  }
  return success({
    version: 'v3-early',
    cpu: { kind: cpu.platform === 'tdx' ? 'tdx-quote' : 'sev-snp-report', octets: octetsOf(cpu.report) },
    collateral: [],
    reportData: await reportDataOfEarlyV3(...fields.map(octetsOfHex)),
    nonce,
    keys: [
      { id: TLS_ID, format: FORMAT.spkiFingerprint, data: tls_key_fp },
      { id: HPKE_ID, format: FORMAT.hpkeKey, data: hpke_key },
    ],
    sections: [
      ...(await section('tinfoil.gpu-evidence', gpu_evidence_hash, 'gpu')),
      ...(await section('tinfoil.switch-evidence', nvswitch_evidence_hash, 'nvswitch')),
    ],
    devices: (gpu?.evidences ?? []).map((item): Device => ({ kind: 'nvidia-gpu', evidence: item })),
    certificate: { pem: certificate },
  })
}

/** Here keys and devices stand in sections of their own, hashed as the octets that base64 holds. */
async function parseV3(json: unknown, evidence: EvidenceSeen): Promise<Parsed> {
  const parsed = parseWith(documentV3, json)
  if (!parsed.ok) return renamed('tinfoil-schema', parsed)
  const { challenge, cpu_evidence, collateral } = parsed.value
  const { crypto_material_hash, device_evidence_hash } = cpu_evidence.endorsed
  const kind = V3_KINDS.get(cpu_evidence.format)
  if (kind === undefined) return failure('tinfoil-unsupported', cpu_evidence.format)
  const keyOctets = octetsOf(parsed.value.crypto_material)
  const keys = parseSection(keyOctets, (value) => parseWith(cryptoMaterial, value))
  if (!keys.ok) return keys
  const deviceOctets = octetsOf(parsed.value.device_evidence)
  const items = parseSection(deviceOctets, (value) => parseWith(deviceEvidence, value))
  if (!items.ok) return items
  const devices: Device[] = []
  for (const { format, evidence: shown } of items.value.items) {
    const gpu = format === FORMAT.gpuEvidence ? parseWith(gpuEvidence, shown) : undefined
    if (gpu?.ok === false) return renamed('tinfoil-device', gpu)
    devices.push(gpu === undefined ? { kind: 'other', format } : { kind: 'nvidia-gpu', evidence: gpu.value })
  }
  const own = collateralOf(collateral, kind, evidence)
  if (!own.ok) return own
  const release = releaseOf(collateral)
  if (!release.ok) return release
  return success({
    version: 'v3',
    cpu: { kind, octets: octetsOf(cpu_evidence.report_base64) },
    collateral: own.value.collateral,
    reportData: await reportDataOfV3(octetsOfHex(challenge.nonce), octetsOfHex(crypto_material_hash), octetsOfHex(device_evidence_hash)),
    challenge: challenge.report_data,
    nonce: challenge.nonce,
    keys: keys.value.items,
    sections: [
      { check: 'tinfoil.crypto-material', stated: crypto_material_hash, computed: await sha256Of(keyOctets) },
      { check: 'tinfoil.device-evidence', stated: device_evidence_hash, computed: await sha256Of(deviceOctets) },
    ],
    devices,
    ...(release.value === undefined ? {} : { release: release.value }),
    ...(own.value.lacking === undefined ? {} : { lacking: own.value.lacking }),
  })
}

const V3_KINDS: ReadonlyMap<string, TinfoilDocument['cpu']['kind']> = new Map([
  [FORMAT.snpReport, 'sev-snp-report'],
  [FORMAT.tdxQuote, 'tdx-quote'],
])

function parseSection<Value>(octets: Bytes, parse: (value: unknown) => Result<Value, 'schema'>): Result<Value, 'tinfoil-section'> {
  const json = parseJsonBytes(octets, LIMITS)
  if (!json.ok) return failure('tinfoil-section', json.code)
  const parsed = parse(json.value)
  return parsed.ok ? parsed : renamed('tinfoil-section', parsed)
}

async function sha256Of(octets: Bytes): Promise<string> {
  return encodeHex(await sha256(octets))
}

/** Of a text that the schema has already found to be canonical base64. */
function octetsOf(base64: string): Bytes {
  const octets = decodeBase64(base64)
  return octets.ok ? octets.value : new Uint8Array(0)
}

/** Of a text that the schema has already found to be lower-case hexadecimal. */
function octetsOfHex(hex: string): Bytes {
  const octets = decodeHex(hex, 'lower-case')
  return octets.ok ? octets.value : new Uint8Array(0)
}
