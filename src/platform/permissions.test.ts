import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'

vi.mock('./browser.ts', () => import('../../test/support/fake-browser.ts'))

import { hasHosts, onPermissionsChanged } from './permissions.ts'

beforeEach(() => fake.reset())

describe('host access', () => {
  it('is had when all of it is', async () => {
    fake.grant('https://a.example/*')
    expect(await hasHosts(['https://a.example/*'])).toBe(true)
    expect(await hasHosts(['https://a.example/*', 'https://b.example/*'])).toBe(false)
    fake.grant('https://b.example/*')
    expect(await hasHosts(['https://a.example/*', 'https://b.example/*'])).toBe(true)
  })

  it('is told of whenever it is given or taken back', () => {
    const changed = vi.fn()
    onPermissionsChanged(changed)
    fake.grant('https://a.example/*')
    fake.revoke('https://a.example/*')
    expect(changed).toHaveBeenCalledTimes(2)
  })
})
