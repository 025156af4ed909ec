import { NO_ANSWER, STOPPED } from '../verify/claims/codes.ts'
import { STANDINGS, type Standing } from '../verify/claims/types.ts'
import type { Report } from '../verify/report.ts'
import type { ExchangeRow } from './exchange.ts'

/**
 * Bad news of a report. `failed`: a row failed. `withheld`: a receipt was asked for and did not come; it may have been taken out. `spoilt`: what
 * came cannot be read, and may have been spoilt so that it cannot be refused.
 */
export type Alarm = 'failed' | 'withheld' | 'spoilt'

export function alarmOf(report: Report): Alarm | undefined {
  if (worstOf(report) === 'failed') return 'failed'
  if (report.findings.some(({ role, outcome }) => role === 'receipt.delivery' && outcome === 'failed')) return 'withheld'
  return report.findings.some(({ theirs }) => theirs === true) ? 'spoilt' : undefined
}

/** The weakest claim: there is no single "secure". */
export function worstOf({ claims }: Report): Standing {
  return STANDINGS.find((standing) => claims.some((claim) => claim.standing === standing)) ?? 'unchecked'
}

/** Whether whoever stopped an answer knows that it was not checked to its end, or no answer ever was. */
function isQuiet({ findings }: Report): boolean {
  return findings.some(({ role, code }) => role === 'exchange.capture' && (code === STOPPED || code === NO_ANSWER))
}

/** Where somebody should look, at bad news or at what could not be checked. */
export function badgeOf(report: Report): '' | '!' | '?' {
  if (alarmOf(report) !== undefined) return '!'
  return worstOf(report) === 'unchecked' && !isQuiet(report) ? '?' : ''
}

/** Whether an exchange has bad news that the user was not shown yet. Other bad news than was shown counts anew. */
export function isUnseen({ verdict, seen }: Pick<ExchangeRow, 'verdict' | 'seen'>): boolean {
  const alarm = verdict === undefined ? undefined : alarmOf(verdict)
  return alarm !== undefined && alarm !== seen
}

/** The row, marked with its service exactly while it has news. A row that is marked rightly is given back as it is. */
export function markedWithNews(row: ExchangeRow): ExchangeRow {
  const news = isUnseen(row) ? row.dossier.service : undefined
  if (row.news === news) return row
  const { news: _, ...rest } = row
  return news === undefined ? rest : { ...rest, news }
}

/** The row once its news was shown. */
export function asSeen(row: ExchangeRow): ExchangeRow {
  const alarm = row.verdict === undefined ? undefined : alarmOf(row.verdict)
  return alarm === undefined || alarm === row.seen ? row : { ...row, seen: alarm }
}
