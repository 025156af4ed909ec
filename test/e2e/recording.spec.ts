import { expect, test } from 'playwright/test'
import type { Policy } from '../../src/verify/policy/types.ts'
import { shippedWithHosts, testBuild } from './builds.ts'
import { type Extension, launchExtension } from './extension.ts'
import { type Recording, readRecording, VECTORS_DIR } from './recording.ts'
import { failedChecks, finished, rowsOf } from './rows.ts'
import { type Loopback, startLoopback } from './server.ts'
import { askInPage, PAGE, sendEvents, serve, serveKeys } from './service.ts'

/** The recorded exchange, replayed under the service's real host names. */
test.describe('a real recording', () => {
  test.skip(VECTORS_DIR === undefined, 'VECTORS_DIR is not set: the recording is not here')

  let recording: Recording
  let loopback: Loopback
  let extension: Extension

  test.beforeEach(async () => {
    recording = readRecording()
    loopback = await startLoopback()
    serve(loopback, (_, __, response) => sendEvents(response, recording.stream))
    serveKeys(loopback, recording.jwks)
  })

  test.afterEach(async () => {
    await extension.close()
    await loopback.close()
  })

  /** What a user who pinned the release expects of the service. */
  function policy(digests: readonly string[]): Policy {
    const expects = [
      ['receipt.issuer', 'https://api.trustedrouter.com'],
      ['cloud.project', 'quill-cloud-proxy'],
      ['container.image-repository', 'us-central1-docker.pkg.dev/quill-cloud-proxy/quill/enclave-multi'],
      ...digests.map((digest) => ['container.image-digest', digest]),
    ]
    return {
      format: 'inference-receipt-checker/policy',
      version: 1,
      id: 'test',
      name: 'test',
      service: 'trustedrouter',
      expects: expects.map(([measurement = '', value = '']) => ({ measurement, anyOf: [value], source: 'user' })),
      receiptKeys: [],
    }
  }

  /** Settings under which the test build lives in the recording's day, and sends its nonce. */
  function asRecorded(digests: readonly string[]): Record<string, unknown> {
    return { 'test:now': recording.now, 'test:nonce': recording.nonce, 'policy:trustedrouter': JSON.stringify(policy(digests)) }
  }

  async function replay(build: string, settings: Record<string, unknown>) {
    extension = await launchExtension({ build, port: loopback.port })
    await extension.configure(settings)
    const { page, tabId } = await extension.open(PAGE)
    const answer = await askInPage(page, recording.request)
    expect(answer.text).toBe(recording.stream.toString('utf8'))
    const [exchange] = await finished(extension, tabId)
    if (exchange === undefined) throw new Error('no exchange')
    return { report: exchange.report, tabId, ...(await extension.detail(exchange.id)) }
  }

  test('gives its rows where clock and nonce are those of the day, and the policy knows the image', async () => {
    const { report, dossier, tabId } = await replay(testBuild(), asRecorded([recording.imageDigest]))
    expect(failedChecks(report)).toEqual([])
    expect(rowsOf(report)).toEqual({
      environment: 'assumed (gateway verified, model-host assumed)',
      workload: 'assumed (gateway verified, model-host assumed)',
      model: 'assumed',
      exchange: 'verified',
      signature: 'verified',
    })
    expect(dossier.asked).toEqual({ header: 'x-inference-receipt', nonce: recording.nonce, sharedBy: 1, provenance: 'browser' })
    expect(dossier.exchange.request.provenance).toBe('browser')
    expect(dossier.exchange.response.provenance).toBe('page-reported')
    expect(JSON.stringify(dossier)).not.toContain('secret-of-the-user')
    const popup = await extension.popup(tabId)
    await expect(popup.locator('.answer .word', { hasText: 'Assumed' }).first()).toBeVisible()
  })

  test('says "measured, not matched" where the policy knows no image', async () => {
    const { report } = await replay(testBuild(), asRecorded([]))
    expect(failedChecks(report)).toEqual([])
    expect(rowsOf(report)).toEqual({
      environment: 'assumed (gateway verified, model-host assumed)',
      workload: 'assumed (gateway assumed, model-host assumed)',
      model: 'assumed',
      exchange: 'verified',
      signature: 'verified',
    })
  })

  test('fails in the shipped build today, by its nonce and its time', async () => {
    const { report, dossier } = await replay(shippedWithHosts(), asRecorded([recording.imageDigest]))
    expect(dossier.asked?.nonce).not.toBe(recording.nonce)
    expect(failedChecks(report)).toEqual(['confidential-space.validity', 'inference-receipt.issued-at', 'inference-receipt.nonce'])
    const sent = loopback.seen.find(({ method, host }) => method === 'POST' && host === 'api.trustedrouter.com')
    expect(sent?.headers['x-inference-receipt']).toBe(dossier.asked?.nonce)
  })
})
