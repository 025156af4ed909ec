import type { ExchangeState } from '../../platform/messages.ts'
import { html, svg } from '../shared/element.ts'
import { chevron, standingGlyph } from '../shared/glyph.ts'
import { cleanText, clockTime, speak, text } from '../shared/text.ts'
import { worstStanding } from '../shared/words.ts'
import type { Action } from './button.ts'

/**
 * The bar on top: whose verdict this is, and which of how many answers. `name` empty: there is no service and no site
 * to name.
 */
export function barView(name: string, position?: HTMLElement): HTMLElement {
  return html(
    'div',
    { class: 'bar', 'data-key': 'bar' },
    html('span', { class: 'service' }, brandMark(), html('bdi', {}, name === '' ? text('ext_name') : cleanText(name))),
    position,
  )
}

/** "Answer 3 of 3 · 14:32". Where there are several, it opens their list. */
export function positionView(exchanges: readonly ExchangeState[], shown: ExchangeState, listed: boolean, now: Date): HTMLElement {
  const last = String(Math.max(...exchanges.map((exchange) => exchange.ordinal)))
  const words = [
    html('span', {}, text('ui_answer_position', String(shown.ordinal), last)),
    html('time', { datetime: shown.startedAt }, clockTime(shown.startedAt, now)),
  ]
  if (exchanges.length < 2) return html('span', { class: 'position', 'data-key': 'position' }, ...words)
  return html(
    'button',
    {
      type: 'button',
      class: 'position',
      'data-key': 'position-button',
      'data-action': 'toggle-list' satisfies Action,
      'aria-expanded': listed ? 'true' : 'false',
      'aria-controls': listed ? 'answers' : undefined,
    },
    ...words,
    chevron(),
  )
}

/** The way back from earlier news to what the tab shows now. */
export function backView(shown: ExchangeState, now: Date): HTMLElement {
  return html(
    'span',
    { class: 'position', 'data-key': 'position-back' },
    html('time', { datetime: shown.startedAt }, clockTime(shown.startedAt, now)),
    html('button', { type: 'button', class: 'plain small', 'data-action': 'back' satisfies Action }, text('ui_back')),
  )
}

/** What outlives its document until it was seen: each with its own service, its time and its news, to be opened. */
export function earlierView(earlier: readonly ExchangeState[], now: Date): HTMLElement | undefined {
  const [newest, ...others] = earlier
  if (newest === undefined) return undefined
  return html(
    'section',
    { class: 'earlier', 'data-key': 'earlier', 'aria-label': text('ui_earlier') },
    earlierItem(newest, now),
    others.length === 0
      ? undefined
      : html(
          'details',
          { 'data-key': 'others' },
          html('summary', {}, html('span', {}, text('ui_earlier_more', String(others.length))), chevron()),
          ...others.map((exchange) => earlierItem(exchange, now)),
        ),
  )
}

function earlierItem(exchange: ExchangeState, now: Date): HTMLElement {
  const { id, service, startedAt, report } = exchange
  return html(
    'button',
    { type: 'button', class: 'earlier-item', 'data-key': id, 'data-action': 'read' satisfies Action, 'data-of': id },
    standingGlyph(report === undefined ? 'unchecked' : worstStanding(report)),
    html(
      'span',
      {},
      html('span', { class: 'whose' }, text('ui_earlier_whose', cleanText(service), clockTime(startedAt, now))),
      ' ',
      report === undefined ? text('ui_no_result_title') : speak(report.headline),
    ),
    html('span', { class: 'open-it' }, text('ui_earlier_open')),
  )
}

/** Nothing new can be recorded: said above everything, because everything below may be old. */
export function faultView(): HTMLElement {
  return html('p', { class: 'fault', 'data-key': 'fault' }, standingGlyph('unchecked'), html('span', {}, text('ui_recording_fault')))
}

/** The receipt of the extension's icon, drawn small. */
function brandMark(): SVGSVGElement {
  return svg(
    'svg',
    { class: 'brand', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: 'M3.5 1.5h9v13l-2.25-1.5L8 14.5 5.75 13 3.5 14.5ZM6 5h4M6 8h4' }),
  )
}
