import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'

vi.mock('../platform/browser.ts', () => import('../../test/support/fake-browser.ts'))

import { MAPLE } from '../gather/services/maple.ts'
import { TRUSTEDROUTER } from '../gather/services/trustedrouter.ts'
import { calledOrigins, type Service } from '../gather/services/types.ts'
import { VENICE } from '../gather/services/venice.ts'
import { alignWithPermissions, isEnabled } from './sites.ts'

const hostsOf = (service: Service) => [...new Set([...service.pages, ...calledOrigins(service)])].map((origin) => `${origin}/*`)
const watchedPages = () => [...new Set([...fake.scripts.values()].flatMap(({ matches }) => matches ?? []))].sort()

beforeEach(() => fake.reset())

describe('a service', () => {
  it('is enabled by its pages and its interface together', async () => {
    expect(await isEnabled(TRUSTEDROUTER)).toBe(false)
    for (const pattern of hostsOf(TRUSTEDROUTER)) {
      fake.granted.clear()
      fake.grant(...hostsOf(TRUSTEDROUTER).filter((other) => other !== pattern))
      expect(await isEnabled(TRUSTEDROUTER)).toBe(false)
    }
    fake.grant(...hostsOf(TRUSTEDROUTER))
    expect(await isEnabled(TRUSTEDROUTER)).toBe(true)
  })
})

describe('what the user has allowed', () => {
  it('is what is watched and asked for receipts, and nothing else', async () => {
    fake.grant(...hostsOf(VENICE), ...hostsOf(TRUSTEDROUTER))
    await alignWithPermissions()
    expect(watchedPages()).toEqual(['https://trustedrouter.com/*', 'https://venice.ai/*', 'https://www.trustedrouter.com/*'])
    const asked = JSON.stringify([...fake.rules.values()])
    expect([asked.includes('trustedrouter'), asked.includes('venice')]).toEqual([true, false])
  })

  it('ends when it is taken back', async () => {
    fake.grant(...hostsOf(TRUSTEDROUTER))
    await alignWithPermissions()
    fake.granted.clear()
    await alignWithPermissions()
    expect([fake.scripts.size, fake.rules.size]).toEqual([0, 0])
    fake.grant(...hostsOf(MAPLE))
    await alignWithPermissions()
    expect(watchedPages()).toEqual(MAPLE.pages.map((origin) => `${origin}/*`).sort())
  })

  it('is registered once, though a grant wakes the worker, whose start does the same', async () => {
    fake.grant(...hostsOf(VENICE))
    await Promise.all([alignWithPermissions(), alignWithPermissions()])
    expect(watchedPages()).toEqual(['https://venice.ai/*'])
  })

  it('is two scripts, the relay before the hook, before the page’s own', async () => {
    fake.grant(...hostsOf(VENICE))
    await alignWithPermissions()
    expect([...fake.scripts.values()]).toMatchObject([
      { id: '1-relay', js: ['relay.js'], world: 'ISOLATED', runAt: 'document_start', allFrames: true },
      { id: '2-hook', js: ['hook.js'], world: 'MAIN', runAt: 'document_start', allFrames: true },
    ])
  })
})
