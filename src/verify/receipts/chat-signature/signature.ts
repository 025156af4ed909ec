import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { verifyEd25519 } from '../../encoding/ed25519.ts'
import { eip191Digest, recoverAddress } from '../../encoding/secp256k1.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { octetsOf } from '../near-entry.ts'
import type { ChatSignature } from './parse.ts'

const ADDRESS_LENGTH = 20
const KEY_LENGTH = 32

/**
 * Who signed: 20 octets of an Ethereum address or 32 of an Ed25519 key. `false`: the signature does not hold under the address that it comes
 * with; undefined: the engine could not tell.
 */
export type Signer = { readonly algorithm: 'ecdsa' | 'ed25519'; readonly identity: Bytes }

/**
 * Checks a signature against the address beside it. The length of that address decides the algorithm, and what the answer calls it must agree:
 * 20 octets, ECDSA on secp256k1 over the EIP-191 digest of the text; 32, Ed25519 over the text.
 */
export async function signerOf({ text, signature, signingAddress, algorithm }: ChatSignature): Promise<Signer | false | undefined> {
  const identity = octetsOf(signingAddress)
  const octets = octetsOf(signature)
  if (identity === undefined || octets === undefined) return false
  const message = encodeUtf8(text)
  if (identity.length === ADDRESS_LENGTH && (algorithm === undefined || algorithm === 'ecdsa')) {
    const address = recoverAddress(eip191Digest(message), octets)
    return address.ok && equalBytes(address.value, identity) ? { algorithm: 'ecdsa', identity } : false
  }
  if (identity.length === KEY_LENGTH && (algorithm === undefined || algorithm === 'ed25519')) {
    try {
      return (await verifyEd25519(identity, octets, message)) ? { algorithm: 'ed25519', identity } : false
    } catch {
      return undefined
    }
  }
  return false
}
