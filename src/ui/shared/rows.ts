import type { AssumptionId, Claim, Finding, Hop, Outcome } from '../../verify/claims/types.ts'
import type { Report } from '../../verify/report.ts'
import { html, svg } from './element.ts'
import { outcomeGlyph, standingGlyph } from './glyph.ts'
import { cleanText, speak, text } from './text.ts'
import { CLAIM_NAMES, hopName, OUTCOME_HEADINGS, ROLE_NAMES, SHORT_STANDING_WORDS, STANDING_WORDS, standingWord } from './words.ts'

/** A check under a root that the user added proves nothing about real hardware; the row itself has to say so. */
const USER_ADDED_ROOT: AssumptionId = 'assume_user_added_root'

/** Outcomes in the order in which a reader wants them. */
const OUTCOMES: readonly Outcome[] = ['failed', 'unchecked', 'passed']

/** The five rows: name, standing in a word, reason in a sentence; what was checked and what is assumed opens under each. */
export function claimRows(report: Report): HTMLUListElement {
  return html('ul', { class: 'rows' }, ...report.claims.map((claim) => claimRow(claim, report)))
}

/** Whether a root that the user added stands where a hardware maker's would. */
export function hasUserRoot({ findings }: Report): boolean {
  return findings.some((finding) => finding.assumes.includes(USER_ADDED_ROOT))
}

/** Whether anything in the row is proven only under a root that the user added: the row that names it, and every verified one beside it. */
function restsOnUserRoot(claim: Claim, report: Report): boolean {
  if (!hasUserRoot(report)) return false
  return claim.assumes.includes(USER_ADDED_ROOT) || [claim, ...claim.hops].some(({ standing }) => standing === 'verified')
}

function claimRow(claim: Claim, report: Report): HTMLLIElement {
  const own = report.findings.filter((finding) => claim.findings.includes(finding.check))
  return html(
    'li',
    { 'data-key': claim.id },
    html(
      'details',
      { class: 'row', 'data-claim': claim.id },
      html(
        'summary',
        {},
        standingGlyph(claim.standing),
        html(
          'span',
          { class: 'row-text' },
          html('h2', {}, text(CLAIM_NAMES[claim.id])),
          reason(claim, report),
          hopMarks(claim.hops),
          restsOnUserRoot(claim, report) ? html('span', { class: 'mark' }, text('mark_user_added_root')) : undefined,
        ),
        chevron(),
      ),
      html('div', { class: 'inside' }, ...hopList(claim.hops), ...checked(own, claim.hops), ...assumed(claim.assumes)),
    ),
  )
}

/** The word and the reason. Where there are hops, the reason is that of the weakest; the marks below and the lines inside name the others. */
function reason(claim: Claim, report: Report): HTMLElement {
  const weakest = claim.hops.find((hop) => hop.standing === claim.standing) ?? claim
  return html(
    'span',
    { class: 'because' },
    html('span', { class: `word is-${claim.standing}` }, text('word_then', text(standingWord(claim, report)))),
    ' ',
    speak(weakest.because),
  )
}

/** One small mark for each hop, so that a weak hop never hides a proven one. A row about a single place needs none. */
function hopMarks(hops: readonly Hop[]): HTMLElement | undefined {
  if (hops.length < 2) return undefined
  const marks = hops.map((hop) =>
    html(
      'span',
      { class: 'hop-mark' },
      standingGlyph(hop.standing),
      html('span', {}, text('hop_mark', text(ROLE_NAMES[hop.role]), text(SHORT_STANDING_WORDS[hop.standing]))),
    ),
  )
  return html('span', { class: 'hop-marks' }, ...marks)
}

/** Who stands where, how, and why. */
function hopList(hops: readonly Hop[]): HTMLElement[] {
  if (hops.length < 2) return []
  const lines = hops.map((hop) =>
    html(
      'li',
      {},
      standingGlyph(hop.standing),
      html(
        'span',
        {},
        html('span', { class: 'hop-name' }, text('hop_then', hopName(hop))),
        ' ',
        html('span', { class: `word is-${hop.standing}` }, text('word_then', text(STANDING_WORDS[hop.standing]))),
        ' ',
        speak(hop.because),
      ),
    ),
  )
  return [html('h3', { 'data-key': 'heading-hops' }, text('heading_hops')), html('ul', { class: 'findings', 'data-key': 'hops' }, ...lines)]
}

function checked(findings: readonly Finding[], hops: readonly Hop[]): HTMLElement[] {
  if (findings.length === 0) return [html('p', {}, text('checked_nothing'))]
  return OUTCOMES.flatMap((outcome) => {
    const those = findings.filter((finding) => finding.outcome === outcome)
    if (those.length === 0) return []
    return [
      html('h3', { 'data-key': `heading-${outcome}` }, text(OUTCOME_HEADINGS[outcome], String(those.length))),
      html(
        'ul',
        { class: 'findings', 'data-key': outcome },
        ...those.map((finding) => findingLine(finding, hops.length > 1 ? hops[finding.hop] : undefined)),
      ),
    ]
  })
}

function findingLine(finding: Finding, hop: Hop | undefined): HTMLLIElement {
  return html(
    'li',
    {},
    outcomeGlyph(finding.outcome),
    html(
      'span',
      {},
      speak(finding.because),
      html(
        'span',
        { class: 'check' },
        html('code', {}, cleanText(finding.check)),
        hop === undefined ? undefined : text('check_at_hop', text(ROLE_NAMES[hop.role])),
      ),
    ),
  )
}

function assumed(assumes: readonly AssumptionId[]): HTMLElement[] {
  if (assumes.length === 0) return []
  return [
    html('h3', { 'data-key': 'heading-assumed' }, text('heading_assumed')),
    html(
      'ul',
      { class: 'findings', 'data-key': 'assumed' },
      ...assumes.map((id) => html('li', {}, standingGlyph('assumed'), html('span', {}, text(id)))),
    ),
  ]
}

function chevron(): SVGSVGElement {
  return svg(
    'svg',
    { class: 'chevron', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: 'm5 6.5 3 3 3-3' }),
  )
}
