import { type Bytes, concatBytes, equalBytes } from '../encoding/bytes.ts'
import { sha256 } from '../encoding/digest.ts'

/**
 * How the first half of a quote's 64 octets of report data names who signs:
 * `address`: 20 octets of an Ethereum address, 12 zeros; `key`: a 32-octet Ed25519 key; `tls`: SHA-256 over one of these (or the longer form of
 * the key) and the SHA-256 of the TLS key's SubjectPublicKeyInfo; `zero`: nobody.
 */
export type IdentityLayout = 'address' | 'key' | 'tls' | 'zero'

const HALF = 32

/** What the first half is compared with. */
export type Identity = {
  /** 20 octets of an address or 32 of a key. */
  readonly signer: Bytes
  /** The same signer's key in the longer form in which some services hash it. The caller has made sure that it is the same signer's. */
  readonly publicKey?: Bytes
  /** SHA-256 of the TLS key's SubjectPublicKeyInfo, as the report declares it. */
  readonly tlsSpki?: Bytes
}

/** The layout by which report data commits to a signer; undefined where it does not. */
export async function layoutOf(
  reportData: Bytes,
  { signer, publicKey, tlsSpki }: Identity,
): Promise<Exclude<IdentityLayout, 'zero'> | undefined> {
  const half = reportData.subarray(0, HALF)
  if (signer.length === 20 && equalBytes(half, concatBytes(signer, new Uint8Array(12)))) return 'address'
  if (signer.length === HALF && equalBytes(half, signer)) return 'key'
  if (tlsSpki === undefined) return undefined
  for (const spelling of publicKey === undefined ? [signer] : [signer, publicKey]) {
    if (equalBytes(half, await sha256(concatBytes(spelling, tlsSpki)))) return 'tls'
  }
  return undefined
}

/** Whether report data names nobody. */
export function namesNobody(reportData: Bytes): boolean {
  return reportData.subarray(0, HALF).every((octet) => octet === 0)
}

/** The second half: the nonce of whoever asked. */
export function nonceOf(reportData: Bytes): Bytes {
  return reportData.slice(HALF)
}
