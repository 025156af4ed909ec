import type { Dossier } from '../dossier/types.ts'
import { gather } from '../gather/evidence.ts'
import { serviceById } from '../gather/services/lookup.ts'
import { appraise } from '../verify/appraise.ts'
import { CUT_OFF } from '../verify/claims/codes.ts'
import type { Report } from '../verify/report.ts'
import type { ExchangeRow } from './exchange.ts'
import { StorageFault } from './faults.ts'
import { pageLookupFor } from './page-lookup.ts'
import { policyFor } from './policies.ts'
import { next } from './states.ts'
import type { Store } from './store.ts'
import { trustStore } from './trust.ts'

/**
 * Takes an exchange from where it stands to its report, writing each step through. News that comes meanwhile puts the row back, and its
 * work is done again. A fault of ours ends in "no result", and in the extension's error log.
 */
export async function judge(store: Store, id: string, changed: (row: ExchangeRow) => void): Promise<void> {
  for (let row = await store.get(id); row?.state === 'captured' || row?.state === 'checking'; ) {
    const step: ExchangeRow = await (row.state === 'captured' ? gatherFor(row, store) : reportOn(row, store)).catch(withoutResult(row))
    const before: ExchangeRow = row
    row = await store.change(id, (present) => (sameKnowledge(present, before) ? step : present))
    if (row !== undefined) changed(row)
  }
}

async function gatherFor(row: ExchangeRow, store: Store): Promise<ExchangeRow> {
  const service = serviceById(row.dossier.service)
  const gathered =
    service === undefined ? {} : await gather(row.dossier, service, { get: store.getKeys, put: store.putKeys }, pageLookupFor(row))
  return { ...row, state: next(row.state, 'gathered') ?? row.state, dossier: { ...row.dossier, ...gathered } }
}

async function reportOn(row: ExchangeRow, store: Store): Promise<ExchangeRow> {
  return { ...row, state: next(row.state, 'appraised') ?? row.state, ...(await verdictOn(row, store)) }
}

/**
 * Appraises, and appraises again where memory says more: the receipt came with another exchange first, or the answer was cut off where its
 * receipt belonged and is not the first of its service.
 */
async function verdictOn(
  { id, dossier, settledAt }: ExchangeRow,
  store: Store,
): Promise<Required<Pick<ExchangeRow, 'dossier' | 'verdict'>>> {
  const moment = { now: new Date(settledAt ?? dossier.exchange.startedAt), basis: 'captured-here' } as const
  const context = { policy: await policyFor(dossier.service), trust: await trustStore(), moment, forgetful: !store.lasting }
  const appraised = async (known: Dossier, owner?: string) => ({
    dossier: known,
    verdict: await appraise(known, { ...context, seen: () => owner }),
  })
  const first = await appraised(dossier)
  // Of an exchange that was deleted meanwhile nothing is to be remembered.
  if ((await store.get(id)) === undefined) return first
  if (isCutOff(first.verdict) && (await store.recordCut(id, { service: dossier.service, at: moment.now.getTime() }))) {
    return appraised(cutAgain(dossier))
  }
  const { receiptId } = first.verdict
  if (receiptId === undefined) return first
  const owner = await store.claimReceipt(receiptId, id)
  return owner === id ? first : appraised(dossier, owner)
}

function isCutOff({ findings }: Report): boolean {
  return findings.some(({ role, code }) => role === 'receipt.delivery' && code === CUT_OFF)
}

function cutAgain(dossier: Dossier): Dossier {
  const { response } = dossier.exchange
  const { brokenOff = { by: 'service' } } = response
  return { ...dossier, exchange: { ...dossier.exchange, response: { ...response, brokenOff: { ...brokenOff, again: true } } } }
}

function withoutResult(row: ExchangeRow): (error: unknown) => ExchangeRow {
  return (error) => {
    // What cannot be remembered now is judged when it can: no verdict is given that was not.
    if (error instanceof StorageFault) throw error
    reportError(error)
    const { verdict: _, ...rest } = row
    return { ...rest, state: 'done' }
  }
}

/** Whether nothing was learnt about an exchange since a row was read. */
function sameKnowledge(present: ExchangeRow, before: ExchangeRow): boolean {
  return (
    present.state === before.state &&
    present.report === before.report &&
    present.settledAt === before.settledAt &&
    present.dossier.asked?.sharedBy === before.dossier.asked?.sharedBy
  )
}
