import type { MessageId } from '../../verify/claims/sentence.ts'
import { activeTab, exchangeDetail, onTabChanged, reloadTab, requestHosts, retryExchange, tabState } from '../shared/background.ts'
import { patch } from '../shared/patch.ts'
import { language, text } from '../shared/text.ts'
import { exchangeShown, NO_TAB, type Showing, tabInAddress } from './model.ts'
import { popupView } from './views.ts'

/** Runs the popup in its page: asks the background, draws, listens. `tabId` absent: there is no tab to speak of. */
class Popup {
  readonly #tabId: number | undefined
  readonly #news: HTMLElement
  readonly #notice: HTMLElement
  #showing: Showing = { state: NO_TAB, listOpen: false }
  #asking = false
  #askAgain = false
  #said: string | undefined

  constructor(tabId: number | undefined) {
    this.#tabId = tabId
    this.#news = byId('news')
    this.#notice = byId('notice')
    if (tabId !== undefined) onTabChanged(tabId, () => void this.refresh())
    document.addEventListener('click', (event) => this.#clicked(event))
    document.addEventListener('change', (event) => this.#changed(event))
    // `toggle` does not bubble.
    document.addEventListener('toggle', (event) => this.#toggled(event), { capture: true })
  }

  /** Asks for the state and draws it. Notices that come while a question is out lead to one more question, not to many. */
  async refresh(): Promise<void> {
    if (this.#asking) {
      this.#askAgain = true
      return
    }
    this.#asking = true
    do {
      this.#askAgain = false
      this.#show({ ...this.#showing, state: await this.#ask() })
    } while (this.#askAgain)
    this.#asking = false
  }

  async #ask(): Promise<Showing['state']> {
    if (this.#tabId === undefined) return NO_TAB
    return tabState(this.#tabId).catch(() => ({ kind: 'no-reply' }) as const)
  }

  #show(showing: Showing): void {
    this.#showing = settled(showing)
    const focused = document.activeElement
    patch(byId('popup'), this.#draw())
    // Where the focused control is gone, the place to go on reading is the new heading.
    if (focused !== null && focused !== document.body && !focused.isConnected) document.querySelector('h1')?.focus()
    this.#announce()
  }

  /** A report that cannot be drawn must not leave an old one standing. */
  #draw(): HTMLElement {
    const now = new Date()
    try {
      return popupView(this.#showing, now)
    } catch {
      return popupView({ ...this.#showing, state: { kind: 'no-reply' } }, now)
    }
  }

  /** Tells a screen reader what the heading says now. What stands there when the popup opens is read anyway. */
  #announce(): void {
    const heading = [document.querySelector('h1'), document.querySelector('.count')].map((part) => part?.textContent ?? '')
    const words = heading.filter((part) => part !== '').join('. ')
    if (this.#said !== undefined && this.#said !== words) this.#news.textContent = words
    this.#said = words
  }

  #clicked(event: Event): void {
    if (!(event.target instanceof Element)) return
    const button = event.target.closest('[data-action]')
    if (button === null || button.getAttribute('aria-disabled') === 'true') return
    this.#notice.textContent = ''
    switch (button.getAttribute('data-action')) {
      case 'enable':
        this.#enable()
        break
      case 'reload':
        this.#reload()
        break
      case 'retry':
        this.#retry()
        break
      case 'copy':
        this.#copy()
        break
      case 'refresh':
        void this.refresh()
        break
      case 'toggle-list':
        this.#show({ ...this.#showing, listOpen: !this.#showing.listOpen })
        break
    }
  }

  #changed(event: Event): void {
    if (!(event.target instanceof HTMLInputElement) || event.target.name !== 'answer') return
    this.#notice.textContent = ''
    this.#show({ ...this.#showing, chosen: event.target.value })
  }

  /** Who opens a row is reading this exchange: a newer one must not take its place. */
  #toggled(event: Event): void {
    const shown = this.#shown()
    if (shown !== undefined && event.target instanceof HTMLDetailsElement && event.target.open) {
      this.#showing = { ...this.#showing, chosen: shown.id }
    }
  }

  /** The prompt has to be asked for in the click itself. In Firefox it may close the popup; the background finishes then. */
  #enable(): void {
    const { state } = this.#showing
    if (state.kind !== 'not-enabled') return
    requestHosts(state.asks.map((ask) => ask.pattern)).then(
      (granted) => {
        this.#tell(granted ? 'ui_enabled' : 'ui_enable_denied')
        return this.refresh()
      },
      () => this.#tell('ui_enable_failed'),
    )
  }

  #reload(): void {
    if (this.#tabId === undefined) return
    reloadTab(this.#tabId).then(
      () => this.#tell('ui_reloading'),
      () => this.#tell('ui_reload_failed'),
    )
  }

  #retry(): void {
    const shown = this.#shown()
    if (shown === undefined) return
    this.#show({ ...this.#showing, chosen: shown.id, retrying: shown.id })
    retryExchange(shown.id)
      .catch(() => this.#tell('ui_retry_failed'))
      .finally(() => {
        const { retrying: _, ...rest } = this.#showing
        this.#showing = rest
        return this.refresh()
      })
  }

  #copy(): void {
    const shown = this.#shown()
    if (shown === undefined) return
    exchangeDetail(shown.id)
      .then((detail) => navigator.clipboard.writeText(JSON.stringify(detail, null, 2)))
      .then(
        () => this.#tell('ui_copied'),
        () => this.#tell('ui_copy_failed'),
      )
  }

  #tell(id: MessageId): void {
    this.#notice.textContent = text(id)
  }

  #shown() {
    const { state, chosen } = this.#showing
    return state.kind === 'watching' ? exchangeShown(state.exchanges, chosen) : undefined
  }
}

/** Forgets a choice that is no longer there, so that it cannot come back by surprise. */
function settled(showing: Showing): Showing {
  const { chosen, ...rest } = showing
  if (showing.state.kind !== 'watching' || chosen === undefined) return rest
  return showing.state.exchanges.some((exchange) => exchange.id === chosen) ? showing : rest
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new TypeError(`the page has no #${id}`)
  return element
}

const { tag, direction } = language()
document.documentElement.lang = tag
document.documentElement.dir = direction
document.title = text('ext_name')

const tabId = tabInAddress(location.search) ?? (await activeTab())
await new Popup(tabId).refresh()
