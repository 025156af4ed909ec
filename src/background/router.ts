import * as v from 'valibot'
import type { CaptureAnswer } from '../capture/messages.ts'
import { parseCaptureMessage } from '../capture/parse.ts'
import { serviceById, serviceOfPage } from '../gather/services/lookup.ts'
import type { Deleted, ExchangeDetail, TabState } from '../platform/messages.ts'
import type { Sender } from '../platform/runtime.ts'
import { parseWith } from '../verify/encoding/schema.ts'
import { UNNAMED } from './documents.ts'
import { StorageFault } from './faults.ts'
import { isEnabled } from './sites.ts'
import { tabState } from './tab-state.ts'
import type { Vault, Vaults } from './vaults.ts'

const exchangeId = v.pipe(v.string(), v.maxLength(100))
const uiRequest = v.variant('type', [
  v.strictObject({ type: v.literal('ui/state'), tabId: v.pipe(v.number(), v.safeInteger()) }),
  v.strictObject({ type: v.literal('ui/retry'), exchange: exchangeId }),
  v.strictObject({ type: v.literal('ui/exchange'), exchange: exchangeId }),
  v.strictObject({ type: v.literal('ui/seen'), exchange: exchangeId }),
  v.strictObject({ type: v.literal('ui/delete-all') }),
])

/** `showTab`, `showAllTabs`: bring icons in line with what is known. */
export type Desk = {
  readonly vaults: Vaults
  readonly showTab: (tabId: number) => Promise<void>
  readonly showAllTabs: () => Promise<void>
}

/**
 * Answers one message. Own pages may ask for what is known; content scripts may only hand over what they captured, and only from pages of a
 * service that is enabled. Anything else gets no answer.
 */
export function route(message: unknown, sender: Sender, desk: Desk): Promise<unknown> | undefined {
  return sender.kind === 'own-page' ? answerPage(message, desk) : answerContent(message, sender, desk)
}

function answerPage(message: unknown, { vaults, showAllTabs }: Desk): Promise<unknown> | undefined {
  const request = parseWith(uiRequest, message)
  if (!request.ok) return undefined
  switch (request.value.type) {
    case 'ui/state':
      return stateOf(request.value.tabId, vaults)
    case 'ui/retry':
      return inVault(request.value.exchange, vaults, ({ exchanges }, id) => exchanges.again(id))
    case 'ui/exchange':
      return inVault(request.value.exchange, vaults, exchangeDetail)
    case 'ui/seen':
      return inVault(request.value.exchange, vaults, ({ exchanges }, id) => exchanges.seen(id)).then(async (wasNews) => {
        // News of a closed tab is shown in every tab of its service.
        if (wasNews === true) await showAllTabs()
      })
    case 'ui/delete-all':
      return deleteAll(vaults).finally(showAllTabs)
  }
}

async function stateOf(tabId: number, vaults: Vaults): Promise<TabState> {
  const { store, losses } = await vaults.ofTab(tabId)
  const [state, stored] = await Promise.all([tabState(store, losses, tabId), storedIn(vaults)])
  return { ...state, ...(stored === undefined ? {} : { stored }) }
}

/** How many exchanges are kept; `undefined` where the database does not say. */
async function storedIn({ all }: Vaults): Promise<number | undefined> {
  try {
    return sum(await Promise.all(all.map(({ store }) => store.count())))
  } catch (error) {
    if (!(error instanceof StorageFault)) throw error
    return undefined
  }
}

async function deleteAll({ all }: Vaults): Promise<Deleted> {
  return { staying: sum(await Promise.all(all.map(({ exchanges }) => exchanges.forget()))) }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, next) => total + next, 0)
}

async function inVault<Value>(id: string, vaults: Vaults, use: (vault: Vault, id: string) => Promise<Value>): Promise<Value | undefined> {
  const vault = await vaults.ofExchange(id)
  return vault === undefined ? undefined : use(vault, id)
}

function answerContent(message: unknown, sender: Extract<Sender, { kind: 'content' }>, desk: Desk): Promise<unknown> | undefined {
  const parsed = parseCaptureMessage(message)
  const service = serviceOfPage(sender.origin)
  if (!parsed.ok || service === undefined) return undefined
  const { kind: _, incognito, ...place } = sender
  const capture = parsed.value
  return isEnabled(service).then(async (enabled): Promise<CaptureAnswer> => {
    if (!enabled) return { kept: false }
    const { exchanges, documents } = desk.vaults.of(incognito)
    if (capture.type === 'capture/octets') await exchanges.takeOctets(capture, place)
    // Only a top frame's document is what a tab shows.
    else if (place.frameId === 0) await documents.ready(place.tabId, place.documentId ?? UNNAMED)
    if (capture.type === 'capture/ready') await desk.showTab(place.tabId)
    return { kept: true }
  })
}

async function exchangeDetail({ store }: Vault, id: string): Promise<ExchangeDetail | undefined> {
  const row = await store.get(id)
  if (row === undefined) return undefined
  const sources = serviceById(row.dossier.service)?.sources
  return {
    dossier: row.dossier,
    ...(row.verdict === undefined ? {} : { report: row.verdict }),
    ...(sources === undefined ? {} : { sources }),
  }
}
