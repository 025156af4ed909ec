import { createHash } from 'node:crypto'
import type { Certificate, Extension } from './certificates.ts'
import { bitString, boolean, integer, objectIdentifier, octetString, sequence, tagged, taggedPrimitive, time, tlv } from './der.ts'
import { type SigningKey, sign } from './keys.ts'
import { flipBit, type Octets, octets } from './octets.ts'

/** Everything about one revocation list. Each member has an honest default; each is a knob. */
export type CrlOptions = {
  readonly thisUpdate: Date
  readonly nextUpdate: Date | 'absent'
  readonly revoked?: readonly { readonly serial: Uint8Array; readonly at?: Date; readonly extensions?: readonly Extension[] }[]
  readonly version?: 1 | 2
  readonly number?: number
  readonly authorityKeyIdentifier?: 'derived' | 'absent' | Uint8Array
  readonly extensions?: readonly Extension[]
  /** DER of the issuer's name, where not the issuer's own. */
  readonly issuerName?: Uint8Array
  readonly signWith?: SigningKey
  readonly signature?: 'intact' | 'flipped'
  readonly rewrite?: (tbsCertList: Octets) => Octets
}

const ECDSA_SHA256 = '1.2.840.10045.4.3.2'

/** Issues a list in the form of Intel's: version 2, ECDSA with SHA-256, a number, the issuer's key identifier. RFC 5280 section 5. */
export function issueCrl(options: CrlOptions, issuer: Certificate): Octets {
  const {
    thisUpdate,
    nextUpdate,
    revoked = [],
    version = 2,
    number = 1,
    rewrite = (tbs) => tbs,
    authorityKeyIdentifier = 'derived',
  } = options
  const algorithm = sequence(objectIdentifier(ECDSA_SHA256))
  const entries = revoked.map(({ serial, at = thisUpdate, extensions = [REASON_KEY_COMPROMISE] }) =>
    sequence(integer(serial), time(at), ...(extensions.length === 0 ? [] : [sequence(...extensions.map(encodeExtension))])),
  )
  const identifier = authorityKeyIdentifier === 'derived' ? keyIdentifier(issuer.key) : authorityKeyIdentifier
  const extensions: readonly Extension[] = [
    { oid: '2.5.29.20', critical: false, value: integer(number) },
    ...(identifier === 'absent' ? [] : [{ oid: '2.5.29.35', critical: false, value: sequence(taggedPrimitive(0, octets(identifier))) }]),
    ...(options.extensions ?? []),
  ]
  const tbs = rewrite(
    sequence(
      ...(version === 2 ? [integer(1)] : []),
      algorithm,
      options.issuerName ?? issuer.name,
      time(thisUpdate),
      ...(nextUpdate === 'absent' ? [] : [time(nextUpdate)]),
      ...(entries.length === 0 ? [] : [sequence(...entries)]),
      ...(version === 2 ? [tagged(0, sequence(...extensions.map(encodeExtension)))] : []),
    ),
  )
  const value = sign(options.signWith ?? issuer.key, 'sha256', tbs)
  return sequence(tbs, algorithm, bitString(options.signature === 'flipped' ? flipBit(value) : value))
}

/** reasonCode keyCompromise (1), as Intel's lists have it. */
const REASON_KEY_COMPROMISE: Extension = { oid: '2.5.29.21', critical: false, value: tlv(0x0a, octets([1])) }

function encodeExtension({ oid, critical, value }: Extension): Octets {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(value))
}

/** As certificates of the simulator have it. */
function keyIdentifier(key: SigningKey): Octets {
  return octets(createHash('sha256').update(key.spki).digest().subarray(0, 20))
}
