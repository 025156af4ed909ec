import { expect } from 'playwright/test'
import type { ExchangeState, TabState } from '../../src/platform/messages.ts'
import type { Report } from '../../src/verify/report.ts'
import type { Extension } from './extension.ts'

/** A report's rows in short: standing, and for rows with hops each hop's. */
export type Rows = { readonly [claim: string]: string }

/** "assumed (gateway verified, model-host assumed)" */
export function rowsOf(report: Report): Rows {
  return Object.fromEntries(
    report.claims.map(({ id, standing, hops }) => [
      id,
      hops.length === 0 ? standing : `${standing} (${hops.map((hop) => `${hop.role} ${hop.standing}`).join(', ')})`,
    ]),
  )
}

/** Check ids that failed, sorted. */
export function failedChecks(report: Report): readonly string[] {
  return [...new Set(report.findings.filter((finding) => finding.outcome === 'failed').map((finding) => finding.check))].sort()
}

export async function watching(extension: Extension, tabId: number): Promise<Extract<TabState, { kind: 'watching' }>> {
  const state = await extension.state(tabId)
  expect(state.kind).toBe('watching')
  if (state.kind !== 'watching') throw new Error(state.kind)
  return state
}

/** Waits until the tab has so many exchanges, all done, and gives them, oldest first. */
export async function finished(extension: Extension, tabId: number, count = 1): Promise<readonly (ExchangeState & { report: Report })[]> {
  const done: (ExchangeState & { report: Report })[] = []
  await expect
    .poll(
      async () => {
        const { exchanges } = await watching(extension, tabId)
        done.length = 0
        for (const exchange of [...exchanges].reverse()) {
          if (exchange.progress === 'done' && exchange.report !== undefined) done.push({ ...exchange, report: exchange.report })
        }
        return done.length
      },
      { timeout: 20_000, intervals: [100] },
    )
    .toBe(count)
  return done
}
