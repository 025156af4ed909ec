import type { ExchangeState, HostAsk, TabState } from '../../platform/messages.ts'
import type { MessageId } from '../../verify/claims/sentence.ts'
import type { Report } from '../../verify/report.ts'
import { adviceForState } from '../shared/advice.ts'
import { besideChain, chainPicture } from '../shared/chain.ts'
import { type Child, html, svg } from '../shared/element.ts'
import { standingGlyph } from '../shared/glyph.ts'
import { claimRows, hasUserRoot } from '../shared/rows.ts'
import { cleanText, clockTime, fullTime, speak, text } from '../shared/text.ts'
import { MOMENT_SENTENCES, SHORT_STANDING_WORDS, worstStanding } from '../shared/words.ts'
import { exchangeShown, hostOfPattern, type Showing } from './model.ts'

/** What a button does; the controller listens for it. */
export type Action = 'enable' | 'reload' | 'retry' | 'copy' | 'refresh' | 'toggle-list'

/** The whole popup for what there is to show. Pure but for the language and, for "today", the clock given. */
export function popupView(showing: Showing, now: Date): HTMLElement {
  const { state } = showing
  const popup = (bar: Child, body: HTMLElement, ...more: Child[]) => html('div', { id: 'popup' }, bar, body, ...more)
  switch (state.kind) {
    case 'no-reply':
      return popup(
        barView(''),
        plainView(state.kind, 'ui_no_reply_title', speak(adviceForState(state)), button('refresh', 'ui_no_reply_button')),
      )
    case 'no-site':
      return popup(barView(''), plainView(state.kind, 'ui_no_site_title', speak(adviceForState(state))))
    case 'unsupported-browser':
      return popup(barView(''), plainView(state.kind, 'ui_unsupported_title', speak(adviceForState(state))))
    case 'no-adapter':
      return popup(barView(state.host), plainView(state.kind, 'ui_no_adapter_title', speak(adviceForState(state))))
    case 'not-enabled':
      return popup(barView(state.host), enableView(state.service, state.asks))
    case 'needs-reload':
      return popup(
        barView(state.host),
        plainView(state.kind, 'ui_reload_title', speak(adviceForState(state)), button('reload', 'ui_reload_button', 'primary')),
      )
    case 'watching':
      return watchingView(state, showing, now)
  }
}

type Watching = Extract<TabState, { kind: 'watching' }>

function watchingView(state: Watching, showing: Showing, now: Date): HTMLElement {
  const shown = exchangeShown(state.exchanges, showing.chosen)
  const notCaptured = notCapturedView(state.notCaptured)
  if (shown === undefined) {
    const body = plainView('waiting', 'ui_waiting_title', speak(adviceForState({ kind: 'waiting', service: state.service })))
    if (notCaptured !== undefined) body.append(notCaptured)
    return html('div', { id: 'popup' }, barView(state.host), body)
  }
  const listed = showing.listOpen && state.exchanges.length > 1
  return html(
    'div',
    { id: 'popup' },
    barView(state.host, positionView(state.exchanges, shown, listed, now)),
    listed ? listView(state.exchanges, shown, now) : undefined,
    html('main', {}, exchangeView(shown), notCaptured),
    footerView(shown, showing.retrying === shown.id),
  )
}

function barView(host: string, position?: HTMLElement): HTMLElement {
  return html(
    'header',
    { class: 'bar', 'data-key': 'bar' },
    html('span', { class: 'host' }, brandMark(), html('bdi', {}, host === '' ? text('ext_name') : cleanText(host))),
    position,
  )
}

/** The receipt of the extension's icon, drawn small. */
function brandMark(): SVGSVGElement {
  return svg(
    'svg',
    { class: 'brand', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: 'M3.5 1.5h9v13l-2.25-1.5L8 14.5 5.75 13 3.5 14.5ZM6 5h4M6 8h4' }),
  )
}

function positionView(exchanges: readonly ExchangeState[], shown: ExchangeState, listed: boolean, now: Date): HTMLElement {
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
    svg('svg', { class: 'chevron', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' }, svg('path', { d: 'm5 6.5 3 3 3-3' })),
  )
}

/** The tab's exchanges, newest first: one group of radio buttons, so the arrow keys walk it. */
function listView(exchanges: readonly ExchangeState[], shown: ExchangeState, now: Date): HTMLElement {
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

function exchangeView({ progress, report }: ExchangeState): HTMLElement {
  if (report !== undefined) return reportView(report)
  switch (progress) {
    case 'answering':
      return progressView(progress, 'ui_answering_title')
    case 'gathering':
      return progressView(progress, 'ui_gathering_title')
    case 'checking':
      return progressView(progress, 'ui_checking_title')
    case 'done':
      return html(
        'section',
        { class: 'state', 'data-key': 'no-result' },
        title('ui_no_result_title'),
        html('p', {}, speak(adviceForState({ kind: 'no-result' }))),
      )
  }
}

const STEPS = [
  ['answering', 'ui_step_answering'],
  ['gathering', 'ui_step_gathering'],
  ['checking', 'ui_step_checking'],
] as const

function progressView(progress: (typeof STEPS)[number][0], heading: MessageId): HTMLElement {
  const current = STEPS.findIndex(([step]) => step === progress)
  return html(
    'section',
    { class: 'state', 'data-key': 'progress' },
    title(heading),
    html('p', {}, speak(adviceForState({ kind: progress }))),
    html(
      'ol',
      { class: 'steps', 'aria-label': text('ui_steps') },
      ...STEPS.map(([, words], index) => {
        const stage = index < current ? 'done' : index === current ? 'current' : 'later'
        return html(
          'li',
          { class: stage, 'aria-current': stage === 'current' ? 'step' : undefined },
          html('span', { class: 'stage' }, text(STAGE_WORDS[stage])),
          ' ',
          text(words),
        )
      }),
    ),
  )
}

const STAGE_WORDS = {
  done: 'ui_step_done',
  current: 'ui_step_current',
  later: 'ui_step_later',
} as const satisfies Record<string, MessageId>

function reportView(report: Report): HTMLElement {
  return html(
    'section',
    { class: 'report', 'data-key': 'report' },
    html(
      'div',
      { class: 'headline' },
      standingGlyph(worstStanding(report)),
      html('div', {}, html('h1', { tabindex: -1 }, speak(report.headline)), html('p', { class: 'count' }, speak(report.count))),
    ),
    chainPicture(report.chain, hasUserRoot(report)),
    besideChain(report.claims.find((claim) => claim.id === 'environment')?.hops ?? [], report.signer),
    claimRows(report),
    html(
      'details',
      { class: 'limits' },
      html('summary', {}, html('h2', {}, text('limits_title')), chevronMark()),
      html('ul', {}, ...LIMITS.map((limit) => html('li', {}, text(limit)))),
    ),
    html('p', { class: 'moment' }, text(MOMENT_SENTENCES[report.moment.basis], fullTime(report.moment.now))),
  )
}

const LIMITS = ['limits_perfect', 'limits_side_channels', 'limits_deletion', 'limits_behaviour'] as const satisfies readonly MessageId[]

function chevronMark(): SVGSVGElement {
  return svg(
    'svg',
    { class: 'chevron', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: 'm5 6.5 3 3 3-3' }),
  )
}

function footerView({ progress, report }: ExchangeState, retrying: boolean): HTMLElement | undefined {
  if (progress !== 'done' && report === undefined) return undefined
  const busy = retrying || progress !== 'done'
  const retry = report === undefined || report.retry
  return html(
    'footer',
    { class: 'actions', 'data-key': 'actions' },
    retry ? button('retry', busy ? 'ui_retrying' : 'ui_retry', 'primary', busy) : undefined,
    button('copy', 'ui_copy'),
  )
}

function enableView(service: string, asks: readonly HostAsk[]): HTMLElement {
  return html(
    'main',
    { class: 'state', 'data-key': 'not-enabled' },
    html('h1', { tabindex: -1 }, text('ui_enable_title', service)),
    html('p', {}, speak(adviceForState({ kind: 'not-enabled' }))),
    html(
      'dl',
      { class: 'asks' },
      ...byPurpose(asks).map(([purpose, patterns]) =>
        html('div', {}, ...patterns.map((pattern) => html('dt', {}, html('bdi', {}, askedHost(pattern)))), html('dd', {}, text(purpose))),
      ),
    ),
    button('enable', 'ui_enable_button', 'primary'),
    html('p', { class: 'note' }, text('ui_enable_note')),
  )
}

/** Hosts that are asked for the same purpose stand together. */
function byPurpose(asks: readonly HostAsk[]): readonly (readonly [MessageId, readonly string[]])[] {
  const purposes = [...new Set(asks.map((ask) => ask.purpose))]
  return purposes.map((purpose) => [purpose, asks.filter((ask) => ask.purpose === purpose).map((ask) => ask.pattern)])
}

function askedHost(pattern: string): string {
  const { host, below } = hostOfPattern(pattern)
  return below ? text('ui_host_and_below', host) : cleanText(host)
}

/** A heading, a sentence, and at most one thing to do. */
function plainView(key: string, heading: MessageId, body: string, action?: HTMLElement): HTMLElement {
  return html('main', { class: 'state', 'data-key': key }, title(heading), html('p', {}, body), action)
}

function title(id: MessageId): HTMLElement {
  return html('h1', { tabindex: -1 }, text(id))
}

function notCapturedView(count: number): HTMLElement | undefined {
  if (count <= 0) return undefined
  return html(
    'p',
    { class: 'not-captured', 'data-key': 'not-captured' },
    standingGlyph('unchecked'),
    html('span', {}, count === 1 ? text('ui_not_captured_one') : text('ui_not_captured_many', String(count))),
  )
}

/** A busy button keeps its place and its focus; it only says that it does nothing now. */
function button(action: Action, words: MessageId, look: 'primary' | 'plain' = 'plain', busy = false): HTMLButtonElement {
  return html(
    'button',
    { type: 'button', class: look, 'data-key': `button-${action}`, 'data-action': action, 'aria-disabled': busy ? 'true' : undefined },
    text(words),
  )
}
