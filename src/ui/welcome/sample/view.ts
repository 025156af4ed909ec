import { adviceFor } from '../../shared/advice.ts'
import { chainPicture } from '../../shared/chain.ts'
import { html } from '../../shared/element.ts'
import { chevron, standingGlyph } from '../../shared/glyph.ts'
import { claimRows, hasUserRoot } from '../../shared/rows.ts'
import { fullTime, speak, text } from '../../shared/text.ts'
import { LIMITS, worstStanding } from '../../shared/words.ts'
import type { Ingredients } from './ingredients.ts'
import type { Judged } from './judge.ts'
import { receiptView } from './receipt-view.ts'
import { SWITCH_WORDS, SWITCHES, type Switch, type Switches } from './switches.ts'

/** What was asked and answered, what can be done to it, and what the checker says of it then. */
export function sampleView(sample: Ingredients, judged: Judged, on: Switches): readonly HTMLElement[] {
  return [
    html(
      'div',
      { class: 'sample-exchange', 'data-key': 'exchange' },
      conversation(sample, on),
      receiptView(judged.receipt),
      switchList(on),
    ),
    verdict(judged, on),
    strip(judged),
  ]
}

function conversation(sample: Ingredients, on: Switches): HTMLElement {
  return html(
    'dl',
    { class: 'conversation' },
    html('dt', {}, text('sample_asked')),
    html('dd', { class: 'asked' }, sample.question),
    html('dt', {}, text('sample_answered')),
    html('dd', { class: 'answered' }, ...answerWords(sample, on.has('letter'))),
    on.has('letter') ? html('dd', { class: 'changed-note', 'data-key': 'changed-note' }, text('sample_letter_changed')) : undefined,
  )
}

/** The answer as it arrived, the letter marked that is not as it was signed. */
function answerWords({ answer, letter }: Ingredients, changed: boolean): (Node | string)[] {
  if (!changed) return [answer]
  return [answer.slice(0, letter.index), html('mark', {}, letter.becomes), answer.slice(letter.index + 1)]
}

function switchList(on: Switches): HTMLElement {
  return html(
    'fieldset',
    { class: 'switches' },
    html('legend', {}, text('sample_switches')),
    ...SWITCHES.map((name) => switchView(name, on.has(name))),
  )
}

function switchView(name: Switch, isOn: boolean): HTMLElement {
  const { does, means } = SWITCH_WORDS[name]
  return html(
    'div',
    { class: 'switch', 'data-key': name },
    html(
      'label',
      {},
      html('input', {
        type: 'checkbox',
        role: 'switch',
        name: 'switch',
        value: name,
        checked: isOn,
        'aria-describedby': `means-${name}`,
      }),
      html('span', {}, text(does)),
    ),
    html('p', { id: `means-${name}` }, text(means)),
  )
}

/** The news and the five standings in one line, for screens where the verdict is not beside the switches. It is heard as a status anyway. */
function strip({ report }: Judged): HTMLElement {
  return html(
    'p',
    { class: 'strip', 'data-key': 'strip', 'aria-hidden': 'true' },
    html('span', {}, speak(report.headline)),
    html('span', { class: 'strip-rows' }, ...report.claims.map(({ standing }) => standingGlyph(standing))),
  )
}

/** The same rows as in the popup, of a verdict that was reached just now. */
function verdict({ report }: Judged, on: Switches): HTMLElement {
  const sampleRoot = hasUserRoot(report)
  return html(
    'section',
    { class: 'verdict', 'data-key': 'verdict', 'aria-label': text('sample_verdict') },
    html(
      'div',
      { class: 'headline' },
      standingGlyph(worstStanding(report)),
      html(
        'div',
        {},
        html('h3', {}, speak(report.headline)),
        html('p', { class: 'advice' }, speak(adviceFor(report))),
        html('p', { class: 'count' }, speak(report.count)),
      ),
    ),
    claimRows(report, [...on].sort().join(' '), 'mark_sample_root'),
    html('div', { class: 'way' }, chainPicture(report.chain, sampleRoot ? 'node_sample_root' : undefined)),
    html(
      'div',
      { class: 'verdict-notes' },
      sampleRoot ? html('p', { 'data-key': 'root' }, text('sample_root_note')) : undefined,
      html('p', { 'data-key': 'policy' }, text('sample_policy_note')),
      html('p', { 'data-key': 'moment' }, text('sample_moment', fullTime(report.moment.now))),
    ),
    html(
      'details',
      { class: 'limits' },
      html('summary', {}, html('h4', {}, text('limits_title')), chevron()),
      html('ul', {}, ...LIMITS.map((limit) => html('li', {}, text(limit)))),
    ),
  )
}
