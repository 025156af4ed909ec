import { createHash } from 'node:crypto'
import { base64url, type Octets, octets } from './octets.ts'
import type { ServerEvent } from './sse.ts'

export function sha256(source: Uint8Array | string): Octets {
  return octets(createHash('sha256').update(source).digest())
}

/** A hash record of a receipt (wire format, section 4). */
export type HashRecord = {
  readonly alg: 'sha256'
  readonly hash: string
  readonly of: 'body' | 'sse-data-v1' | 'sse-events-v1'
  readonly events?: number
}

/** `body`: the exact octets. */
export function hashBody(body: Uint8Array): HashRecord {
  return { alg: 'sha256', hash: base64url(sha256(body)), of: 'body' }
}

/** `sse-data-v1`: each data payload followed by one line feed. The receipt's event and `[DONE]` are not among the events. */
export function hashSseData(events: readonly ServerEvent[]): HashRecord {
  const preimage = events.map(({ data }) => `${data}\n`).join('')
  return { alg: 'sha256', hash: base64url(sha256(preimage)), of: 'sse-data-v1', events: events.length }
}

/** `sse-events-v1`: name, line feed, data, line feed of each event; events without a name have an empty one. */
export function hashSseEvents(events: readonly ServerEvent[]): HashRecord {
  const preimage = events.map(({ name, data }) => `${name}\n${data}\n`).join('')
  return { alg: 'sha256', hash: base64url(sha256(preimage)), of: 'sse-events-v1', events: events.length }
}
