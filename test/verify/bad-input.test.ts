import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDossier } from '../../src/dossier/read.ts'
import type { Dossier } from '../../src/dossier/types.ts'
import { writeDossier } from '../../src/dossier/write.ts'
import { appraise } from '../../src/verify/appraise.ts'
import { observe } from '../../src/verify/observe.ts'
import { parsePolicy } from '../../src/verify/policy/read.ts'
import type { Report } from '../../src/verify/report.ts'
import { makeExchange } from '../simulator/index.ts'
import { dossierOf, failedChecks, policyFor, rowsOf, trustOf, unreadable } from './dossiers.ts'

/** Many more runs by `FUZZ_RUNS=100000`, repeatable by `FUZZ_SEED`. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 150)
const seed = Number(process.env['FUZZ_SEED'] ?? 20261122)

const exchange = makeExchange()
const compact = makeExchange({ streamed: false })

async function judge(dossier: Dossier, of = exchange): Promise<Report> {
  return appraise(dossier, {
    policy: policyFor(of.gateway.workload.imageDigest),
    trust: trustOf(of),
    seen: () => undefined,
    moment: { now: of.endedAt, basis: 'captured-here' },
  })
}

async function withReceiptText(text: string): Promise<Report> {
  const dossier = await dossierOf(exchange)
  return judge({ ...dossier, receipts: dossier.receipts.map((receipt) => ({ ...receipt, text })) })
}

const mutation = fc.record({ at: fc.nat(), octet: fc.integer({ min: 0, max: 255 }), kind: fc.constantFrom('replace', 'insert', 'delete') })
type Mutation = { at: number; octet: number; kind: 'replace' | 'insert' | 'delete' }

function mutate(octets: Uint8Array, { at, octet, kind }: Mutation): Uint8Array<ArrayBuffer> {
  const index = at % octets.length
  const before = octets.subarray(0, index)
  const after = octets.subarray(kind === 'insert' ? index : index + 1)
  return new Uint8Array([...before, ...(kind === 'delete' ? [] : [octet]), ...after])
}

describe('receipts that are not receipts', () => {
  it('end in findings, whatever their text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), async (text) => {
        const report = await withReceiptText(text)
        expect(rowsOf(report).split(' ').slice(2)).toEqual(['?', '?', '?'])
        expect(unreadable(report)).toEqual(['inference-receipt.format'])
      }),
      { numRuns, seed },
    )
  })
  it('in the response header neither', async () => {
    const dossier = await dossierOf(compact)
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const report = await judge({ ...dossier, receipts: dossier.receipts.map((receipt) => ({ ...receipt, text })) }, compact)
        expect(rowsOf(report).split(' ').slice(2)).toEqual(['?', '?', '?'])
        expect(unreadable(report)).toEqual(['inference-receipt.format'])
      }),
      { numRuns, seed },
    )
  })
  it.each<[string, (event: string) => string]>([
    ['truncated', (event) => event.slice(0, -1)],
    ['empty', () => ''],
    ['with a member twice', (event) => event.replace('"choices":[]', '"choices":[],"choices":[]')],
    ['with padding', (event) => event.replace(/"signature":"([^"]+)"/, '"signature":"$1="')],
    ['with a number for a signature', (event) => event.replace(/"signature":"[^"]+"/, '"signature":1')],
    ['of two million characters', (event) => event.replace('"choices":[]', `"object":"${'x'.repeat(2_000_000)}"`)],
  ])('%s cannot be read', async (_, change) => {
    const report = await withChanged(change)
    expect([failedChecks(report), unreadable(report)]).toEqual([[], ['inference-receipt.format']])
    expect(rowsOf(report)).toBe('a a ? ? ?')
  })

  it.each<[string, (event: string) => string]>([
    ['an answer', (event) => event.replace('"choices":[]', '"choices":[{"delta":{"content":"unsigned"}}]')],
    ['a member that nobody knows', (event) => event.replace('"choices":[]', '"choices":[],"content":"unsigned"')],
    ['an unprotected header', (event) => event.replace('"signature":', '"header":{"kid":"x"},"signature":')],
  ])('with %s beside it has what nobody signed', async (_, change) => {
    const report = await withChanged(change)
    expect(failedChecks(report)).toEqual(['inference-receipt.format'])
    expect(rowsOf(report)).toBe('a a f f f')
  })

  async function withChanged(change: (event: string) => string) {
    const dossier = await dossierOf(exchange)
    const text = dossier.receipts[0]?.text ?? ''
    expect(change(text)).not.toBe(text)
    return withReceiptText(change(text))
  }
})

describe('evidence that the receipt names', () => {
  it('is unchecked, not absent, when it was not obtained or is another document', async () => {
    const dossier = await dossierOf(compact)
    expect(rowsOf(await judge(dossier, compact))).toBe('a[va] a[va] a v v')
    expect(rowsOf(await judge({ ...dossier, evidence: [] }, compact))).toBe('?[?a] ?[?a] a a a')
    const other = dossier.evidence.map((item) => ({
      ...item,
      document: makeExchange({ seed: 'other', streamed: false }).attestation.document,
    }))
    expect(rowsOf(await judge({ ...dossier, evidence: other }, compact))).toBe('?[?a] ?[?a] a a a')
    const offline: Dossier = {
      ...dossier,
      evidence: [],
      missing: [{ what: 'evidence', source: 'https://api.example.com', reason: 'offline' }],
    }
    const report = await judge(offline, compact)
    expect(rowsOf(report)).toBe('?[?a] ?[?a] a a a')
    expect(report.retry).toBe(true)
  })
  it('is not readable out of a malformed receipt', async () => {
    const dossier = await dossierOf(exchange)
    const report = await judge({ ...dossier, evidence: [], receipts: dossier.receipts.map((receipt) => ({ ...receipt, text: '{}' })) })
    expect(rowsOf(report)).toBe('? ? ? ? ?')
  })
  it('of a kind that is not known is unchecked', async () => {
    const dossier = await dossierOf(compact)
    const unknown = dossier.evidence.map((item) => ({ ...item, kind: 'ibm-se-document' }))
    expect(rowsOf(await judge({ ...dossier, evidence: unknown }, compact))).toBe('?[?a] a[aa] a a a')
  })
  it('is absent where nothing names it and nothing is published', async () => {
    const dossier = await dossierOf(compact)
    expect(rowsOf(await judge({ ...dossier, evidence: [], receipts: [] }, compact))).toBe('- - - - -')
  })
})

describe('mutations of a valid exchange', () => {
  it('never leave both exchange and signature verified once an octet of the response differs in substance', async () => {
    const honest = rowsOf(await judge(await dossierOf(exchange)))
    await fc.assert(
      fc.asyncProperty(mutation, async (change) => {
        const body = mutate(exchange.response.body, change)
        const report = await judge(await dossierOf({ ...exchange, response: { ...exchange.response, body } }))
        // Framing is outside the hash (sse-data-v1): what verifies must carry the same events.
        if (rowsOf(report) === honest) expect(await domain(body)).toEqual(await domain(exchange.response.body))
        else
          expect(failedChecks(report).length + report.findings.filter((finding) => finding.outcome === 'unchecked').length).toBeGreaterThan(
            0,
          )
      }),
      { numRuns, seed },
    )
  })
  it('of the token are refused, each with a named check', async () => {
    const token = new TextEncoder().encode(compact.attestation.document)
    const dossier = await dossierOf(compact)
    await fc.assert(
      fc.asyncProperty(mutation, async (change) => {
        const document = Buffer.from(mutate(token, change)).toString('latin1')
        if (document === compact.attestation.document) return
        const unpinned = { ...dossier, receipts: [], evidence: dossier.evidence.map((item) => ({ ...item, document })) }
        const report = await judge(unpinned, compact)
        expect(report.findings.some((finding) => finding.check.startsWith('confidential-space.') && finding.outcome !== 'passed')).toBe(
          true,
        )
      }),
      { numRuns, seed },
    )
  })
})

describe('files', () => {
  it('that are no dossier or policy are refused by name', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseDossier(text, 'file').ok).toBe(false)
        expect(parsePolicy(text).ok).toBe(false)
      }),
      { numRuns, seed },
    )
  })
  it('keep a dossier as it was', async () => {
    const dossier = await dossierOf(exchange)
    expect(parseDossier(writeDossier(dossier), 'own-store')).toEqual({ ok: true, value: dossier })
  })
  it('give the dossier out of the record that the popup copies, and nothing of the report', async () => {
    const dossier = await dossierOf(exchange)
    const record = JSON.stringify({ dossier, report: { claims: 'all verified' } }, null, 2)
    expect(parseDossier(record, 'file')).toEqual(parseDossier(writeDossier(dossier), 'file'))
  })
  it('with a member too many, too few or of another type are refused', async () => {
    const dossier = JSON.parse(writeDossier(await dossierOf(exchange)))
    for (const change of [
      { extra: 1 },
      { version: 2 },
      { receipts: {} },
      { exchange: { ...dossier.exchange, startedAt: 'now' } },
      { id: '' },
    ]) {
      expect(parseDossier(JSON.stringify({ ...dossier, ...change }), 'file')).toMatchObject({ ok: false, code: 'dossier-schema' })
    }
    expect(parseDossier(JSON.stringify({ ...dossier, exchange: undefined }), 'file')).toMatchObject({ ok: false, code: 'dossier-schema' })
    expect(parseDossier('{"format":1,"format":1}', 'file')).toMatchObject({ ok: false, code: 'dossier-json', detail: 'json-duplicate-key' })
  })
})

async function domain(body: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const seen = await observe({
    body,
    contentType: 'text/event-stream',
    headers: [],
    bodyProvenance: 'page-reported',
    headerProvenance: 'browser',
  })
  return { digests: seen.digests.filter((digest) => digest.of === 'sse-data-v1'), receipts: seen.receipts.length }
}
