import type { Capture } from '../dossier/types.ts'
import type { ExchangeRow } from './exchange.ts'

/**
 * Why nothing more is waited for, of an exchange whose octets have not come. Every exchange ends in one of these ways, if not by its octets.
 * `ended`: the browser saw the request end, and a while went by. `left`: its document is gone, its tab closed, or the browser was. `not-watched`:
 * the user took access back. `ambiguous`: octets came that belong to one of several.
 */
export type Ending = 'ended' | 'left' | 'not-watched' | 'ambiguous'

/** What is known of a response, by the way in which its exchange ended and by how the browser saw the request end, if it did. */
const CAPTURED: { readonly [ending in Ending]: { readonly [outcome in Outcome]: Capture } } = {
  ended: { completed: 'not-captured', redirected: 'not-captured', failed: 'broken-off', unseen: 'broken-off' },
  left: { completed: 'not-captured', redirected: 'not-captured', failed: 'broken-off', unseen: 'broken-off' },
  'not-watched': { completed: 'not-captured', redirected: 'not-captured', failed: 'not-captured', unseen: 'not-captured' },
  ambiguous: { completed: 'ambiguous', redirected: 'ambiguous', failed: 'ambiguous', unseen: 'ambiguous' },
}
type Outcome = NonNullable<ExchangeRow['ended']>['outcome'] | 'unseen'

export function captureAt(ending: Ending, { ended }: Pick<ExchangeRow, 'ended'>): Capture {
  return CAPTURED[ending][ended?.outcome ?? 'unseen']
}

/** Whether an exchange waits for its octets, or for its end. */
export function isWaiting({ state }: Pick<ExchangeRow, 'state'>): boolean {
  return state === 'requested' || state === 'answering'
}

/** Nobody may have seen the end, which a worker of the page's had, or which fell into a stop of ours: no answer takes this long. */
const LONGEST_ANSWER_MS = 60 * 60 * 1000

/** How an exchange that waits has ended while the background was away, if it has. `isThere`: whether its document is still in its tab. */
export async function endingMissed(
  row: ExchangeRow,
  { isOfThisRun, isThere, now }: { readonly isOfThisRun: boolean; readonly isThere: () => Promise<boolean>; readonly now: number },
): Promise<Ending | undefined> {
  if (!isOfThisRun) return 'left'
  if (row.ended !== undefined) return 'ended'
  if (now - row.trace.beganAt > LONGEST_ANSWER_MS) return 'left'
  return row.tabId < 0 || (await isThere()) ? undefined : 'left'
}
