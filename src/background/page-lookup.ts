import * as v from 'valibot'
import { LARGEST_LOOKUP, type LookupMessage } from '../capture/messages.ts'
import type { PageLookup } from '../gather/page.ts'
import { browserSession } from '../platform/session.ts'
import { askTab } from '../platform/tabs.ts'
import { wait } from '../platform/wait.ts'
import { parseWith } from '../verify/encoding/schema.ts'
import { type ExchangeRow, tabKey } from './exchange.ts'

const lookupAnswer = v.strictObject({
  status: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(999)),
  body: v.pipe(
    v.instance(Uint8Array),
    v.check((octets) => octets.length <= LARGEST_LOOKUP),
  ),
})

/** The page's side gives up after 15 seconds; one that does nothing any more (frozen, or stopped in a debugger) answers never. */
const TIMEOUT_MS = 20_000

/** Looks things up as the maker of an exchange's call, in the document that made it. Nothing comes once that is gone. */
export function pageLookupFor({ report, tab, tabId, trace }: ExchangeRow): PageLookup {
  return async (url) => {
    if (report === undefined || tab !== tabKey(await browserSession(), tabId)) return undefined
    const message: LookupMessage = { type: 'capture/lookup', capture: report, url }
    const { documentId, frameId } = trace
    const asked = askTab(tabId, message, documentId === undefined ? { frameId } : { documentId })
    const answer = parseWith(lookupAnswer, await Promise.race([asked, wait(TIMEOUT_MS)]))
    return answer.ok ? answer.value : undefined
  }
}
