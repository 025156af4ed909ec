import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { verifyEd25519 } from '../../encoding/ed25519.ts'
import { eip191Digest, recoverAddress } from '../../encoding/secp256k1.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { octetsOf } from '../near-entry.ts'
import type { ChatSignature } from './parse.ts'

type Algorithm = 'ecdsa' | 'ed25519'

/** Octets of an identity by which an algorithm's signatures are checked (an Ethereum address, an Ed25519 key), and of a signature. */
const SIZES: Readonly<Record<Algorithm, { readonly identity: number; readonly signature: number }>> = {
  ecdsa: { identity: 20, signature: 65 },
  ed25519: { identity: 32, signature: 64 },
}
const ALGORITHMS = ['ecdsa', 'ed25519'] as const
/** What services call the algorithms, in lower case. */
const NAMES: ReadonlyMap<string, Algorithm> = new Map([
  ['ecdsa', 'ecdsa'],
  ['secp256k1', 'ecdsa'],
  ['ecdsa-secp256k1', 'ecdsa'],
  ['ed25519', 'ed25519'],
  ['eddsa', 'ed25519'],
])

/** Who signed: 20 octets of an Ethereum address or 32 of an Ed25519 key. */
export type Signer = { readonly algorithm: Algorithm; readonly identity: Bytes }

/**
 * `false`: the signature does not hold under the address that it comes with. `unreadable`: address or signature are none of a known form.
 * `engine`: the engine could not tell.
 */
export type SignatureVerdict = Signer | 'false' | 'unreadable' | 'engine'

/**
 * Checks a signature against the address beside it. The length of that address decides the algorithm: 20 octets, ECDSA on secp256k1 over the
 * EIP-191 digest of the text; 32, Ed25519 over the text. Letters' case, `0x` and the recovery id's base are spelling. An algorithm's name must
 * not be that of the other one; a name that is not known decides nothing.
 */
export async function signerOf({ text, signature, signingAddress, algorithm }: ChatSignature): Promise<SignatureVerdict> {
  const identity = octetsOf(signingAddress)
  const octets = octetsOf(signature)
  const used = ALGORITHMS.find((candidate) => SIZES[candidate].identity === identity?.length)
  if (identity === undefined || octets === undefined || used === undefined) return 'unreadable'
  if (octets.length !== SIZES[used].signature) return 'unreadable'
  const named = NAMES.get(algorithm?.toLowerCase() ?? '')
  if (named !== undefined && named !== used) return 'false'
  const holds = await isSignedBy(identity, octets, encodeUtf8(text), used)
  if (holds === undefined) return 'engine'
  return holds ? { algorithm: used, identity } : 'false'
}

async function isSignedBy(identity: Bytes, signature: Bytes, message: Bytes, algorithm: Algorithm): Promise<boolean | undefined> {
  if (algorithm === 'ecdsa') {
    const address = recoverAddress(eip191Digest(message), signature)
    return address.ok && equalBytes(address.value, identity)
  }
  try {
    return await verifyEd25519(identity, signature, message)
  } catch {
    return undefined
  }
}
