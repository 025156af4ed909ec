import { gather } from '../gather/evidence.ts'
import { serviceById } from '../gather/services/lookup.ts'
import { appraise } from '../verify/appraise.ts'
import type { Report } from '../verify/report.ts'
import type { ExchangeRow } from './exchange.ts'
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
  return { ...row, state: next(row.state, 'appraised') ?? row.state, verdict: await verdictOn(row, store) }
}

/** Appraises, remembers the receipt if it is authentic, and appraises again where another exchange had it first. */
async function verdictOn({ id, dossier, settledAt }: ExchangeRow, store: Store): Promise<Report> {
  const moment = { now: new Date(settledAt ?? dossier.exchange.startedAt), basis: 'captured-here' } as const
  const context = { policy: await policyFor(dossier.service), trust: await trustStore(), moment }
  const report = await appraise(dossier, { ...context, seen: () => undefined })
  if (report.receiptId === undefined) return report
  const owner = await store.claimReceipt(report.receiptId, id)
  return owner === id ? report : appraise(dossier, { ...context, seen: (receipt) => (receipt === report.receiptId ? owner : undefined) })
}

function withoutResult(row: ExchangeRow): (error: unknown) => ExchangeRow {
  return (error) => {
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
