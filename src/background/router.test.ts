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
import type { Exchanges } from './exchanges.ts'
import { type Desk, route } from './router.ts'
import { openStore } from './store.ts'

const OWN: Sender = { kind: 'own-page' }
const PAGE: Sender = { kind: 'content', origin: 'https://venice.ai', tabId: 3, frameId: 0, documentId: 'document' }
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

let taken: unknown[]
let again: string[]
let shown: number[]
let desk: Desk

beforeEach(() => {
  fake.reset()
  globalThis.indexedDB = new IDBFactory()
  taken = []
  again = []
  shown = []
  const exchanges: Exchanges = {
    takeFact: () => undefined,
    takeOctets: async (message, sender) => void taken.push({ message, sender }),
    again: async (id) => void again.push(id),
    resume: async () => undefined,
  }
  desk = { store: openStore('receipts'), exchanges, showTab: async (tabId) => void shown.push(tabId) }
})

function enable(): void {
  fake.grant(...[...VENICE.pages, ...calledOrigins(VENICE)].map((origin) => `${origin}/*`))
}

describe('a content script', () => {
  it('hands over octets, and the browser says from where', async () => {
    enable()
    expect(await route(OCTETS, PAGE, desk)).toEqual({ kept: true })
    expect(taken).toEqual([{ message: OCTETS, sender: { tabId: 3, frameId: 0, documentId: 'document' } }])
  })

  it('is not listened to while its service is not enabled', async () => {
    expect(await route(OCTETS, PAGE, desk)).toEqual({ kept: false })
    expect(await route(READY, PAGE, desk)).toEqual({ kept: false })
    fake.grant('https://venice.ai/*')
    expect(await route(OCTETS, PAGE, desk)).toEqual({ kept: false })
    expect([taken, shown]).toEqual([[], []])
  })

  it('is not listened to from a page of no service', () => {
    enable()
    for (const origin of ['https://evil.example', 'https://sub.venice.ai', 'http://venice.ai', '', 'null']) {
      expect(route(OCTETS, { ...PAGE, origin }, desk)).toBeUndefined()
    }
    expect(taken).toEqual([])
  })

  it('has its tab shown when it stands ready', async () => {
    enable()
    expect(await route(READY, PAGE, desk)).toEqual({ kept: true })
    expect(shown).toEqual([3])
  })

  it.each([
    { type: 'ui/state', tabId: 3 },
    { type: 'ui/retry', exchange: 'a' },
    { type: 'ui/exchange', exchange: 'a' },
    { type: 'ui/seen', exchange: 'a' },
    { ...OCTETS, more: true },
    'capture/ready',
    undefined,
  ])('gets no answer to %j', (message) => {
    enable()
    expect(route(message, PAGE, desk)).toBeUndefined()
    expect(again).toEqual([])
  })
})

describe('an own page', () => {
  it('is told what is known of a tab and of an exchange', async () => {
    const row = rowOf('a', { state: 'done', verdict: reportOf('failed') })
    await desk.store.changeRequest(row.request, () => row)
    expect(await route({ type: 'ui/state', tabId: 3 }, OWN, desk)).toMatchObject({ kind: 'no-site' })
    expect(await route({ type: 'ui/exchange', exchange: 'a' }, OWN, desk)).toEqual({
      dossier: row.dossier,
      report: row.verdict,
      sources: serviceById(row.dossier.service)?.sources,
    })
    expect(await route({ type: 'ui/exchange', exchange: 'nobody' }, OWN, desk)).toBeUndefined()
  })

  it('has an exchange tried again', async () => {
    await route({ type: 'ui/retry', exchange: 'a' }, OWN, desk)
    expect(again).toEqual(['a'])
  })

  it.each([
    OCTETS,
    READY,
    { type: 'ui/state' },
    { type: 'ui/state', tabId: 1.5 },
    { type: 'ui/retry', exchange: 'x'.repeat(101) },
    { type: 'ui/retry', exchange: 'a', more: 1 },
    { type: 'ui/everything' },
    null,
  ])('gets no answer to %j', (message) => expect(route(message, OWN, desk)).toBeUndefined())
})
