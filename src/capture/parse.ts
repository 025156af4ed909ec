import * as v from 'valibot'
import type { Result } from '../verify/encoding/result.ts'
import { parseWith } from '../verify/encoding/schema.ts'
import { type CaptureMessage, LARGEST_REQUEST, LARGEST_RESPONSE } from './messages.ts'

const octets = (largest: number) =>
  v.pipe(
    v.instance(Uint8Array),
    v.check((bytes) => bytes.length <= largest),
  )

const captureMessage = v.variant('type', [
  v.strictObject({ type: v.literal('capture/ready') }),
  v.strictObject({
    type: v.literal('capture/octets'),
    capture: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
    method: v.literal('POST'),
    url: v.pipe(v.string(), v.maxLength(8192), v.url()),
    request: v.nullable(octets(LARGEST_REQUEST)),
    response: octets(LARGEST_RESPONSE),
    state: v.picklist(['complete', 'broken-off', 'too-large', 'unsupported-body', 're-encoded']),
    beganAt: v.pipe(v.number(), v.finite()),
    endedAt: v.pipe(v.number(), v.finite()),
  }),
])

/** Checks what a content script says, once more: the relay lives in the page's process. */
export function parseCaptureMessage(message: unknown): Result<CaptureMessage, 'schema'> {
  return parseWith(captureMessage, message)
}
