import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { hex, join, type Octets, octets, utf8 } from './octets.ts'
import { randomFrom } from './random.ts'

/** A secp256k1 key pair; the public key compressed, 33 octets. */
export type KmsKey = { readonly secret: Octets; readonly publicKey: Octets }

export function makeKmsKey(seed: string): KmsKey {
  const secret = randomFrom(`${seed}/secp256k1`)(32)
  secret[0] = (secret[0] ?? 0) & 0x7f
  return { secret, publicKey: octets(secp256k1.getPublicKey(secret, true)) }
}

/** The same key with both coordinates: 04 ‖ x ‖ y. */
export function uncompressed({ secret }: KmsKey): Octets {
  return octets(secp256k1.getPublicKey(secret, false))
}

/** keccak-256 of the message under ECDSA, as r ‖ s ‖ v with v from 0 (or from `base`). */
export function signRecoverable({ secret }: KmsKey, message: Uint8Array, base = 0): Octets {
  const signature = secp256k1.sign(keccak_256(message), secret, { prehash: false, format: 'recovered' })
  // The library puts the recovery id in front.
  return join(signature.subarray(1), octets([base + (signature[0] ?? 0)]))
}

export type CustodyKeyKnobs = {
  readonly role?: string
  readonly purpose?: string
  /** The purpose that the application's key signed, where it is another than the one shown. */
  readonly signedPurpose?: string
  /** The key in use; default: an Ed25519 key of the workload's making. */
  readonly publicKey?: Uint8Array
  readonly kmsPublicKey?: Uint8Array
  readonly recoveryBase?: number
  readonly root?: KmsKey
  readonly application?: KmsKey
  /** Last word on the two signatures. */
  readonly rewriteChain?: (chain: readonly [string, string]) => readonly string[]
}

export type CustodyKnobs = {
  readonly seed: string
  readonly appId: Uint8Array
  readonly keys?: readonly CustodyKeyKnobs[]
  readonly provider?: string
}

const PATHS: Readonly<Record<string, string>> = {
  receipt: 'aci/receipt-ed25519/v1',
  'e2ee-secp256k1': 'aci/e2ee/v1',
  'e2ee-x25519': 'aci/e2ee-x25519/v1',
}

/** The signatures by which dstack's KMS issued keys to an application, as ACI reports show them. */
export function makeKeyCustody({ seed, appId, keys = [{}], provider = 'dstack-kms' }: CustodyKnobs) {
  return {
    provider,
    keys: keys.map((knobs, index) => {
      const {
        role = 'receipt',
        purpose = 'aci.receipt.ed25519.v1',
        signedPurpose = purpose,
        root = makeKmsKey(`${seed}/kms-root`),
        application = makeKmsKey(`${seed}/kms-application`),
        recoveryBase = 0,
        rewriteChain = (chain) => chain,
      } = knobs
      const derived = makeKmsKey(`${seed}/kms-key/${index}`)
      const issued = join(utf8('dstack-kms-issued:'), appId, application.publicKey)
      return {
        role,
        path: PATHS[role] ?? role,
        purpose,
        algo: 'ed25519',
        public_key: hex(knobs.publicKey ?? randomFrom(`${seed}/key-in-use/${index}`)(32)),
        kms_public_key: hex(knobs.kmsPublicKey ?? derived.publicKey),
        signature_chain: rewriteChain([
          hex(signRecoverable(application, utf8(`${signedPurpose}:${hex(derived.publicKey)}`), recoveryBase)),
          hex(signRecoverable(root, issued, recoveryBase)),
        ]),
      }
    }),
  }
}
