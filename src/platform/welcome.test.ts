import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'

vi.mock('./browser.ts', () => import('../../test/support/fake-browser.ts'))

import { capturesPagesOf, registerCaptureScripts } from './content-scripts.ts'
import { openTab } from './tabs.ts'
import { onFirstInstalled, openWelcome } from './welcome.ts'

beforeEach(() => fake.reset())

describe('the welcome page', () => {
  it('is opened at its beginning or at a part, in a tab of its own', async () => {
    await openWelcome()
    await openWelcome('sites')
    await openWelcome('sample')
    const page = 'chrome-extension://this-extension/welcome/welcome.html'
    expect(fake.opened).toEqual([page, `${page}#sites`, `${page}#sample`])
  })

  it('is due at installation, and at nothing else that the browser tells in the same way', () => {
    const installed = vi.fn()
    onFirstInstalled(installed)
    for (const reason of ['update', 'chrome_update', 'browser_update', 'shared_module_update']) fake.onInstalled.happen({ reason })
    expect(installed).not.toHaveBeenCalled()
    fake.onInstalled.happen({ reason: 'install' })
    expect(installed).toHaveBeenCalledOnce()
  })
})

describe('a site that was just allowed', () => {
  it('is opened in a tab', async () => {
    await openTab('https://a.example/')
    expect(fake.opened).toEqual(['https://a.example/'])
  })

  it('is captured once the scripts are registered for all of its pages', async () => {
    const pages = ['https://a.example', 'https://www.a.example']
    expect(await capturesPagesOf(pages)).toBe(false)
    await registerCaptureScripts(['https://a.example'])
    expect(await capturesPagesOf(pages)).toBe(false)
    await registerCaptureScripts([...pages, 'https://b.example'])
    expect(await capturesPagesOf(pages)).toBe(true)
    fake.scripts.delete('2-hook')
    expect(await capturesPagesOf(pages)).toBe(false)
  })
})
