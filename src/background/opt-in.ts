import { SITES } from '../gather/services/lookup.ts'
import { completionUrls, type Service } from '../gather/services/types.ts'
import { freshNonce } from '../platform/nonce.ts'
import { type HeaderRule, replaceHeaderRule, replaceHeaderRules } from '../platform/opt-in-rule.ts'
import { hasHosts } from '../platform/permissions.ts'

/** Has the browser ask the services at the enabled sites for receipts, each with a fresh nonce; stops asking all others. */
export async function askForReceipts(enabled: readonly Service[]): Promise<void> {
  await replaceHeaderRules((await Promise.all(enabled.map(ruleFor))).flat())
}

/** Puts a fresh nonce in place of one that has left with a request. Requests that leave before this is done share the old one. */
export async function rotateNonce(service: Service): Promise<void> {
  for (const rule of await ruleFor(service)) await replaceHeaderRule(rule)
}

async function ruleFor(service: Service): Promise<readonly HeaderRule[]> {
  if (service.optIn === undefined) return []
  return [
    {
      id: SITES.findIndex(({ id, pages }) => id === service.id && pages[0] === service.pages[0]) + 1,
      header: service.optIn.header,
      value: await freshNonce(),
      initiators: service.pages.map((origin) => new URL(origin).hostname),
      addresses: completionUrls({ ...service, failOver: await allowed(service.failOver ?? []) }),
    },
  ]
}

/** Of origins that no prompt asks for, those that the user has allowed: each address more makes a new nonce take longer. */
async function allowed(origins: readonly string[]): Promise<readonly string[]> {
  const held = await Promise.all(origins.map((origin) => hasHosts([`${origin}/*`])))
  return origins.filter((_, index) => held[index])
}
