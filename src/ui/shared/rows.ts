import type { MessageId } from '../../verify/claims/sentence.ts'
import type { AssumptionId, Claim, Finding, Hop, Standing } from '../../verify/claims/types.ts'
import type { Report } from '../../verify/report.ts'
import { html } from './element.ts'
import { chevron, standingGlyph } from './glyph.ts'
import { rowInside } from './inside.ts'
import { speak, text } from './text.ts'
import { QUESTIONS, ROLE_NAMES, SHORT_STANDING_WORDS, standingWord, VALUE_WORDS } from './words.ts'

/**
 * A check under a root that the user added proves nothing about real hardware; every row that rests on one has to say
 * so.
 */
const USER_ADDED_ROOT: AssumptionId = 'assume_user_added_root'

/**
 * The five rows: each a question with its answer in a word, at a glance. The row that decides is open, with its
 * reason; the checks behind a row open within it. `exchange` is whose rows they are: rows of another exchange are
 * other rows, opened anew. `rootMark`: what a root that the user added is called in the rows that rest on it.
 */
export function claimRows(report: Report, exchange: string, rootMark: MessageId = 'mark_user_added_root'): HTMLUListElement {
  return html('ul', { class: 'rows' }, ...report.claims.map((claim) => claimRow(claim, report, exchange, rootMark)))
}

/** Whether a root that the user added stands where a hardware maker's would. */
export function hasUserRoot({ findings }: Report): boolean {
  return findings.some((finding) => finding.assumes.includes(USER_ADDED_ROOT))
}

/** The findings that a row was judged by. */
export function findingsOf(claim: Claim, report: Report): readonly Finding[] {
  return report.findings.filter((finding) => claim.findings.includes(finding.check))
}

/**
 * Whether anything in the row is proven only under a root that the user added: the row that names it, and every
 * verified one beside it.
 */
function restsOnUserRoot(claim: Claim, report: Report): boolean {
  if (!hasUserRoot(report)) return false
  return claim.assumes.includes(USER_ADDED_ROOT) || [claim, ...claim.hops].some(({ standing }) => standing === 'verified')
}

function claimRow(claim: Claim, report: Report, exchange: string, rootMark: MessageId): HTMLLIElement {
  const decides = report.deciding?.claim === claim.id
  const own = findingsOf(claim, report)
  return html(
    'li',
    { 'data-key': `${exchange} ${claim.id}` },
    html(
      'details',
      { class: 'row', 'data-claim': claim.id, 'data-decides': decides, open: decides },
      html(
        'summary',
        {},
        standingGlyph(claim.standing),
        html(
          'span',
          { class: 'question' },
          html('h2', {}, text(QUESTIONS[claim.id])),
          restsOnUserRoot(claim, report) ? html('span', { class: 'mark' }, text(rootMark)) : undefined,
        ),
        answer(claim, report),
        chevron(),
      ),
      html('div', { class: 'said' }, ...reason(claim, own), rowInside(claim, own)),
    ),
  )
}

/** "Verified · 4 on trust": a verified row says at a glance that something remains to be believed. */
function answer(claim: Claim, report: Report): HTMLElement {
  const word = (said: string) =>
    html('span', { class: 'glance' }, hopGlance(claim.hops), html('span', { class: `word is-${claim.standing}` }, said))
  const words = text(standingWord(claim, report))
  const trusted = claim.standing === 'verified' ? claim.assumes.length : 0
  const said =
    trusted === 0
      ? [word(words)]
      : [word(text('word_and_more', words)), ' ', html('span', { class: 'trust' }, text('row_on_trust', String(trusted)))]
  return html('span', { class: words.length > LONG_WORDS ? 'answer long' : 'answer' }, ...said)
}

/** Words of more characters than this need a column of their own where the row is narrow. */
const LONG_WORDS = 16

/**
 * The sentence, the mark of each hop, and the two sides of the comparison. Where there are hops, the sentence is the
 * weakest's.
 */
function reason(claim: Claim, own: readonly Finding[]): (HTMLElement | undefined)[] {
  const { because } = claim.hops.find((hop) => hop.standing === claim.standing) ?? claim
  const compared = own.find((finding) => finding.because.id === because.id)
  return [html('p', { class: 'because' }, speak(because)), hopMarks(claim.hops, own), compared && valuesLine(claim, compared)]
}

/**
 * One small mark for each hop, so that a weak hop never hides a proven one, and one for each party that only read
 * along. A row about a single place needs none.
 */
function hopMarks(hops: readonly Hop[], own: readonly Finding[]): HTMLElement | undefined {
  const mark = (standing: Standing, words: string) => html('span', { class: 'hop-mark' }, standingGlyph(standing), html('span', {}, words))
  const readers = own.filter(({ role, outcome }) => role === 'relay.reader' && outcome === 'unchecked')
  const marks = [
    ...(hops.length < 2 ? [] : hops.map((hop) => mark(hop.standing, hopInWords(hop)))),
    ...readers.map(() => mark('absent', text('mark_reader'))),
  ]
  return marks.length === 0 ? undefined : html('div', { class: 'hop-marks' }, ...marks)
}

/** The same marks while the row is closed: shapes to see, words to hear. */
function hopGlance(hops: readonly Hop[]): HTMLElement | undefined {
  if (hops.length < 2) return undefined
  const marks = hops.map((hop) => html('span', {}, standingGlyph(hop.standing), html('span', { class: 'aside' }, `${hopInWords(hop)} `)))
  return html('span', { class: 'hop-glance' }, ...marks)
}

function hopInWords({ role, standing }: Hop): string {
  return text('hop_mark', text(ROLE_NAMES[role]), text(SHORT_STANDING_WORDS[standing]))
}

/** "signed 7f2c…91ab", "computed here 03de…5c70". The details have them whole. */
function valuesLine({ id }: Claim, { expected, computed }: Finding): HTMLElement | undefined {
  const words = VALUE_WORDS[id]
  const shown = [
    expected === undefined ? undefined : html('span', {}, text(words.expected, expected)),
    computed === undefined ? undefined : html('span', {}, text(words.computed, computed)),
  ].filter((value) => value !== undefined)
  return shown.length === 0 ? undefined : html('p', { class: 'values' }, ...shown)
}
