import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'
import { reportOf } from '../../test/support/rows.ts'

vi.mock('../platform/browser.ts', () => import('../../test/support/fake-browser.ts'))
vi.mock('../gather/evidence.ts', () => ({ gather: async () => ({}) }))
vi.mock('../verify/appraise.ts', () => ({ appraise: async () => reportOf('assumed') }))

import { watchRequests } from '../capture/browser/watch.ts'
import { SERVICES } from '../gather/services/registry.ts'
import { calledOrigins, completionUrls } from '../gather/services/types.ts'
import { encodeUtf8 } from '../verify/encoding/utf8.ts'
import { exchangesIn } from './exchanges.ts'
import { lossesIn, runMemory } from './losses.ts'
import { openStore } from './store.ts'

/** What a page, a service and their request could carry and nothing here may keep. */
const PLANTED = ['cookie', 'credential', 'key-in-query', 'set-cookie', 'prompt', 'answer', 'fragment'].map((name) => `planted-${name}`)

beforeEach(() => {
  fake.reset()
  globalThis.indexedDB = new IDBFactory()
})

/** Everything in every database and every settings area. */
async function everythingStored(): Promise<string> {
  const names = (await indexedDB.databases()).map(({ name = '' }) => name)
  const databases = await Promise.all(names.map(contentsOf))
  return JSON.stringify([databases, [...fake.local], [...fake.session]])
}

function contentsOf(name: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name)
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const stores = [...opening.result.objectStoreNames]
      if (stores.length === 0) return resolve([])
      const transaction = opening.result.transaction(stores)
      const requests = stores.map((store) => transaction.objectStore(store).getAll())
      transaction.oncomplete = () => resolve(requests.map(({ result }) => result))
    }
  })
}

it.each(SERVICES.map((service) => [service.id, service] as const))(
  'nothing of a user’s credential, prompt or answer is stored of an exchange with %s',
  async (_, service) => {
    fake.grant(...[...service.pages, ...calledOrigins(service)].map((origin) => `${origin}/*`))
    const store = openStore('receipts')
    const exchanges = exchangesIn(store, lossesIn(runMemory), () => undefined)
    const [address = ''] = completionUrls(service)
    const url = `${address.replace('*.', 'x.')}?key=planted-key-in-query#planted-fragment`
    // The service's data slips: it names what sets a cookie.
    const headers = [...service.headers, 'set-cookie', 'cookie', 'authorization']
    watchRequests([{ id: service.id, addresses: completionUrls(service), headers }], (_, fact) => exchanges.takeFact(fact))
    const details = { requestId: '1', method: 'POST', url, tabId: 3, frameId: 0, timeStamp: 1_000, initiator: service.pages[0] ?? '' }
    const body = encodeUtf8(JSON.stringify({ model: 'atlas', messages: [{ role: 'user', content: 'planted-prompt' }] }))
    fake.request.onBeforeRequest.happen({ ...details, requestBody: { raw: [{ bytes: body.buffer }] } })
    fake.request.onSendHeaders.happen({
      ...details,
      requestHeaders: [
        { name: 'Cookie', value: 'planted-cookie' },
        { name: 'Authorization', value: 'Bearer planted-credential' },
      ],
    })
    fake.request.onHeadersReceived.happen({
      ...details,
      statusCode: 200,
      responseHeaders: [
        { name: 'content-type', value: 'application/json' },
        ...['set-cookie', 'cookie', 'authorization', 'x-request-cost'].map((name) => ({ name, value: 'planted-set-cookie' })),
      ],
    })
    fake.request.onCompleted.happen(details)
    await exchanges.takeOctets(
      {
        type: 'capture/octets',
        capture: '0'.repeat(32),
        method: 'POST',
        url: url.split('#')[0] ?? '',
        request: body,
        response: encodeUtf8(JSON.stringify({ id: 'chatcmpl-1', choices: [{ message: { content: 'planted-answer' } }] })),
        state: 'complete',
        beganAt: 999,
        endedAt: 2_000,
      },
      { tabId: 3, frameId: 0, origin: service.pages[0] ?? '' },
    )
    await vi.waitFor(async () => expect(await store.inState('done')).toHaveLength(1))
    const stored = await everythingStored()
    expect(stored).toContain('application/json')
    expect(PLANTED.filter((value) => stored.includes(value))).toEqual([])
  },
)
