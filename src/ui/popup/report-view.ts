import type { Report } from '../../verify/report.ts'
import { adviceFor } from '../shared/advice.ts'
import { besideChain, chainPicture } from '../shared/chain.ts'
import { html } from '../shared/element.ts'
import { chevron, standingGlyph } from '../shared/glyph.ts'
import { claimRows, hasUserRoot } from '../shared/rows.ts'
import { fullTime, speak, text } from '../shared/text.ts'
import { LIMITS, MOMENT_SENTENCES, worstStanding } from '../shared/words.ts'

/** A headline of more characters than this is set smaller, so that the rows keep their place. */
const LONG_HEADLINE = 60

/**
 * A report: its news, the five rows with the one that decides open, and below them the chain and what holds for all.
 */
export function reportView(report: Report, exchange: string): HTMLElement {
  const userRoot = hasUserRoot(report)
  const headline = speak(report.headline)
  return html(
    'section',
    { class: 'report', 'data-key': 'report' },
    html(
      'div',
      { class: 'headline' },
      standingGlyph(worstStanding(report)),
      html('h1', { tabindex: -1, class: headline.length > LONG_HEADLINE ? 'long' : undefined }, headline),
      html('p', { class: 'advice' }, speak(adviceFor(report))),
      html('p', { class: 'count aside' }, speak(report.count)),
    ),
    claimRows(report, exchange),
    html(
      'div',
      { class: 'way', 'data-key': 'way' },
      chainPicture(report.chain, userRoot ? 'node_user_root' : undefined),
      besideChain(report.claims.find((claim) => claim.id === 'environment')?.hops ?? [], report.signer),
    ),
    userRoot ? html('p', { class: 'root-note', 'data-key': 'root-note' }, text('user_added_root_note')) : undefined,
    html(
      'details',
      { class: 'limits', 'data-key': 'limits' },
      html('summary', {}, html('h2', {}, text('limits_title')), chevron()),
      html('ul', {}, ...LIMITS.map((limit) => html('li', {}, text(limit)))),
    ),
    html('p', { class: 'moment', 'data-key': 'moment' }, text(MOMENT_SENTENCES[report.moment.basis], fullTime(report.moment.now))),
  )
}
