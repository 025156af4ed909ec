import type { ExchangeState } from '../../platform/messages.ts'
import { html, svg } from '../shared/element.ts'
import { text } from '../shared/text.ts'
import { type Action, button } from './button.ts'
import type { Showing } from './model.ts'

/** What can be done now: with the exchange that is shown, if there is one and it is over, and with the popup itself. */
export function footerView(shown: ExchangeState | undefined, showing: Showing): HTMLElement | undefined {
  const buttons = shown === undefined ? [] : buttonsFor(shown, showing.retrying === shown.id)
  if (showing.canShowBeside) buttons.push(buttons.length === 0 ? button('beside', 'ui_beside') : besideIcon())
  return buttons.length === 0 ? undefined : html('footer', { class: 'actions', 'data-key': 'actions' }, ...buttons)
}

function buttonsFor({ progress, report }: ExchangeState, retrying: boolean): HTMLElement[] {
  if (progress !== 'done' && report === undefined) return []
  const busy = retrying || progress !== 'done'
  const retry = report === undefined || report.retry
  return [...(retry ? [button('retry', busy ? 'ui_retrying' : 'ui_retry', 'primary', busy)] : []), button('copy', 'ui_copy')]
}

/** The same button where there is no room for its words. */
function besideIcon(): HTMLElement {
  return html(
    'button',
    {
      type: 'button',
      class: 'plain icon',
      'data-key': 'beside',
      'data-action': 'beside' satisfies Action,
      'aria-label': text('ui_beside'),
      title: text('ui_beside'),
    },
    svg(
      'svg',
      { viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
      svg('path', { d: 'M2 3h12v10H2ZM9.5 3v10M11.5 6h1M11.5 8.5h1' }),
    ),
  )
}
