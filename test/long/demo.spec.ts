import { expect, test } from 'playwright/test'
import { ask } from '../demo/walk.ts'
import { rowsOf } from '../e2e/rows.ts'
import { askDirectly, type Finished, type Left, type LongSession, nonceOf, startLongSession } from './session.ts'

/** What an honest answer comes to, whatever else goes on at the same time. */
const HONEST = {
  environment: 'assumed (gateway verified, model-host assumed)',
  workload: 'assumed (gateway verified, model-host assumed)',
  model: 'assumed',
  exchange: 'verified',
  signature: 'verified',
}

let session: LongSession

test.beforeEach(async () => {
  session = await startLongSession(4)
})

test.afterEach(() => session.close())

/** Every exchange has the rows of an honest one, and its own answer: no two share a response id. */
async function expectOwnRows(exchanges: readonly Finished[]): Promise<void> {
  for (const { ordinal, report } of exchanges) expect(rowsOf(report), `answer ${ordinal}`).toEqual(HONEST)
  const ids = await Promise.all(exchanges.map(async ({ id }) => (await session.detail(id)).dossier.exchange.response.ids.join()))
  expect(new Set(ids).size).toBe(exchanges.length)
}

test('ten turns in one chat have ten reports, each with a nonce of its own', async () => {
  const { chat } = session.demo.browser
  for (let turn = 1; turn <= 10; turn++) await ask(chat, turn === 1 ? 'How long do we keep invoices?' : 'And then?')
  const exchanges = await session.finished(session.tabId, 10)
  await expectOwnRows(exchanges)
  const asked = await Promise.all(exchanges.map(async ({ id }) => (await session.detail(id)).dossier.asked))
  expect(new Set(asked.map((one) => one?.nonce)).size).toBe(10)
  expect(asked.map((one) => one?.sharedBy)).toEqual(new Array(10).fill(1))
})

test('two tabs that ask at the same time keep their exchanges apart', async () => {
  const first = { page: session.demo.browser.chat, tabId: session.tabId }
  const second = await session.openTab()
  for (let turn = 1; turn <= 5; turn++) {
    await Promise.all([first, second].map(({ page }) => ask(page, `What does clause ${turn} get wrong?`)))
  }
  const all = await Promise.all([first, second].map(({ tabId }) => session.finished(tabId, 5)))
  await expectOwnRows(all.flat())
})

test('five requests at once have five reports, and a nonce that several took is said to be shared', async () => {
  const { chat } = session.demo.browser
  const { server } = session.demo
  let shared = 0
  for (let round = 1; round <= 6; round++) {
    const topics = ['invoices', 'contract', 'meeting', 'travel', 'code']
    await askDirectly(
      chat,
      server.apiUrl,
      topics.map((topic) => `Round ${round}: ${topic}?`),
    )
    const exchanges = await session.finished(session.tabId, 5 * round)
    await expectOwnRows(exchanges)
    const details = await Promise.all(exchanges.map(({ id }) => session.detail(id)))
    const signed = details.map(({ dossier }) => nonceOf(dossier.receipts[0]?.text ?? ''))
    for (const [index, { dossier, report }] of details.entries()) {
      const others = signed.filter((nonce) => nonce === signed[index]).length
      expect(dossier.asked?.nonce).toBe(signed[index])
      expect(dossier.asked?.sharedBy).toBe(others)
      const said = report?.findings.find(({ check }) => check === 'inference-receipt.nonce')?.because
      expect(said).toEqual(others === 1 ? { id: 'ir_nonce_passed' } : { id: 'ir_nonce_shared', args: [String(others)] })
      if (others > 1) shared++
    }
  }
  expect(shared, 'the requests left too far apart for this test to mean anything').toBeGreaterThan(0)
})

test('nothing is lost when the worker is killed at fifty random moments', async () => {
  const { chat } = session.demo.browser
  const left: Left[] = []
  let asked = 0
  while (left.length < KILLS) {
    const answered = askDirectly(chat, session.demo.server.apiUrl, [`Question ${++asked} about invoices?`])
    // By turns somewhere in the answer, which takes about a second, and right behind it, where the steps follow each other closely.
    const ended = asked % 2 === 0 ? answered : Promise.resolve()
    const wait = Math.random() * (asked % 2 === 0 ? 120 : 1100)
    const kill = ended.then(() => after(wait)).then(() => session.killWorker())
    const [where] = await Promise.all([kill, answered])
    left.push(where)
    const moment = `answer ${asked}, killed ${Math.round(wait)} ms after its ${asked % 2 === 0 ? 'end' : 'beginning'} (${where})`
    const exchanges = await session.finished(session.tabId, asked).catch((error: unknown) => {
      throw new Error(moment, { cause: error })
    })
    expect(exchanges.map(({ report }) => rowsOf(report)).at(-1), moment).toEqual(HONEST)
  }
  await expectOwnRows(await session.finished(session.tabId, asked))
  const counts = new Map(left.map((where) => [where, left.filter((other) => other === where).length]))
  console.log('The kills left the exchange:', Object.fromEntries(counts))
  // Were all kills to hit the same state, the moments would be badly chosen.
  expect(counts.get('no worker') ?? 0).toBeLessThan(KILLS / 4)
  expect(counts.size).toBeGreaterThan(2)
})

const KILLS = 50

function after(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms))
}
