import { openWelcome, type WelcomePart } from '../../platform/welcome.ts'
import type { MessageId } from '../../verify/claims/sentence.ts'
import {
  deleteAll,
  exchangeDetail,
  onTabChanged,
  reloadTab,
  requestHosts,
  retryExchange,
  sawExchange,
  tabState,
} from '../shared/background.ts'
import { patch } from '../shared/patch.ts'
import { findingsOf } from '../shared/rows.ts'
import { text } from '../shared/text.ts'
import type { Action } from './button.ts'
import { exchangeShown, NO_TAB, type Showing, settled } from './model.ts'
import { popupView } from './views.ts'

/** Runs the popup in its page: asks the background, draws, listens. `tabId` absent: there is no tab to speak of. */
export class Popup {
  #tabId: number | undefined
  readonly #news: HTMLElement
  readonly #notice: HTMLElement
  readonly #showBeside: (() => Promise<void>) | undefined
  #showing: Showing
  #asking = false
  #askAgain = false
  #said: string | undefined
  /** Which reports the background was told of as seen. */
  readonly #seen = new Set<string>()

  /** `showBeside` opens the same beside the tab; absent: that cannot be done, or is. */
  constructor(tabId: number | undefined, showBeside?: () => Promise<void>) {
    this.#tabId = tabId
    this.#showBeside = showBeside
    this.#showing = { state: NO_TAB, listOpen: false, canShowBeside: showBeside !== undefined }
    this.#news = byId('news')
    this.#notice = byId('notice')
    onTabChanged((changed) => {
      if (changed === this.#tabId) void this.refresh()
    })
    document.addEventListener('click', (event) => this.#clicked(event))
    document.addEventListener('change', (event) => this.#changed(event))
    document.addEventListener('visibilitychange', () => this.#saw())
  }

  /** Shows another tab from now on; the same one, anew. What was chosen in one tab is no choice in another. */
  follow(tabId: number | undefined): Promise<void> {
    if (tabId !== this.#tabId) {
      this.#tabId = tabId
      this.#notice.textContent = ''
      const { chosen: _, kept: __, retrying: ___, deleting: ____, ...rest } = this.#showing
      this.#showing = { ...rest, listOpen: false }
    }
    return this.refresh()
  }

  /**
   * Asks for the state and draws it. Notices that come while a question is out lead to one more question, not to many.
   */
  async refresh(): Promise<void> {
    if (this.#asking) {
      this.#askAgain = true
      return
    }
    this.#asking = true
    do {
      this.#askAgain = false
      const asked = this.#tabId
      const state = await this.#ask()
      // An answer about a tab that is no longer followed must not be drawn.
      if (asked === this.#tabId) this.#show({ ...this.#showing, state })
      else this.#askAgain = true
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
    const deciding = decidingRow()?.getAttribute('data-claim')
    patch(byId('popup'), this.#draw())
    // The row that decides is opened when it comes to decide; from then on it is the reader's, like all others.
    const now = decidingRow()
    if (now !== null && now.getAttribute('data-claim') !== deciding) now.setAttribute('open', '')
    // Where the focused control is gone, the place to go on reading is the new heading.
    if (focused !== null && focused !== document.body && !focused.isConnected) document.querySelector('h1')?.focus()
    this.#announce()
    this.#saw()
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
    const parts = [...document.querySelectorAll('.fault, .earlier-item, h1, .count')]
    const words = parts.map((part) => part.textContent).join('. ')
    if (this.#said !== undefined && this.#said !== words) this.#news.textContent = words
    this.#said = words
  }

  /**
   * Tells the background which report was drawn, so that bad news need not be kept in view. A hidden page shows nobody
   * anything.
   */
  #saw(): void {
    const { id, report } = exchangeShown(this.#showing) ?? {}
    if (id === undefined || report === undefined || document.hidden || document.querySelector('.report') === null) return
    const seen = `${id} ${report.moment.now}`
    if (this.#seen.has(seen)) return
    this.#seen.add(seen)
    // What was not heard is said again with the next drawing.
    sawExchange(id).catch(() => this.#seen.delete(seen))
  }

  #clicked(event: Event): void {
    if (!(event.target instanceof Element)) return
    if (event.target.closest('summary') !== null) this.#reads()
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
      case 'copy-checks':
        this.#copyChecks(button.getAttribute('data-of'))
        break
      case 'read':
        this.#choose(button.getAttribute('data-of') ?? undefined)
        break
      case 'back':
        this.#choose(undefined)
        break
      case 'sites':
        this.#openWelcome('sites')
        break
      case 'sample':
        this.#openWelcome('sample')
        break
      case 'beside':
        this.#beside()
        break
      case 'delete':
        this.#show({ ...this.#showing, deleting: 'asked' })
        focusOn('delete-nothing')
        break
      case 'delete-nothing':
        this.#askNoMore()
        focusOn('delete')
        break
      case 'delete-all':
        this.#deleteAll()
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
    this.#choose(event.target.value)
  }

  /** Shows the exchange of this id; without one, the newest. */
  #choose(id: string | undefined): void {
    const { chosen: _, ...rest } = this.#showing
    this.#show(id === undefined ? rest : { ...rest, chosen: id })
  }

  /** Whoever opens or closes a row is reading this exchange: a newer one must not take its place. */
  #reads(): void {
    const shown = exchangeShown(this.#showing)
    if (shown !== undefined) this.#showing = { ...this.#showing, chosen: shown.id }
  }

  /**
   * The prompt has to be asked for in the click itself. In Firefox it may close the popup; the background finishes
   * then.
   */
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

  #openWelcome(part: WelcomePart): void {
    openWelcome(part).catch(() => this.#tell('ui_page_failed'))
  }

  #reload(): void {
    if (this.#tabId === undefined) return
    reloadTab(this.#tabId).then(
      () => this.#tell('ui_reloading'),
      () => this.#tell('ui_reload_failed'),
    )
  }

  #beside(): void {
    this.#showBeside?.().catch(() => this.#tell('ui_beside_failed'))
  }

  #askNoMore(): void {
    const { deleting: _, ...rest } = this.#showing
    this.#show(rest)
  }

  /** What was being read is deleted too: nothing of it stays in view. */
  #deleteAll(): void {
    this.#show({ ...this.#showing, deleting: 'busy' })
    deleteAll()
      .then(
        (staying) => this.#tell(staying === 0 ? 'ui_deleted' : 'ui_deleted_but_arriving'),
        () => this.#tell('ui_delete_failed'),
      )
      .finally(() => {
        const { deleting: _, chosen: __, kept: ___, ...rest } = this.#showing
        this.#showing = rest
        return this.refresh()
      })
  }

  #retry(): void {
    const shown = exchangeShown(this.#showing)
    if (shown === undefined) return
    this.#show({ ...this.#showing, chosen: shown.id, retrying: shown.id })
    retryExchange(shown.id)
      .then(() => this.#renewKept(shown.id))
      .catch(() => this.#tell('ui_retry_failed'))
      .finally(() => {
        const { retrying: _, ...rest } = this.#showing
        this.#showing = rest
        return this.refresh()
      })
  }

  /** What the tab has left comes in no state of the tab: its new report has to be asked for. */
  async #renewKept(id: string): Promise<void> {
    if (this.#showing.kept?.id !== id) return
    const { report } = await exchangeDetail(id)
    const { kept } = this.#showing
    if (kept?.id === id && report !== undefined) this.#showing = { ...this.#showing, kept: { ...kept, report } }
  }

  #copy(): void {
    const shown = exchangeShown(this.#showing)
    if (shown === undefined) return
    exchangeDetail(shown.id)
      .then((detail) => navigator.clipboard.writeText(JSON.stringify(detail, null, 2)))
      .then(
        () => this.#tell('ui_copied'),
        () => this.#tell('ui_copy_failed'),
      )
  }

  /** The checks of one row as they stand in the report: whole values, no prose. */
  #copyChecks(row: string | null): void {
    const report = exchangeShown(this.#showing)?.report
    const claim = report?.claims.find(({ id }) => id === row)
    if (report === undefined || claim === undefined) return
    const checks = findingsOf(claim, report).map(({ because, assumes, role, ...check }) => check)
    navigator.clipboard.writeText(JSON.stringify(checks, null, 2)).then(
      () => this.#tell('ui_checks_copied'),
      () => this.#tell('ui_copy_failed'),
    )
  }

  #tell(id: MessageId): void {
    this.#notice.textContent = text(id)
  }
}

function focusOn(action: Action): void {
  document.querySelector<HTMLElement>(`[data-action="${action}"]`)?.focus()
}

function decidingRow(): Element | null {
  return document.querySelector('[data-decides]')
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new TypeError(`the page has no #${id}`)
  return element
}
