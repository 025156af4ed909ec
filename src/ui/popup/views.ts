import type { ExchangeState, HostAsk, TabState } from '../../platform/messages.ts'
import type { MessageId } from '../../verify/claims/sentence.ts'
import { adviceForState } from '../shared/advice.ts'
import { asksList } from '../shared/asks.ts'
import { html } from '../shared/element.ts'
import { standingGlyph } from '../shared/glyph.ts'
import { cleanText, speak, text } from '../shared/text.ts'
import { answersView } from './answers.ts'
import { backView, barView, earlierView, faultView, positionView } from './bar.ts'
import { button } from './button.ts'
import { footerView } from './footer.ts'
import { earlierOf, earlierShown, exchangeShown, type Showing } from './model.ts'
import { reportView } from './report-view.ts'
import { storedView } from './stored-view.ts'

/** The bar with what belongs to it; below it the list of answers, the body, what can be done. */
type Parts = {
  readonly bar: readonly (HTMLElement | undefined)[]
  readonly below: readonly (HTMLElement | undefined)[]
  readonly footer?: HTMLElement | undefined
}

/** The whole popup for what there is to show. Pure but for the language and, for "today", the clock given. */
export function popupView(showing: Showing, now: Date): HTMLElement {
  const { state } = showing
  const { bar, below, footer } = partsOf(showing, now)
  const fault = state.kind !== 'no-reply' && state.recording === 'fault' ? faultView() : undefined
  return html(
    'div',
    { id: 'popup' },
    html('header', { 'data-key': 'header' }, ...bar, fault),
    earlierView(earlierOf(showing), now),
    ...below,
    storedView(showing),
    footer,
  )
}

function partsOf(showing: Showing, now: Date): Parts {
  const { state } = showing
  const earlier = earlierShown(showing)
  if (earlier !== undefined) return earlierParts(earlier, showing, now)
  const parts = (name: string, ...below: (HTMLElement | undefined)[]): Parts => ({ bar: [barView(name)], below })
  switch (state.kind) {
    case 'no-reply': {
      const again = button('refresh', 'ui_no_reply_button')
      return parts('', plainView(state.kind, 'ui_no_reply_title', speak(adviceForState(state)), again))
    }
    case 'no-site':
      return parts('', plainView(state.kind, 'ui_no_site_title', speak(adviceForState(state)), ...welcomeButtons()))
    case 'unsupported-browser':
      return parts('', plainView(state.kind, 'ui_unsupported_title', speak(adviceForState(state)), sampleButton()))
    case 'no-adapter':
      return parts(state.host, plainView(state.kind, 'ui_no_adapter_title', speak(adviceForState(state)), ...welcomeButtons()))
    case 'not-enabled':
      return parts(state.host, enableView(state.service, state.asks))
    case 'needs-reload': {
      const reload = button('reload', 'ui_reload_button', 'primary')
      const body = plainView(state.kind, 'ui_reload_title', speak(adviceForState(state)), reload)
      return parts(state.host, withNote(body, notSeenView(state.notCaptured)))
    }
    case 'watching':
      return watchingParts(state, showing, now)
  }
}

type Watching = Extract<TabState, { kind: 'watching' }>

function watchingParts(state: Watching, showing: Showing, now: Date): Parts {
  const shown = exchangeShown(showing)
  const notCaptured = notCapturedView(state.notCaptured)
  if (shown === undefined) {
    const words = speak(adviceForState({ kind: 'waiting', service: state.service }))
    const body = plainView('waiting', 'ui_waiting_title', words, sampleButton())
    return { bar: [barView(state.host)], below: [withNote(body, notCaptured)], footer: footerView(undefined, showing) }
  }
  const listed = showing.listOpen && state.exchanges.length > 1
  return {
    bar: [
      barView(shown.service, positionView(state.exchanges, shown, listed, now)),
      shown.elsewhere ? elsewhereView(shown.service, state.service) : undefined,
    ],
    below: [listed ? answersView(state.exchanges, shown, now) : undefined, html('main', {}, exchangeView(shown), notCaptured)],
    footer: footerView(shown, showing),
  }
}

/** Earlier news, whatever the tab shows now. */
function earlierParts(shown: ExchangeState, showing: Showing, now: Date): Parts {
  return {
    bar: [barView(shown.service, backView(shown, now))],
    below: [html('main', {}, exchangeView(shown))],
    footer: footerView(shown, showing),
  }
}

function elsewhereView(service: string, pageService: string): HTMLElement {
  return html('p', { class: 'elsewhere-note', 'data-key': 'elsewhere' }, text('ui_elsewhere', cleanText(service), cleanText(pageService)))
}

function exchangeView({ id, progress, report }: ExchangeState): HTMLElement {
  if (report !== undefined) return reportView(report, id)
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

function enableView(service: string, asks: readonly HostAsk[]): HTMLElement {
  return html(
    'main',
    { class: 'state', 'data-key': 'not-enabled' },
    html('h1', { tabindex: -1 }, text('ui_enable_title', service)),
    html('p', {}, speak(adviceForState({ kind: 'not-enabled' }))),
    asksList(asks),
    html('p', { class: 'note' }, text('ui_enable_note')),
    choices(button('enable', 'ui_enable_button', 'primary'), sampleButton()),
  )
}

/** A heading, a sentence, and what can be done. */
function plainView(key: string, heading: MessageId, body: string, ...actions: HTMLElement[]): HTMLElement {
  return html(
    'main',
    { class: 'state', 'data-key': key },
    title(heading),
    html('p', {}, body),
    actions.length === 0 ? undefined : choices(...actions),
  )
}

function choices(...actions: HTMLElement[]): HTMLElement {
  return html('div', { class: 'choices' }, ...actions)
}

/** Where there is nothing to check, the ways to something that can be looked at. */
function welcomeButtons(): HTMLElement[] {
  return [button('sites', 'ui_sites_button'), sampleButton()]
}

function sampleButton(): HTMLElement {
  return button('sample', 'ui_sample_button')
}

function title(id: MessageId): HTMLElement {
  return html('h1', { tabindex: -1 }, text(id))
}

/** What went past the capture script of a page that has one. */
function notCapturedView(count: number): HTMLElement | undefined {
  return countedNote(count, count === 1 ? 'ui_not_captured_one' : 'ui_not_captured_many')
}

/** What a page asked that has no capture script yet. */
function notSeenView(count: number): HTMLElement | undefined {
  return countedNote(count, count === 1 ? 'ui_asked_before_reload_one' : 'ui_asked_before_reload_many')
}

function countedNote(count: number, words: MessageId): HTMLElement | undefined {
  if (count <= 0) return undefined
  return html(
    'p',
    { class: 'not-captured', 'data-key': 'not-captured' },
    standingGlyph('unchecked'),
    html('span', {}, text(words, String(count))),
  )
}

function withNote(body: HTMLElement, note: HTMLElement | undefined): HTMLElement {
  if (note !== undefined) body.append(note)
  return body
}
