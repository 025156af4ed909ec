import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { type Bytes, equalBytes } from '../../src/verify/encoding/bytes.ts'
import { readDer, TAG } from '../../src/verify/encoding/der.ts'
import { readPublicKey } from '../../src/verify/encoding/der-spki.ts'
import { encodeHex } from '../../src/verify/encoding/hex.ts'
import { type Certificate, parseCertificate } from '../../src/verify/trust/certificate.ts'
import { EXTENSION, KEY_USAGES } from '../../src/verify/trust/extensions.ts'
import type { Name } from '../../src/verify/trust/name.ts'

/** What another library makes of a certificate that `parseCertificate` read. */
export type SecondReading =
  | { readonly kind: 'agrees' }
  /** It reads other values out of the same octets: one of the two is mistaken about what was signed. */
  | { readonly kind: 'differs'; readonly fields: readonly string[] }
  /** It reads nothing: stricter than ours about something, which is not a mistake of ours by itself. */
  | { readonly kind: 'refuses'; readonly reason: string }

/** Has `@peculiar/x509` read the octets of a certificate and compares every field that both have. */
export function secondReading(certificate: Certificate): SecondReading {
  const differing: string[] = []
  let refusal: string | undefined
  try {
    for (const [name, isSame] of Object.entries(comparisons(certificate, new x509.X509Certificate(certificate.der)))) {
      try {
        if (!isSame()) differing.push(name)
      } catch (error) {
        // The library reads this field only when asked for it.
        refusal ??= `${name}: ${messageOf(error)}`
      }
    }
  } catch (error) {
    refusal = messageOf(error)
  }
  if (differing.length > 0) return { kind: 'differs', fields: differing }
  return refusal === undefined ? { kind: 'agrees' } : { kind: 'refuses', reason: refusal }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function comparisons(ours: Certificate, theirs: x509.X509Certificate): Readonly<Record<string, () => boolean>> {
  const extensions = extensionsOf(theirs)
  const list = <Kind>(oid: string, kind: new (...args: never[]) => Kind): Kind | undefined => {
    const found = extensions.find(({ type }) => type === oid)
    return found instanceof kind ? found : undefined
  }
  return {
    signatureValue: () => isSame(theirs.signature, ours.signature),
    serialNumber: () => theirs.serialNumber === encodeHex(withoutSignOctet(ours.serial)),
    notBefore: () => theirs.notBefore.getTime() === ours.notBefore.getTime(),
    notAfter: () => theirs.notAfter.getTime() === ours.notAfter.getTime(),
    subjectPublicKeyInfo: () => isSame(theirs.publicKey.rawData, ours.spki),
    issuer: () => isSameName(theirs.issuerName, ours.issuer),
    subject: () => isSameName(theirs.subjectName, ours.subject),
    extensions: () =>
      extensions.length === ours.extensions.size &&
      extensions.every(({ type, critical, value }) => {
        const own = ours.extensions.get(type)
        return own !== undefined && own.critical === critical && isSame(value, own.value)
      }),
    basicConstraints: () => {
      const found = list(EXTENSION.basicConstraints, x509.BasicConstraintsExtension)
      return found?.ca === ours.basicConstraints?.ca && found?.pathLength === ours.basicConstraints?.pathLength
    },
    keyUsage: () => {
      const found = list(EXTENSION.keyUsage, x509.KeyUsagesExtension)
      const names = KEY_USAGES.filter((_, bit) => found !== undefined && (found.usages & (1 << bit)) !== 0)
      return (
        (found === undefined) === (ours.keyUsage === undefined) &&
        names.join() === KEY_USAGES.filter((name) => ours.keyUsage?.has(name)).join()
      )
    },
    extendedKeyUsage: () =>
      list(EXTENSION.extendedKeyUsage, x509.ExtendedKeyUsageExtension)?.usages.join() === ours.extendedKeyUsage?.join(),
    subjectKeyIdentifier: () =>
      list(EXTENSION.subjectKeyIdentifier, x509.SubjectKeyIdentifierExtension)?.keyId ===
      (ours.subjectKeyIdentifier && encodeHex(ours.subjectKeyIdentifier)),
    authorityKeyIdentifier: () => {
      const own = ours.authorityKeyIdentifier?.keyIdentifier
      return list(EXTENSION.authorityKeyIdentifier, x509.AuthorityKeyIdentifierExtension)?.keyId === (own && encodeHex(own))
    },
    certificatePolicies: () =>
      list(EXTENSION.certificatePolicies, x509.CertificatePolicyExtension)?.policies.join() === ours.certificatePolicies?.join(),
    subjectAltName: () => {
      const found = list(EXTENSION.subjectAltName, x509.SubjectAlternativeNameExtension)
      // The library leaves names out that it has no form for.
      const own = ours.subjectAltName?.filter(({ kind }) => kind !== 'other').map(ownNameText)
      return found?.names.items.map(({ type, value }) => nameText(type, value)).join() === own?.join()
    },
  }
}

/** The library also decodes extensions that we leave alone, and refuses them all for one of those. */
function extensionsOf(theirs: x509.X509Certificate): readonly x509.Extension[] {
  try {
    return theirs.extensions
  } catch (error) {
    throw new Error(`extensions: ${messageOf(error)}`)
  }
}

type OwnName = NonNullable<Certificate['subjectAltName']>[number]

/** Names that both put into text; of addresses and directory names only that there is one. */
function nameText(type: string, value: string): string {
  switch (type) {
    case 'dns':
      return `dns:${value.toLowerCase()}`
    case 'email':
      return `email:${value.replace(/@.*$/, (host) => host.toLowerCase())}`
    case 'url':
      return `url:${value}`
    case 'ip':
      return 'ip'
    case 'dn':
      return 'dn'
    default:
      return 'other'
  }
}

function ownNameText(name: OwnName): string {
  switch (name.kind) {
    case 'dns':
      return `dns:${name.name}`
    case 'mailbox':
      return `email:${name.local}@${name.host}`
    case 'uri':
      return `url:${name.uri}`
    case 'ip':
      return 'ip'
    case 'directory':
      return 'dn'
    case 'other':
      return 'other'
  }
}

/** The library gives names as it would encode them; code points that Unicode has not, which only a UniversalString can hold, are lost. */
function isSameName(theirs: x509.Name, ours: Name): boolean {
  return holdsUniversalString(ours) || isSame(theirs.toArrayBuffer(), ours.der)
}

function holdsUniversalString({ der }: Name): boolean {
  const name = readDer(der)
  const attributes = name.ok ? name.value.children.flatMap((rdn) => rdn.children) : []
  return attributes.some(({ children }) => children[1]?.tag === TAG.universalString)
}

function isSame(theirs: ArrayBuffer, ours: Bytes): boolean {
  return equalBytes(new Uint8Array(theirs), ours)
}

/** The library's serial numbers come without the zero octet that keeps an INTEGER positive. */
function withoutSignOctet(serial: Bytes): Bytes {
  return serial.length > 1 && serial[0] === 0x00 ? serial.subarray(1) : serial
}

/** Both readings of many octet strings: how many only one of them takes, and every disagreement. */
export class Readings {
  /** Refused by `parseCertificate`, or with a key that `readPublicKey` refuses before it is used for anything. */
  refused = 0
  agreed = 0
  readonly differing: string[] = []
  /** Refused by the library alone, by its reason. */
  readonly refusedByLibrary = new Map<string, number>()

  /** `at` says where the octets come from. */
  add(der: Bytes, at: string): void {
    const read = parseCertificate(der)
    if (!read.ok || !isKeyRead(read.value)) {
      this.refused += 1
      return
    }
    const second = secondReading(read.value)
    switch (second.kind) {
      case 'agrees':
        this.agreed += 1
        return
      case 'differs':
        this.differing.push(`${at}: ${second.fields.join(', ')}`)
        return
      case 'refuses':
        this.refusedByLibrary.set(second.reason, (this.refusedByLibrary.get(second.reason) ?? 0) + 1)
    }
  }
}

function isKeyRead({ spki }: Certificate): boolean {
  const key = readPublicKey(spki)
  return key.ok || key.code === 'key-too-weak'
}
