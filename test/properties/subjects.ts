import type { Dossier } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import type { Report } from '../../src/verify/report.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import { type AciOptions, makeAci } from '../simulator/aci.ts'
import { type AirExchangeOptions, makeAirExchange } from '../simulator/air.ts'
import { makeExchange, type ScenarioId } from '../simulator/index.ts'
import { makeNear, type NearOptions } from '../simulator/near.ts'
import { makeGpuChain } from '../simulator/nvidia-gpu.ts'
import { AIR_POLICY, airDossier } from '../support/air.ts'
import { anchorOf, lookedUpDossier, pinned } from '../support/lookup.ts'
import { NO_POLICY } from '../support/tdx.ts'
import { dossierOf, policyFor, trustOf } from '../verify/dossiers.ts'

/** An exchange as it was captured and gathered, and what it is judged with. All of them trust the roots of all: a stranger's evidence is genuine. */
export type Subject = {
  readonly name: string
  readonly dossier: Dossier
  readonly judge: (dossier: Dossier) => Promise<Report>
}

const AT = new Date('2026-11-16T10:20:30.000Z')
const NONCE = '5a'.repeat(32)
const MODEL = 'demo/model-1'
const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const REQUEST = text(`{"model":"${MODEL}","messages":[{"role":"user","content":"hi"}],"stream":true}`)
const STREAM = text('data: {"id":"chatcmpl-1","choices":[{"delta":{"content":"Hello"}}]}\n\ndata: [DONE]\n\n')
const OTHER = text('{"model":"demo/model-1","messages":[]}')
const EXCHANGED = { at: AT, request: REQUEST, response: STREAM, nonce: NONCE } as const

type Made = {
  readonly name: string
  readonly dossier: Dossier
  readonly policy: Policy
  readonly anchors: readonly TrustAnchor[]
  readonly now: Date
}

function judging({ policy, now }: Made, anchors: readonly TrustAnchor[]): Subject['judge'] {
  return (dossier) =>
    appraise(dossier, {
      policy,
      trust: { anchors, issuerKeys: [] },
      seen: () => undefined,
      moment: { now, basis: 'captured-here' },
    })
}

async function ofRouter(scenario: ScenarioId): Promise<Made> {
  const exchange = makeExchange({ scenario, form: 'pki' })
  return {
    name: `inference-receipt ${scenario}`,
    dossier: await dossierOf(exchange),
    policy: policyFor(exchange.gateway.workload.imageDigest),
    anchors: trustOf(exchange).anchors,
    now: exchange.endedAt,
  }
}

async function ofAci(name: string, options: Partial<AciOptions>, parties: Dossier['exchange']['parties']): Promise<Made> {
  const made = makeAci({ ...EXCHANGED, seed: name, chatId: 'chatcmpl-1', ...options })
  const { workload, session } = made
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
      ...(session === undefined ? [] : [{ kind: 'aci-session', document: session.text }]),
    ],
    collateral: [workload.dstack.tdx.collateral],
    ...(parties === undefined ? {} : { parties }),
  })
  return { name: `aci ${name}`, dossier, policy: { ...NO_POLICY, expects: pinned(workload) }, anchors: [anchorOf(workload)], now: AT }
}

async function ofNear(name: string, options: Partial<NearOptions>, parties: Dossier['exchange']['parties']): Promise<Made> {
  const made = makeNear({ ...EXCHANGED, seed: name, model: MODEL, ...options })
  const [workload] = Object.values(made.workloads)
  if (workload === undefined) throw new Error('no workload')
  const dossier = await lookedUpDossier({
    at: AT,
    path: '/v1/chat/completions',
    request: REQUEST,
    response: STREAM,
    contentType: 'text/event-stream',
    model: MODEL,
    receipt: { format: 'chat-signature', text: made.answer },
    evidence: [{ kind: 'near-attestation-report', nonce: NONCE, document: made.report }],
    collateral: [workload.dstack.tdx.collateral],
    ...(parties === undefined ? {} : { parties }),
  })
  const { gateway, model } = made.workloads
  // Of several gateways a policy cannot name one: there the model host alone is pinned.
  const pinsGateway = gateway !== undefined && made.workloads['chat-api'] === undefined
  const expects = [
    ...(pinsGateway ? pinned(gateway, 'gateway') : []),
    ...(model === undefined ? [] : pinned(model, gateway === undefined ? 'service' : 'model-host')),
  ]
  return {
    name: `chat-signature ${name}`,
    dossier,
    policy: { ...NO_POLICY, expects },
    anchors: [anchorOf(workload), gpuAnchorOf(name)],
    now: AT,
  }
}

/** The root of the graphics cards that a seed makes. */
function gpuAnchorOf(seed: string): TrustAnchor {
  return { ...makeGpuChain({ seed }).anchor, id: 'gpu', purpose: 'nvidia-gpu', addedBy: 'shipped', publishedAt: 'test' }
}

async function ofAir(name: string, options: AirExchangeOptions): Promise<Made> {
  const exchange = makeAirExchange(options)
  const { anchor, anchorPurpose } = exchange.evidence
  const trusted: TrustAnchor = { ...anchor, id: 'simulated', purpose: anchorPurpose, addedBy: 'shipped', publishedAt: 'test' }
  return { name: `air ${name}`, dossier: await airDossier(exchange), policy: AIR_POLICY, anchors: [trusted], now: exchange.endedAt }
}

/** Honest exchanges, and some in which something is wrong: an alarm is what an attacker would want to silence. */
export async function subjects(): Promise<readonly Subject[]> {
  const behind = ['gateway', 'model-host'] as const
  const made = await Promise.all([
    ofRouter('honest'),
    ofRouter('response-changed'),
    ofRouter('debug'),
    ofRouter('wrong-nonce'),
    ofRouter('stripped'),
    ofAci('direct', {}, ['service']),
    ofAci('that says it runs the model itself', {}, behind),
    ofAci('vouched', { upstream: 'vouched' }, behind),
    ofAci('audited', { upstream: 'audited' }, behind),
    ofAci(
      'of a debug workload',
      { faults: { workload: { tdx: { quote: { td: { tdAttributes: new Uint8Array([1, 0, 0, 0x10, 0, 0, 0, 0]) } } } } } },
      ['service'],
    ),
    ofNear('cloud', { shape: 'cloud', kind: 'gateway' }, behind),
    ofNear('direct', { shape: 'direct' }, ['service']),
    ofNear('with a GPU', { shape: 'direct', gpus: [{}] }, ['service']),
    ofNear('with a GPU, as an object', { shape: 'direct', gpus: [{}, {}], gpuPayload: 'object' }, ['service']),
    ofNear('private chat', { shape: 'private-chat' }, ['gateway', 'gateway', 'model-host']),
    ofNear('of another answer', { shape: 'cloud', kind: 'gateway', response: OTHER }, behind),
    ofNear('of another nonce', { shape: 'direct', faults: { nonce: 'other' } }, ['service']),
    ofAir('honest', {}),
  ])
  const anchors = made.flatMap((each) => each.anchors.map((anchor, index) => ({ ...anchor, id: `${each.name} ${index}` })))
  return made.map((each) => ({ name: each.name, dossier: each.dossier, judge: judging(each, anchors) }))
}
