import { describe, expect, it } from 'vitest'
import type { CollateralSeen, Dossier } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import { presetFor } from '../../src/verify/policy/presets.ts'
import type { Report } from '../../src/verify/report.ts'
import { makeAci } from '../simulator/aci.ts'
import { makeExchange } from '../simulator/index.ts'
import { historyEntry, NONCE as MAPLE_NONCE, makeMaple } from '../simulator/maple.ts'
import { makeNear, type NearOptions } from '../simulator/near.ts'
import { makeNrasReply } from '../simulator/nras.ts'
import { makeGpuItem } from '../simulator/nvidia-gpu.ts'
import { makeSnpEvidence, type SnpKnobs } from '../simulator/sev-snp.ts'
import { type LookedUp, lookedUpDossier } from '../support/lookup.ts'
import { simulatedAnchors } from '../support/simulated-anchors.ts'
import { dossierOf, rowsOf } from './dossiers.ts'

/*
 * Kinds of genuine evidence that were once accused, in the order in which they were reported, each made anew by the simulator and, where it has
 * one, beside its control: what is asked is that both give the same rows.
 */

const AT = new Date('2026-11-16T10:20:30.000Z')
const ANCHORS = simulatedAnchors(AT)
const NONCE = '5a'.repeat(32)
const MODEL = 'demo/model-1'
const text = (content: string) => new TextEncoder().encode(content)
const REQUEST = text(`{"model":"${MODEL}","messages":[]}`)
const STREAM = text('data: {"id":"chatcmpl-1","choices":[{"delta":{"content":"Hello"}}]}\n\ndata: [DONE]\n\n')

function judge(dossier: Dossier): Promise<Report> {
  return appraise(dossier, {
    policy: presetFor(dossier.service),
    trust: { anchors: ANCHORS, issuerKeys: [] },
    seen: () => undefined,
    moment: { now: new Date(dossier.exchange.endedAt ?? dossier.exchange.startedAt), basis: 'captured-here' },
  })
}

/** Rows, and every check that failed or that its sender garbled. */
function said(report: Report) {
  const against = report.findings.filter(({ outcome, theirs }) => outcome === 'failed' || theirs === true)
  return { rows: rowsOf(report), against: against.map(({ outcome, check, because }) => `${outcome} ${check} ${because.id}`) }
}

type Change = {
  readonly options?: Partial<NearOptions>
  readonly captured?: Partial<LookedUp>
  readonly answer?: (answer: string) => string
  readonly report?: (report: string) => string
  readonly collateral?: (collateral: string) => string
}

const same = (value: string) => value

/** A model host's own report and signature, as NEAR has them. */
async function near({ options = {}, captured = {}, answer = same, report = same, collateral = same }: Change = {}): Promise<Report> {
  const made = makeNear({ at: AT, request: REQUEST, response: STREAM, nonce: NONCE, model: MODEL, shape: 'direct', ...options })
  const dossier = await lookedUpDossier({
    at: AT,
    path: '/v1/chat/completions',
    request: REQUEST,
    response: STREAM,
    contentType: 'text/event-stream',
    model: MODEL,
    receipt: { format: 'chat-signature', text: answer(made.answer) },
    evidence: [{ kind: 'near-attestation-report', nonce: NONCE, document: report(made.report) }],
    collateral: [collateral(made.workloads.model?.dstack.tdx.collateral ?? '')],
    ...captured,
  })
  return judge(dossier)
}

/** A document alone, of an exchange whose bodies nobody has. */
async function alone(kind: string, document: string, collateral: readonly Pick<CollateralSeen, 'kind' | 'issuer' | 'document'>[] = []) {
  const seen = { source: 'https://api.example.com/', at: AT.toISOString(), provenance: 'fetched' } as const
  const dossier = await lookedUpDossier({
    at: AT,
    path: '/v1/chat/completions',
    request: REQUEST,
    response: STREAM,
    evidence: [{ kind, document }],
    collateral: [],
  })
  return judge({ ...dossier, collateral: collateral.map((item) => ({ ...item, ...seen })) })
}

const HONEST = { rows: 'v a a v v', against: [] }
const NOT_OFFERED = 'failed receipt.presence receipt_not_offered'

describe('genuine evidence in spellings that were once accused', () => {
  it('the exchange that the others are beside holds', async () => {
    expect(said(await near())).toEqual(HONEST)
  })

  it('Intel’s chains end in an empty line', async () => {
    const collateral = (library: string) =>
      JSON.stringify(
        Object.fromEntries(
          Object.entries(JSON.parse(library)).map(([name, value]) => [name, name.endsWith('_chain') ? `${String(value)}\n` : value]),
        ),
      )
    const honest = makeNear({ at: AT, request: REQUEST, response: STREAM, shape: 'direct' }).workloads.model?.dstack.tdx.collateral ?? ''
    expect(collateral(honest)).not.toBe(honest)
    expect(said(await near({ collateral }))).toEqual(HONEST)
  })

  it('a GPU’s report has a zero octet behind it', async () => {
    const of = async (trailing: Uint8Array<ArrayBuffer>) =>
      said(await alone('nvidia-gpu-evidence', JSON.stringify(makeGpuItem({ trailing }).item)))
    const control = await of(new Uint8Array())
    expect(control).toEqual({ rows: '? a - - -', against: [NOT_OFFERED] })
    expect(await of(new Uint8Array(1))).toEqual(control)
    // One that is no zero is a part of nothing, and nothing can be read.
    expect((await of(Uint8Array.of(1))).against).toEqual([NOT_OFFERED, 'unchecked nvidia-gpu.format nvidia_format_failed'])
  })

  it('an answer has a number beyond what a double holds exactly, and is signed as Python spaces it', async () => {
    const compact = '{"id":"chatcmpl-1","choices":[{"logprob":-3.4028234663852886e+38},{"seed":18446744073709551615}]}'
    const python = '{"id": "chatcmpl-1", "choices": [{"logprob": -3.4028234663852886e+38}, {"seed": 18446744073709551615}]}'
    const captured = { response: text(compact), contentType: 'application/json' }
    expect(said(await near({ options: { response: text(python) }, captured }))).toEqual(HONEST)
    // Another number is another answer.
    const other = { ...captured, response: text(compact.replace('615}', '616}')) }
    expect(said(await near({ options: { response: text(python) }, captured: other })).against).toEqual([
      'failed chat-signature.response-hash ir_response_hash_failed',
    ])
  })

  it('a recovery id is 0 or 1', async () => {
    const answer = (signed: string) => {
      const { signature, ...rest } = JSON.parse(signed)
      const id = Number.parseInt(signature.slice(-2), 16) - 27
      return JSON.stringify({ ...rest, signature: `${signature.slice(0, -2)}0${id}` })
    }
    expect(said(await near({ answer }))).toEqual(HONEST)
  })

  it('an error object with status 200 stands in place of the report: it could not be fetched', async () => {
    const report = await near({ report: () => '{"error":{"message":"upstream timed out","type":"server_error","code":504}}' })
    expect(said(report)).toEqual({ rows: '? ? a a a', against: [] })
    expect(report.claims[0]?.because.id).toBe('evidence_not_fetched')
    expect(report.retry).toBe(true)
  })

  it('the GPU’s evidence comes as an object, or as its text: the same is said, of what can be read and of what cannot', async () => {
    type Entry = Record<string, unknown>
    const entries = (change: (payload: Entry) => unknown) => (report: string) => {
      const changed = ({ nvidia_payload, ...entry }: Entry) => ({ ...entry, nvidia_payload: change(JSON.parse(String(nvidia_payload))) })
      const { all_attestations, ...own } = JSON.parse(report)
      return JSON.stringify({ ...changed(own), all_attestations: all_attestations.map(changed) })
    }
    expect(said(await near({ report: entries((payload) => payload) }))).toEqual(HONEST)
    const cut = (payload: Entry) => ({ ...payload, evidence_list: [{ certificate: '', evidence: 'AAAA', arch: 'HOPPER' }] })
    const asText = said(await near({ report: entries((payload) => JSON.stringify(cut(payload))) }))
    expect(asText).toEqual({ rows: '? a a a a', against: ['unchecked nvidia-gpu.format nvidia_format_failed'] })
    expect(said(await near({ report: entries(cut) }))).toEqual(asText)
  })

  it('this machine’s clock is five minutes fast: it is named first', async () => {
    const later = (time: string) => new Date(Date.parse(time) + 5 * 60 * 1000).toISOString()
    const captured = await dossierOf(makeExchange({ form: 'pki' }))
    const { startedAt, endedAt = startedAt } = captured.exchange
    const fast = { ...captured, exchange: { ...captured.exchange, startedAt: later(startedAt), endedAt: later(endedAt) } }
    expect(said(await judge(captured)).against).toEqual([])
    expect(said(await judge(fast))).toEqual({ rows: 'a[va] f[fa] a v v', against: ['failed inference-receipt.issued-at clock_first'] })
  })

  it('NVIDIA’s tokens come as its SDK wraps them: none of them is called false', async () => {
    const { text: reply, issuer, jwksText } = makeNrasReply(AT)
    const [overall] = JSON.parse(reply)
    const wrapped = JSON.stringify([overall, { REMOTE_GPU_CLAIMS: JSON.parse(reply) }])
    const { against } = said(await alone('nvidia-nras', wrapped, [{ kind: 'jwks', issuer, document: jwksText }]))
    expect(against.filter((each) => each.startsWith('failed') && each !== NOT_OFFERED)).toEqual([])
  })

  it('a session is sealed without evidence: the gateway’s word', async () => {
    const made = makeAci({
      at: AT,
      request: REQUEST,
      response: STREAM,
      nonce: NONCE,
      chatId: 'chatcmpl-1',
      upstream: 'audited',
      faults: { session: { evidence: {} } },
    })
    const dossier = await lookedUpDossier({
      at: AT,
      path: '/v1/chat/completions',
      request: REQUEST,
      response: STREAM,
      contentType: 'text/event-stream',
      headers: made.headers,
      receipt: { format: 'aci', text: made.receipt },
      evidence: [
        { kind: 'aci-report', nonce: NONCE, document: made.report },
        { kind: 'aci-session', document: made.session?.text ?? '' },
      ],
      collateral: [made.workload.dstack.tdx.collateral],
    })
    const report = await judge(dossier)
    expect(said(report)).toEqual({ rows: 'a[va] a[aa] a v v', against: [] })
    expect(report.claims[0]?.hops[1]?.because.id).toBe('aci_session_evidence_none')
  })

  const snp = (knobs: SnpKnobs) => {
    const { report, vcek, authority, crl } = makeSnpEvidence(AT, knobs)
    const amd = (kind: 'amd-vcek' | 'amd-ca' | 'amd-crl', octets: Uint8Array) =>
      ({ kind, issuer: 'https://kdsintf.amd.com', document: Buffer.from(octets).toString('base64url') }) as const
    const collateral = [amd('amd-vcek', vcek), amd('amd-ca', authority), amd('amd-crl', crl())]
    return alone('sev-snp-report', Buffer.from(report).toString('base64url'), collateral)
  }

  it('an SEV-SNP report hides its chip', async () => {
    expect(said(await snp({ chip: 'hidden' }))).toEqual(said(await snp({})))
    expect(said(await snp({ chip: 'hidden' }))).toEqual({ rows: 'a a - - -', against: [NOT_OFFERED] })
  })

  it('an SEV-SNP report that is not signed by its own word fails as that, whatever it shows of its chip', async () => {
    const unsigned = { rows: 'f a - - -', against: [NOT_OFFERED, 'failed snp.signing-key snp_unsigned'] }
    for (const chip of ['shown', 'hidden'] as const) {
      expect(said(await snp({ chip, keyMasked: true }))).toEqual(unsigned)
      expect(said(await snp({ chip, fields: { flags: 0b10 } }))).toEqual(unsigned)
    }
  })

  it('one entry of a maker’s list has one member more: the entry that is asked for decides', async () => {
    const { answer, pcr0 } = makeMaple({ at: AT, nonce: MAPLE_NONCE })
    const issuer = 'https://raw.githubusercontent.com/OpenSecretCloud/opensecret/master/pcrProdHistory.json'
    const listed = async (more: Readonly<Record<string, string>>) => {
      const entries = [historyEntry('ab'.repeat(48), { entry: more }), historyEntry(pcr0)]
      const report = await alone('opensecret-attestation', answer, [{ kind: 'pcr-history', issuer, document: JSON.stringify(entries) }])
      return report.findings.find(({ check }) => check === 'opensecret.pcr-history')
    }
    expect(await listed({})).toMatchObject({ outcome: 'passed' })
    expect(await listed({ HashAlgorithm: 'Sha384 { ... }' })).toEqual(await listed({}))
  })
})
