import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'

vi.mock('./browser.ts', () => import('../../test/support/fake-browser.ts'))

import { allTabs, askTab, isPrivateTab, onTabs, presenceOf, tabUrl } from './tabs.ts'
import { showInToolbar } from './toolbar.ts'
import { onLastPrivateWindowClosed } from './windows.ts'

beforeEach(() => fake.reset())
afterEach(() => void vi.useRealTimers())

describe('a tab', () => {
  it('has an address while it is there and the user lets us know', async () => {
    expect(await tabUrl(3)).toBeUndefined()
    fake.tabs.set(3, {})
    expect(await tabUrl(3)).toBeUndefined()
    fake.tabs.set(3, { url: 'https://a.example/' })
    expect(await tabUrl(3)).toBe('https://a.example/')
  })

  it('answers where it has a script: in a frame, or in a document', async () => {
    expect(await askTab(3, 'question')).toBeUndefined()
    fake.tabs.set(3, { document: 'a', answer: (message, frameId) => [message, frameId] })
    expect(await askTab(3, 'question')).toEqual(['question', 0])
    expect(await askTab(3, 'question', { frameId: 7 })).toEqual(['question', 7])
    expect(await askTab(3, 'question', { documentId: 'a' })).toEqual(['question', 0])
    expect(await askTab(3, 'question', { documentId: 'b' })).toBeUndefined()
  })

  it('has a script that says so, or says nothing at all just now', async () => {
    expect(await presenceOf(3, 'ping', { frameId: 0 })).toBe('gone')
    fake.tabs.set(3, { answer: () => true })
    expect(await presenceOf(3, 'ping', { frameId: 0 })).toBe('there')
    fake.tabs.set(3, { answer: () => undefined })
    expect(await presenceOf(3, 'ping', { frameId: 0 })).toBe('gone')
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    fake.tabs.set(3, { answer: () => new Promise(() => undefined) })
    const silent = presenceOf(3, 'ping', { frameId: 0 })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await silent).toBe('silent')
  })

  it('is in a private window, or not', async () => {
    fake.tabs.set(3, {})
    fake.tabs.set(4, { incognito: true })
    expect(await Promise.all([3, 4, 5].map(isPrivateTab))).toEqual([false, true, false])
  })

  it('is one of all, whether we are let know its address or not', async () => {
    fake.tabs.set(3, { url: 'https://a.example/chat' })
    fake.tabs.set(5, {})
    expect(await allTabs()).toEqual([3, 5])
  })

  it('is told of when it loads, and when it is closed', () => {
    const [changed, closed] = [vi.fn(), vi.fn()]
    onTabs({ changed, closed })
    fake.tabEvents.onUpdated.happen(3, { status: 'loading' })
    fake.tabEvents.onUpdated.happen(4, { title: 'only that' })
    fake.tabEvents.onRemoved.happen(5, { windowId: 1 })
    expect([changed.mock.calls, closed.mock.calls]).toEqual([[[3]], [[5]]])
  })
})

describe('private windows', () => {
  it('are gone when the last one is closed', async () => {
    const closed = vi.fn()
    onLastPrivateWindowClosed(closed)
    fake.windows.set(1, false)
    fake.windows.set(2, true)
    fake.windowEvents.onRemoved.happen(3)
    await new Promise((resume) => setTimeout(resume))
    expect(closed).not.toHaveBeenCalled()
    fake.windows.delete(2)
    fake.windowEvents.onRemoved.happen(2)
    await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1))
  })
})

describe('the toolbar', () => {
  it('shows icon, badge and words', async () => {
    await showInToolbar(3, 'failed', '!', '#b3261e', 'words')
    expect(fake.toolbar.get(3)).toMatchObject({ badge: '!', title: 'words' })
    expect(JSON.stringify(fake.toolbar.get(3)?.icon)).toContain('icons/state-failed-16.png')
  })
})
