import { failure, type Result, success } from '../../encoding/result.ts'
import { isWithin } from '../../trust/sigstore-root.ts'
import type { SigningTime } from '../types.ts'
import type { LoggedEntry } from './log-entry.ts'

export type TimeCode =
  /** Nobody whom the root trusts for it says when. */
  | 'time-missing'
  | 'time-in-future'
  /** A log's key was not valid at the time. */
  | 'log-time'

export type Times = readonly [SigningTime, ...SigningTime[]]

/** How far ahead of this verifier's clock a log or an authority may be. */
const CLOCK_SKEW_MS = 5 * 60 * 1000

/**
 * The times at which the signature was there: when a log took it in, where the log signed that, and what the timestamps state. There is at
 * least one, none lies ahead, and every log's key was valid at the log's own time, or else at all of them.
 */
export function establishTimes(entries: readonly LoggedEntry[], timestamps: readonly Date[], now: Date): Result<Times, TimeCode> {
  const [first, ...more] = [
    ...entries.flatMap(({ integratedAt }) => (integratedAt === undefined ? [] : [{ source: 'log', at: integratedAt } as const])),
    ...timestamps.map((at) => ({ source: 'timestamp', at }) as const),
  ]
  if (first === undefined) return failure('time-missing')
  const times: Times = [first, ...more]
  // A time or a clock that is none compares as false with everything.
  const isPast = ({ at }: SigningTime) => at.getTime() <= now.getTime() + CLOCK_SKEW_MS
  if (!times.every(isPast)) return failure('time-in-future')
  for (const { log, integratedAt } of entries) {
    const used = integratedAt === undefined ? times.map(({ at }) => at) : [integratedAt]
    if (!used.every((at) => isWithin(log.validity, at))) return failure('log-time', log.baseUrl)
  }
  return success(times)
}
