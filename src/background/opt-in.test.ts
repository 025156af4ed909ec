import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'

vi.mock('../platform/browser.ts', () => import('../../test/support/fake-browser.ts'))

import { TRUSTEDROUTER } from '../gather/services/trustedrouter.ts'
import { completionUrls } from '../gather/services/types.ts'
import { VENICE } from '../gather/services/venice.ts'
import { askForReceipts, rotateNonce } from './opt-in.ts'

beforeEach(() => fake.reset())

type Condition = { readonly regexFilter: string; readonly initiatorDomains: readonly string[]; readonly requestMethods: readonly string[] }
const isCondition = (value: unknown): value is Condition => typeof value === 'object' && value !== null && 'regexFilter' in value

const rules = () => [...fake.rules.values()]
const conditions = () => rules().flatMap(({ condition }) => (isCondition(condition) ? [condition] : []))
/** The nonces in all rules: one for each service. */
const nonces = () => [...new Set(rules().map(({ action }) => /[A-Za-z0-9_-]{32}/.exec(JSON.stringify(action))?.[0]))]

describe('asking for receipts', () => {
  it('is asking the enabled services that give any', async () => {
    await askForReceipts([VENICE, TRUSTEDROUTER])
    const [nonce = '', ...more] = nonces()
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{32}$/)
    expect(more).toEqual([])
    for (const { action } of rules()) {
      expect(action).toEqual({ type: 'modifyHeaders', requestHeaders: [{ header: 'x-inference-receipt', operation: 'set', value: nonce }] })
    }
  })

  it('stops where nothing is enabled', async () => {
    await askForReceipts([TRUSTEDROUTER])
    await askForReceipts([])
    expect(fake.rules.size).toBe(0)
  })

  it('is done of the service’s own pages, at the addresses that ask for an answer, and of POST alone', async () => {
    await askForReceipts([TRUSTEDROUTER])
    for (const { initiatorDomains, requestMethods } of conditions()) {
      expect(initiatorDomains).toEqual(TRUSTEDROUTER.pages.map((page) => new URL(page).hostname))
      expect(requestMethods).toEqual(['post'])
    }
    const asks = (address: string) => conditions().some(({ regexFilter }) => new RegExp(regexFilter).test(address))
    for (const url of completionUrls({ ...TRUSTEDROUTER, failOver: [] })) {
      expect([url, `${url}?a=1`].every(asks)).toBe(true)
      expect([`${url}/more`, url.replace('.', 'x'), `https://evil.example/${url}`].some(asks)).toBe(false)
    }
  })

  it('is done of a host that no prompt asks for where the user has allowed it', async () => {
    const [origin = ''] = TRUSTEDROUTER.failOver ?? []
    const asks = () => conditions().filter(({ regexFilter }) => new RegExp(regexFilter).test(`${origin}/v1/chat/completions`)).length
    await askForReceipts([TRUSTEDROUTER])
    expect(asks()).toBe(0)
    fake.grant(`${origin}/*`)
    await askForReceipts([TRUSTEDROUTER])
    expect(asks()).toBe(1)
  })

  it('takes a fresh nonce each time one has left', async () => {
    await askForReceipts([TRUSTEDROUTER])
    const [first] = nonces()
    const count = fake.rules.size
    await rotateNonce(TRUSTEDROUTER)
    expect(nonces()).toHaveLength(1)
    expect(nonces()).not.toEqual([first])
    await rotateNonce(VENICE)
    expect(fake.rules.size).toBe(count)
  })
})
