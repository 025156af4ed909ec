import * as v from 'valibot'
import { decodeBase64 } from '../../encoding/base64.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { parseForeignJson } from '../../encoding/json.ts'
import { failure, type Result, renamed, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { type Certificate, parseCertificate } from '../../trust/certificate.ts'

export type BundleCode =
  /** Not JSON, or JSON that names a member twice, is too large or too deep. */
  | 'bundle-json'
  | 'bundle-version'
  | 'bundle-malformed'
  /** Not exactly one of certificate, chain and public key, or not the one that the version has. */
  | 'bundle-material'
  | 'bundle-root-certificate'
  /** Not exactly one of message signature and envelope. */
  | 'bundle-content'
  | 'certificate-malformed'
  | 'dsse-signature-count'

export type BundleVersion = '0.1' | '0.2' | '0.3'

/** A Sigstore bundle (protobuf-specs `sigstore_bundle.proto`): a signature and what is needed to verify it. Nothing in it is verified yet. */
export type Bundle = {
  readonly version: BundleVersion
  readonly material: Material
  readonly logEntries: readonly LogEntry[]
  /** RFC 3161 TimeStampResp, DER. */
  readonly timestamps: readonly Bytes[]
  readonly content: Content
}

export type Material =
  | { readonly kind: 'certificate'; readonly leaf: Certificate; readonly intermediates: readonly Certificate[] }
  /** Signed by a key that the verifier has to know by itself. */
  | { readonly kind: 'public-key' }

export type Content =
  | { readonly kind: 'message'; readonly signature: Bytes; readonly digest?: { readonly algorithm: string; readonly value: Bytes } }
  /** A DSSE envelope with its one signature. */
  | { readonly kind: 'dsse'; readonly signature: Bytes; readonly payloadType: string; readonly payload: Bytes }

export type LogEntry = {
  /** Number in the whole log, over all its shards. */
  readonly logIndex: number
  readonly logId: Bytes
  readonly kind: string
  readonly kindVersion: string
  /** Seconds since 1970; only a signed entry timestamp makes it more than a claim. */
  readonly integratedTime?: number
  readonly signedEntryTimestamp?: Bytes
  readonly inclusionProof?: InclusionProof
  /** What the log holds, as base64 and decoded. */
  readonly bodyText: string
  readonly body: Bytes
}

export type InclusionProof = {
  /** Number in the shard. */
  readonly logIndex: number
  readonly rootHash: Bytes
  readonly treeSize: number
  readonly hashes: readonly Bytes[]
  readonly checkpoint?: string
}

const MAX_LENGTH = 1024 * 1024
const MAX_DEPTH = 16
const MAX_ENTRIES = 4
const MAX_TIMESTAMPS = 4
const MAX_CERTIFICATES = 8
const MAX_PROOF_HASHES = 64
const HASH_OCTETS = 32

const VERSIONS: ReadonlyMap<string, BundleVersion> = new Map([
  ['application/vnd.dev.sigstore.bundle+json;version=0.1', '0.1'],
  ['application/vnd.dev.sigstore.bundle+json;version=0.2', '0.2'],
  ['application/vnd.dev.sigstore.bundle+json;version=0.3', '0.3'],
  ['application/vnd.dev.sigstore.bundle.v0.3+json', '0.3'],
])

const base64 = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const decoded = decodeBase64(dataset.value)
    if (decoded.ok) return { text: dataset.value, octets: decoded.value }
    addIssue({ message: decoded.code })
    return NEVER
  }),
)
const octets = v.pipe(
  base64,
  v.transform((value) => value.octets),
)
const hash = v.pipe(octets, v.length(HASH_OCTETS))

/** An int64 in the JSON of protobuf: decimal digits in a string, or a number; left out where it is zero. None here is negative. */
const int64 = v.optional(
  v.pipe(v.union([v.pipe(v.string(), v.regex(/^(?:0|[1-9]\d{0,15})$/), v.transform(Number)), v.number()]), v.safeInteger(), v.minValue(0)),
  0,
)
const certificate = v.strictObject({ rawBytes: octets })
const inclusionProof = v.strictObject({
  logIndex: int64,
  rootHash: hash,
  treeSize: int64,
  hashes: v.optional(v.pipe(v.array(hash), v.maxLength(MAX_PROOF_HASHES)), []),
  checkpoint: v.nullish(v.strictObject({ envelope: v.string() })),
})
const logEntry = v.strictObject({
  logIndex: int64,
  logId: v.strictObject({ keyId: hash }),
  kindVersion: v.strictObject({ kind: v.string(), version: v.string() }),
  integratedTime: v.nullish(int64),
  inclusionPromise: v.nullish(v.strictObject({ signedEntryTimestamp: octets })),
  inclusionProof: v.nullish(inclusionProof),
  canonicalizedBody: base64,
})
const schema = v.strictObject({
  mediaType: v.string(),
  verificationMaterial: v.strictObject({
    certificate: v.nullish(certificate),
    x509CertificateChain: v.nullish(
      v.strictObject({ certificates: v.optional(v.pipe(v.array(certificate), v.maxLength(MAX_CERTIFICATES)), []) }),
    ),
    publicKey: v.nullish(v.strictObject({ hint: v.optional(v.string()) })),
    tlogEntries: v.nullish(v.pipe(v.array(logEntry), v.maxLength(MAX_ENTRIES))),
    timestampVerificationData: v.nullish(
      v.strictObject({
        rfc3161Timestamps: v.nullish(v.pipe(v.array(v.strictObject({ signedTimestamp: octets })), v.maxLength(MAX_TIMESTAMPS))),
      }),
    ),
  }),
  messageSignature: v.nullish(
    v.strictObject({ messageDigest: v.nullish(v.strictObject({ algorithm: v.string(), digest: octets })), signature: octets }),
  ),
  dsseEnvelope: v.nullish(
    v.strictObject({
      payload: octets,
      payloadType: v.string(),
      signatures: v.pipe(v.array(v.strictObject({ sig: octets, keyid: v.optional(v.string()) })), v.maxLength(8)),
    }),
  ),
})

type Parsed = v.InferOutput<typeof schema>

/**
 * Reads a bundle of version 0.1, 0.2 or 0.3 in its JSON form. Certificates are parsed; that they, the signature and the log entries hold
 * together is for `verifySigstoreBundle`. Members that these versions do not have are refused, as in protobuf's own JSON.
 */
export function parseBundle(text: string): Result<Bundle, BundleCode> {
  const json = parseForeignJson(text, { maxLength: MAX_LENGTH, maxDepth: MAX_DEPTH })
  if (!json.ok) return failure('bundle-json', json.code)
  const typed = parseWith(v.object({ mediaType: v.string() }), json.value)
  const version = typed.ok ? VERSIONS.get(typed.value.mediaType) : undefined
  if (version === undefined) return failure('bundle-version')
  const parsed = parseWith(schema, json.value)
  if (!parsed.ok) return renamed('bundle-malformed', parsed)
  const material = readMaterial(version, parsed.value.verificationMaterial)
  if (!material.ok) return material
  const content = readContent(parsed.value)
  if (!content.ok) return content
  const { tlogEntries, timestampVerificationData } = parsed.value.verificationMaterial
  return success({
    version,
    material: material.value,
    logEntries: (tlogEntries ?? []).map(readLogEntry),
    timestamps: (timestampVerificationData?.rfc3161Timestamps ?? []).map(({ signedTimestamp }) => signedTimestamp),
    content: content.value,
  })
}

function readMaterial(version: BundleVersion, material: Parsed['verificationMaterial']): Result<Material, BundleCode> {
  const { certificate, x509CertificateChain, publicKey } = material
  const given = [certificate, x509CertificateChain, publicKey].filter((one) => one !== null && one !== undefined)
  if (given.length !== 1) return failure('bundle-material', `${given.length} kinds`)
  if (publicKey) return success({ kind: 'public-key' })
  // Version 0.3 has the leaf alone: whom it leads to is for the trusted root to say.
  if (version === '0.3' && !certificate) return failure('bundle-material', 'chain')
  const [leaf, ...intermediates] = certificate ? [certificate] : (x509CertificateChain?.certificates ?? [])
  if (leaf === undefined) return failure('bundle-material', 'empty chain')
  const parsedLeaf = parseCertificate(leaf.rawBytes)
  if (!parsedLeaf.ok) return failure('certificate-malformed', parsedLeaf.code)
  const parsedIntermediates: Certificate[] = []
  for (const { rawBytes } of intermediates) {
    const parsed = parseCertificate(rawBytes)
    if (!parsed.ok) return failure('certificate-malformed', parsed.code)
    if (parsed.value.issuer.key === parsed.value.subject.key) return failure('bundle-root-certificate')
    parsedIntermediates.push(parsed.value)
  }
  return success({ kind: 'certificate', leaf: parsedLeaf.value, intermediates: parsedIntermediates })
}

function readContent({ messageSignature, dsseEnvelope }: Parsed): Result<Content, BundleCode> {
  if (messageSignature && !dsseEnvelope) {
    const { signature, messageDigest } = messageSignature
    if (!messageDigest) return success({ kind: 'message', signature })
    return success({ kind: 'message', signature, digest: { algorithm: messageDigest.algorithm, value: messageDigest.digest } })
  }
  if (!dsseEnvelope || messageSignature) return failure('bundle-content')
  const [signature, ...more] = dsseEnvelope.signatures
  if (signature === undefined || more.length > 0) return failure('dsse-signature-count', String(dsseEnvelope.signatures.length))
  return success({ kind: 'dsse', signature: signature.sig, payloadType: dsseEnvelope.payloadType, payload: dsseEnvelope.payload })
}

function readLogEntry(entry: v.InferOutput<typeof logEntry>): LogEntry {
  const { logIndex, logId, kindVersion, integratedTime, inclusionPromise, inclusionProof, canonicalizedBody } = entry
  return {
    logIndex,
    logId: logId.keyId,
    kind: kindVersion.kind,
    kindVersion: kindVersion.version,
    ...(integratedTime ? { integratedTime } : {}),
    ...(inclusionPromise ? { signedEntryTimestamp: inclusionPromise.signedEntryTimestamp } : {}),
    ...(inclusionProof ? { inclusionProof: readInclusionProof(inclusionProof) } : {}),
    bodyText: canonicalizedBody.text,
    body: canonicalizedBody.octets,
  }
}

function readInclusionProof({ checkpoint, ...proof }: v.InferOutput<typeof inclusionProof>): InclusionProof {
  return checkpoint ? { ...proof, checkpoint: checkpoint.envelope } : proof
}
