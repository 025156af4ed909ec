import { type Bytes, concatBytes, equalBytes } from '../../encoding/bytes.ts'
import { decodeHex, encodeHex } from '../../encoding/hex.ts'
import { keccak256 } from '../../encoding/keccak.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { addressOfKey, recoverPublicKey } from '../../encoding/secp256k1.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { KeyCustody } from './schema.ts'

export type IssuedKeys = {
  /** Who signed for the application's key, compressed secp256k1 in lower-case hex: proves nothing until it is compared with a known root. */
  readonly root: string
  readonly keys: readonly IssuedKey[]
}

export type IssuedKey = {
  readonly role: string
  /** The key in use, lower-case hex: 33 octets where it is the one that the KMS derived, 32 where it was made out of that. */
  readonly publicKey: string
  /**
   * Whether the signatures are about the key in use itself. Keys of other kinds (Ed25519, X25519) are made out of the derived secret by the
   * workload; no signature says so.
   */
  readonly isSigned: boolean
}

export type CustodyErrorCode =
  /** The octets are no point of the curve. */
  | 'custody-key'
  | 'custody-signature'
  /** The key in use is of the kind that the KMS derives, and is another one. */
  | 'custody-other-key'
  /** A key made for another purpose than its role's. */
  | 'custody-purpose'
  /** The keys of one application come from more than one application key or root. */
  | 'custody-several-roots'
  | 'custody-empty'

export const KMS = 'dstack-kms'

/** Octets of a public key of Ed25519 or X25519. */
const DERIVED_ELSEWHERE = 32

/** What keys of these roles are derived for. Others exist; nothing is said of them here. */
const PURPOSES: Readonly<Record<string, string>> = {
  receipt: 'aci.receipt.ed25519.v1',
  'e2ee-secp256k1': 'aci.e2ee.v1',
  'e2ee-x25519': 'aci.e2ee.x25519.v1',
}

/** Whether this verifier knows what a role's keys are for. */
export function isKnownRole(role: string): boolean {
  return Object.hasOwn(PURPOSES, role)
}

/**
 * Follows the signatures by which dstack's KMS issued keys to an application (`GetKey`). For each key two recoverable signatures over
 * keccak-256:
 *
 * 1. over `purpose ":" hex(compressed key)` recovers the application's key;
 * 2. over `dstack-kms-issued:` ‖ app id (20 octets) ‖ compressed application key recovers the KMS's root.
 *
 * `appId` is that of the verified event log, never one that the custody data states.
 */
export function followCustody({ keys }: KeyCustody, appId: Bytes): Result<IssuedKeys, CustodyErrorCode> {
  const roots = new Set<string>()
  const applications = new Set<string>()
  const issued: IssuedKey[] = []
  for (const { role, purpose, public_key, kms_public_key, signature_chain } of keys) {
    if (isKnownRole(role) && PURPOSES[role] !== purpose) return failure('custody-purpose', role)
    const kmsKey = compress(kms_public_key)
    if (kmsKey === undefined) return failure('custody-key', role)
    const application = recover(encodeUtf8(`${purpose}:${encodeHex(kmsKey)}`), signature_chain[0])
    if (application === undefined) return failure('custody-signature', role)
    const root = recover(concatBytes(encodeUtf8('dstack-kms-issued:'), appId, application), signature_chain[1])
    if (root === undefined) return failure('custody-signature', role)
    applications.add(encodeHex(application))
    roots.add(encodeHex(root))
    const isSigned = public_key.length !== 2 * DERIVED_ELSEWHERE
    const inUse = isSigned ? compress(public_key) : undefined
    if (isSigned && (inUse === undefined || !equalBytes(inUse, kmsKey))) return failure('custody-other-key', role)
    issued.push({ role, publicKey: isSigned ? encodeHex(kmsKey) : public_key.toLowerCase(), isSigned })
  }
  const [root] = roots
  if (root === undefined) return failure('custody-empty')
  if (roots.size > 1 || applications.size > 1) return failure('custody-several-roots')
  return success({ root, keys: issued })
}

function recover(message: Bytes, signature: string): Bytes | undefined {
  const octets = decodeHex(signature)
  const key = octets.ok ? recoverPublicKey(keccak256(message), octets.value) : octets
  return key.ok ? key.value : undefined
}

/** A point of secp256k1 in SEC 1 form (section 2.3.3), 33 or 65 octets, as 33. Undefined where it is none. */
function compress(key: string): Bytes | undefined {
  const octets = decodeHex(key)
  if (!octets.ok || addressOfKey(octets.value) === undefined) return undefined
  const point = octets.value
  if (point.length === 33) return point
  const isOdd = ((point[64] ?? 0) & 1) === 1
  return concatBytes(Uint8Array.of(isOdd ? 3 : 2), point.subarray(1, 33))
}
