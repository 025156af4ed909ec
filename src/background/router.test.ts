import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'
import { reportOf, rowOf } from '../../test/support/rows.ts'

vi.mock('../platform/browser.ts', () => import('../../test/support/fake-browser.ts'))

import type { OctetsMessage } from '../capture/messages.ts'
import { serviceById } from '../gather/services/lookup.ts'
import { calledOrigins } from '../gather/services/types.ts'
import { VENICE } from '../gather/services/venice.ts'
import type { Sender } from '../platform/runtime.ts'
import { type Desk, route } from './router.ts'
import { openVaults, type Vault, type Vaults } from './vaults.ts'

const OWN: Sender = { kind: 'own-page' }
const PAGE = { kind: 'content', origin: 'https://venice.ai', tabId: 3, frameId: 0, documentId: 'document', incognito: false } as const
const READY = { type: 'capture/ready' }
const OCTETS: OctetsMessage = {
  type: 'capture/octets',
  capture: '0'.repeat(32),
  method: 'POST',
  url: 'https://api.venice.ai/api/v1/chat/completions',
  request: null,
  response: new Uint8Array([1]),
  state: 'complete',
  beganAt: 1,
  endedAt: 2,
}

let done: unknown[][]
let vaults: Vaults
let desk: Desk

/** A vault with its store, whose exchanges and documents only say what they were asked. */
function watched(vault: Vault, name: string): Vault {
  const note =
    (what: string) =>
    async (...args: unknown[]) =>
      void done.push([name, what, ...args])
  const seen = async (id: string) => {
    done.push([name, 'seen', id])
    return id === 'a'
  }
  return {
    ...vault,
    exchanges: { ...vault.exchanges, takeOctets: note('octets'), again: note('again'), seen },
    documents: { ...vault.documents, ready: note('ready') },
  }
}

beforeEach(() => {
  fake.reset()
  globalThis.indexedDB = new IDBFactory()
  done = []
  const opened = openVaults('receipts', { changed: () => undefined, turned: () => undefined })
  const [regular, apart] = [watched(opened.of(false), 'regular'), watched(opened.of(true), 'apart')]
  const pick = (vault: Vault) => (vault === opened.of(true) ? apart : regular)
  vaults = {
    ...opened,
    of: (incognito) => (incognito ? apart : regular),
    ofTab: async (tabId) => pick(await opened.ofTab(tabId)),
    ofExchange: async (id) => {
      const vault = await opened.ofExchange(id)
      return vault === undefined ? undefined : pick(vault)
    },
  }
  desk = { vaults, showTab: async (tabId) => void done.push(['show', tabId]), showAllTabs: async () => void done.push(['show all']) }
})

function enable(): void {
  fake.grant(...[...VENICE.pages, ...calledOrigins(VENICE)].map((origin) => `${origin}/*`))
}

async function put(id: string, incognito = false): Promise<void> {
  const row = rowOf(id, { state: 'done', verdict: reportOf('failed') })
  await vaults.of(incognito).store.changeRequest(row.request, () => row)
}

describe('a content script', () => {
  it('hands over octets, and the browser says from where', async () => {
    enable()
    expect(await route(OCTETS, PAGE, desk)).toEqual({ kept: true })
    const place = { tabId: 3, frameId: 0, documentId: 'document', origin: 'https://venice.ai' }
    expect(done).toEqual([['regular', 'octets', OCTETS, place]])
  })

  it('of a private window hands them over to what is kept apart', async () => {
    enable()
    await route(OCTETS, { ...PAGE, incognito: true }, desk)
    expect(done.map(([name, what]) => [name, what])).toEqual([['apart', 'octets']])
  })

  it('is not listened to while its service is not enabled', async () => {
    expect(await route(OCTETS, PAGE, desk)).toEqual({ kept: false })
    expect(await route(READY, PAGE, desk)).toEqual({ kept: false })
    fake.grant('https://venice.ai/*')
    expect(await route(OCTETS, PAGE, desk)).toEqual({ kept: false })
    expect(done).toEqual([])
  })

  it('is not listened to from a page of no service', () => {
    enable()
    for (const origin of ['https://evil.example', 'https://sub.venice.ai', 'http://venice.ai', '', 'null']) {
      expect(route(OCTETS, { ...PAGE, origin }, desk)).toBeUndefined()
    }
    expect(done).toEqual([])
  })

  it('that stands ready in the top frame is what its tab shows', async () => {
    enable()
    expect(await route(READY, PAGE, desk)).toEqual({ kept: true })
    expect(done).toEqual([
      ['regular', 'ready', 3, 'document'],
      ['show', 3],
    ])
  })

  it('that stands ready in another frame is not', async () => {
    enable()
    await route(READY, { ...PAGE, frameId: 7 }, desk)
    expect(done).toEqual([['show', 3]])
  })

  it.each([
    { type: 'ui/state', tabId: 3 },
    { type: 'ui/retry', exchange: 'a' },
    { type: 'ui/exchange', exchange: 'a' },
    { type: 'ui/seen', exchange: 'a' },
    { type: 'ui/delete-all' },
    { ...OCTETS, more: true },
    'capture/ready',
    undefined,
  ])('gets no answer to %j', async (message) => {
    enable()
    await put('a')
    expect(route(message, PAGE, desk)).toBeUndefined()
    expect(done).toEqual([])
  })
})

describe('an own page', () => {
  it('is told what is known of a tab and of an exchange', async () => {
    await put('a')
    const { dossier, verdict } = rowOf('a', { verdict: reportOf('failed') })
    expect(await route({ type: 'ui/state', tabId: 3 }, OWN, desk)).toMatchObject({ kind: 'no-site' })
    expect(await route({ type: 'ui/exchange', exchange: 'a' }, OWN, desk)).toEqual({
      dossier,
      report: verdict,
      sources: serviceById(dossier.service)?.sources,
    })
    expect(await route({ type: 'ui/exchange', exchange: 'nobody' }, OWN, desk)).toBeUndefined()
  })

  it('has an exchange tried again, and says which it has shown, wherever that is kept', async () => {
    await put('a')
    await put('b', true)
    for (const exchange of ['a', 'b', 'nobody']) {
      await route({ type: 'ui/retry', exchange }, OWN, desk)
      await route({ type: 'ui/seen', exchange }, OWN, desk)
    }
    expect(done).toEqual([
      ['regular', 'again', 'a'],
      ['regular', 'seen', 'a'],
      ['show all'],
      ['apart', 'again', 'b'],
      ['apart', 'seen', 'b'],
    ])
  })

  it('has everything deleted, wherever it is kept, but for what is still arriving', async () => {
    await put('a')
    await put('b', true)
    const arriving = rowOf('c', { state: 'answering' })
    const { store, losses } = vaults.of(false)
    await store.changeRequest(arriving.request, () => arriving)
    await store.claimReceipt('receipt', 'a')
    await losses.add({ request: 'r', tab: 't', at: 1 })
    expect(await route({ type: 'ui/state', tabId: 3 }, OWN, desk)).toMatchObject({ stored: 3 })
    expect(await route({ type: 'ui/delete-all' }, OWN, desk)).toEqual({ staying: 1 })
    expect(done).toEqual([['show all']])
    expect(await route({ type: 'ui/state', tabId: 3 }, OWN, desk)).toMatchObject({ stored: 1 })
    expect(await Promise.all(['a', 'b', 'c'].map((exchange) => route({ type: 'ui/exchange', exchange }, OWN, desk)))).toMatchObject([
      undefined,
      undefined,
      { dossier: { id: 'c' } },
    ])
    expect(await store.claimReceipt('receipt', 'another')).toBe('another')
    expect(await losses.inTab('t')).toEqual([])
  })

  it('is not told that all is deleted where the database does not let it be', async () => {
    await put('a')
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
      throw new DOMException('closed', 'UnknownError')
    })
    await expect(route({ type: 'ui/delete-all' }, OWN, desk)).rejects.toThrow('closed')
    const state = await route({ type: 'ui/state', tabId: 3 }, OWN, desk)
    vi.restoreAllMocks()
    expect(state).toMatchObject({ recording: 'fault' })
    expect(state).not.toHaveProperty('stored')
    expect(await route({ type: 'ui/state', tabId: 3 }, OWN, desk)).toMatchObject({ stored: 1 })
  })

  it.each([
    OCTETS,
    READY,
    { type: 'ui/delete-all', exchange: 'a' },
    { type: 'ui/state' },
    { type: 'ui/state', tabId: 1.5 },
    { type: 'ui/retry', exchange: 'x'.repeat(101) },
    { type: 'ui/retry', exchange: 'a', more: 1 },
    { type: 'ui/everything' },
    null,
  ])('gets no answer to %j', (message) => expect(route(message, OWN, desk)).toBeUndefined())
})
