import type { Dossier, Missing, ReceiptSeen } from '../dossier/types.ts'
import { wait } from '../platform/wait.ts'
import { type Desk, fetchText } from './document.ts'
import type { ReceiptLookup } from './services/types.ts'

/** A service writes its receipt when the answer has ended: one that is not there yet is asked for again after so many milliseconds. */
const WAITS = [0, 500, 1_000, 2_000, 4_000] as const

/** The receipt that a service serves apart from the answer. Undefined where nothing names it. */
export async function lookUpReceipt(lookup: ReceiptLookup, desk: Desk): Promise<ReceiptSeen | Missing | undefined> {
  const id = receiptId(lookup, desk.dossier)
  if (id === undefined) return undefined
  const { model } = desk.dossier.exchange
  let missing: Missing = { what: 'receipt', source: '', reason: 'not-found' }
  for (const delay of WAITS) {
    await wait(delay)
    const fetched = await fetchText(lookup, { id, ...(model === undefined ? {} : { model }) }, desk)
    if (fetched.ok) {
      const { text, provenance } = fetched.value
      return { format: lookup.format, delivery: 'lookup', position: 'not-applicable', text, provenance }
    }
    missing = { what: 'receipt', source: fetched.source, reason: fetched.code }
    if (fetched.code !== 'not-found') break
  }
  return missing
}

function receiptId({ idHeader }: ReceiptLookup, { exchange }: Dossier): string | undefined {
  const named = exchange.headers.find(({ name }) => name === idHeader)?.value
  return named ?? exchange.response.ids[0]
}
