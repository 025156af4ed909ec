import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseDossier } from '../../src/dossier/read.ts'
import type { Dossier } from '../../src/dossier/types.ts'
import { writeDossier } from '../../src/dossier/write.ts'
import { appraise } from '../../src/verify/appraise.ts'
import { encodeBase64url } from '../../src/verify/encoding/base64.ts'
import type { Bytes } from '../../src/verify/encoding/bytes.ts'
import { sha256 } from '../../src/verify/encoding/digest.ts'
import { observe } from '../../src/verify/observe.ts'
import { presetFor } from '../../src/verify/policy/presets.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import type { Report } from '../../src/verify/report.ts'
import { SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import { failedChecks, ISSUER, rowsOf } from '../verify/dossiers.ts'
import { describeVectors, VECTORS_DIR, vectorBytes, vectorText } from './files.ts'

const FOLDER = 'inference-receipt'
const CAPTURED = new Date('2026-09-06T07:32:53Z')
const IMAGE = 'sha256:cf91973741331833afed5fb47a55f39b8d748000d26d5b6c8298ac0b5c97a0ff'

type Recording = { readonly request: Bytes; readonly response: Bytes; readonly nonce: string; readonly jwks: string }

function recording(): Recording {
  const meta: { nonce: string; googleJwks: unknown } = JSON.parse(vectorText(`${FOLDER}/meta.json`))
  return {
    request: vectorBytes(`${FOLDER}/request.json`),
    response: vectorBytes(`${FOLDER}/stream.sse`),
    nonce: meta.nonce,
    jwks: JSON.stringify(meta.googleJwks),
  }
}

/** The published facts, and the image that ran that day. */
const POLICY: Policy = {
  ...presetFor('trustedrouter'),
  expects: [...presetFor('trustedrouter').expects, { measurement: 'container.image-digest', anyOf: [IMAGE], source: 'user' }],
}

async function dossierOf({ request, response, nonce, jwks }: Recording, keys: 'fetched' | 'none' = 'fetched'): Promise<Dossier> {
  const seen = await observe({
    body: response,
    contentType: 'text/event-stream',
    headers: [],
    bodyProvenance: 'page-reported',
    headerProvenance: 'browser',
  })
  const at = CAPTURED.toISOString()
  return {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'recording',
    service: 'trustedrouter',
    exchange: {
      method: 'POST',
      url: 'https://api.trustedrouter.com/v1/chat/completions',
      startedAt: '2026-09-06T07:32:45Z',
      endedAt: at,
      status: 200,
      headers: [],
      request: {
        provenance: 'browser',
        length: request.length,
        capture: 'complete',
        digests: [{ alg: 'sha-256', of: 'body', value: encodeBase64url(await sha256(request)) }],
      },
      response: { provenance: 'page-reported', length: response.length, capture: 'complete', digests: seen.digests, ids: seen.ids },
    },
    asked: { header: 'x-inference-receipt', nonce, sharedBy: 1, provenance: 'browser' },
    receipts: seen.receipts,
    evidence: [],
    collateral:
      keys === 'none'
        ? []
        : [{ kind: 'jwks', issuer: ISSUER, document: jwks, source: 'https://www.googleapis.com/jwks', at, provenance: 'fetched' }],
    missing: [],
  }
}

async function judge(dossier: Dossier, policy = POLICY, now = CAPTURED): Promise<Report> {
  return appraise(dossier, {
    policy,
    trust: { anchors: SHIPPED_ANCHORS, issuerKeys: [] },
    seen: () => undefined,
    moment: { now, basis: 'captured-here' },
  })
}

/** Flips the lowest bit of the one octet at which `text` starts in `octets`, `offset` further on. */
function flipAt(octets: Bytes, text: string, offset = 0): Bytes {
  const at = Buffer.from(octets).indexOf(text) + offset
  if (at < offset) throw new Error(`not in the recording: ${text}`)
  return octets.map((octet, index) => (index === at ? octet ^ 1 : octet))
}

/** Changes one member of the recorded receipt event, as an attacker without the key would. */
function withReceipt(recorded: Recording, change: (jws: Record<string, string>) => Record<string, string>): Recording {
  const lines = Buffer.from(recorded.response).toString('utf8').split('\n')
  const changed = lines.map((line) => {
    if (!line.includes('"inference_receipt"')) return line
    const event = JSON.parse(line.slice('data: '.length))
    return `data: ${JSON.stringify({ ...event, inference_receipt: change(event.inference_receipt) })}`
  })
  return { ...recorded, response: new Uint8Array(Buffer.from(changed.join('\n'))) }
}

function decoded(part: string | undefined): string {
  return Buffer.from(part ?? '', 'base64url').toString('utf8')
}

describeVectors('the real recording, at its own time', () => {
  it('gives the five rows that the evidence supports', async () => {
    const report = await judge(await dossierOf(recording()))
    expect(rowsOf(report)).toBe('a[va] a[va] a v v')
    expect(failedChecks(report)).toEqual([])
    expect(report.claims[0]?.hops.map((hop) => hop.name)).toEqual(['https://api.trustedrouter.com', 'tinfoil'])
  })
  it('says "measured, not matched" without the digest', async () => {
    const report = await judge(await dossierOf(recording()), presetFor('trustedrouter'))
    expect(rowsOf(report)).toBe('a[va] a[aa] a v v')
    expect(report.claims[1]?.hops[0]?.because).toEqual({ id: 'policy_not_matched', args: [IMAGE] })
  })
  it('fails as a live exchange of any other day, by nonce and time', async () => {
    const dossier = await dossierOf(recording())
    const today: Dossier = {
      ...dossier,
      exchange: { ...dossier.exchange, startedAt: '2026-11-22T12:00:00Z', endedAt: '2026-11-22T12:00:05Z' },
      asked: { header: 'x-inference-receipt', nonce: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', sharedBy: 1, provenance: 'browser' },
    }
    const report = await judge(today, POLICY, new Date('2026-11-22T12:00:05Z'))
    expect(rowsOf(report)).toBe('f[fa] f[fa] a a a')
    expect(failedChecks(report)).toEqual(['inference-receipt.nonce', 'inference-receipt.issued-at', 'confidential-space.validity'])
  })
  it('cannot check the environment without the issuer’s keys, and fails nothing for it', async () => {
    const report = await judge(await dossierOf(recording(), 'none'))
    expect(rowsOf(report)).toBe('?[?a] a[aa] a a a')
    expect(failedChecks(report)).toEqual([])
  })

  it.each<[string, (recorded: Recording) => Recording, rows: string, failed: readonly string[]]>([
    [
      'one octet of the answer',
      (r) => ({ ...r, response: flipAt(r.response, '"content":"OK"', 11) }),
      'a[va] a[va] a f v',
      ['inference-receipt.response-hash'],
    ],
    [
      'one octet of the request',
      (r) => ({ ...r, request: flipAt(r.request, 'Say OK') }),
      'a[va] a[va] a f v',
      ['inference-receipt.request-hash'],
    ],
    [
      'one octet of the receipt’s payload',
      (r) =>
        withReceipt(r, (jws) => ({
          ...jws,
          payload: Buffer.from(decoded(jws['payload']).replace('deepseek/', 'deepseel/')).toString('base64url'),
        })),
      'a a f f f',
      ['inference-receipt.signature'],
    ],
    [
      'one octet of the receipt’s signature',
      (r) => withReceipt(r, (jws) => ({ ...jws, signature: (jws['signature'] ?? '').replace('PRs5', 'PRs6') })),
      'a a f f f',
      ['inference-receipt.signature'],
    ],
    [
      'one octet of the token’s signature',
      (r) =>
        withReceipt(r, (jws) => {
          const header: { att: string } = JSON.parse(decoded(jws['protected']))
          const at = header.att.lastIndexOf('.') + 20
          const att = header.att.slice(0, at) + (header.att[at] === 'A' ? 'B' : 'A') + header.att.slice(at + 1)
          return { ...jws, protected: Buffer.from(JSON.stringify({ ...header, att })).toString('base64url') }
        }),
      'f a f f f',
      ['inference-receipt.signature', 'confidential-space.signature'],
    ],
    ['another nonce', (r) => ({ ...r, nonce: '6SQnDhldSbLNC5yHZQYjT3ACyg9JzGEB' }), 'a[va] f[fa] a v v', ['inference-receipt.nonce']],
  ])('%s changed: exactly the rows that rest on it', async (_, change, rows, failed) => {
    const report = await judge(await dossierOf(change(recording())))
    expect(rowsOf(report)).toBe(rows)
    expect(failedChecks(report)).toEqual(failed)
  })

  it('is only a record once it has been through a file', async () => {
    const dossier = parseDossier(writeDossier(await dossierOf(recording())), 'file')
    if (!dossier.ok) throw new Error(dossier.code)
    const report = await appraise(dossier.value, {
      policy: POLICY,
      trust: { anchors: SHIPPED_ANCHORS, issuerKeys: [] },
      seen: () => undefined,
      moment: { now: CAPTURED, basis: 'given' },
    })
    expect(rowsOf(report)).toBe('a[aa] a[aa] a a a')
  })
})

describeVectors('the command line on the real recording', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'receipt-'))
    await writeFile(join(folder, 'jwks.json'), recording().jwks)
    await writeFile(join(folder, 'policy.json'), JSON.stringify(POLICY))
    await writeFile(join(folder, 'dossier.json'), writeDossier(await dossierOf(recording())))
  })
  afterAll(() => rm(folder, { recursive: true }))

  type Run = { readonly code: number; readonly out: string; readonly err: string }
  function run(...args: string[]): Promise<Run> {
    return new Promise((resolve) => {
      execFile(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...args], (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, err })
      })
    })
  }
  const file = (name: string) => join(VECTORS_DIR ?? '', FOLDER, name)
  const given = () => [file('stream.sse'), '--request', file('request.json'), '--policy', join(folder, 'policy.json')]
  const at = ['--at', '2026-09-06T07:32:53Z']

  it('gives the same rows, names the keys as recorded in the file given, and exits 0', async () => {
    const { code, out } = await run(...given(), '--nonce', recording().nonce, '--jwks', join(folder, 'jwks.json'), ...at, '--json')
    const report = JSON.parse(out)
    expect(rowsOf(report)).toBe('a[va] a[va] a v v')
    expect(report.claims[0].assumes).toContain('assume_keys_given')
    expect(report.claims[0].because).toContain('Gateway: Intel TDX in Google Confidential Space')
    expect(code).toBe(0)
  })
  it('prints a table that names the keys', async () => {
    const { code, out } = await run(...given(), '--nonce', recording().nonce, '--jwks', join(folder, 'jwks.json'), ...at)
    expect(out).toContain('The issuer’s keys are from a file that you named.')
    expect(out).toContain('2 of 5 claims verified, 3 only assumed')
    expect(code).toBe(0)
  })
  it('exits 1 when a claim failed', async () => {
    const { code, out } = await run(...given(), '--nonce', 'another-nonce', '--jwks', join(folder, 'jwks.json'), ...at, '--json')
    expect(rowsOf(JSON.parse(out))).toBe('a[va] f[fa] a v v')
    expect(code).toBe(1)
  })
  it('reads a dossier as its author’s word, unless the user names the keys', async () => {
    const alone = await run(join(folder, 'dossier.json'), '--policy', join(folder, 'policy.json'), ...at, '--json')
    expect(rowsOf(JSON.parse(alone.out))).toBe('a[aa] a[aa] a a a')
    expect(alone.code).toBe(0)
    const keyed = await run(
      join(folder, 'dossier.json'),
      '--policy',
      join(folder, 'policy.json'),
      '--jwks',
      join(folder, 'jwks.json'),
      ...at,
      '--json',
    )
    expect(rowsOf(JSON.parse(keyed.out))).toBe('a[va] a[va] a a v')
  })
  it('reads the record that the popup copies like the dossier in it', async () => {
    await writeFile(join(folder, 'record.json'), JSON.stringify({ dossier: await dossierOf(recording()), report: {} }, null, 2))
    const { code, out } = await run(join(folder, 'record.json'), '--policy', join(folder, 'policy.json'), ...at, '--json')
    expect(rowsOf(JSON.parse(out))).toBe('a[aa] a[aa] a a a')
    expect(code).toBe(0)
  })
  it('exits 2 on input that it cannot use', async () => {
    expect((await run(join(folder, 'none.sse'))).code).toBe(2)
    expect((await run(file('stream.sse'), '--policy', file('meta.json'))).code).toBe(2)
    expect((await run(file('stream.sse'), '--at', 'yesterday')).code).toBe(2)
    expect((await run()).code).toBe(2)
    expect((await run('--help')).code).toBe(0)
  })
})
