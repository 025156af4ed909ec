import * as v from 'valibot'
import type { ReceiptSeen } from '../dossier/types.ts'
import { decodeBase64url } from '../verify/encoding/base64.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { isJsonObject, parseForeignJson, parseForeignJsonBytes } from '../verify/encoding/json.ts'
import { hexOf, parseWith } from '../verify/encoding/schema.ts'
import type { LinkedEndpoint } from './services/types.ts'

type LinkKind = LinkedEndpoint['kind']

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
  const json = parseForeignJson(receipt.text)
  const event = json.ok ? parseWith(flattened, json.value) : json
  const header = event.ok ? parseWith(withEvidence, jsonPart(event.value.inference_receipt.protected)) : event
  return header.ok ? { kind: header.value.att_kind, document: header.value.att } : undefined
}

const receiptLog = v.object({ event_log: v.array(v.unknown()) })
const sessionEvent = v.object({ session_id: hexOf(32) })
/** More sessions than this no receipt needs. */
const MOST_LINKS = 4

/** Ids of the documents of a kind that a receipt names: the sessions in the event log of an ACI receipt. */
export function linkedIds(kind: LinkKind, receipt: string): readonly string[] {
  switch (kind) {
    case 'aci-session': {
      const json = parseForeignJson(receipt)
      const log = json.ok ? parseWith(receiptLog, json.value) : json
      if (!log.ok) return []
      const ids = log.value.event_log
        .map((event) => parseWith(sessionEvent, event))
        .flatMap((event) => (event.ok ? [event.value.session_id] : []))
      return [...new Set(ids)].slice(0, MOST_LINKS)
    }
  }
}

/** Whether a document is a JSON object with a member of that name. */
export function hasMember(document: string, name: string): boolean {
  const json = parseForeignJson(document)
  return json.ok && isJsonObject(json.value) && Object.hasOwn(json.value, name)
}

const modelName = v.pipe(v.string(), v.minLength(1), v.maxLength(300))
/** OpenAI's interfaces and those after them have `model`; pages with an interface of their own may have `modelId`. */
const completion = v.union([v.object({ model: modelName }), v.object({ modelId: modelName })])

/** The model that a request's octets name. */
export function modelNamed(request: Bytes): string | undefined {
  const json = parseForeignJsonBytes(request)
  const named = json.ok ? parseWith(completion, json.value) : json
  if (!named.ok) return undefined
  return 'model' in named.value ? named.value.model : named.value.modelId
}

/** How the keys for a token (compact JWS) are to be found: in the token's own chain, or by name in the issuer's key set. */
export function keyOfToken(token: string): { readonly by: 'chain' } | { readonly by: 'name'; readonly kid: string | undefined } {
  const header = parseWith(tokenHeader, jsonPart(token.split('.', 1)[0] ?? ''))
  if (header.ok && header.value.x5c !== undefined) return { by: 'chain' }
  return { by: 'name', kid: header.ok ? header.value.kid : undefined }
}

/** Names of the keys in a key set (RFC 7517); `undefined` when it is none. */
export function keyNames(document: string): readonly string[] | undefined {
  const json = parseForeignJson(document)
  const keys = json.ok ? parseWith(keySet, json.value) : json
  return keys.ok ? keys.value.keys.flatMap(({ kid }) => (kid === undefined ? [] : [kid])) : undefined
}

/** The JSON in a part of a JWS; undefined where there is none. */
export function jsonPart(text: string): unknown {
  const octets = decodeBase64url(text)
  const json = octets.ok ? parseForeignJsonBytes(octets.value) : octets
  return json.ok ? json.value : undefined
}
