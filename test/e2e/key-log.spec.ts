import { createHash } from 'node:crypto'
import { expect, test } from 'playwright/test'
import { makeGateway, receiptKeyDocument } from '../simulator/index.ts'
import { failedChecks, finished, rowsOf } from './rows.ts'
import { askInPage, COMPLETIONS, PAGE, PAGE_COMPLETIONS, serve } from './service.ts'
import { HONEST, question, type Session, startSession } from './session.ts'

/** Receipts in headers, whose evidence has to be found: behind a load balancer, in the log of keys, or nowhere. */

let session: Session

test.beforeAll(async () => {
  session = await startSession()
})

test.beforeEach(() => {
  session.loopback.seen.length = 0
  serve(session.loopback, session.service.whole)
})

test.afterAll(async () => {
  await session.close()
})

/** Another enclave of the service, and an earlier document of the one that signs. */
const other = () => makeGateway({ seed: 'another-instance', at: new Date(), form: 'oidc' })
const earlier = () => makeGateway({ at: new Date(), form: 'oidc', tokenAgeSeconds: 1500 })

const row = ({ receiptKey, attestation }: ReturnType<typeof makeGateway>, more: object = {}) => ({
  kid: receiptKey.kid,
  jwk: receiptKey.jwk,
  att: attestation.document,
  att_kind: attestation.kind,
  att_sha256: hashOf(attestation.document),
  plane: 'api.trustedrouter.com',
  revoked: false,
  verified: true,
  ...more,
})
const hashOf = (document: string) => createHash('sha256').update(document).digest('base64url')

/** The load balancer leads to `instance`; the log answers by page, each a list of rows. */
function serveEvidence(instance: ReturnType<typeof makeGateway>, pages: readonly (readonly unknown[])[] | 'down'): void {
  const { loopback } = session
  loopback.on('api.trustedrouter.com/receipt-attestation', ({ url }, _, response) => {
    const { document, kind } = instance.attestation
    const wanted = new URL(url ?? '', 'https://x').searchParams.get('sha256')
    if (wanted !== null && wanted !== hashOf(document)) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'application/jwt', 'x-receipt-att-kind': kind }).end(document)
  })
  loopback.on('api.trustedrouter.com/receipt-key', (_, __, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(receiptKeyDocument(instance))
  })
  for (const path of ['/.well-known/inference-receipt-keys', '/trust/receipt-keys.json']) {
    loopback.on(`trustedrouter.com${path}`, ({ url }, _, response) => {
      if (pages === 'down') return void response.writeHead(503).end()
      const at = Number(new URL(url ?? '', 'https://x').searchParams.get('cursor') ?? '0')
      const next_cursor = at + 1 < pages.length ? String(at + 1) : null
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ spec: 'inference-receipt/1', degraded: false, keys: pages[at] ?? [], next_cursor }))
    })
  }
}

async function judged(completions = PAGE_COMPLETIONS) {
  const { page, tabId } = await session.extension.open(PAGE)
  await askInPage(page, question(), completions)
  const [exchange] = await finished(session.extension, tabId)
  if (exchange === undefined) throw new Error('no exchange')
  const { dossier } = await session.extension.detail(exchange.id)
  await page.close()
  return { report: exchange.report, dossier }
}

const UNAVAILABLE = { environment: 'unchecked (gateway unchecked, model-host assumed)', signature: 'assumed' }

test('the pinned document is found in the log where another instance answers', async () => {
  serveEvidence(other(), [[row(earlier())], [row(session.service.gateway)]])
  const { report, dossier } = await judged()
  expect(rowsOf(report)).toEqual(HONEST)
  expect(dossier.evidence.map(({ source }) => source)).toEqual([
    expect.stringMatching(/^https:\/\/trustedrouter\.com\/\.well-known\/inference-receipt-keys\?kid=[\w-]{43}&cursor=1$/),
  ])
})

test('a key that the log calls revoked signs nothing that counts', async () => {
  serveEvidence(other(), [[row(session.service.gateway, { revoked: true })]])
  const { report } = await judged()
  expect(failedChecks(report)).toContain('inference-receipt.key-revocation')
  expect(rowsOf(report)).toMatchObject({ signature: 'failed', exchange: 'failed' })
})

test('a legacy row without a hash is known by its document', async () => {
  serveEvidence(other(), [[row(session.service.gateway, { att_sha256: undefined })]])
  expect(rowsOf((await judged()).report)).toEqual(HONEST)
})

for (const [name, pages] of [
  ['the log holds another document of the key under the pinned hash', () => [[row(earlier(), { att_sha256: hashOf('x') })]]],
  ['the log holds rows of other keys only', () => [[row(other())]]],
  ['the log is empty', () => [[]]],
  ['the log is down', () => 'down'],
] as const satisfies readonly (readonly [string, () => readonly (readonly unknown[])[] | 'down'])[]) {
  test(`the evidence is unavailable, and nothing failed: ${name}`, async () => {
    serveEvidence(other(), pages())
    const { report, dossier } = await judged(COMPLETIONS)
    expect(failedChecks(report)).toEqual([])
    expect(rowsOf(report)).toMatchObject(UNAVAILABLE)
    expect(report.retry).toBe(true)
    expect(dossier.evidence).toEqual([])
    expect(dossier.missing.map(({ what, reason }) => [what, reason])).toEqual([
      ['evidence', pages() === 'down' ? 'http-status' : 'not-found'],
    ])
  })
}

test('a relay is not shown to have passed everything on where the key’s evidence is unavailable', async () => {
  serveEvidence(other(), [[]])
  const { report } = await judged()
  expect(rowsOf(report)).toMatchObject({
    environment: 'absent (gateway absent, gateway unchecked, model-host assumed)',
    signature: 'assumed',
  })
  expect(report.retry).toBe(true)
})

test('evidence that was unavailable is found on a retry', async () => {
  serveEvidence(other(), 'down')
  const { page, tabId } = await session.extension.open(PAGE)
  await askInPage(page, question(), COMPLETIONS)
  const [exchange] = await finished(session.extension, tabId)
  expect(exchange === undefined ? undefined : rowsOf(exchange.report)).toMatchObject(UNAVAILABLE)
  serveEvidence(other(), [[row(session.service.gateway)]])
  await session.extension.ask({ type: 'ui/retry', exchange: exchange?.id })
  await expect
    .poll(async () => {
      const { report } = await session.extension.detail(exchange?.id ?? '')
      return report === undefined ? undefined : rowsOf(report)
    })
    .toEqual(HONEST)
  await page.close()
})
