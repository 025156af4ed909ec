import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'

vi.mock('./browser.ts', () => import('../../test/support/fake-browser.ts'))

import { askTab, tabUrl } from './tabs.ts'
import { showInToolbar } from './toolbar.ts'

beforeEach(() => fake.reset())

describe('a tab', () => {
  it('has an address while it is there and the user lets us know', async () => {
    expect(await tabUrl(3)).toBeUndefined()
    fake.tabs.set(3, {})
    expect(await tabUrl(3)).toBeUndefined()
    fake.tabs.set(3, { url: 'https://a.example/' })
    expect(await tabUrl(3)).toBe('https://a.example/')
  })

  it('answers where it has a script', async () => {
    expect(await askTab(3, 'question')).toBeUndefined()
    fake.tabs.set(3, { answer: (message, frameId) => [message, frameId] })
    expect(await askTab(3, 'question')).toEqual(['question', 0])
    expect(await askTab(3, 'question', 7)).toEqual(['question', 7])
  })
})

describe('the toolbar', () => {
  it('shows icon, badge and words', async () => {
    await showInToolbar(3, 'failed', '!', '#b3261e', 'words')
    expect(fake.toolbar.get(3)).toMatchObject({ badge: '!', title: 'words' })
    expect(JSON.stringify(fake.toolbar.get(3)?.icon)).toContain('icons/state-failed-16.png')
  })
})
