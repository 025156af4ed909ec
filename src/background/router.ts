import * as v from 'valibot'
import type { CaptureAnswer } from '../capture/messages.ts'
import { parseCaptureMessage } from '../capture/parse.ts'
import { serviceById, serviceOfPage } from '../gather/services/lookup.ts'
import type { ExchangeDetail } from '../platform/messages.ts'
import type { Sender } from '../platform/runtime.ts'
import { parseWith } from '../verify/encoding/schema.ts'
import type { Exchanges } from './exchanges.ts'
import { isEnabled } from './sites.ts'
import type { Store } from './store.ts'
import { tabState } from './tab-state.ts'

const exchangeId = v.pipe(v.string(), v.maxLength(100))
const uiRequest = v.variant('type', [
  v.strictObject({ type: v.literal('ui/state'), tabId: v.pipe(v.number(), v.safeInteger()) }),
  v.strictObject({ type: v.literal('ui/retry'), exchange: exchangeId }),
  v.strictObject({ type: v.literal('ui/exchange'), exchange: exchangeId }),
  v.strictObject({ type: v.literal('ui/seen'), exchange: exchangeId }),
])

export type Desk = { readonly store: Store; readonly exchanges: Exchanges; readonly showTab: (tabId: number) => Promise<void> }

/**
 * Answers one message. Own pages may ask for what is known; content scripts may only hand over what they captured, and only from pages of a
 * service that is enabled. Anything else gets no answer.
 */
export function route(message: unknown, sender: Sender, desk: Desk): Promise<unknown> | undefined {
  return sender.kind === 'own-page' ? answerPage(message, desk) : answerContent(message, sender, desk)
}

function answerPage(message: unknown, { store, exchanges }: Desk): Promise<unknown> | undefined {
  const request = parseWith(uiRequest, message)
  if (!request.ok) return undefined
  switch (request.value.type) {
    case 'ui/state':
      return tabState(store, request.value.tabId)
    case 'ui/retry':
      return exchanges.again(request.value.exchange)
    case 'ui/exchange':
      return exchangeDetail(store, request.value.exchange)
    case 'ui/seen':
      return Promise.resolve(true)
  }
}

function answerContent(message: unknown, sender: Extract<Sender, { kind: 'content' }>, desk: Desk): Promise<unknown> | undefined {
  const parsed = parseCaptureMessage(message)
  const service = serviceOfPage(sender.origin)
  if (!parsed.ok || service === undefined) return undefined
  const { origin: _, kind: __, ...place } = sender
  const capture = parsed.value
  return isEnabled(service).then(async (enabled): Promise<CaptureAnswer> => {
    if (!enabled) return { kept: false }
    if (capture.type === 'capture/ready') await desk.showTab(place.tabId)
    else await desk.exchanges.takeOctets(capture, place)
    return { kept: true }
  })
}

async function exchangeDetail(store: Store, id: string): Promise<ExchangeDetail | undefined> {
  const row = await store.get(id)
  if (row === undefined) return undefined
  const sources = serviceById(row.dossier.service)?.sources
  return {
    dossier: row.dossier,
    ...(row.verdict === undefined ? {} : { report: row.verdict }),
    ...(sources === undefined ? {} : { sources }),
  }
}
