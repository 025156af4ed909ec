import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { TEST_EXTENSION_ID } from '../../scripts/build.ts'
import { finished, rowsOf, watching } from './rows.ts'
import { askInPage } from './service.ts'
import { HONEST, openHonest, question, type Session, startSession } from './session.ts'

/** A database that is closed or full: the icon says that nothing can be recorded, nothing is lost uncounted, and it opens again by itself. */

const ORIGIN = `chrome-extension://${TEST_EXTENSION_ID}`

let session: Session

test.beforeEach(async () => {
  session = await startSession()
})

test.afterEach(async () => {
  await session.close()
})

/** The extension's own page, which has its databases too. */
function ownPage(): Page {
  const page = session.extension.context.pages().find((candidate) => candidate.url().startsWith(ORIGIN))
  if (page === undefined) throw new Error('no page of the extension')
  return page
}

/** What is said, and how many answers are counted as not seen, while nothing can be recorded. */
async function expectFault(tabId: number, notCaptured: number): Promise<void> {
  await expect.poll(() => session.extension.title(tabId), { timeout: 15_000 }).toContain('Nothing can be recorded')
  expect(await session.extension.badge(tabId)).toBe('?')
  const state = await watching(session.extension, tabId)
  expect([state.recording, state.notCaptured]).toEqual(['fault', notCaptured])
}

test('a database that is cleared from under the worker opens again, and the next answer is recorded', async () => {
  const { page, tabId } = await openHonest(session)
  const cdp = await session.extension.context.newCDPSession(page)
  await cdp.send('Storage.clearDataForOrigin', { origin: ORIGIN, storageTypes: 'indexeddb' })
  await cdp.detach()
  await askInPage(page, question())
  await expect.poll(async () => (await session.extension.state(tabId)).recording).toBe('works')
  const [exchange] = await finished(session.extension, tabId, 1)
  expect(exchange === undefined ? {} : rowsOf(exchange.report)).toEqual(HONEST)
})

test('a database that a newer version took over is said to be, what is not recorded is counted, and all is well when it is gone', async () => {
  const { page, tabId } = await openHonest(session)
  await ownPage().evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('receipts', 99)
        opening.onerror = () => reject(new Error(String(opening.error)))
        opening.onsuccess = () => {
          opening.result.close()
          resolve()
        }
      }),
  )
  await askInPage(page, question())
  await expectFault(tabId, 1)
  await ownPage().evaluate(() => void indexedDB.deleteDatabase('receipts'))
  await expect.poll(async () => (await session.extension.state(tabId)).recording, { timeout: 10_000 }).toBe('works')
  await askInPage(page, question())
  const exchanges = await finished(session.extension, tabId, 1)
  expect(exchanges.map(({ report }) => rowsOf(report))).toEqual([HONEST])
})

test('a database that is full is said to be, what is not recorded is counted, and with room all is well', async () => {
  const { page, tabId } = await openHonest(session)
  // An extension has all the disk: no quota of the browser's can be made small for it. What the database says when the disk is full is said here.
  await (await session.extension.worker()).evaluate(() => {
    const { put } = IDBObjectStore.prototype
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('no room', 'QuotaExceededError')
    }
    Object.assign(globalThis, {
      makeRoom: () => {
        IDBObjectStore.prototype.put = put
      },
    })
  })
  await askInPage(page, question())
  await expectFault(tabId, 1)
  await (await session.extension.worker()).evaluate(() => Reflect.get(globalThis, 'makeRoom')())
  await expect.poll(async () => (await session.extension.state(tabId)).recording, { timeout: 10_000 }).toBe('works')
  await askInPage(page, question())
  const exchanges = await finished(session.extension, tabId, 2)
  expect(exchanges.map(({ report }) => rowsOf(report))).toEqual([HONEST, HONEST])
  expect((await watching(session.extension, tabId)).notCaptured).toBe(1)
})
