import { type Bytes, concatBytes, equalBytes } from '../../encoding/bytes.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { canonicalize } from '../../encoding/jcs.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { type Event, isRuntimeEvent, RUNTIME_EVENT } from './event-log.ts'

/** SHA-384 (FIPS 180-4): 48 octets. */
export async function sha384(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-384', bytes))
}

/**
 * What is hashed of a runtime event. Version 1: type as u32 little-endian ‖ ":" ‖ name ‖ ":" ‖ payload. Version 2: canonical JSON (RFC 8785) with
 * the members `name`, `payload` (lower-case hexadecimal) and `type` (a number). Undefined where the name has no canonical form.
 */
export function preimageOf({ event, event_payload, version }: Event): Bytes | undefined {
  switch (version) {
    case 1: {
      const type = new Uint8Array(4)
      new DataView(type.buffer).setUint32(0, RUNTIME_EVENT, true)
      return concatBytes(type, encodeUtf8(`:${event}:`), event_payload)
    }
    case 2: {
      const text = canonicalize({ name: event, payload: encodeHex(event_payload), type: RUNTIME_EVENT })
      return text.ok ? encodeUtf8(text.value) : undefined
    }
  }
}

/** An event with the digest to extend its register with, and whether the log stated another one. */
export type DigestedEvent = {
  readonly event: Event
  readonly digest: Bytes
  /** A digest or preimage beside a runtime event that is not that of its name and payload. */
  readonly isContradicted: boolean
}

/**
 * The digests that a replay goes by. Those of runtime events are computed from name and payload, whatever the log states: whoever replays the
 * stated ones and reads the payloads beside them believes any payload. Those of the boot can only be taken as stated.
 */
export function digestEvents(log: readonly Event[]): Promise<readonly DigestedEvent[]> {
  return Promise.all(
    log.map(async (event) => {
      if (!isRuntimeEvent(event)) return { event, digest: event.digest, isContradicted: false }
      const preimage = preimageOf(event)
      if (preimage === undefined) return { event, digest: new Uint8Array(0), isContradicted: true }
      const digest = await sha384(preimage)
      const isStated = event.digest.length > 0
      const isOtherDigest = isStated && !equalBytes(event.digest, digest)
      const isOtherPreimage = event.preimage !== null && !equalBytes(event.preimage, preimage)
      return { event, digest, isContradicted: isOtherDigest || isOtherPreimage }
    }),
  )
}
