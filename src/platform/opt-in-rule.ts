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

/** The browser takes one short expression in a rule (2 kB compiled): each address is a rule of its own, numbered from the rule's id. */
const MOST_ADDRESSES = 100

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
  await updateRules(
    rule.addresses.map((_, index) => numberOf(rule, index)),
    [rule],
  )
}

function numberOf({ id }: HeaderRule, index: number): number {
  return id * MOST_ADDRESSES + index
}

async function updateRules(removeRuleIds: number[], rules: readonly HeaderRule[]): Promise<void> {
  await browser.declarativeNetRequest.updateSessionRules({
    removeRuleIds,
    addRules: rules.flatMap((rule) =>
      rule.addresses.map((address, index) => ({
        id: numberOf(rule, index),
        action: { type: 'modifyHeaders', requestHeaders: [{ header: rule.header, operation: 'set', value: rule.value }] },
        condition: {
          regexFilter: `^${escapeRegex(address)}(\\?.*)?$`,
          isUrlFilterCaseSensitive: true,
          initiatorDomains: [...rule.initiators],
          requestMethods: ['post'],
          resourceTypes: ['xmlhttprequest', 'other'],
        },
      })),
    ),
  })
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
