import { type MessageId, type Sentence, sentence } from './sentence.ts'

const UNITS = [
  { seconds: 86_400, one: 'span_day', many: 'span_days' },
  { seconds: 3600, one: 'span_hour', many: 'span_hours' },
  { seconds: 60, one: 'span_minute', many: 'span_minutes' },
] as const satisfies readonly { seconds: number; one: MessageId; many: MessageId }[]

/** A length of time as people say it, in the largest unit that it fills twice ("90 minutes", "3 days"), cut to whole ones. */
export function span(seconds: number): Sentence {
  const whole = Math.max(0, Math.floor(seconds))
  const unit = UNITS.find((candidate) => whole >= 2 * candidate.seconds) ?? UNITS.find((candidate) => whole === candidate.seconds)
  if (unit === undefined) return whole === 1 ? sentence('span_second') : sentence('span_seconds', String(whole))
  const count = Math.floor(whole / unit.seconds)
  return count === 1 ? sentence(unit.one) : sentence(unit.many, String(count))
}

/** The day of an instant, as sentences have days: `2026-11-27`, in UTC. What is no instant is given back. */
export function dayOf(instant: Date | string): string {
  const iso = typeof instant === 'string' ? instant : instant.toISOString()
  return /^\d{4}-\d{2}-\d{2}T/.test(iso) ? iso.slice(0, 10) : iso
}
