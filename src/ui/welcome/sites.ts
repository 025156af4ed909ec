import { SERVICES } from '../../gather/services/registry.ts'
import { hostAsks, type Service } from '../../gather/services/types.ts'
import { capturesPagesOf } from '../../platform/content-scripts.ts'
import type { AdapterSource } from '../../platform/messages.ts'
import { hasHosts, onPermissionsChanged } from '../../platform/permissions.ts'
import { openTab } from '../../platform/tabs.ts'
import { wait } from '../../platform/wait.ts'
import type { MessageId } from '../../verify/claims/sentence.ts'
import { asksList } from '../shared/asks.ts'
import { requestHosts } from '../shared/background.ts'
import { html } from '../shared/element.ts'
import { chevron, standingGlyph } from '../shared/glyph.ts'
import { patch } from '../shared/patch.ts'
import { cleanText, dayInWords, text } from '../shared/text.ts'
import { pageLink } from './link.ts'

/** How long the background is given to prepare for a site's pages before one is opened all the same. */
const PATIENCE_MS = 3_000
const LOOK_AGAIN_MS = 50

/** The sites that this build knows, each with what can be shown there and a way to have it checked. */
export class SitesPart {
  readonly element = html('div', { class: 'sites' })
  readonly #captures: boolean
  readonly #say: (words: string) => void
  #allowed: ReadonlySet<string> = new Set()
  #notice = ''

  constructor(captures: boolean, say: (words: string) => void) {
    this.#captures = captures
    this.#say = say
    this.#draw()
    this.element.addEventListener('click', (event) => this.#clicked(event))
    onPermissionsChanged(() => void this.refresh())
  }

  /** Asks the browser which sites the user has allowed, and draws them. */
  async refresh(): Promise<void> {
    const known = await Promise.all(SERVICES.map(async (service) => ((await hasHosts(patternsOf(service))) ? [service.id] : [])))
    this.#allowed = new Set(known.flat())
    this.#draw()
  }

  #draw(): void {
    const list = html('ul', { class: 'site-list' }, ...SERVICES.map((service) => this.#site(service)))
    const notice = html('p', { class: 'site-notice' }, this.#notice)
    patch(this.element, html('div', { class: 'sites' }, list, notice))
  }

  #site(service: Service): HTMLElement {
    const page = chatOf(service)
    const allowed = this.#allowed.has(service.id)
    return html(
      'li',
      { 'data-key': service.id },
      html(
        'div',
        { class: 'site' },
        html('h3', {}, cleanText(service.name)),
        page === undefined ? undefined : pageLink(page, { class: 'address' }, html('bdi', {}, cleanText(new URL(page).host))),
        html('p', { class: 'offers' }, text(offerOf(service))),
      ),
      this.#captures ? siteAction(service, allowed) : undefined,
      this.#captures && !allowed ? asksOf(service) : undefined,
      sourcesOf(service),
    )
  }

  #clicked(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest('button[data-site]') : null
    const service = SERVICES.find(({ id }) => id === button?.getAttribute('data-site'))
    // The prompt has to be asked for in the click itself.
    if (service !== undefined) this.#check(service).catch(() => this.#tell('ui_enable_failed'))
  }

  async #check(service: Service): Promise<void> {
    if (!(await requestHosts(patternsOf(service)))) return this.#tell('ui_enable_denied')
    this.#tell('ui_enabled')
    await this.refresh()
    const page = chatOf(service)
    if (page === undefined) return
    const until = performance.now() + PATIENCE_MS
    while (!(await capturesPagesOf(service.pages)) && performance.now() < until) await wait(LOOK_AGAIN_MS)
    await openTab(page)
  }

  #tell(id: MessageId): void {
    this.#notice = text(id)
    this.#say(this.#notice)
    this.#draw()
  }
}

function patternsOf(service: Service): readonly string[] {
  return hostAsks(service).map(({ pattern }) => pattern)
}

function chatOf({ chat, pages }: Service): string | undefined {
  return chat ?? pages[0]
}

/** Receipts, where the service's own page gets any; evidence about the place is offered everywhere. */
function offerOf({ optIn, receipts = [], relays = [], sources }: Service): MessageId {
  if (optIn === undefined && receipts.length === 0) return 'welcome_site_evidence'
  // Answers that are not named have no receipt that could be looked up.
  if (relays.length > 0 && relays.every(({ unnamed }) => unnamed === true)) return 'welcome_site_evidence'
  const isMadeUp = sources.length === 0
  return isMadeUp || sources.some(({ topic }) => topic === 'page') ? 'welcome_site_receipts' : 'welcome_site_unknown'
}

function siteAction({ id, name }: Service, allowed: boolean): HTMLElement {
  if (allowed)
    return html('p', { class: 'allowed', 'data-key': 'allowed' }, standingGlyph('verified'), html('span', {}, text('welcome_allowed')))
  return html('button', { type: 'button', class: 'plain', 'data-key': 'check', 'data-site': id }, text('welcome_check', name))
}

const TOPICS = {
  page: 'source_topic_page',
  interface: 'source_topic_interface',
  receipts: 'source_topic_receipts',
  evidence: 'source_topic_evidence',
  lists: 'source_topic_lists',
} as const satisfies Record<AdapterSource['topic'], MessageId>

const KNOWN = {
  live: 'source_known_live',
  recorded: 'source_known_recorded',
  read: 'source_known_read',
} as const satisfies Record<AdapterSource['known'], MessageId>

/** Where what this build knows of a service comes from, how well it is known, and of which day it is. */
function sourcesOf({ sources }: Service): HTMLElement | undefined {
  if (sources.length === 0) return undefined
  return html(
    'details',
    { class: 'site-asks', 'data-key': 'sources' },
    html('summary', {}, html('span', {}, text('welcome_site_sources')), chevron()),
    html('dl', { class: 'site-sources' }, ...sources.flatMap(sourceLines)),
  )
}

function sourceLines({ topic, source, dated, read, known }: AdapterSource): readonly HTMLElement[] {
  const day = (iso: string) => html('time', { datetime: iso }, dayInWords(iso))
  const of = dated === undefined ? [] : [text('welcome_source_dated'), ' ', day(dated), ' · ']
  return [
    html('dt', {}, text(TOPICS[topic])),
    html(
      'dd',
      {},
      html('bdi', {}, cleanText(source)),
      html('span', {}, text(KNOWN[known]), ' · ', ...of, text('welcome_source_read'), ' ', day(read)),
    ),
  ]
}

function asksOf(service: Service): HTMLElement {
  return html(
    'details',
    { class: 'site-asks', 'data-key': 'asks' },
    html('summary', {}, html('span', {}, text('welcome_site_asks')), chevron()),
    html('p', {}, text('welcome_prompt')),
    asksList(hostAsks(service)),
  )
}
