import type { Exchange } from '../../dossier/types.ts'
import type { Moment } from '../claims/types.ts'

/** Clocks that disagree by this much are forgiven, either way. */
export const SKEW_SECONDS = 60

/**
 * How a time of issue, in seconds since the epoch, agrees with what a verdict knows of time. Captured here: within the exchange, give or take
 * the skew. Later: not after the moment of the verdict; that it was not backdated is then an assumption.
 */
export function placeInTime(issued: number, exchange: Exchange, moment: Moment): 'agrees' | 'future' | 'stale' {
  if (issued > moment.now.getTime() / 1000 + SKEW_SECONDS) return 'future'
  if (moment.basis !== 'captured-here') return 'agrees'
  const started = Date.parse(exchange.startedAt) / 1000
  return Number.isFinite(started) && issued >= started - SKEW_SECONDS ? 'agrees' : 'stale'
}
