import { createHash, createPublicKey, verify } from 'node:crypto'
import { decodeEvents } from './sse.ts'

/** One exchange as a reader has it: octets on the wire, and the attestation document that the service serves. */
export type Read = {
  readonly requestBody: Uint8Array
  readonly responseBody: Uint8Array
  readonly contentType: string
  /** The response header `x-inference-receipt`. */
  readonly receiptHeader?: string
  readonly document: string
}

/**
 * What a reader finds out with plain node:crypto, for the tests of the simulator and of the demo. It uses none of the code that signs and
 * hashes, it trusts everything that is well formed, and it is no verifier. Undefined where the exchange carries no receipt.
 */
export function readExchange({ requestBody, responseBody, contentType, receiptHeader, document: served }: Read) {
  const text = Buffer.from(responseBody).toString('utf8')
  const streamed = contentType.startsWith('text/event-stream')
  const events = streamed ? decodeEvents(text) : []
  const at = events.findIndex(({ data }) => data.includes('"inference_receipt"'))
  const wire = streamed ? events[at]?.data : receiptHeader
  if (wire === undefined) return undefined
  const [header = '', payload = '', signature = ''] = wire.split('.')
  const jws = streamed ? JSON.parse(wire).inference_receipt : { protected: header, payload, signature }
  const protectedHeader = json(jws.protected)
  const claims = json(jws.payload)
  const named = claims.resp.of === 'sse-events-v1'
  const before = events.slice(0, at)
  const hashed = streamed ? before.map(({ name, data }) => `${named ? `${name}\n` : ''}${data}\n`).join('') : text
  const document: string = protectedHeader.att ?? served
  const token = json(document.split('.')[1] ?? '')
  const raw = Buffer.from(protectedHeader.jwk.x, 'base64url')
  const key = createPublicKey({ format: 'jwk', key: protectedHeader.jwk })
  const commitment = createHash('sha256').update('inference-receipt-key-v1').update(Buffer.of(0)).update(raw).digest('hex')
  const ids = streamed
    ? before.map(({ data }) => idOf(JSON.parse(data))).filter((id) => id !== undefined)
    : [/"id":"((?:chatcmpl-|resp_)[0-9a-f]+)"/.exec(text)?.[1]]
  return {
    claims,
    token,
    header: protectedHeader,
    text: JSON.stringify(jws),
    signature: verify(null, Buffer.from(`${jws.protected}.${jws.payload}`), key, Buffer.from(jws.signature, 'base64url')),
    kid: protectedHeader.kid === digest(raw),
    committed: [token.eat_nonce].flat().includes(commitment),
    request: claims.req.hash === digest(requestBody),
    response: claims.resp.hash === digest(hashed),
    count: !streamed || claims.resp.events === before.length,
    nonce: claims.nonce,
    ids: new Set(ids).size === 1 && ids[0] === claims.jti,
    inTime: token.nbf <= claims.iat && claims.iat < token.exp,
    debug: token.dbgstat,
    image: token.submods.container.image_digest,
    pinned: streamed ? claims.att_sha256 === undefined : claims.att_sha256 === digest(document),
    last: !streamed || (events[at + 1]?.data === '[DONE]' && events.length === at + 2),
  }
}

const json = (segment: string) => JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'))
const digest = (source: Uint8Array | string) => createHash('sha256').update(source).digest('base64url')
const idOf = (chunk: { id?: string; response?: { id?: string } }) => chunk.id ?? chunk.response?.id
