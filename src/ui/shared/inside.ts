import type { AssumptionId, Claim, Finding, Hop, Outcome } from '../../verify/claims/types.ts'
import { html } from './element.ts'
import { chevron, outcomeGlyph, standingGlyph } from './glyph.ts'
import { cleanText, speak, text } from './text.ts'
import { CLAIM_NAMES, hopName, OUTCOME_HEADINGS, OUTCOME_WORDS, ROLE_NAMES, STANDING_WORDS } from './words.ts'

/** Outcomes in the order in which a reader wants them. */
const OUTCOMES: readonly Outcome[] = ['failed', 'unchecked', 'passed']

/**
 * What stands behind a row: the claim by its own name, hop by hop, what was checked and what is taken on trust, and
 * each check's codes.
 */
export function rowInside(claim: Claim, findings: readonly Finding[]): HTMLElement {
  return html(
    'details',
    { class: 'inside', 'data-key': 'inside' },
    html('summary', {}, html('span', {}, text('inside_title', String(findings.length), String(claim.assumes.length))), chevron()),
    html('p', { class: 'claim-name', 'data-key': 'claim' }, text('inside_claim', text(CLAIM_NAMES[claim.id]))),
    ...hopList(claim.hops),
    ...checked(findings, claim.hops),
    ...assumed(claim.assumes),
    technical(claim, findings),
  )
}

/** Who stands where, how, and why. */
function hopList(hops: readonly Hop[]): HTMLElement[] {
  if (hops.length < 2) return []
  const lines = hops.map((hop) =>
    line(
      standingGlyph(hop.standing),
      html('span', { class: 'hop-name' }, text('hop_then', hopName(hop))),
      ' ',
      html('span', { class: `word is-${hop.standing}` }, text('word_then', text(STANDING_WORDS[hop.standing]))),
      ' ',
      speak(hop.because),
    ),
  )
  return listed('hops', text('heading_hops'), lines)
}

function checked(findings: readonly Finding[], hops: readonly Hop[]): HTMLElement[] {
  if (findings.length === 0) return [html('p', { 'data-key': 'nothing' }, text('checked_nothing'))]
  return OUTCOMES.flatMap((outcome) => {
    const those = findings.filter((finding) => finding.outcome === outcome)
    if (those.length === 0) return []
    const lines = those.map((finding) => line(outcomeGlyph(outcome), speak(finding.because), atHop(finding, hops)))
    return listed(outcome, text(OUTCOME_HEADINGS[outcome], String(those.length)), lines)
  })
}

function assumed(assumes: readonly AssumptionId[]): HTMLElement[] {
  if (assumes.length === 0) return []
  return listed(
    'assumed',
    text('heading_assumed'),
    assumes.map((id) => line(standingGlyph('assumed'), text(id))),
  )
}

/** Codes and values as machines and engineers want them: nothing shortened, nothing in prose. */
function technical(claim: Claim, findings: readonly Finding[]): HTMLElement | undefined {
  if (findings.length === 0) return undefined
  return html(
    'details',
    { class: 'technical', 'data-key': 'technical' },
    html('summary', {}, html('span', {}, text('technical_title', String(findings.length))), chevron()),
    html('ul', {}, ...findings.map((finding) => technicalLine(finding, claim.hops))),
    html('button', { type: 'button', class: 'plain small', 'data-action': 'copy-checks', 'data-of': claim.id }, text('technical_copy')),
  )
}

function technicalLine(finding: Finding, hops: readonly Hop[]): HTMLLIElement {
  const fields = [
    ['technical_outcome', text(OUTCOME_WORDS[finding.outcome])],
    ['technical_code', finding.code],
    ['technical_expected', finding.expected],
    ['technical_computed', finding.computed],
    ['technical_at', finding.at],
  ] as const
  return html(
    'li',
    {},
    html('p', {}, html('code', {}, cleanText(finding.check)), atHop(finding, hops)),
    html(
      'dl',
      {},
      ...fields.flatMap(([name, value]) =>
        value === undefined ? [] : [html('dt', {}, text(name)), html('dd', {}, html('code', {}, cleanText(value)))],
      ),
    ),
  )
}

/** Which hop a check was about, where there are several. */
function atHop(finding: Finding, hops: readonly Hop[]): HTMLElement | undefined {
  const hop = hops.length > 1 ? hops[finding.hop] : undefined
  return hop && html('span', { class: 'at-hop' }, text('check_at_hop', text(ROLE_NAMES[hop.role])))
}

function listed(key: string, heading: string, lines: HTMLLIElement[]): HTMLElement[] {
  return [html('h3', { 'data-key': `heading-${key}` }, heading), html('ul', { class: 'findings', 'data-key': key }, ...lines)]
}

function line(glyph: SVGSVGElement, ...words: (Node | string | undefined)[]): HTMLLIElement {
  return html('li', {}, glyph, html('span', {}, ...words))
}
