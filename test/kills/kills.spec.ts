import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import * as v from 'valibot'
import { EXTENSION } from '../support/bare-browser.ts'
import { poll } from '../support/poll.ts'
import { after, outcomeOf, type Scene, startScene, stopWorker } from './scene.ts'

/** Whatever is ended, and whenever: each answer that the server gave has a row or is counted, and nothing stale is shown. */

const WORKER_KILLS = 40
const BROWSER_KILLS = 10
const RELOADS = 5
/** An answer that ended so long before the browser was killed was told of. */
const TOLD_MS = 1_000

let scene: Scene

test.afterEach(() => scene.close())

test(`${WORKER_KILLS} kills of the worker at random moments, single questions and bursts of five by turns`, async () => {
  scene = await startScene()
  const chat = await scene.openChat()
  let asked = 0
  for (let kill = 1; kill <= WORKER_KILLS; kill += 1) {
    const count = kill % 4 === 0 ? 5 : 1
    asked += count
    const answered = chat.ask(count)
    // By turns anywhere in the answer, which takes about half a second, and right behind it, where the steps follow each other closely.
    if (kill % 2 === 0) await answered
    await after(scene.random() * (kill % 2 === 0 ? 150 : 700))
    await stopWorker(scene.browser())
    await answered
    if (kill % 8 === 0) {
      const { judged, counted } = await outcomeOf(scene.browser(), chat, asked)
      console.log(`${kill} kills: ${asked} answers, ${judged.length} with rows, ${counted} counted as not captured`)
    }
  }
  expect(scene.given.length).toBe(asked)
})

/** What the database holds. */
const Row = v.object({ request: v.string(), state: v.string(), began: v.number(), capture: v.string() })

async function storedRows(): Promise<readonly v.InferOutput<typeof Row>[]> {
  const read = `new Promise((resolve, reject) => {
    const opening = indexedDB.open('receipts')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const all = opening.result.transaction('exchanges').objectStore('exchanges').getAll()
      all.onerror = () => reject(all.error)
      all.onsuccess = () => {
        opening.result.close()
        resolve(all.result.map(({ request, state, trace, dossier }) => ({ request, state, began: trace.beganAt, capture: dossier.exchange.response.capture })))
      }
    }
  })`
  return v.parse(v.array(Row), await scene.browser().inOwnPage(read))
}

test(`${BROWSER_KILLS} kills of the browser at random moments, on one profile`, async () => {
  scene = await startScene()
  let before = 0
  for (let kill = 1; kill <= BROWSER_KILLS; kill += 1) {
    const chat = await scene.openChat()
    const answered = chat.ask(kill % 3 === 0 ? 3 : 1).catch(() => undefined)
    await after(scene.random() * 2_500)
    await scene.browser().kill()
    const at = Date.now()
    await answered
    await scene.restart()
    const told = scene.given.filter((answer) => answer.at < at - TOLD_MS).length
    // What was under way when the browser went is over, and said to be: nothing is looked at for ever.
    const rows = await poll('rows that are done', async () => {
      const all = await storedRows()
      return all.every(({ state }) => state === 'done') ? all : undefined
    })
    expect(rows.length).toBeGreaterThanOrEqual(told)
    expect(rows.length).toBeGreaterThanOrEqual(before)
    expect(new Set(rows.map(({ request }) => request)).size).toBe(rows.length)
    before = rows.length
    // The new run's tabs have numbers of the last one's, and nothing of it is shown under them.
    const fresh = await scene.openChat()
    expect(await fresh.state()).toMatchObject({ kind: 'watching', exchanges: [], notCaptured: 0 })
    console.log(
      `kill ${kill}: ${scene.given.length} answers given in all, ${told} of them ${TOLD_MS} ms before a kill; ${rows.length} rows, all done`,
    )
  }
})

test(`${RELOADS} reloads of the extension while it answers`, async () => {
  scene = await startScene()
  for (let reload = 1; reload <= RELOADS; reload += 1) {
    const chat = await scene.openChat()
    await chat.ask()
    await outcomeOf(scene.browser(), chat, 1)
    const answered = chat.ask()
    await after(scene.random() * 600)
    await scene.browser().inOwnPage('void setTimeout(() => chrome.runtime.reload())')
    await answered
    await poll('the extension', async () =>
      (await scene.browser().protocol.targets()).some(({ type, url }) => type === 'service_worker' && url.startsWith(EXTENSION)),
    )
    // The page has the script of the extension that is gone: what it asks now is counted, under "Reload this tab".
    await poll('the reload to be asked for', async () => (await chat.state()).kind === 'needs-reload')
    const had = await notCaptured(chat)
    await chat.ask()
    await poll('the answer to be counted', async () => (await notCaptured(chat)) === had + 1)
    const rows = await poll('rows that are done', async () => {
      const all = await storedRows()
      return all.every(({ state }) => state === 'done') ? all : undefined
    })
    expect(rows.length).toBe(3 * reload)
    console.log(`reload ${reload}: ${scene.given.length} answers, ${rows.length} rows, all done`)
  }
})

async function notCaptured(chat: Awaited<ReturnType<Scene['openChat']>>): Promise<number> {
  const state = await chat.state()
  return state.kind === 'watching' || state.kind === 'needs-reload' ? state.notCaptured : -1
}

test('a database that is deleted again and again under the worker', async () => {
  scene = await startScene()
  const chat = await scene.openChat()
  for (let round = 1; round <= 5; round += 1) {
    const answered = chat.ask()
    await after(scene.random() * 700)
    await scene.browser().inOwnPage(`new Promise((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase('receipts')
      deleting.onsuccess = () => resolve()
      deleting.onerror = () => reject(deleting.error)
    })`)
    await answered
    await chat.ask()
    const state = await poll('the answer after it to be judged', async () => {
      const now = await chat.state()
      return now.kind === 'watching' && now.exchanges[0]?.progress === 'done' && now.newestNotCaptured !== true ? now : undefined
    })
    expect(state.recording).toBe('works')
  }
})

test('a disk that is full: it is said, what is not recorded is counted, and with room again all is well', async () => {
  const disk = await mkdtemp(join(tmpdir(), 'receipt-checker-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300m', 'tmpfs', disk])
  test.skip(mounted.status !== 0, 'a small disk can be made by root only')
  try {
    scene = await startScene({ profile: join(disk, 'profile') })
    const chat = await scene.openChat()
    await chat.ask()
    await outcomeOf(scene.browser(), chat, 1)
    const filling = join(disk, 'filling')
    const { bavail, bsize } = await statfs(disk)
    await writeFile(filling, Buffer.alloc(bavail * bsize)).catch(() => undefined)
    expect((await statfs(disk)).bavail).toBe(0)
    await chat.ask()
    const full = await poll('the fault to be said', async () => {
      const now = await chat.state()
      return now.recording === 'fault' ? now : undefined
    })
    expect(full).toMatchObject({ kind: 'watching', notCaptured: 1 })
    expect(await scene.browser().inOwnPage(`chrome.action.getTitle({ tabId: ${chat.tabId} })`)).toContain('Nothing can be recorded')
    await rm(filling)
    await poll('the fault to be over', async () => (await chat.state()).recording === 'works')
    await chat.ask()
    await outcomeOf(scene.browser(), chat, 3)
  } finally {
    await scene.browser().kill()
    spawnSync('umount', ['-l', disk])
    await rm(disk, { recursive: true, force: true })
  }
})
