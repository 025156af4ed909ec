import type { Page } from 'playwright'
import { expect } from 'playwright/test'
import { shippedWithHosts } from './builds.ts'
import { type Extension, type LaunchOptions, launchExtension } from './extension.ts'
import { failedChecks, finished, rowsOf } from './rows.ts'
import { type Loopback, startLoopback } from './server.ts'
import { askInPage, PAGE } from './service.ts'
import { type Simulated, simulate, simulatedPolicy } from './simulated.ts'

/** What an honest answer of the simulated service comes to. */
export const HONEST = {
  environment: 'assumed (gateway verified, model-host assumed)',
  workload: 'assumed (gateway verified, model-host assumed)',
  model: 'assumed',
  exchange: 'verified',
  signature: 'verified',
} as const

/** The shipped build (its manifest alone changed, see `setup.ts`) beside a simulated service. */
export type Session = {
  readonly loopback: Loopback
  readonly service: Simulated
  readonly extension: Extension
  readonly close: () => Promise<void>
}

export async function startSession(more: Pick<LaunchOptions, 'keepsPages'> = {}): Promise<Session> {
  const loopback = await startLoopback()
  const service = simulate(loopback)
  const extension = await launchExtension({ build: shippedWithHosts(), port: loopback.port, ...more })
  await extension.configure({ 'policy:trustedrouter': simulatedPolicy(service.gateway) })
  const close = async (): Promise<void> => {
    await extension.close()
    await loopback.close()
  }
  return { loopback, service, extension, close }
}

let questions = 0

/** A request that no other test makes. */
export function question(): string {
  return JSON.stringify({
    model: 'harborside/atlas-70b-instruct',
    messages: [{ role: 'user', content: `Question ${++questions}?` }],
    stream: true,
  })
}

/** Opens a page and has it ask once, which has to come out as honest: only then does a test say what goes wrong. */
export async function openHonest({ extension }: Session, url = PAGE): Promise<{ page: Page; tabId: number }> {
  const { page, tabId } = await extension.open(url)
  await askInPage(page, question())
  const [exchange] = await finished(extension, tabId)
  expect(exchange === undefined ? [] : failedChecks(exchange.report)).toEqual([])
  expect(exchange === undefined ? {} : rowsOf(exchange.report)).toEqual(HONEST)
  return { page, tabId }
}
