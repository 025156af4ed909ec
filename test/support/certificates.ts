import type { Bytes } from '../../src/verify/encoding/bytes.ts'
import { commonName, oid, sequence, text, tlv } from './der-writer.ts'

/** A key with a name, which can issue certificates. */
export type Party = { readonly name: Bytes; readonly spki: Bytes; readonly keyId: Bytes; sign(message: Bytes): Promise<Bytes> }

export type ExtensionSpec = { readonly id: string; readonly critical?: boolean; readonly value: Uint8Array }

/** What goes into a certificate. Everything can be wrong: nothing is checked. */
export type CertificateSpec = {
  readonly subject: Party
  readonly issuer: Party
  readonly extensions: readonly ExtensionSpec[]
  /** Contents of the INTEGER. */
  readonly serial?: readonly number[]
  readonly version?: Uint8Array
  /** Contents of a UTCTime; a GeneralizedTime from 15 characters on. */
  readonly notBefore?: string
  readonly notAfter?: string
  readonly innerAlgorithm?: Uint8Array
  readonly outerAlgorithm?: Uint8Array
}

export const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))

/** Makes a P-256 key under a common name. */
export async function party(name: string | Bytes): Promise<Party> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey))
  return {
    name: typeof name === 'string' ? commonName(name) : name,
    spki,
    keyId: new Uint8Array(await crypto.subtle.digest('SHA-256', spki)).slice(0, 20),
    sign: async (message) =>
      ecdsaDer(new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.privateKey, message))),
  }
}

/** The same key under another name. */
export function renamed(original: Party, name: string): Party {
  return { ...original, name: commonName(name) }
}

/** Makes a certificate; v3, valid 2020 to 2040, unless said otherwise. */
export async function certificate(spec: CertificateSpec): Promise<Bytes> {
  const algorithm = spec.innerAlgorithm ?? ECDSA_SHA256
  const extensions = spec.extensions.map(({ id, critical, value }) =>
    sequence(oid(id), critical === true ? [0x01, 0x01, 0xff] : [], tlv(0x04, value)),
  )
  const tbs = sequence(
    spec.version ?? tlv(0xa0, [0x02, 0x01, 0x02]),
    tlv(0x02, spec.serial ?? [0x11]),
    algorithm,
    spec.issuer.name,
    sequence(time(spec.notBefore ?? '200101000000Z'), time(spec.notAfter ?? '400101000000Z')),
    spec.subject.name,
    spec.subject.spki,
    extensions.length === 0 ? [] : tlv(0xa3, sequence(...extensions)),
  )
  return sequence(tbs, spec.outerAlgorithm ?? algorithm, tlv(0x03, [0x00], await spec.issuer.sign(tbs)))
}

function time(value: string): Bytes {
  return text(value.length > 13 ? 0x18 : 0x17, value)
}

/** r and s behind one another, as WebCrypto has them, to DER. */
function ecdsaDer(raw: Bytes): Bytes {
  return sequence(integer(raw.subarray(0, raw.length / 2)), integer(raw.subarray(raw.length / 2)))
}

function integer(magnitude: Bytes): Bytes {
  const start = magnitude.findIndex((octet) => octet !== 0)
  const trimmed = magnitude.subarray(start)
  return tlv(0x02, (trimmed[0] ?? 0) >= 0x80 ? [0x00] : [], trimmed)
}

export const basicConstraints = (...parts: readonly (readonly number[])[]): ExtensionSpec => ({
  id: '2.5.29.19',
  critical: true,
  value: sequence(...parts),
})
export const CA = [0x01, 0x01, 0xff]
export const pathLength = (length: number) => [0x02, 0x01, length]
/** Key usage from its octet and how many bits of it are padding: 0x04, 2 is keyCertSign alone. */
export const keyUsage = (octet: number, unused: number): ExtensionSpec => ({
  id: '2.5.29.15',
  critical: true,
  value: tlv(0x03, [unused, octet]),
})
export const CERT_SIGN = keyUsage(0x04, 2)
export const DIGITAL_SIGNATURE = keyUsage(0x80, 7)
export const subjectKeyIdentifier = ({ keyId }: Party): ExtensionSpec => ({ id: '2.5.29.14', value: tlv(0x04, keyId) })
export const authorityKeyIdentifier = ({ keyId }: Party): ExtensionSpec => ({ id: '2.5.29.35', value: sequence(tlv(0x80, keyId)) })
export const subjectAltName = (...names: readonly Uint8Array[]): ExtensionSpec => ({ id: '2.5.29.17', value: sequence(...names) })
export const dnsName = (name: string) => text(0x82, name)
export const permittedNames = (...names: readonly Uint8Array[]): ExtensionSpec => ({
  id: '2.5.29.30',
  critical: true,
  value: sequence(tlv(0xa0, ...names.map((name) => sequence(name)))),
})
export const excludedNames = (...names: readonly Uint8Array[]): ExtensionSpec => ({
  id: '2.5.29.30',
  critical: true,
  value: sequence(tlv(0xa1, ...names.map((name) => sequence(name)))),
})

/** The extensions of a well-made authority. */
export function authorityExtensions(subject: Party, issuer: Party): ExtensionSpec[] {
  return [basicConstraints(CA), CERT_SIGN, subjectKeyIdentifier(subject), authorityKeyIdentifier(issuer)]
}

/** The extensions of a well-made end entity. */
export function leafExtensions(subject: Party, issuer: Party): ExtensionSpec[] {
  return [DIGITAL_SIGNATURE, subjectKeyIdentifier(subject), authorityKeyIdentifier(issuer)]
}
