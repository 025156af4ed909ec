import type { Dossier, Missing, ReceiptSeen } from '../dossier/types.ts'
import { wait } from '../platform/wait.ts'
import { type Desk, fetchText } from './document.ts'
import type { ReceiptLookup } from './services/types.ts'

/** A service writes its receipt when the answer has ended: one that is not there yet is asked for again after so many milliseconds. */
const WAITS = [0, 500, 1_000, 2_000, 4_000] as const

/** Which format was looked for, and the receipt or why there is none. */
export type LookedUp = { readonly format: string; readonly receipt: ReceiptSeen } | { readonly format: string; readonly missing: Missing }

/** The receipt that a service serves apart from the answer. Undefined where nothing names one. */
export async function lookUpReceipt(lookups: readonly ReceiptLookup[], desk: Desk): Promise<LookedUp | undefined> {
  const named = lookups.flatMap((lookup) => {
    const id = receiptId(lookup, desk.dossier)
    return id === undefined ? [] : [{ lookup, id }]
  })[0]
  if (named === undefined) return undefined
  const { lookup, id } = named
  const { format } = lookup
  const { model } = desk.dossier.exchange
  let missing: Missing = { what: 'receipt', source: '', reason: 'not-found' }
  for (const delay of WAITS) {
    await wait(delay)
    const fetched = await fetchText(lookup, { id, ...(model === undefined ? {} : { model }) }, desk)
    if (fetched.ok) {
      const { text, provenance } = fetched.value
      return { format, receipt: { format, delivery: 'lookup', position: 'not-applicable', text, provenance } }
    }
    missing = { what: 'receipt', source: fetched.source, reason: fetched.code }
    if (fetched.code !== 'not-found') break
  }
  return { format, missing }
}

function receiptId({ id }: ReceiptLookup, { exchange }: Dossier): string | undefined {
  return id === 'answer' ? exchange.response.ids[0] : exchange.headers.find(({ name }) => name === id.header)?.value
}
