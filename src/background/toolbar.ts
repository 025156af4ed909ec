import { NO_ANSWER, STOPPED } from '../verify/claims/codes.ts'
import { type Sentence, sentence } from '../verify/claims/sentence.ts'
import { STANDINGS, type Standing } from '../verify/claims/types.ts'
import type { ExchangeRow } from './exchange.ts'

/**
 * What the toolbar shows of a tab: the icon, whose shape is the state; a badge where somebody should look; and the words behind both. Never
 * colour alone.
 */
export type ToolbarState = {
  readonly icon: 'idle' | 'checking' | Standing
  readonly badge: '' | '!' | '?' | '↻'
  readonly colour: string
  readonly title: Sentence
}

const ALERT = '#b3261e'
const QUESTION = '#3b5bb5'

/** The tab was open before its site was allowed: its answers cannot be checked until it is loaded again. */
export const TOOLBAR_RELOAD: ToolbarState = { icon: 'idle', badge: '↻', colour: QUESTION, title: sentence('ui_reload_title') }
/** Access was taken back while the tab's page was being watched. */
export const TOOLBAR_OFF: ToolbarState = { icon: 'idle', badge: '', colour: QUESTION, title: sentence('toolbar_off') }

/** The toolbar's state for the newest exchange of a tab: its weakest claim. There is no single "secure". */
export function toolbarState(newest: Pick<ExchangeRow, 'state' | 'verdict'> | undefined): ToolbarState {
  if (newest === undefined) return { icon: 'idle', badge: '', colour: QUESTION, title: sentence('toolbar_idle') }
  if (newest.state !== 'done') return { icon: 'checking', badge: '', colour: QUESTION, title: sentence('toolbar_running') }
  const { verdict } = newest
  if (verdict === undefined) return { icon: 'unchecked', badge: '?', colour: QUESTION, title: sentence('ui_no_result_title') }
  const icon = STANDINGS.find((standing) => verdict.claims.some((claim) => claim.standing === standing)) ?? 'unchecked'
  // A receipt that was asked for and did not come may have been taken out: as much a reason to look as a failure.
  const withheld = verdict.findings.some((finding) => finding.role === 'receipt.delivery' && finding.outcome === 'failed')
  // What came and cannot be read may have been spoilt so that it cannot be refused.
  const spoilt = verdict.findings.some((finding) => finding.theirs === true)
  // Whoever stopped an answer knows that it was not checked to its end.
  const quiet = verdict.findings.some(({ role, code }) => role === 'exchange.capture' && (code === STOPPED || code === NO_ANSWER))
  const badge = icon === 'failed' || withheld || spoilt ? '!' : icon === 'unchecked' && !quiet ? '?' : ''
  return { icon, badge, colour: badge === '!' ? ALERT : QUESTION, title: sentence('toolbar_result', verdict.headline, verdict.count) }
}
