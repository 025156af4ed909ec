import { createHash } from 'node:crypto'
import { type Certificate, type CertificateOptions, type Extension, issueCertificate, toPem } from './certificates.ts'
import { integer, nothing, objectIdentifier, octetString, sequence, set, tagged, taggedPrimitive, tlv, utf8String } from './der.ts'
import { type Edits, edit, type JsonObject } from './json.ts'
import { makeKey, type SigningKey, sign } from './keys.ts'
import { hex, join, type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED } from './random.ts'

/**
 * A Sigstore instance of one's own: certificate authority, log of certificates, log of signatures (Rekor of version 1 or 2), timestamp
 * authority; and one bundle that it stands behind. Every knob changes something before it is signed; `bundle` and `trustedRoot` are plain
 * JSON, to be changed afterwards.
 */
export type SigstoreOptions = {
  readonly seed?: string
  /** When the signature is made; the certificate lives for ten minutes from a minute before on. */
  readonly at: Date
  readonly version?: '0.1' | '0.2' | '0.3'
  readonly log?: 'rekor1' | 'rekor2'
  /** What the log writes down. Default: `dsse` for a statement, `hashedrekord` for an artifact. */
  readonly entryKind?: 'dsse' | 'intoto' | 'hashedrekord'
  /** What is signed: an in-toto statement (as value or as text), or the octets of an artifact. */
  readonly statement?: JsonObject | string
  readonly payloadType?: string
  readonly artifact?: Uint8Array
  /** Signs with this key and no certificate. */
  readonly managedKey?: SigningKey
  readonly identity?: IdentityOptions
  readonly leaf?: Partial<CertificateOptions>
  readonly leafKey?: SigningKey
  readonly sct?: SctOptions
  readonly entry?: EntryOptions
  readonly timestamps?: readonly TimestampOptions[]
  /** Over these octets and not over what belongs there. */
  readonly signOver?: Uint8Array
  /** In place of a signature. */
  readonly signature?: Octets
}

export type IdentityOptions = {
  readonly repository?: string
  readonly workflow?: string
  readonly ref?: string
  readonly issuer?: string
  /** Names of the subject, in place of the workflow's URI. */
  readonly names?: readonly Octets[]
  /** Fulcio's extensions by their last arc: text to replace one, octets for its whole value, undefined to leave it out. */
  readonly extensions?: Readonly<Record<number, string | Octets | undefined>>
}

export type SctOptions = {
  readonly at?: Date
  readonly logKey?: SigningKey
  readonly issuerSpki?: Uint8Array
  readonly extensions?: Uint8Array
  readonly algorithm?: readonly [number, number]
  readonly logId?: Uint8Array
  /** How many times it stands in the list. */
  readonly copies?: number
  /** Last word on the value of the extension; `absent` leaves it out. */
  readonly list?: 'absent' | ((list: Octets) => Octets)
}

export type EntryOptions = {
  /** Changes to what the log writes down. */
  readonly body?: Edits
  readonly bodyText?: string
  readonly integratedAt?: Date | 'absent'
  readonly promise?: 'absent'
  readonly proof?: 'absent'
  /** The tree: the entry's number and how many there are. */
  readonly index?: number
  readonly size?: number
  /** Number over all shards. */
  readonly logIndex?: number
  /** Last word on the text of the checkpoint that is signed, and on the note with its signatures. */
  readonly checkpoint?: (text: string) => string
  readonly note?: (note: string) => string
  readonly logKey?: SigningKey
}

export type TimestampOptions = {
  readonly at?: Date
  readonly over?: Uint8Array
  readonly status?: number
  readonly key?: SigningKey
  readonly contentType?: string
  readonly digest?: Uint8Array
  readonly certificateDigest?: Uint8Array | 'absent'
  readonly hash?: 'sha256' | 'sha384' | 'sha512'
  readonly embed?: boolean
  /** In place of the authority's own certificate. */
  readonly certificate?: Certificate
  readonly extraAttribute?: Octets
  readonly version?: number
}

export type SimulatedSigstore = {
  readonly bundle: JsonObject
  readonly trustedRoot: JsonObject
  readonly authority: Authority
  readonly leaf?: Certificate
  /** The DSSE signature or the one over the artifact. */
  readonly signature: Octets
}

export type Authority = ReturnType<typeof makeAuthority>

const REPOSITORY = 'example/confidential-service'
const ISSUER = 'https://token.actions.githubusercontent.com'
const FULCIO = '1.3.6.1.4.1.57264.1'
const HOST = 'rekor.sigstore.invalid'
const DAY = 24 * 60 * 60 * 1000
const MINUTE = 60 * 1000

/** A statement about one file, as GitHub's builders make them. */
export const STATEMENT: JsonObject = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'deployment.json', digest: { sha256: hex(sha256(utf8('deployment'))) } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { buildDefinition: { buildType: 'https://actions.github.io/buildtypes/workflow/v1' } },
}

/** The standing parts of the instance; the same for the same seed. */
export function makeAuthority(at: Date, seed: string = DEFAULT_SEED) {
  const around = { notBefore: new Date(at.getTime() - 400 * DAY), notAfter: new Date(at.getTime() + 400 * DAY) }
  const authority = { basicConstraints: { ca: true }, keyUsage: ['keyCertSign', 'cRLSign'] } as const
  const root = issueCertificate({
    subject: simulated('Simulated Sigstore Root'),
    key: makeKey('ec-p384', `${seed}/sigstore/root`),
    ...around,
    ...authority,
  })
  const intermediate = issueCertificate(
    {
      subject: simulated('Simulated Sigstore Intermediate'),
      key: makeKey('ec-p384', `${seed}/sigstore/intermediate`),
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.3'],
      ...around,
      ...authority,
    },
    root,
  )
  const tsaRoot = issueCertificate({
    subject: simulated('Simulated Timestamp Root'),
    key: makeKey('ec-p384', `${seed}/sigstore/tsa-root`),
    ...around,
    ...authority,
  })
  const tsa = issueCertificate(
    {
      subject: simulated('Simulated Timestamp Authority'),
      key: makeKey('ec-p384', `${seed}/sigstore/tsa`),
      ...around,
      basicConstraints: 'absent',
      keyUsage: ['digitalSignature'],
      extensions: [timeStamping()],
    },
    tsaRoot,
  )
  return {
    root,
    intermediate,
    tsaRoot,
    tsa,
    ctLog: makeKey('ec-p256', `${seed}/sigstore/ctlog`),
    rekor1: makeKey('ec-p256', `${seed}/sigstore/rekor1`),
    rekor2: makeKey('ed25519', `${seed}/sigstore/rekor2`),
  }
}

/** RFC 3161 section 2.3: critical. */
export function timeStamping(critical = true, ...more: readonly string[]): Extension {
  return { oid: '2.5.29.37', critical, value: sequence(objectIdentifier('1.3.6.1.5.5.7.3.8'), ...more.map(objectIdentifier)) }
}

/** Makes the instance and one bundle. */
export function makeSigstore(options: SigstoreOptions): SimulatedSigstore {
  const { at, seed = DEFAULT_SEED, version = '0.3', managedKey } = options
  const authority = makeAuthority(at, seed)
  const leaf = managedKey === undefined ? issueLeaf(options, authority) : undefined
  const key = managedKey ?? leaf?.key ?? authority.ctLog
  const payload = utf8(typeof options.statement === 'string' ? options.statement : JSON.stringify(options.statement ?? STATEMENT))
  const payloadType = options.payloadType ?? 'application/vnd.in-toto+json'
  const signed = octets(options.artifact ?? preAuthenticationEncoding(payloadType, payload))
  const signature = options.signature ?? sign(key, key.kind === 'ec-p384' ? 'sha384' : 'sha256', options.signOver ?? signed)
  const pem = leaf === undefined ? toPem(key.spki).replaceAll('CERTIFICATE', 'PUBLIC KEY') : leaf.pem
  const about = { options, payload, payloadType, signed, signature, pem, der: leaf?.der ?? key.spki, isKey: leaf === undefined }
  const timestamps = options.timestamps ?? (options.log === 'rekor2' ? [{}] : [])
  const bundle: JsonObject = {
    mediaType:
      version === '0.3' ? 'application/vnd.dev.sigstore.bundle.v0.3+json' : `application/vnd.dev.sigstore.bundle+json;version=${version}`,
    verificationMaterial: {
      ...material(version, leaf),
      tlogEntries: [logEntry(about, authority)],
      timestampVerificationData: {
        rfc3161Timestamps: timestamps.map((one) => ({ signedTimestamp: base64(timestampResponse(one, signature, at, authority)) })),
      },
    },
    ...(options.artifact === undefined
      ? { dsseEnvelope: { payload: base64(payload), payloadType, signatures: [{ sig: base64(signature) }] } }
      : { messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: base64(sha256(signed)) }, signature: base64(signature) } }),
  }
  return { bundle, trustedRoot: trustedRootOf(authority, at), authority, ...(leaf === undefined ? {} : { leaf }), signature }
}

/** `trusted_root.json` of the instance. */
export function trustedRootOf(authority: Authority, at: Date): JsonObject {
  const validFor = { start: new Date(at.getTime() - 300 * DAY).toISOString(), end: new Date(at.getTime() + 300 * DAY).toISOString() }
  const log = (baseUrl: string, key: SigningKey, keyDetails: string, keyId: Octets) => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(key.spki), keyDetails, validFor },
    logId: { keyId: base64(keyId) },
  })
  const chain = (uri: string, ...certificates: readonly Certificate[]) => ({
    uri,
    certChain: { certificates: certificates.map(({ der }) => ({ rawBytes: base64(der) })) },
    validFor,
  })
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [
      log(`https://${HOST}`, authority.rekor1, 'PKIX_ECDSA_P256_SHA_256', sha256(authority.rekor1.spki)),
      log(`https://${HOST}`, authority.rekor2, 'PKIX_ED25519', noteKeyId(authority.rekor2)),
    ],
    certificateAuthorities: [chain('https://fulcio.sigstore.invalid', authority.intermediate, authority.root)],
    ctlogs: [log('https://ctfe.sigstore.invalid', authority.ctLog, 'PKIX_ECDSA_P256_SHA_256', sha256(authority.ctLog.spki))],
    timestampAuthorities: [chain('https://timestamp.sigstore.invalid', authority.tsa, authority.tsaRoot)],
  }
}

function simulated(commonName: string): CertificateOptions['subject'] {
  return [
    ['O', 'Inference Receipt Checker'],
    ['OU', 'Simulator'],
    ['CN', commonName],
  ]
}

function material(version: string, leaf: Certificate | undefined): JsonObject {
  if (leaf === undefined) return { publicKey: { hint: 'simulated' } }
  const certificate = { rawBytes: base64(leaf.der) }
  return version === '0.3' ? { certificate } : { x509CertificateChain: { certificates: [certificate] } }
}

/* Certificate: Fulcio. */

function issueLeaf(options: SigstoreOptions, { intermediate, ctLog }: Authority): Certificate {
  const { at, seed = DEFAULT_SEED, sct = {} } = options
  const base: CertificateOptions = {
    subject: [],
    key: options.leafKey ?? makeKey('ec-p256', `${seed}/sigstore/leaf`),
    notBefore: new Date(at.getTime() - MINUTE),
    notAfter: new Date(at.getTime() + 9 * MINUTE),
    basicConstraints: 'absent',
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.3'],
    ...options.leaf,
  }
  const identity = [...identityExtensions(options.identity), ...(options.leaf?.extensions ?? [])]
  let precertificate: Octets = octets([])
  issueCertificate(
    {
      ...base,
      extensions: identity,
      rewrite: (tbs) => {
        precertificate = tbs
        return tbs
      },
    },
    intermediate,
  )
  if (sct.list === 'absent') return issueCertificate({ ...base, extensions: identity }, intermediate)
  const one = signedCertificateTimestamp(sct, at, ctLog, intermediate.spki, precertificate)
  const entries = Array.from({ length: sct.copies ?? 1 }, () => join(uint(one.length, 2), one))
  const length = entries.reduce((sum, entry) => sum + entry.length, 0)
  const list = octetString(join(uint(length, 2), ...entries))
  const extension = { oid: '1.3.6.1.4.1.11129.2.4.2', critical: false, value: sct.list === undefined ? list : sct.list(list) }
  return issueCertificate({ ...base, extensions: [...identity, extension] }, intermediate)
}

function identityExtensions(identity: IdentityOptions = {}): readonly Extension[] {
  const { repository = REPOSITORY, workflow = 'build.yml', ref = 'refs/tags/v1.2.3', issuer = ISSUER } = identity
  const uri = `https://github.com/${repository}/.github/workflows/${workflow}@${ref}`
  const values: Record<number, string | Octets | undefined> = {
    1: utf8(issuer),
    8: issuer,
    9: uri,
    11: 'github-hosted',
    12: `https://github.com/${repository}`,
    13: '0123456789abcdef0123456789abcdef01234567',
    14: ref,
    20: 'push',
    21: `https://github.com/${repository}/actions/runs/1/attempts/1`,
    ...identity.extensions,
  }
  const fulcio = Object.entries(values).flatMap(([arc, value]) => {
    if (value === undefined) return []
    return [{ oid: `${FULCIO}.${arc}`, critical: false, value: typeof value === 'string' ? utf8String(value) : value }]
  })
  const names = identity.names ?? [uriName(uri)]
  return [{ oid: '2.5.29.17', critical: true, value: sequence(...names) }, ...fulcio]
}

export function uriName(uri: string): Octets {
  return taggedPrimitive(6, utf8(uri))
}

export function mailboxName(mailbox: string): Octets {
  return taggedPrimitive(1, utf8(mailbox))
}

/** RFC 6962 sections 3.2 and 3.3, over the certificate before it had the extension. */
function signedCertificateTimestamp(
  { at, logKey, issuerSpki, extensions = octets([]), algorithm = [4, 3], logId }: SctOptions,
  now: Date,
  ctLog: SigningKey,
  spki: Octets,
  tbs: Octets,
): Octets {
  const time = uint((at ?? now).getTime(), 8)
  const extensionField = join(uint(extensions.length, 2), extensions)
  const signed = join(octets([0, 0]), time, octets([0, 1]), sha256(issuerSpki ?? spki), uint(tbs.length, 3), tbs, extensionField)
  const signature = sign(logKey ?? ctLog, 'sha256', signed)
  return join(octets([0]), logId ?? sha256(ctLog.spki), time, extensionField, octets(algorithm), uint(signature.length, 2), signature)
}

/* Log entry: Rekor. */

type About = {
  readonly options: SigstoreOptions
  readonly payload: Octets
  readonly payloadType: string
  readonly signed: Octets
  readonly signature: Octets
  readonly pem: string
  readonly der: Octets
  readonly isKey: boolean
}

function logEntry(about: About, authority: Authority): JsonObject {
  const { at, entry = {}, log = 'rekor1', artifact, entryKind = artifact === undefined ? 'dsse' : 'hashedrekord' } = about.options
  const plain = log === 'rekor1' ? bodyOfRekor1(entryKind, about) : bodyOfRekor2(entryKind, about)
  const body = utf8(entry.bodyText ?? JSON.stringify(edit(plain, entry.body)))
  const key = entry.logKey ?? authority[log]
  const logId = log === 'rekor1' ? sha256(authority.rekor1.spki) : noteKeyId(authority.rekor2)
  const index = entry.index ?? 5
  const size = entry.size ?? 11
  const logIndex = entry.logIndex ?? (log === 'rekor1' ? 1_000_000 + index : index)
  const integratedTime = Math.floor((entry.integratedAt instanceof Date ? entry.integratedAt : at).getTime() / 1000)
  const promised = log === 'rekor1' && entry.promise !== 'absent'
  const promise = utf8(JSON.stringify({ body: base64(body), integratedTime, logID: hex(logId), logIndex }))
  return {
    logIndex: String(logIndex),
    logId: { keyId: base64(logId) },
    kindVersion: { kind: String(plain['kind']), version: String(plain['apiVersion']) },
    ...(log === 'rekor1' && entry.integratedAt !== 'absent' ? { integratedTime: String(integratedTime) } : {}),
    ...(promised ? { inclusionPromise: { signedEntryTimestamp: base64(sign(key, 'sha256', promise)) } } : {}),
    ...(entry.proof === 'absent' ? {} : { inclusionProof: inclusionProof(body, index, size, { log, key, logId, entry }) }),
    canonicalizedBody: base64(body),
  }
}

/** sigstore/rekor `pkg/types`: hashedrekord 0.0.1, dsse 0.0.1, intoto 0.0.2. */
function bodyOfRekor1(kind: 'dsse' | 'intoto' | 'hashedrekord', { payload, payloadType, signed, signature, pem }: About): JsonObject {
  const publicKey = base64(utf8(pem))
  const digest = (of: Octets) => ({ algorithm: 'sha256', value: hex(sha256(of)) })
  switch (kind) {
    case 'hashedrekord':
      return {
        apiVersion: '0.0.1',
        kind,
        spec: { data: { hash: digest(signed) }, signature: { content: base64(signature), publicKey: { content: publicKey } } },
      }
    case 'dsse':
      return {
        apiVersion: '0.0.1',
        kind,
        spec: {
          envelopeHash: digest(utf8('the envelope as it was sent')),
          payloadHash: digest(payload),
          signatures: [{ signature: base64(signature), verifier: publicKey }],
        },
      }
    case 'intoto':
      return {
        apiVersion: '0.0.2',
        kind,
        spec: {
          content: {
            envelope: { payloadType, signatures: [{ publicKey, sig: base64(utf8(base64(signature))) }] },
            hash: digest(utf8('the envelope as it was sent')),
            payloadHash: digest(payload),
          },
        },
      }
  }
}

/** sigstore/rekor-tiles: hashedrekord 0.0.2, dsse 0.0.2. */
function bodyOfRekor2(kind: 'dsse' | 'intoto' | 'hashedrekord', { payload, signed, signature, der, isKey }: About): JsonObject {
  const verifier = {
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    ...(isKey ? { publicKey: { rawBytes: base64(der) } } : { x509Certificate: { rawBytes: base64(der) } }),
  }
  const digest = (of: Octets) => ({ algorithm: 'SHA2_256', digest: base64(sha256(of)) })
  const content = base64(signature)
  return kind === 'hashedrekord'
    ? { apiVersion: '0.0.2', kind, spec: { hashedRekordV002: { data: digest(signed), signature: { content, verifier } } } }
    : { apiVersion: '0.0.2', kind: 'dsse', spec: { dsseV002: { payloadHash: digest(payload), signatures: [{ content, verifier }] } } }
}

function inclusionProof(
  body: Octets,
  index: number,
  size: number,
  { log, key, logId, entry }: { log: 'rekor1' | 'rekor2'; key: SigningKey; logId: Octets; entry: EntryOptions },
): JsonObject {
  const leaves = Array.from({ length: size }, (_, number) => (number === index ? body : utf8(`another entry ${number}`)))
  const root = treeHash(leaves)
  const change = entry.checkpoint ?? ((text: string) => text)
  const text = change(`${HOST}${log === 'rekor1' ? ' - 1234567890' : ''}\n${size}\n${base64(root)}\n`)
  const signature = join(logId.subarray(0, 4), sign(key, 'sha256', utf8(text)))
  const note = `${text}\n\u2014 ${HOST} ${base64(signature)}\n`
  return {
    logIndex: String(index),
    rootHash: base64(root),
    treeSize: String(size),
    hashes: auditPath(index, leaves).map(base64),
    checkpoint: { envelope: entry.note === undefined ? note : entry.note(note) },
  }
}

/** RFC 6962 section 2.1, word by word. */
export function treeHash(leaves: readonly Octets[]): Octets {
  const [only, ...more] = leaves
  if (only === undefined) return sha256(octets([]))
  if (more.length === 0) return sha256(join(octets([0]), only))
  const split = largestPowerBelow(leaves.length)
  return sha256(join(octets([1]), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split))))
}

/** RFC 6962 section 2.1.1. */
export function auditPath(index: number, leaves: readonly Octets[]): readonly Octets[] {
  if (leaves.length === 1) return []
  const split = largestPowerBelow(leaves.length)
  return index < split
    ? [...auditPath(index, leaves.slice(0, split)), treeHash(leaves.slice(split))]
    : [...auditPath(index - split, leaves.slice(split)), treeHash(leaves.slice(0, split))]
}

function largestPowerBelow(number: number): number {
  let power = 1
  while (power * 2 < number) power *= 2
  return power
}

/** C2SP `signed-note`: the key's identifier in a note. The last 32 octets of the SubjectPublicKeyInfo are the key. */
function noteKeyId(key: SigningKey): Octets {
  return sha256(join(utf8(`${HOST}\n`), octets([1]), key.spki.subarray(-32)))
}

/* Timestamps: RFC 3161. */

const TST_INFO = '1.2.840.113549.1.9.16.1.4'
const HASHES = { sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2', sha512: '2.16.840.1.101.3.4.2.3' } as const

function timestampResponse(options: TimestampOptions, signature: Octets, now: Date, authority: Authority): Octets {
  const { at = now, over = signature, status = 0, hash = 'sha256', contentType = TST_INFO, version = 1 } = options
  const certificate = options.certificate ?? authority.tsa
  const info = sequence(
    integer(version),
    objectIdentifier('1.3.6.1.4.1.57264.2'),
    sequence(sequence(objectIdentifier(HASHES[hash]), nothing()), octetString(digestOf(hash, over))),
    integer(7),
    tlv(0x18, utf8(`${at.toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`)),
    sequence(integer(1)),
    integer(octets([0x12, 0x34, 0x56, 0x78, 0x9a])),
  )
  const attributes = sortedSet([
    attribute('1.2.840.113549.1.9.3', objectIdentifier(contentType)),
    attribute('1.2.840.113549.1.9.4', octetString(options.digest ?? sha256(info))),
    ...(options.certificateDigest === 'absent'
      ? []
      : [
          attribute(
            '1.2.840.113549.1.9.16.2.47',
            sequence(sequence(sequence(octetString(options.certificateDigest ?? sha256(certificate.der))))),
          ),
        ]),
    ...(options.extraAttribute === undefined ? [] : [options.extraAttribute]),
  ])
  const [issuer, serial] = issuerAndSerial(certificate)
  const signer = sequence(
    integer(1),
    sequence(issuer, serial),
    sequence(objectIdentifier(HASHES.sha256)),
    tlv(0xa0, attributes.subarray(headerLength(attributes))),
    sequence(objectIdentifier('1.2.840.10045.4.3.3')),
    octetString(sign(options.key ?? certificate.key, 'sha384', attributes)),
  )
  const signedData = sequence(
    integer(3),
    set(sequence(objectIdentifier(HASHES.sha256))),
    sequence(objectIdentifier(TST_INFO), tagged(0, octetString(info))),
    ...(options.embed === true ? [tagged(0, certificate.der)] : []),
    set(signer),
  )
  const token = sequence(objectIdentifier('1.2.840.113549.1.7.2'), tagged(0, signedData))
  return sequence(sequence(integer(status)), ...(status < 2 ? [token] : []))
}

export function attribute(type: string, ...values: readonly Octets[]): Octets {
  return sequence(objectIdentifier(type), set(...values))
}

function sortedSet(items: readonly Octets[]): Octets {
  return set(...items.toSorted((a, b) => Buffer.compare(a, b)))
}

/** Issuer and serial number out of the certificate's own octets, told by walking its fields. */
function issuerAndSerial({ der }: Certificate): readonly [Octets, Octets] {
  const tbs = fields(inside(der))[0] ?? octets([])
  const [, serial, , issuer] = fields(inside(tbs))
  if (serial === undefined || issuer === undefined) throw new Error('no certificate')
  return [issuer, serial]
}

function inside(value: Octets): Octets {
  return value.subarray(headerLength(value))
}

function fields(content: Octets): readonly Octets[] {
  const found: Octets[] = []
  for (let rest = content; rest.length > 0; ) {
    const length = headerLength(rest) + contentLength(rest)
    found.push(rest.subarray(0, length))
    rest = rest.subarray(length)
  }
  return found
}

function headerLength(value: Octets): number {
  const first = value[1] ?? 0
  return first < 0x80 ? 2 : 2 + (first & 0x7f)
}

function contentLength(value: Octets): number {
  const first = value[1] ?? 0
  return first < 0x80 ? first : value.subarray(2, headerLength(value)).reduce((length, octet) => length * 256 + octet, 0)
}

/* Small things. */

function preAuthenticationEncoding(type: string, payload: Octets): Octets {
  return join(utf8(`DSSEv1 ${utf8(type).length} ${type} ${payload.length} `), payload)
}

function sha256(source: Uint8Array): Octets {
  return digestOf('sha256', source)
}

function digestOf(hash: 'sha256' | 'sha384' | 'sha512', source: Uint8Array): Octets {
  return octets(createHash(hash).update(source).digest())
}

export function base64(source: Uint8Array): string {
  return Buffer.from(source).toString('base64')
}

function uint(number: number, length: number): Octets {
  const digits = octets(Buffer.alloc(length))
  for (let index = length - 1, rest = number; index >= 0; index -= 1, rest = Math.floor(rest / 256)) digits[index] = rest % 256
  return digits
}
