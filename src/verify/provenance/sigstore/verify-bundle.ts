import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { type Curve, readPublicKey } from '../../encoding/der-spki.ts'
import { sha2, sha256 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { type SignatureHash, type SignatureScheme, verifyWithSpki } from '../../encoding/signatures.ts'
import type { SigstoreRoot } from '../../trust/sigstore-root.ts'
import type { Signer, SigningTime, Statement } from '../types.ts'
import { type Bundle, type BundleCode, type Content, parseBundle } from './bundle.ts'
import { type CertificateCode, verifyCertificate } from './certificate.ts'
import { checkEntryBody, type EntryBodyCode, type Logged } from './entry-body.ts'
import { type IdentityCode, type IdentityPolicy, matchIdentity } from './identity.ts'
import { type LogEntryCode, verifyLogEntry } from './log-entry.ts'
import { readSigner, type SignerCode } from './signer.ts'
import { isSubject, preAuthenticationEncoding, readStatement, type StatementCode } from './statement.ts'
import { establishTimes, type TimeCode, type Times } from './times.ts'
import { type TimestampCode, verifyTimestamp } from './timestamp.ts'

export type SigstoreCode =
  | BundleCode
  | MaterialCode
  | 'log-entry-missing'
  | LogEntryCode
  | TimestampCode
  | TimeCode
  | CertificateCode
  | SignerCode
  | IdentityCode
  | EntryBodyCode
  | SignatureCode
  | ArtifactCode
  | StatementCode

/** The bundle is signed with a key of the signer's own and the policy wants a certificate, or the other way round. */
type MaterialCode = 'key-unexpected' | 'certificate-unexpected'
type SignatureCode = 'key-unusable' | 'signature-malformed' | 'signature-invalid' | 'engine-failed'
type ArtifactCode =
  | 'artifact-missing'
  /** A signature over an artifact takes its octets: a digest of them does not do. */
  | 'artifact-octets-missing'
  | 'artifact-digest-mismatch'
  | 'artifact-not-a-subject'

/** Who must have signed: somebody whom a certificate names, or the holder of a key. */
export type SignerPolicy = IdentityPolicy | { readonly kind: 'key'; readonly spki: Bytes }

/** What was signed, as far as the caller has it. `sha256`: 64 lower-case hex digits. */
export type Artifact = { readonly octets: Bytes } | { readonly sha256: string }

export type VerifyInput = {
  readonly root: SigstoreRoot
  readonly policy: SignerPolicy
  /** Left out, a statement is verified without regard to what it is about. A message signature always takes the octets. */
  readonly artifact?: Artifact
  readonly now: Date
}

export type VerifiedBundle = {
  readonly signer: Signer
  /** When it was signed, by the word of those whom the root trusts for it: at least one. */
  readonly times: readonly SigningTime[]
  /** Absent of a message signature. */
  readonly statement?: Statement
}

/**
 * Verifies a Sigstore bundle (sigstore/architecture-docs `client-spec.md` section 4): log entries and timestamps, the certificate at each of
 * their times, who it names, the entries against the bundle, the signature, the statement. Everything that the bundle brings has to hold;
 * codes come in this order, so that each speaks of what stands on firm ground. Only what a log or an authority signed counts as time.
 * Nothing is fetched and nothing kept.
 */
export async function verifySigstoreBundle(bundleText: string, input: VerifyInput): Promise<Result<VerifiedBundle, SigstoreCode>> {
  const parsed = parseBundle(bundleText)
  if (!parsed.ok) return parsed
  const bundle = parsed.value
  const { root, policy, artifact, now } = input
  const signed = octetsSigned(bundle.content, artifact)
  if (!signed.ok) return signed
  const key = keyOf(bundle, policy)
  if (!key.ok) return key
  if (bundle.logEntries.length === 0) return failure('log-entry-missing')

  // What depends on nothing else is begun side by side, and looked at in order.
  const entries = bundle.logEntries.map((entry) => verifyLogEntry(entry, bundle.version, root.tlogs))
  const timestamps = bundle.timestamps.map((response) => verifyTimestamp(response, bundle.content.signature, root.timestampAuthorities))
  const signature = verifySignature(key.value.spki, bundle.content.signature, signed.value)
  const logged = allOf(await Promise.all(entries))
  const stamped = allOf(await Promise.all(timestamps))
  const signatureHolds = await signature

  if (!logged.ok) return logged
  if (!stamped.ok) return stamped
  const times = establishTimes(logged.value, stamped.value, now)
  if (!times.ok) return times
  const signer = await identify(bundle, times.value, input)
  if (!signer.ok) return signer
  const about = await checkEntries(bundle, { signed: signed.value, signature: bundle.content.signature, signer: key.value })
  if (!about.ok) return about
  if (!signatureHolds.ok) return signatureHolds
  const statement = await checkContent(bundle.content, artifact)
  if (!statement.ok) return statement
  return success({ signer: signer.value, times: times.value, ...(statement.value === undefined ? {} : { statement: statement.value }) })
}

/** The octets under the signature: the artifact's, or the encoding of type and payload. */
function octetsSigned(content: Content, artifact: Artifact | undefined): Result<Bytes, ArtifactCode> {
  if (content.kind === 'dsse') return success(preAuthenticationEncoding(content.payloadType, content.payload))
  if (artifact === undefined) return failure('artifact-missing')
  return 'octets' in artifact ? success(artifact.octets) : failure('artifact-octets-missing')
}

/** The key under which the signature must hold, in the form in which log entries name it. */
function keyOf({ material }: Bundle, policy: SignerPolicy): Result<Logged['signer'] & { readonly spki: Bytes }, MaterialCode> {
  if (policy.kind === 'key') {
    if (material.kind !== 'public-key') return failure('certificate-unexpected')
    return success({ label: 'PUBLIC KEY', der: policy.spki, spki: policy.spki })
  }
  if (material.kind !== 'certificate') return failure('key-unexpected')
  return success({ label: 'CERTIFICATE', der: material.leaf.der, spki: material.leaf.spki })
}

async function identify(
  { material }: Bundle,
  times: Times,
  { root, policy }: VerifyInput,
): Promise<Result<Signer, MaterialCode | CertificateCode | SignerCode | IdentityCode>> {
  if (policy.kind === 'key') return success({ kind: 'key', spki: policy.spki })
  if (material.kind !== 'certificate') return failure('key-unexpected')
  const [first, ...more] = times
  const valid = await verifyCertificate(material, [first.at, ...more.map(({ at }) => at)], root)
  if (!valid.ok) return valid
  const signer = readSigner(material.leaf)
  if (!signer.ok) return signer
  const matched = matchIdentity(signer.value, policy)
  return matched.ok ? signer : matched
}

/** All entries are about this signature. */
async function checkEntries({ logEntries, content }: Bundle, about: Omit<Logged, 'payload'>): Promise<Result<true, EntryBodyCode>> {
  const payload = content.kind === 'dsse' ? { payload: { type: content.payloadType, octets: content.payload } } : {}
  const checked = allOf(await Promise.all(logEntries.map((entry) => checkEntryBody(entry, { ...about, ...payload }))))
  return checked.ok ? success(true) : checked
}

async function verifySignature(spki: Bytes, signature: Bytes, signed: Bytes): Promise<Result<true, SignatureCode>> {
  const scheme = schemeOf(spki)
  if (scheme === undefined) return failure('key-unusable')
  const verdict = await verifyWithSpki(spki, scheme, signature, signed)
  if (verdict.ok) return verdict
  switch (verdict.code) {
    case 'engine-failed':
    case 'signature-malformed':
    case 'signature-invalid':
      return failure(verdict.code)
    default:
      return failure('key-unusable', verdict.code)
  }
}

const CURVE_HASHES: Readonly<Record<Curve, SignatureHash>> = { 'P-256': 'SHA-256', 'P-384': 'SHA-384', 'P-521': 'SHA-512' }

/** The one way in which Sigstore's clients sign with a key of each kind (client-spec section 2.1). */
function schemeOf(spki: Bytes): SignatureScheme | undefined {
  const key = readPublicKey(spki)
  if (!key.ok) return undefined
  switch (key.value.kty) {
    case 'EC':
      return { kind: 'ecdsa', hash: CURVE_HASHES[key.value.crv] }
    case 'RSA':
      return { kind: 'rsa-pkcs1', hash: 'SHA-256' }
    case 'OKP':
      return { kind: 'ed25519' }
  }
}

/** What the signature is about, against what the caller asked for. */
async function checkContent(
  content: Content,
  artifact: Artifact | undefined,
): Promise<Result<Statement | undefined, ArtifactCode | StatementCode>> {
  if (content.kind === 'message') return checkMessageDigest(content, artifact)
  const statement = readStatement(content.payloadType, content.payload)
  if (!statement.ok || artifact === undefined) return statement
  const sha256Hex = 'octets' in artifact ? encodeHex(await sha256(artifact.octets)) : artifact.sha256
  return isSubject(statement.value, sha256Hex) ? statement : failure('artifact-not-a-subject')
}

const MESSAGE_HASHES: Readonly<Record<string, SignatureHash>> = { SHA2_256: 'SHA-256', SHA2_384: 'SHA-384', SHA2_512: 'SHA-512' }

/** The digest beside a message signature says nothing that is signed; where it stands, it must be right. */
async function checkMessageDigest(
  { digest }: Extract<Content, { kind: 'message' }>,
  artifact: Artifact | undefined,
): Promise<Result<undefined, ArtifactCode>> {
  if (artifact === undefined || !('octets' in artifact)) return failure('artifact-octets-missing')
  if (digest === undefined) return success(undefined)
  const hash = Object.hasOwn(MESSAGE_HASHES, digest.algorithm) ? MESSAGE_HASHES[digest.algorithm] : undefined
  const matches = hash !== undefined && equalBytes(await sha2(hash, artifact.octets), digest.value)
  return matches ? success(undefined) : failure('artifact-digest-mismatch')
}

/** All values, or the first failure. */
function allOf<Value, Code extends string>(results: readonly Result<Value, Code>[]): Result<readonly Value[], Code> {
  const values: Value[] = []
  for (const result of results) {
    if (!result.ok) return result
    values.push(result.value)
  }
  return success(values)
}
