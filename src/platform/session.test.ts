import { beforeEach, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'

vi.mock('./browser.ts', () => import('../../test/support/fake-browser.ts'))

import { browserSession } from './session.ts'

beforeEach(() => fake.reset())

it('one run of the browser has one name, and the next another', async () => {
  const first = await browserSession()
  expect(await browserSession()).toBe(first)
  expect(first).toMatch(/^[A-Za-z0-9_-]{32}$/)
  fake.session.clear()
  expect(await browserSession()).not.toBe(first)
})
