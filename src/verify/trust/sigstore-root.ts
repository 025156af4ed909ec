import * as v from 'valibot'
import { decodeBase64 } from '../encoding/base64.ts'
import type { Bytes } from '../encoding/bytes.ts'
import { type JsonCode, parseJson } from '../encoding/json.ts'
import { failure, type Result, renamed, success } from '../encoding/result.ts'
import { parseWith } from '../encoding/schema.ts'
import type { SignatureScheme } from '../encoding/signatures.ts'
import { type Certificate, parseCertificate } from './certificate.ts'
import type { TrustAnchor } from './types.ts'

/** From when until when something may vouch, both included; open at the end where the root says nothing. */
export type Validity = { readonly start: Date; readonly end?: Date }

/** The key of a transparency log: Rekor, or a log of certificates. */
export type LogKey = {
  readonly baseUrl: string
  /** What entries and timestamps of this log name it by: 32 octets. */
  readonly id: Bytes
  /** What its checkpoints name it by: the first four octets count. */
  readonly checkpointKeyId: Bytes
  readonly spki: Bytes
  readonly scheme: SignatureScheme
  readonly validity: Validity
}

/** An authority that issues certificates, or timestamps. */
export type SigstoreAuthority = {
  /** The last certificate of its chain, as name and key. */
  readonly anchor: TrustAnchor
  /** The others, from the leaf up. */
  readonly certificates: readonly Certificate[]
  readonly validity: Validity
}

/**
 * Whom one Sigstore instance consists of (`trusted_root.json`, protobuf-specs `sigstore_trustroot.proto`). The verifier has none of its own:
 * it is always an argument.
 */
export type SigstoreRoot = {
  readonly addedBy: TrustAnchor['addedBy']
  readonly tlogs: readonly LogKey[]
  readonly ctlogs: readonly LogKey[]
  readonly certificateAuthorities: readonly SigstoreAuthority[]
  readonly timestampAuthorities: readonly SigstoreAuthority[]
}

export type SigstoreRootCode =
  | JsonCode
  | 'root-malformed'
  /** A window without a start, or one that ends before it starts. */
  | 'root-validity'
  | 'root-certificate'

const KEY_SCHEMES: Readonly<Record<string, SignatureScheme>> = {
  PKIX_ECDSA_P256_SHA_256: { kind: 'ecdsa', hash: 'SHA-256' },
  PKIX_ECDSA_P384_SHA_384: { kind: 'ecdsa', hash: 'SHA-384' },
  PKIX_ECDSA_P521_SHA_512: { kind: 'ecdsa', hash: 'SHA-512' },
  PKIX_ED25519: { kind: 'ed25519' },
  PKIX_RSA_PKCS1V15_2048_SHA256: { kind: 'rsa-pkcs1', hash: 'SHA-256' },
  PKIX_RSA_PKCS1V15_3072_SHA256: { kind: 'rsa-pkcs1', hash: 'SHA-256' },
  PKIX_RSA_PKCS1V15_4096_SHA256: { kind: 'rsa-pkcs1', hash: 'SHA-256' },
}

const KEY_ID_OCTETS = 32
const MAX_ENTRIES = 64
const MAX_CERTIFICATES = 8
const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.1|\.v0\.[12]\+json)$/

const octets = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const decoded = decodeBase64(dataset.value)
    if (decoded.ok) return decoded.value
    addIssue({ message: decoded.code })
    return NEVER
  }),
)
const validFor = v.nullish(v.object({ start: v.nullish(v.string()), end: v.nullish(v.string()) }))
const keyId = v.object({ keyId: v.pipe(octets, v.length(KEY_ID_OCTETS)) })
const logs = v.nullish(
  v.pipe(
    v.array(
      v.object({
        baseUrl: v.string(),
        publicKey: v.object({ rawBytes: octets, keyDetails: v.string(), validFor }),
        logId: keyId,
        checkpointKeyId: v.nullish(v.object({ keyId: v.pipe(octets, v.minLength(4), v.maxLength(KEY_ID_OCTETS)) })),
      }),
    ),
    v.maxLength(MAX_ENTRIES),
  ),
)
const authorities = v.nullish(
  v.pipe(
    v.array(
      v.object({
        uri: v.nullish(v.string()),
        certChain: v.object({
          certificates: v.pipe(v.array(v.object({ rawBytes: octets })), v.minLength(1), v.maxLength(MAX_CERTIFICATES)),
        }),
        validFor,
      }),
    ),
    v.maxLength(MAX_ENTRIES),
  ),
)
const schema = v.object({
  mediaType: v.pipe(v.string(), v.regex(MEDIA_TYPE)),
  tlogs: logs,
  ctlogs: logs,
  certificateAuthorities: authorities,
  timestampAuthorities: authorities,
})

type LogData = NonNullable<v.InferOutput<typeof logs>>[number]
type AuthorityData = NonNullable<v.InferOutput<typeof authorities>>[number]

/** Reads the text of a `trusted_root.json`. */
export function parseSigstoreRoot(text: string, addedBy: TrustAnchor['addedBy']): Result<SigstoreRoot, SigstoreRootCode> {
  const json = parseJson(text, { maxLength: 256 * 1024, maxDepth: 16 })
  return json.ok ? readSigstoreRoot(json.value, addedBy) : json
}

/**
 * Reads the content of a `trusted_root.json`. Every log and authority needs the start of its window; a root that has one without is refused
 * whole. Logs with kinds of keys that are not verified here are left out, so that whatever names them is from an unknown log.
 */
export function readSigstoreRoot(
  content: unknown,
  addedBy: TrustAnchor['addedBy'],
): Result<SigstoreRoot, Exclude<SigstoreRootCode, JsonCode>> {
  const parsed = parseWith(schema, content)
  if (!parsed.ok) return renamed('root-malformed', parsed)
  const root = parsed.value
  const tlogs = readAll(root.tlogs, readLog)
  if (!tlogs.ok) return tlogs
  const ctlogs = readAll(root.ctlogs, readLog)
  if (!ctlogs.ok) return ctlogs
  const certificateAuthorities = readAll(root.certificateAuthorities, (data, index) => readAuthority(data, `sigstore-ca-${index}`, addedBy))
  if (!certificateAuthorities.ok) return certificateAuthorities
  const timestampAuthorities = readAll(root.timestampAuthorities, (data, index) => readAuthority(data, `sigstore-tsa-${index}`, addedBy))
  if (!timestampAuthorities.ok) return timestampAuthorities
  return success({
    addedBy,
    tlogs: tlogs.value.filter((log) => log !== undefined),
    ctlogs: ctlogs.value.filter((log) => log !== undefined),
    certificateAuthorities: certificateAuthorities.value,
    timestampAuthorities: timestampAuthorities.value,
  })
}

/** Whether a time lies in a window, ends included. */
export function isWithin({ start, end }: Validity, at: Date): boolean {
  return start.getTime() <= at.getTime() && (end === undefined || at.getTime() <= end.getTime())
}

function readAll<Data, Value, Code extends string>(
  items: readonly Data[] | null | undefined,
  read: (data: Data, index: number) => Result<Value, Code>,
): Result<readonly Value[], Code> {
  const values: Value[] = []
  for (const [index, item] of (items ?? []).entries()) {
    const value = read(item, index)
    if (!value.ok) return value
    values.push(value.value)
  }
  return success(values)
}

/** Undefined for a kind of key that is not verified here. */
function readLog({ baseUrl, publicKey, logId, checkpointKeyId }: LogData): Result<LogKey | undefined, 'root-validity'> {
  const validity = readValidity(publicKey.validFor)
  if (validity === undefined) return failure('root-validity', baseUrl)
  const scheme = Object.hasOwn(KEY_SCHEMES, publicKey.keyDetails) ? KEY_SCHEMES[publicKey.keyDetails] : undefined
  if (scheme === undefined) return success(undefined)
  const id = logId.keyId
  return success({ baseUrl, id, checkpointKeyId: checkpointKeyId?.keyId ?? id, spki: publicKey.rawBytes, scheme, validity })
}

function readAuthority(
  { uri, certChain, validFor }: AuthorityData,
  id: string,
  addedBy: TrustAnchor['addedBy'],
): Result<SigstoreAuthority, 'root-validity' | 'root-certificate'> {
  const validity = readValidity(validFor)
  if (validity === undefined) return failure('root-validity', uri ?? id)
  const certificates: Certificate[] = []
  for (const { rawBytes } of certChain.certificates) {
    const certificate = parseCertificate(rawBytes)
    if (!certificate.ok) return failure('root-certificate', certificate.code)
    certificates.push(certificate.value)
  }
  const top = certificates.pop()
  if (top === undefined) return failure('root-certificate')
  const { notBefore, notAfter, spki } = top
  const anchor = { id, purpose: 'sigstore', name: top.subject.der, spki, notBefore, notAfter, addedBy, publishedAt: uri ?? '' }
  return success({ anchor, certificates, validity })
}

function readValidity(data: v.InferOutput<typeof validFor>): Validity | undefined {
  const start = readTimestamp(data?.start)
  if (start === undefined) return undefined
  if (data?.end === null || data?.end === undefined) return { start }
  const end = readTimestamp(data.end)
  return end === undefined || end.getTime() < start.getTime() ? undefined : { start, end }
}

/** A `google.protobuf.Timestamp` in JSON: RFC 3339 in UTC with up to nine digits of a second, of which three are kept. */
function readTimestamp(text: string | null | undefined): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text ?? '')
  if (match === null) return undefined
  const iso = `${match[1]}.${(match[2] ?? '').padEnd(3, '0').slice(0, 3)}Z`
  const date = new Date(iso)
  // A date that does not exist is refused or carried over: either way it does not come back as it went in.
  return !Number.isNaN(date.getTime()) && date.toISOString() === iso ? date : undefined
}
