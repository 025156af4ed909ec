import type { Page } from 'playwright'
import type { Report } from '../../src/verify/report.ts'
import type { Extension } from './extension.ts'
import { failedChecks, finished } from './rows.ts'

/** What the extension says of one answer. */
export type Judged = {
  /** Standings in letters, as `letters` writes them. */
  readonly rows: string
  readonly failed: readonly string[]
  readonly report: Report
  /** The exchange's. */
  readonly id: string
}

export type Question = {
  readonly page: string
  readonly completions: string
  readonly body: string
  /** What the page sends besides its content type. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Opens a service's page, has it ask one question, waits for the verdict, and closes the page. */
export async function judge(extension: Extension, { page: address, completions, body, headers = {} }: Question): Promise<Judged> {
  const { page, tabId } = await extension.open(address)
  await ask(page, completions, body, headers)
  const [exchange] = await finished(extension, tabId)
  if (exchange === undefined) throw new Error('no exchange')
  await page.close()
  const { report, id } = exchange
  return { rows: letters(report), failed: failedChecks(report), report, id }
}

function ask(page: Page, url: string, body: string, more: Readonly<Record<string, string>>): Promise<void> {
  return page.evaluate(
    async ([to, text, headers]) => {
      const response = await fetch(to, { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...headers } })
      await response.text()
    },
    [url, body, more] as const,
  )
}

const LETTERS: Readonly<Record<string, string>> = { verified: 'v', assumed: 'a', failed: 'f', absent: '-', unchecked: '?' }

/** The five rows, each a letter; with hops, each hop's in brackets behind it. */
export function letters({ claims }: Report): string {
  return claims
    .map(({ standing, hops }) => {
      const behind = hops.length < 2 ? '' : `[${hops.map((hop) => LETTERS[hop.standing]).join('')}]`
      return `${LETTERS[standing]}${behind}`
    })
    .join(' ')
}
