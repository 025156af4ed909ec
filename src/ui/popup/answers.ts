import type { ExchangeState } from '../../platform/messages.ts'
import type { MessageId } from '../../verify/claims/sentence.ts'
import { html } from '../shared/element.ts'
import { standingGlyph } from '../shared/glyph.ts'
import { clockTime, text } from '../shared/text.ts'
import { SHORT_STANDING_WORDS, worstStanding } from '../shared/words.ts'

/**
 * The tab's exchanges, newest first: one group of radio buttons, so the arrow keys walk it. Those with another service
 * name it.
 */
export function answersView(exchanges: readonly ExchangeState[], shown: ExchangeState, now: Date): HTMLElement {
  return html(
    'fieldset',
    { id: 'answers', class: 'answers', 'data-key': 'answers' },
    html('legend', { class: 'aside' }, text('ui_answers')),
    ...exchanges.map((exchange) =>
      html(
        'label',
        { 'data-key': exchange.id },
        html('input', { type: 'radio', name: 'answer', value: exchange.id, checked: exchange.id === shown.id }),
        exchange.report === undefined ? standingGlyph('unchecked') : standingGlyph(worstStanding(exchange.report)),
        html('span', {}, text('ui_answer_number', String(exchange.ordinal))),
        html('span', { class: 'word' }, text(wordFor(exchange))),
        exchange.elsewhere ? html('span', { class: 'elsewhere' }, text('ui_answer_elsewhere', exchange.service)) : undefined,
        html('time', { datetime: exchange.startedAt }, clockTime(exchange.startedAt, now)),
      ),
    ),
  )
}

function wordFor({ progress, report }: ExchangeState): MessageId {
  if (report !== undefined) return SHORT_STANDING_WORDS[worstStanding(report)]
  switch (progress) {
    case 'answering':
      return 'ui_progress_answering'
    case 'gathering':
      return 'ui_progress_gathering'
    case 'checking':
      return 'ui_progress_checking'
    case 'done':
      return 'ui_progress_none'
  }
}
