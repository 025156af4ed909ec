import { randomBytes } from 'node:crypto'
import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import type { Expectation } from '../../src/verify/policy/types.ts'
import type { Report } from '../../src/verify/report.ts'
import { aciFaults } from '../support/aci-faults.ts'
import { CHAT_FAULTS } from '../support/chat-faults.ts'
import { pinned } from '../support/lookup.ts'
import { testBuild } from './builds.ts'
import { type Extension, launchExtension } from './extension.ts'
import { letters } from './judged.ts'
import {
  type AciService,
  type AciSetting,
  type NearService,
  type NearSetting,
  serveAci,
  serveNear,
  serveVenice,
  type VeniceService,
} from './lookup-services.ts'
import { failedChecks, finished } from './rows.ts'
import { type Loopback, startLoopback } from './server.ts'

/** Receipts that are looked up after the answer, evidence that is asked for with a nonce: simulated services of the dstack family. */

let loopback: Loopback
let extension: Extension
let aci: AciService
let near: NearService
let direct: NearService
let chat: NearService
let venice: VeniceService

const CREDENTIAL = `Bearer planted-${randomBytes(16).toString('hex')}`

test.beforeAll(async () => {
  loopback = await startLoopback()
  aci = serveAci(loopback)
  near = serveNear(loopback, { page: 'https://cloud.near.ai', api: 'https://cloud-api.near.ai', path: '/v1/chat/completions' })
  direct = serveNear(loopback, { page: 'https://cloud.near.ai', api: 'https://demo-1.completions.near.ai', path: '/v1/chat/completions' })
  chat = serveNear(loopback, { page: 'https://private.near.ai', api: 'https://private.near.ai', path: '/v1/responses' })
  venice = serveVenice(loopback)
  extension = await launchExtension({ build: testBuild(), port: loopback.port })
  const { name, spki } = aci.workload.dstack.tdx.anchor
  const text = (octets: Uint8Array) => Buffer.from(octets).toString('base64url')
  await extension.configure({
    'test:anchors': [{ id: 'simulated', purpose: 'intel-sgx', name: text(name), spki: text(spki) }],
    'policy:redpill': policy('redpill', pinned(aci.workload)),
  })
})

test.afterAll(async () => {
  await extension.close()
  await loopback.close()
})

function policy(service: string, expects: readonly Expectation[]): string {
  return JSON.stringify({
    format: 'inference-receipt-checker/policy',
    version: 1,
    id: 'simulated',
    name: 'simulated',
    service,
    expects,
    receiptKeys: [],
  })
}

let questions = 0
const question = () =>
  JSON.stringify({ model: 'demo/model-1', messages: [{ role: 'user', content: `Question ${++questions}?` }], stream: true })

async function askInPage(page: Page, url: string): Promise<void> {
  await page.evaluate(
    async ([to, body, authorization]) => {
      const response = await fetch(to, { method: 'POST', body, headers: { 'content-type': 'application/json', authorization } })
      await response.text()
    },
    [url, question(), CREDENTIAL] as const,
  )
}

type Judged = {
  readonly rows: string
  readonly failed: readonly string[]
  readonly report: Report
  readonly id: string
  readonly page: Page
}

/** Opens the service's page, asks one question and gives the rows in letters; with hops, each hop's in brackets. */
async function judged(service: { page: string; completions: string }, url = service.completions): Promise<Judged> {
  const { page, tabId } = await extension.open(service.page)
  await askInPage(page, url)
  const [exchange] = await finished(extension, tabId)
  if (exchange === undefined) throw new Error('no exchange')
  const { report, id } = exchange
  return { rows: letters(report), failed: failedChecks(report), report, id, page }
}

async function close(judgedOne: Judged): Promise<void> {
  await judgedOne.page.close()
}

const OTHER = Buffer.from('{"model":"demo/model-1","messages":[]}')

/** RedPill is known to stand before others: a receipt that is silent about the model's host leaves one that shows nothing. */
const SILENT_HOST = 'aci.upstream-evidence'
function withSilentHost(rows: string): string {
  const [environment = '', workload = '', ...others] = rows.split(' ')
  const behind = (own: string): string => `${own === 'f' ? 'f' : '-'}[${own}-]`
  return [behind(environment), behind(workload), ...others].join(' ')
}

test.describe('an ACI service', () => {
  for (const [name, setting, rows] of [
    ['that says, unsigned, that it runs the model itself', { form: 'stream' }, withSilentHost('v v a v v')],
    ['in one piece', { form: 'json' }, withSilentHost('v v a v v')],
    ['that rewrites the request and says so', { form: 'stream', forwarded: OTHER }, withSilentHost('v v a v v')],
    ['with a host behind it, on its word', { form: 'stream', upstream: 'vouched' }, 'a[va] a[va] a v v'],
    ['with a host behind it that proves itself', { form: 'stream', upstream: 'audited' }, 'v[vv] a[va] a v v'],
    ['with a host behind it that it did not check', { form: 'stream', upstream: 'unverified' }, '-[v-] -[v-] a v v'],
    ['that refused', { form: 'json', upstream: 'refused' }, 'v v a v v'],
  ] as const satisfies readonly (readonly [string, AciSetting, string])[]) {
    test(name, async () => {
      aci.set(setting)
      const result = await judged(aci)
      expect(result.failed).toEqual(!('upstream' in setting) || setting.upstream === 'unverified' ? [SILENT_HOST] : [])
      expect(result.rows).toBe(rows)
      await close(result)
    })
  }

  test('by the Responses API', async () => {
    aci.set({ form: 'responses' })
    const result = await judged(aci, 'https://api.redpill.ai/v1/responses')
    expect(result.failed).toEqual([SILENT_HOST])
    expect(result.rows).toBe(withSilentHost('v v a v v'))
    await close(result)
  })

  for (const [index, [name, , checks, rows]] of aciFaults(new Date()).entries()) {
    test(`fails by ${name}`, async () => {
      const [, options = {}] = aciFaults(new Date())[index] ?? []
      aci.set({ form: 'stream', options })
      const result = await judged(aci)
      // Where the signature fails, nothing is read of who else there is.
      const isSilent = options.upstream === undefined && !rows.endsWith('f')
      expect(result.failed).toEqual([...new Set(isSilent ? [...checks, SILENT_HOST] : checks)].sort())
      expect(result.rows).toBe(isSilent ? withSilentHost(rows) : rows)
      await close(result)
    })
  }

  test('fails by another program than the policy expects', async () => {
    aci.set({ form: 'stream', faults: { workload: { program: 'hotfix' } } })
    const result = await judged(aci)
    expect(result.failed).toEqual([SILENT_HOST, 'policy.measurement'])
    expect(result.rows).toBe(withSilentHost('v f a v v'))
    await close(result)
  })
})

test.describe('a service of NEAR’s family', () => {
  for (const [name, of, setting, rows] of [
    ['whose model host signs', 'near', { form: 'json', kind: 'provider_tee' }, 'a[av] a[aa] a v v'],
    ['whose gateway signs', 'near', { form: 'stream', kind: 'gateway' }, 'a[va] a[aa] a v v'],
    ['without a label', 'near', { form: 'stream', kind: 'unlabelled', faults: { signedBy: 'gateway' } }, 'a[va] a[aa] a v v'],
    ['asked directly', 'direct', { form: 'stream', kind: 'provider_tee', shape: 'direct' }, 'v a a v v'],
    ['with Ed25519', 'direct', { form: 'stream', kind: 'provider_tee', shape: 'direct', algorithm: 'ed25519' }, 'v a a v v'],
    ['of three enclaves', 'chat', { form: 'responses', kind: 'gateway', shape: 'private-chat' }, 'a[ava] a[aaa] a v v'],
  ] as const satisfies readonly (readonly [string, 'near' | 'direct' | 'chat', NearSetting, string])[]) {
    test(name, async () => {
      const service = { near, direct, chat }[of]
      service.set(setting)
      const result = await judged(service)
      expect(result.failed).toEqual([])
      expect(result.rows).toBe(rows)
      await close(result)
    })
  }

  test('of three enclaves, whose backend rewrites the request', async () => {
    chat.set({
      form: 'responses',
      kind: 'gateway',
      shape: 'private-chat',
      rewrites: (request) => Buffer.concat([request, Buffer.from(' ')]),
    })
    const result = await judged(chat)
    expect(result.failed).toEqual([])
    expect(result.rows).toBe('a[ava] a[aaa] a a v')
    await close(result)
  })

  for (const [name, options, checks, rows] of CHAT_FAULTS) {
    test(`fails by ${name}`, async () => {
      const service = options.shape === 'direct' ? direct : near
      service.set({ form: 'stream', options })
      const result = await judged(service)
      expect(result.failed).toEqual([...new Set(checks)].sort())
      expect(result.rows).toBe(rows)
      await close(result)
    })
  }
})

test.describe('Venice’s page, whose answers nothing names', () => {
  const ask = async (): Promise<Judged> => {
    loopback.seen.length = 0
    const { page, tabId } = await extension.open(venice.page)
    await page.evaluate(
      async ([to, authorization]) => {
        const body = { requestId: 'r-1', conversationType: 'text', modelId: 'demo-model', prompt: [{ role: 'user', content: 'How long?' }] }
        const headers = { 'content-type': 'application/json', authorization, 'x-venice-client-attestation': 'e30.e30.x' }
        const response = await fetch(to, { method: 'POST', body: JSON.stringify(body), headers })
        await response.text()
      },
      [venice.completions, CREDENTIAL] as const,
    )
    const [exchange] = await finished(extension, tabId)
    if (exchange === undefined) throw new Error('no exchange')
    return { rows: letters(exchange.report), failed: failedChecks(exchange.report), report: exchange.report, id: exchange.id, page }
  }
  const asked = (host: string) => loopback.seen.filter((seen) => seen.host === host && seen.method === 'GET')

  test('has no signature, in words that say why, and no alarm; the model’s environment is asked about', async () => {
    venice.set('open')
    const result = await ask()
    expect(result.rows).toBe('a a - - -')
    expect(result.report.claims[4]?.because.id).toBe('receipt_unnamed')
    expect(result.report.findings.map(({ check }) => check)).not.toContain('receipt.delivery')
    expect(result.report.claims[0]?.assumes).toContain('assume_relay_reads')
    const { dossier } = await extension.detail(result.id)
    expect(dossier.exchange).toMatchObject({ model: 'demo-model', unnamed: true, relay: 'reads' })
    // One question, about the model that the page named, with a nonce of ours, and without anybody's credential.
    const [report, ...more] = asked('api.venice.ai')
    expect(more).toEqual([])
    expect(report?.headers.authorization).toBeUndefined()
    expect(dossier.evidence).toMatchObject([{ kind: 'near-attestation-report', provenance: 'fetched' }])
    expect(dossier.evidence[0]?.source).toContain('/api/v1/tee/attestation?model=demo-model&nonce=')
    expect(JSON.stringify(dossier)).not.toContain('e30.e30.x')
    await close(result)
  })

  for (const [reports, reason] of [
    ['closed', 'refused'],
    ['down', 'http-status'],
  ] as const) {
    test(`is unchecked where the report is ${reports}, and the page’s credential goes nowhere else`, async () => {
      venice.set(reports)
      const result = await ask()
      expect(result.rows).toBe('? ? - - -')
      expect((await extension.detail(result.id)).dossier.missing).toMatchObject([{ what: 'evidence', reason }])
      expect(asked('api.venice.ai').map(({ headers }) => headers.authorization)).toEqual([undefined])
      expect(asked('outerface.venice.ai')).toEqual([])
      await close(result)
    })
  }
})

test.describe('what cannot be looked up is unchecked, with its reason and a retry, and never failed', () => {
  for (const [status, reason] of [
    [401, 'missing_refused'],
    [404, 'missing_not_found'],
    [503, 'missing_http_status'],
  ] as const) {
    test(`a receipt that is answered with ${status}`, async () => {
      aci.set({ form: 'stream', lookup: { status } })
      const result = await judged(aci)
      expect(result.failed).toEqual([])
      expect(result.rows).toBe('a a ? ? ?')
      expect(result.report.retry).toBe(true)
      const presence = result.report.findings.find(({ check }) => check === 'receipt.presence')
      expect(presence?.because).toEqual({ id: 'receipt_not_fetched', args: [{ id: reason }] })
      aci.set({ form: 'stream' })
      await extension.ask({ type: 'ui/retry', exchange: result.id })
      await expect
        .poll(async () => letters((await extension.detail(result.id)).report ?? result.report), { timeout: 15_000 })
        .toBe(withSilentHost('v v a v v'))
      await close(result)
    })
  }

  test('a receipt that is not written yet is waited for', async () => {
    aci.set({ form: 'stream', lookup: { status: 404, times: 2 } })
    const result = await judged(aci)
    expect(result.rows).toBe(withSilentHost('v v a v v'))
    await close(result)
  })

  test('a report that is not served', async () => {
    near.set({ form: 'stream', kind: 'gateway', reports: { status: 503 } })
    const result = await judged(near)
    expect(result.failed).toEqual([])
    expect(result.report.retry).toBe(true)
    expect(result.rows).toMatch(/^\?/)
    await close(result)
  })

  for (const refusal of ['STREAM_DISCONNECTED', 'SIGNATURE_UNSUPPORTED'] as const) {
    test(`a signature that the service does not give: ${refusal}`, async () => {
      near.set({ form: 'stream', kind: 'gateway', refusal })
      const result = await judged(near)
      expect(result.failed).toEqual([])
      expect(result.rows).toBe('a a ? ? ?')
      await close(result)
    })
  }

  test('a page that is closed before it could ask', async () => {
    aci.set({ form: 'stream', lookup: { status: 404 } })
    const result = await judged(aci)
    await result.page.close()
    await extension.ask({ type: 'ui/retry', exchange: result.id })
    await expect
      .poll(async () => (await extension.detail(result.id)).report?.findings.find(({ check }) => check === 'receipt.presence')?.because, {
        timeout: 15_000,
      })
      .toEqual({ id: 'receipt_not_fetched', args: [{ id: 'missing_page_gone' }] })
  })
})

test('no credential of the page’s is stored, told to the background, logged or exported', async () => {
  const heard: string[] = []
  const worker = await extension.worker()
  worker.on('console', (message) => heard.push(message.text()))
  const listener = await extension.context.newPage()
  await listener.goto(`chrome-extension://${new URL(worker.url()).host}/manifest.json`)
  // Content scripts' messages reach every page of the extension, as they reach the background.
  await listener.evaluate(() => {
    const said: unknown[] = []
    Object.assign(globalThis, { said })
    chrome.runtime.onMessage.addListener((message: unknown) => {
      said.push(message)
    })
  })
  const ids: string[] = []
  for (const service of [aci, near, chat]) {
    service.set(service === chat ? { form: 'responses', kind: 'gateway', shape: 'private-chat' } : { form: 'stream' })
    const { page, tabId } = await extension.open(service.page)
    page.on('console', (message) => heard.push(message.text()))
    await askInPage(page, service.completions)
    const [exchange] = await finished(extension, tabId)
    if (exchange === undefined) throw new Error('no exchange')
    ids.push(JSON.stringify(await extension.detail(exchange.id)))
    await page.close()
  }
  const dump = await listener.evaluate(async () => {
    const decoder = new TextDecoder('latin1')
    const flat = (_: string, value: unknown) => (value instanceof Uint8Array ? decoder.decode(value) : value)
    const databases: unknown[] = []
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name)
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      for (const store of database.objectStoreNames) {
        databases.push(
          await new Promise((resolve, reject) => {
            const request = database.transaction(store).objectStore(store).getAll()
            request.onsuccess = () => resolve(request.result)
            request.onerror = () => reject(request.error)
          }),
        )
      }
      database.close()
    }
    const stored = [await chrome.storage.local.get(), await chrome.storage.session.get()]
    const { said } = globalThis as unknown as { said: unknown[] }
    return { said: JSON.stringify(said, flat), stored: JSON.stringify([stored, databases], flat) }
  })
  await listener.close()
  const secret = CREDENTIAL.slice('Bearer '.length)
  // The places were looked at: each holds what it has to hold.
  expect(dump.said).toContain('capture/octets')
  expect(dump.stored).toContain('near-attestation-report')
  expect(ids.join()).toContain('aci-report')
  expect(loopback.seen.some(({ path, headers }) => path.startsWith('/v1/signature/') && headers.authorization === CREDENTIAL)).toBe(true)
  for (const text of [dump.said, dump.stored, ids.join(), heard.join()]) expect(text).not.toContain(secret)
})
