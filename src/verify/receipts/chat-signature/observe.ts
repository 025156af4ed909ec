import type { BodyDigest } from '../../../dossier/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { startsLikeEventStream } from '../../encoding/sse.ts'
import type { Observation, RequestOctets, ResponseOctets } from '../types.ts'
import { octetsToCompleted } from './completed.ts'
import { respacedAsPython } from './json-python.ts'

/**
 * Chat signatures are looked up when the response has ended; nothing of them is in it. Digests: `body` over the exact octets;
 * `sse-to-completed` over a stream up to its `response.completed` event; `json-python` over a JSON body as Python spaces it.
 */
export async function observe({ body, contentType }: ResponseOctets): Promise<Observation> {
  const own = await digestOf('body', body)
  const other = isEventStream(contentType, body)
    ? await digestOfSome('sse-to-completed', octetsToCompleted(body))
    : await digestOfSome('json-python', respacedAsPython(body))
  return { receipts: [], digests: [own, ...other], ids: [] }
}

/** The request as Python would have spaced it, beside its `body`. */
export async function observeRequest({ body }: RequestOctets): Promise<readonly BodyDigest[]> {
  return digestOfSome('json-python', respacedAsPython(body))
}

function isEventStream(contentType: string, body: Bytes): boolean {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  return type === '' ? startsLikeEventStream(body) : type === 'text/event-stream'
}

async function digestOfSome(of: BodyDigest['of'], octets: Bytes | undefined): Promise<readonly BodyDigest[]> {
  return octets === undefined ? [] : [await digestOf(of, octets)]
}

async function digestOf(of: BodyDigest['of'], octets: Bytes): Promise<BodyDigest> {
  return { alg: 'sha-256', of, value: encodeBase64url(await sha256(octets)) }
}
