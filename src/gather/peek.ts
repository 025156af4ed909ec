import * as v from 'valibot'
import type { ReceiptSeen } from '../dossier/types.ts'
import { decodeBase64url } from '../verify/encoding/base64.ts'
import { parseJson, parseJsonBytes } from '../verify/encoding/json.ts'
import { parseWith } from '../verify/encoding/schema.ts'

/*
 * A look, without verifying anything, at what documents point to. It decides what to fetch and nothing else: the verifier reads the
 * same documents again, strictly.
 */

const flattened = v.object({ inference_receipt: v.object({ protected: v.string() }) })
const withEvidence = v.object({ att: v.string(), att_kind: v.string() })
const tokenHeader = v.object({ kid: v.exactOptional(v.string()), x5c: v.exactOptional(v.unknown()) })
const keySet = v.object({ keys: v.array(v.object({ kid: v.exactOptional(v.string()) })) })

export type Embedded = { readonly kind: string; readonly document: string }

/** The evidence that a receipt in a stream carries in its protected header. A receipt in a header never carries any. */
export function embeddedEvidence(receipt: ReceiptSeen): Embedded | undefined {
  if (receipt.delivery !== 'stream') return undefined
  const json = parseJson(receipt.text)
  const event = json.ok ? parseWith(flattened, json.value) : json
  const header = event.ok ? parseWith(withEvidence, jsonPart(event.value.inference_receipt.protected)) : event
  return header.ok ? { kind: header.value.att_kind, document: header.value.att } : undefined
}

/** How the keys for a token (compact JWS) are to be found: in the token's own chain, or by name in the issuer's key set. */
export function keyOfToken(token: string): { readonly by: 'chain' } | { readonly by: 'name'; readonly kid: string | undefined } {
  const header = parseWith(tokenHeader, jsonPart(token.split('.', 1)[0] ?? ''))
  if (header.ok && header.value.x5c !== undefined) return { by: 'chain' }
  return { by: 'name', kid: header.ok ? header.value.kid : undefined }
}

/** Names of the keys in a key set (RFC 7517); `undefined` when it is none. */
export function keyNames(document: string): readonly string[] | undefined {
  const json = parseJson(document)
  const keys = json.ok ? parseWith(keySet, json.value) : json
  return keys.ok ? keys.value.keys.flatMap(({ kid }) => (kid === undefined ? [] : [kid])) : undefined
}

function jsonPart(text: string): unknown {
  const octets = decodeBase64url(text)
  const json = octets.ok ? parseJsonBytes(octets.value) : octets
  return json.ok ? json.value : undefined
}
