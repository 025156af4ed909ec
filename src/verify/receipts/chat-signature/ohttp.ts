import * as v from 'valibot'
import { type Because, makeFinding } from '../../claims/finding.ts'
import type { Finding } from '../../claims/types.ts'
import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { verifyEd25519 } from '../../encoding/ed25519.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { parseWith } from '../../encoding/schema.ts'
import { octetsOf } from '../near-entry.ts'
import { identityOfMachine } from '../reported-machine.ts'
import { CHECKS } from './checks.ts'
import type { ServiceReport } from './report.ts'

const line = v.pipe(v.string(), v.maxLength(1024))
const attestation = v.object({ signing_algo: line, signing_key: line, key_config: line, signature: line })

const KEY_OCTETS = 32
const SIGNATURE_OCTETS = 64

/**
 * The key to which a service has requests encrypted (RFC 9458), as NEAR's gateways sign it: Ed25519 over the octets of the key configuration. No answer
 * rests on it. Whether the hardware stands behind it depends on the key that signs: one that a machine in the report signs answers with is
 * committed to by its quote (reports asked for with `signing_algo=ed25519`), any other is not.
 */
export async function checkOhttp({ ohttp, ohttpConfig, parties }: ServiceReport): Promise<readonly Finding[]> {
  if (ohttp === undefined || ohttp === null) return []
  const hop = Math.max(
    0,
    parties.findIndex(({ role }) => role === 'gateway'),
  )
  const say = (outcome: Finding['outcome'], because: Because, computed?: string, theirs = false) => [
    makeFinding(CHECKS, 'chat-signature.ohttp-key', outcome, because, { hop, at: 'report.ohttp_attestation', computed, theirs }),
  ]
  const parsed = parseWith(attestation, ohttp)
  const [key, config, signature] = parsed.ok
    ? [octetsOf(parsed.value.signing_key), octetsOf(parsed.value.key_config), octetsOf(parsed.value.signature)]
    : []
  const isKnown = parsed.ok && parsed.value.signing_algo.toLowerCase() === 'ed25519'
  if (!isKnown || key?.length !== KEY_OCTETS || config === undefined || signature?.length !== SIGNATURE_OCTETS) {
    return say('unchecked', 'chat_ohttp_unreadable', undefined, true)
  }
  const shown = encodeHex(config)
  const offered = typeof ohttpConfig === 'string' ? octetsOf(ohttpConfig) : undefined
  if (offered !== undefined && !equalBytes(offered, config)) return say('failed', 'chat_ohttp_other_key', shown)
  const holds = await isSigned(key, signature, config)
  if (holds === undefined) return say('unchecked', 'chat_ohttp_engine')
  if (!holds) return say('failed', 'chat_ohttp_failed', shown)
  const isNamed = parties.some(({ machines }) => machines.some((machine) => isOf(key, identityOfMachine(machine)?.signer)))
  return isNamed ? say('passed', 'chat_ohttp_passed', shown) : say('unchecked', 'chat_ohttp_unbound', shown)
}

function isOf(key: Bytes, signer: Bytes | undefined): boolean {
  return signer !== undefined && equalBytes(key, signer)
}

async function isSigned(key: Bytes, signature: Bytes, message: Bytes): Promise<boolean | undefined> {
  try {
    return await verifyEd25519(key, signature, message)
  } catch {
    return undefined
  }
}
