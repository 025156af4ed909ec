import type { ExchangeState, TabState } from '../platform/messages.ts'
import { type Sentence, sentence } from '../verify/claims/sentence.ts'
import type { Standing } from '../verify/claims/types.ts'
import { badgeOf, worstOf } from './news.ts'

/**
 * What the toolbar shows of a tab: the icon, whose shape is the state; a badge where somebody should look; and the words behind both. Never
 * colour alone.
 */
export type ToolbarState = {
  readonly icon: ToolbarIcon
  readonly badge: '' | '!' | '?' | '↻'
  readonly colour: string
  readonly title: Sentence
}

export const TOOLBAR_ICONS = ['idle', 'checking', 'reload', 'fault', 'failed', 'absent', 'unchecked', 'assumed', 'verified'] as const
export type ToolbarIcon = (typeof TOOLBAR_ICONS)[number]

const ALERT = '#b3261e'
const QUESTION = '#3b5bb5'

/**
 * The toolbar's state follows from what the popup would show, and from nothing else, so that the two never tell different stories. In this order: that
 * nothing can be recorded; bad news that nobody has looked at, of whichever document; what the tab shows now.
 */
export function toolbarOf(state: TabState): ToolbarState {
  if (state.recording === 'fault') return shown('fault', '?', sentence('toolbar_fault'))
  const news = newestOf([...(state.kind === 'watching' ? state.exchanges.filter(({ unseen }) => unseen === true) : []), ...state.earlier])
  if (news?.report !== undefined) {
    return shown(worstOf(news.report), '!', sentence('toolbar_news', news.service, news.report.headline))
  }
  switch (state.kind) {
    case 'watching':
      return ofNewest(state.exchanges[0], state.newestNotCaptured === true)
    case 'needs-reload':
      return shown('reload', '↻', sentence('ui_reload_title'))
    case 'not-enabled':
      return shown('idle', '', state.off === true ? sentence('toolbar_off') : sentence('toolbar_not_enabled', state.service))
    case 'no-adapter':
    case 'no-site':
    case 'unsupported-browser':
      // A site whose access was taken back is no longer told from others.
      return shown('idle', '', sentence(state.off === true ? 'toolbar_off' : 'ext_name'))
  }
}

/** Of the newest answer, and of no other: where that one was not seen, nothing is said of those before. */
function ofNewest(newest: ExchangeState | undefined, isNotCaptured: boolean): ToolbarState {
  if (isNotCaptured) return shown('unchecked', '?', sentence('toolbar_not_captured'))
  if (newest === undefined) return shown('idle', '', sentence('toolbar_idle'))
  if (newest.progress !== 'done') return shown('checking', '', sentence('toolbar_running'))
  const { report, service } = newest
  if (report === undefined) return shown('unchecked', '?', sentence('ui_no_result_title'))
  return shown(worstOf(report), badgeOf(report), sentence('toolbar_result', service, report.headline, report.count))
}

function newestOf(exchanges: readonly ExchangeState[]): ExchangeState | undefined {
  return [...exchanges].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0]
}

function shown(icon: ToolbarIcon | Standing, badge: ToolbarState['badge'], title: Sentence): ToolbarState {
  return { icon, badge, colour: badge === '!' ? ALERT : QUESTION, title }
}
