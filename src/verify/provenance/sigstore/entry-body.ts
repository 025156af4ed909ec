import * as v from 'valibot'
import { decodeBase64, encodeBase64 } from '../../encoding/base64.ts'
import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { sha2 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { parseJsonBytes } from '../../encoding/json.ts'
import { decodePem } from '../../encoding/pem.ts'
import { failure, type Result, renamed, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import type { SignatureHash } from '../../encoding/signatures.ts'
import { decodeUtf8 } from '../../encoding/utf8.ts'
import type { LogEntry } from './bundle.ts'

export type EntryBodyCode =
  | 'entry-malformed'
  | 'entry-kind-unsupported'
  /** The bundle says of the entry what the entry does not say of itself. */
  | 'entry-kind-mismatch'
  | 'entry-digest-mismatch'
  | 'entry-payload-mismatch'
  | 'entry-signature-mismatch'
  | 'entry-signer-mismatch'

/** What an entry must be about. `signed` is what the signature is over: the artifact's octets, or the encoding of a DSSE envelope. */
export type Logged = {
  readonly signed: Bytes
  readonly signature: Bytes
  readonly signer: { readonly label: 'CERTIFICATE' | 'PUBLIC KEY'; readonly der: Bytes }
  /** Only of an envelope. */
  readonly payload?: { readonly type: string; readonly octets: Bytes }
}

const HASHES: Readonly<Record<string, SignatureHash>> = {
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
  SHA2_256: 'SHA-256',
  SHA2_384: 'SHA-384',
  SHA2_512: 'SHA-512',
}

const hexDigest = v.object({ algorithm: v.string(), value: v.string() })
const base64Digest = v.object({ algorithm: v.string(), digest: v.string() })
const verifier = v.object({
  x509Certificate: v.optional(v.object({ rawBytes: v.string() })),
  publicKey: v.optional(v.object({ rawBytes: v.string() })),
})

const head = v.object({ apiVersion: v.string(), kind: v.string(), spec: v.unknown() })
const hashedRekord1 = v.object({
  data: v.object({ hash: hexDigest }),
  signature: v.object({ content: v.string(), publicKey: v.object({ content: v.string() }) }),
})
const hashedRekord2 = v.object({
  hashedRekordV002: v.object({ data: base64Digest, signature: v.object({ content: v.string(), verifier }) }),
})
const dsse1 = v.object({
  payloadHash: hexDigest,
  signatures: v.array(v.object({ signature: v.string(), verifier: v.string() })),
})
const dsse2 = v.object({
  dsseV002: v.object({ payloadHash: base64Digest, signatures: v.array(v.object({ content: v.string(), verifier })) }),
})
const intoto2 = v.object({
  content: v.object({
    envelope: v.object({
      payload: v.optional(v.string()),
      payloadType: v.string(),
      signatures: v.array(v.object({ sig: v.string(), publicKey: v.string() })),
    }),
    payloadHash: hexDigest,
  }),
})

/** What an entry says, whatever its kind. Octets as base64, digests as hex. */
type Said = {
  readonly digest: { readonly of: 'signed' | 'payload'; readonly algorithm: string; readonly hex: string }
  readonly payloadType?: string
  /** The payload itself, which early entries hold beside its digest. */
  readonly payload?: string
  readonly signatures: readonly { readonly signature: string; readonly verifier: Verifier }[]
}
type Verifier =
  | { readonly form: 'pem'; readonly base64: string }
  | { readonly form: 'der'; readonly label: string; readonly base64: string }

/**
 * Whether a log entry is about the signature that the bundle brings: the same signature by the same signer over the same octets. Reads
 * hashedrekord 0.0.1 and 0.0.2, dsse 0.0.1 and 0.0.2, intoto 0.0.2 (sigstore/rekor `pkg/types`, rekor-tiles). A `dsse` entry holds a hash
 * of the envelope's text as well, which cannot be made again out of a bundle: the hash of the payload is compared.
 */
export async function checkEntryBody(entry: LogEntry, logged: Logged): Promise<Result<true, EntryBodyCode>> {
  const json = parseJsonBytes(entry.body, { maxLength: 1024 * 1024, maxDepth: 16 })
  if (!json.ok) return failure('entry-malformed', json.code)
  const named = parseWith(head, json.value)
  if (!named.ok) return renamed('entry-malformed', named)
  const { kind, apiVersion, spec } = named.value
  if (kind !== entry.kind || apiVersion !== entry.kindVersion) return failure('entry-kind-mismatch', `${kind} ${apiVersion}`)
  const said = readSpec(`${kind} ${apiVersion}`, spec)
  return said.ok ? compare(said.value, logged) : said
}

function readSpec(kind: string, spec: unknown): Result<Said, 'entry-malformed' | 'entry-kind-unsupported'> {
  switch (kind) {
    case 'hashedrekord 0.0.1':
      return read(hashedRekord1, spec, ({ data, signature }) => ({
        digest: { of: 'signed', algorithm: data.hash.algorithm, hex: data.hash.value },
        signatures: [{ signature: signature.content, verifier: { form: 'pem', base64: signature.publicKey.content } }],
      }))
    case 'hashedrekord 0.0.2':
      return read(hashedRekord2, spec, ({ hashedRekordV002: { data, signature } }) => ({
        digest: { of: 'signed', algorithm: data.algorithm, hex: hexOf(data.digest) },
        signatures: [{ signature: signature.content, verifier: verifierOf(signature.verifier) }],
      }))
    case 'dsse 0.0.1':
      return read(dsse1, spec, ({ payloadHash, signatures }) => ({
        digest: { of: 'payload', algorithm: payloadHash.algorithm, hex: payloadHash.value },
        signatures: signatures.map((one) => ({ signature: one.signature, verifier: { form: 'pem', base64: one.verifier } })),
      }))
    case 'dsse 0.0.2':
      return read(dsse2, spec, ({ dsseV002: { payloadHash, signatures } }) => ({
        digest: { of: 'payload', algorithm: payloadHash.algorithm, hex: hexOf(payloadHash.digest) },
        signatures: signatures.map((one) => ({ signature: one.content, verifier: verifierOf(one.verifier) })),
      }))
    case 'intoto 0.0.2':
      return read(intoto2, spec, ({ content: { envelope, payloadHash } }) => ({
        digest: { of: 'payload', algorithm: payloadHash.algorithm, hex: payloadHash.value },
        payloadType: envelope.payloadType,
        ...(envelope.payload === undefined ? {} : { payload: textOf(envelope.payload) }),
        // The signature and the payload are base64 of base64 here.
        signatures: envelope.signatures.map((one) => ({
          signature: textOf(one.sig),
          verifier: { form: 'pem', base64: one.publicKey },
        })),
      }))
    default:
      return failure('entry-kind-unsupported', kind)
  }
}

async function compare(said: Said, { signed, signature, signer, payload }: Logged): Promise<Result<true, EntryBodyCode>> {
  const over = said.digest.of === 'signed' ? signed : payload?.octets
  // An entry about an envelope says nothing of a signature over an artifact.
  if (over === undefined) return failure('entry-kind-mismatch')
  const hash = Object.hasOwn(HASHES, said.digest.algorithm) ? HASHES[said.digest.algorithm] : undefined
  if (hash === undefined || encodeHex(await sha2(hash, over)) !== said.digest.hex) {
    return failure(said.digest.of === 'signed' ? 'entry-digest-mismatch' : 'entry-payload-mismatch')
  }
  if (said.payloadType !== undefined && said.payloadType !== payload?.type) return failure('entry-payload-mismatch', 'type')
  if (said.payload !== undefined && payload !== undefined && said.payload !== encodeBase64(payload.octets)) {
    return failure('entry-payload-mismatch', 'payload')
  }
  const [only, ...more] = said.signatures
  if (only === undefined || more.length > 0 || only.signature !== encodeBase64(signature)) return failure('entry-signature-mismatch')
  return isSigner(only.verifier, signer) ? success(true) : failure('entry-signer-mismatch')
}

function isSigner(verifier: Verifier, { label, der }: Logged['signer']): boolean {
  if (verifier.form === 'der') return verifier.label === label && verifier.base64 === encodeBase64(der)
  const pem = decodeBase64(verifier.base64)
  if (!pem.ok) return false
  const blocks = decodePem(textOfOctets(pem.value), label)
  const [only, ...more] = blocks.ok ? blocks.value : []
  return only !== undefined && more.length === 0 && equalBytes(only, der)
}

function verifierOf({ x509Certificate, publicKey }: v.InferOutput<typeof verifier>): Verifier {
  if (x509Certificate !== undefined && publicKey === undefined) {
    return { form: 'der', label: 'CERTIFICATE', base64: x509Certificate.rawBytes }
  }
  return { form: 'der', label: 'PUBLIC KEY', base64: x509Certificate === undefined ? (publicKey?.rawBytes ?? '') : '' }
}

function read<Schema extends v.GenericSchema>(
  schema: Schema,
  spec: unknown,
  say: (spec: v.InferOutput<Schema>) => Said,
): Result<Said, 'entry-malformed'> {
  const parsed = parseWith(schema, spec)
  return parsed.ok ? success(say(parsed.value)) : renamed('entry-malformed', parsed)
}

/** What is no base64 becomes a text that no digest equals. */
function hexOf(base64: string): string {
  const octets = decodeBase64(base64)
  return octets.ok ? encodeHex(octets.value) : ''
}

function textOf(base64: string): string {
  const octets = decodeBase64(base64)
  return octets.ok ? textOfOctets(octets.value) : ''
}

function textOfOctets(octets: Bytes): string {
  const text = decodeUtf8(octets)
  return text.ok ? text.value : ''
}
