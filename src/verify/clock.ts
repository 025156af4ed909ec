import type { Exchange } from '../dossier/types.ts'
import { type Sentence, sentence } from './claims/sentence.ts'
import { span } from './claims/span.ts'
import type { Finding, Moment } from './claims/types.ts'

/** Clocks that disagree by this much are forgiven everywhere. */
const SKEW_SECONDS = 60
/** Codes of the checks of a receipt's own time, among those of freshness; AIR's are those of its draft. */
const OF_ANOTHER_TIME: readonly string[] = ['of-another-time', 'TIMESTAMP_FUTURE', 'TIMESTAMP_STALE']

/**
 * Has every failure of time ask first whether this machine's clock is right: most people whose clock is an hour off know nothing of it, and
 * would read of a forged receipt. What the service's own clock says, by the `Date` of its response, is the suspect's word: it changes what is
 * said, and no outcome.
 */
export function askClockFirst(exchange: Exchange, moment: Moment, findings: readonly Finding[]): readonly Finding[] {
  // A time that somebody named is not this machine's clock.
  if (moment.basis === 'given' || moment.basis === 'as-issued') return findings
  const difference = differenceOf(exchange)
  // Asked, and answered as far as anybody can: the two agree.
  if (difference === 0) return findings
  return findings.map((finding) => (isOfTime(finding) ? { ...finding, because: withClock(finding.because, difference) } : finding))
}

function isOfTime({ role, outcome, code }: Finding): boolean {
  if (outcome !== 'failed') return false
  return role === 'evidence.time' || (role === 'workload.freshness' && code !== undefined && OF_ANOTHER_TIME.includes(code))
}

function withClock(because: Sentence, seconds: number | undefined): Sentence {
  if (seconds === undefined) return sentence('clock_first', because)
  const by = span(Math.abs(seconds))
  return seconds > 0 ? sentence('clock_first_ahead', by, because) : sentence('clock_first_behind', by, because)
}

/**
 * By how many seconds this machine's clock is ahead of the service's, which showed the date of the response at some instant between the beginning
 * and the end of the exchange; negative where it is behind, zero where the two agree. Undefined where the response has no date.
 */
function differenceOf({ headers, startedAt, endedAt = startedAt }: Exchange): number | undefined {
  const theirs = Date.parse(headers.find(({ name }) => name === 'date')?.value ?? '') / 1000
  if (Number.isNaN(theirs)) return undefined
  const ahead = Date.parse(startedAt) / 1000 - theirs
  const behind = theirs - Date.parse(endedAt) / 1000
  if (ahead > SKEW_SECONDS) return ahead
  return behind > SKEW_SECONDS ? -behind : 0
}
