import type { HostAsk } from '../../platform/messages.ts'
import type { MessageId } from '../../verify/claims/sentence.ts'
import { html } from './element.ts'
import { hostOfPattern } from './pattern.ts'
import { cleanText, text } from './text.ts'

/** What one prompt asks for: the hosts, each with what it is for. Hosts that are asked for the same purpose stand together. */
export function asksList(asks: readonly HostAsk[]): HTMLElement {
  return html(
    'dl',
    { class: 'asks' },
    ...byPurpose(asks).map(([purpose, patterns]) =>
      html('div', {}, ...patterns.map((pattern) => html('dt', {}, html('bdi', {}, askedHost(pattern)))), html('dd', {}, text(purpose))),
    ),
  )
}

function byPurpose(asks: readonly HostAsk[]): readonly (readonly [MessageId, readonly string[]])[] {
  const purposes = [...new Set(asks.map((ask) => ask.purpose))]
  return purposes.map((purpose) => [purpose, asks.filter((ask) => ask.purpose === purpose).map((ask) => ask.pattern)])
}

function askedHost(pattern: string): string {
  const { host, below } = hostOfPattern(pattern)
  return below ? text('ui_host_and_below', host) : cleanText(host)
}
