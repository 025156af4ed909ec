import * as v from 'valibot'
import { decodeHex } from '../../encoding/hex.ts'
import { isWellFormed } from '../../encoding/json.ts'

/**
 * One event, as dstack writes it (`cc-eventlog`): a digest that extended register `imr`, and what it is a digest of. Events of the boot come
 * from firmware and kernel (TCG); their payload does not determine their digest, and may have been stripped.
 */
export type Event = v.InferOutput<typeof eventSchema>

/** In the order in which the registers were extended. */
export type EventLog = readonly Event[]

/** Events that dstack itself extends RTMR3 with. Not a TCG type; both versions of the digest have it. */
export const RUNTIME_EVENT = 0x08000001

/** The register of dstack and of the application. RTMR0 to RTMR2 are those of the boot. */
export const APP_REGISTER = 3

const MOST_EVENTS = 1024
const REGISTER_SIZE = 48
/** Hexadecimal digits. */
const LONGEST_PAYLOAD = 131_072
const LONGEST_PREIMAGE = 300_000

const octets = (longest: number) =>
  v.pipe(
    v.string(),
    v.maxLength(longest),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const decoded = decodeHex(dataset.value)
      if (decoded.ok) return decoded.value
      addIssue({ message: decoded.code })
      return NEVER
    }),
  )

const eventSchema = v.object({
  imr: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(APP_REGISTER)),
  event_type: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)),
  /** Empty in stripped logs. Never longer than a register; a shorter one is extended with zero octets. */
  digest: octets(2 * REGISTER_SIZE),
  event: v.pipe(v.string(), v.maxLength(256), v.check(isWellFormed)),
  event_payload: octets(LONGEST_PAYLOAD),
  /** Which of dstack's two digests this event has; absent: the first. */
  version: v.optional(v.picklist([1, 2]), 1),
  /** The octets that were hashed, where the log repeats them. */
  preimage: v.optional(v.nullable(octets(LONGEST_PREIMAGE)), null),
})

export const eventLogSchema = v.pipe(v.array(eventSchema), v.maxLength(MOST_EVENTS))

export function isRuntimeEvent({ event_type }: Event): boolean {
  return event_type === RUNTIME_EVENT
}
