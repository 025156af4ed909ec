import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'
import { reportOf, rowOf } from '../../test/support/rows.ts'

vi.mock('../platform/browser.ts', () => import('../../test/support/fake-browser.ts'))

import { TRUSTEDROUTER } from '../gather/services/trustedrouter.ts'
import { browserSession } from '../platform/session.ts'
import { tabKey } from './exchange.ts'
import { followPermissions } from './sites.ts'
import { openStore, type Store } from './store.ts'
import { toolbarOf } from './tab-toolbar.ts'

const TAB = 3
const HOSTS = [...TRUSTEDROUTER.pages, ...TRUSTEDROUTER.apis].map((origin) => `${origin}/*`)
const url = 'https://trustedrouter.com/chat'
const captured = { url, answer: () => true }

let store: Store

beforeEach(async () => {
  fake.reset()
  globalThis.indexedDB = new IDBFactory()
  store = openStore('receipts')
  const row = rowOf('a', { tab: tabKey(await browserSession(), TAB), tabId: TAB, state: 'done', verdict: reportOf('assumed') })
  await store.changeRequest(row.request, () => row)
})

describe('the toolbar of a tab', () => {
  it('shows how the newest exchange stands, where the page is captured', async () => {
    fake.grant(...HOSTS)
    fake.tabs.set(TAB, captured)
    expect(await toolbarOf(store, TAB)).toMatchObject({ icon: 'assumed', title: { id: 'toolbar_result' } })
  })

  it('asks for a reload where the page was open before its site was allowed, whatever the tab showed before', async () => {
    fake.grant(...HOSTS)
    fake.tabs.set(TAB, { url })
    expect(await toolbarOf(store, TAB)).toMatchObject({ icon: 'idle', badge: '↻', title: { id: 'ui_reload_title' } })
  })

  it('says that access was taken away, where the page is still captured; the browser then hides the address', async () => {
    fake.tabs.set(TAB, { answer: () => true })
    expect(await toolbarOf(store, TAB)).toMatchObject({ icon: 'idle', badge: '', title: { id: 'toolbar_off' } })
    fake.tabs.set(TAB, captured)
    expect(await toolbarOf(store, TAB)).toMatchObject({ title: { id: 'toolbar_off' } })
  })

  it('has nothing to say of other pages', async () => {
    fake.tabs.set(TAB, { url: 'https://elsewhere.example/' })
    expect(await toolbarOf(store, TAB)).toMatchObject({ icon: 'idle', badge: '', title: { id: 'toolbar_idle' } })
  })
})

describe('a change of what the user has allowed', () => {
  it('is told in every open tab, once the scripts are registered', async () => {
    fake.tabs.set(TAB, { url })
    fake.tabs.set(4, {})
    const shown: [number, number][] = []
    const showTab = async (tabId: number): Promise<void> => void shown.push([tabId, fake.scripts.size])
    fake.grant(...HOSTS)
    await followPermissions(showTab)
    expect(shown).toEqual([
      [TAB, 2],
      [4, 2],
    ])
    fake.revoke(...HOSTS)
    await followPermissions(showTab)
    expect(shown.slice(2)).toEqual([
      [TAB, 0],
      [4, 0],
    ])
  })
})
