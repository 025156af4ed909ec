import { browser } from './browser.ts'

/** A rule that sets one request header on POST requests to certain addresses made by certain pages. */
export type HeaderRule = {
  readonly id: number
  readonly header: string
  readonly value: string
  /** Hosts of the pages whose requests are meant. */
  readonly initiators: readonly string[]
  /** Addresses without query. */
  readonly addresses: readonly string[]
}

/**
 * Puts these session rules in place of all that there were. The browser itself adds the header after its cross-origin checks, so that the
 * page's request needs no further preflight and the page does not see the value.
 */
export async function replaceHeaderRules(rules: readonly HeaderRule[]): Promise<void> {
  const present = await browser.declarativeNetRequest.getSessionRules()
  await updateRules(
    present.map((rule) => rule.id),
    rules,
  )
}

/** Puts a rule in place of the one with the same id. */
export async function replaceHeaderRule(rule: HeaderRule): Promise<void> {
  await updateRules([rule.id], [rule])
}

async function updateRules(removeRuleIds: number[], rules: readonly HeaderRule[]): Promise<void> {
  await browser.declarativeNetRequest.updateSessionRules({
    removeRuleIds,
    addRules: rules.map((rule) => ({
      id: rule.id,
      action: { type: 'modifyHeaders', requestHeaders: [{ header: rule.header, operation: 'set', value: rule.value }] },
      condition: {
        regexFilter: `^(${rule.addresses.map(escapeRegex).join('|')})(\\?.*)?$`,
        isUrlFilterCaseSensitive: true,
        initiatorDomains: [...rule.initiators],
        requestMethods: ['post'],
        resourceTypes: ['xmlhttprequest', 'other'],
      },
    })),
  })
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
