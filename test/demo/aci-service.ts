import { randomBytes } from 'node:crypto'
import { type AciOptions, makeAci } from '../simulator/aci.ts'
import type { Workload } from '../simulator/dstack-workload.ts'
import {
  type Anchor,
  bodyOf,
  DONE,
  deliveredUtterance,
  encodeEvents,
  eventsOf,
  receiptEvent,
  tokensOf,
  type Utterance,
} from '../simulator/index.ts'
import { ACI_SCENARIOS, type AciScenarioId } from './aci-scenarios.ts'
import type { Answer } from './answer.ts'
import type { ChatRequest } from './chat-request.ts'
import { answerTo } from './model.ts'
import { makeRecent } from './recent.ts'

/** A measurement as the demo's vendor publishes it, and of which hop. */
export type PublishedMeasurement = {
  readonly measurement: string
  readonly value: string
  readonly hop: 'service' | 'gateway' | 'model-host'
}

/** The demo's services that speak ACI: what they answer, and what they serve behind it. */
export type AciService = {
  /** An answer with the response headers that name its receipt. The receipt is there once the answer was sent. */
  readonly answer: (
    request: ChatRequest<AciScenarioId>,
    credential: string,
  ) => Answer & { readonly headers: Readonly<Record<string, string>> }
  /** The receipt of this id, for whoever asked for the answer. */
  readonly receipt: (id: string, credential: string) => string | undefined
  readonly session: (id: string) => string | undefined
  /** The attestation report for a nonce of 64 hexadecimal digits, by the workload that answered last. */
  readonly report: (nonce: string) => string
  /** What the simulated Intel says of the machines now, in the shape of the library. */
  readonly collateral: () => string
  /** The root that stands in for Intel's, made from the seed. */
  readonly root: Anchor
  readonly published: readonly PublishedMeasurement[]
}

const ROUTE = 'chat.completions'
const MOST_KEPT = 1000
const KEYSET_DAYS = 30

type Kept = { readonly text: string; readonly credential: string }

export function makeAciService(seed: string, now: () => Date): AciService {
  // One keyset from start to end, so that a receipt can be checked with any report.
  const keysetUntil = Math.floor(now().getTime() / 1000) + KEYSET_DAYS * 24 * 60 * 60
  const receipts = makeRecent<Kept>(MOST_KEPT)
  const sessions = makeRecent<string>(MOST_KEPT)
  const optionsFor = (scenario: AciScenarioId, exchange: Pick<AciOptions, 'request' | 'response'> & Partial<AciOptions>): AciOptions => {
    const { upstream, program, faults } = ACI_SCENARIOS[scenario]
    const workload = { program, ...faults.workload }
    return { seed, at: now(), upstream, faults: { keyset: { not_after: keysetUntil }, ...faults, workload }, ...exchange }
  }
  const nothing = { request: new Uint8Array(), response: new Uint8Array() }
  const direct = makeAci(optionsFor('direct-honest', nothing))
  const aggregator = makeAci(optionsFor('aggregator-audited', nothing))
  let latest = optionsFor('direct-honest', nothing)

  return {
    answer({ scenario, streamed, body, model, messages }, credential) {
      const at = now()
      const said: Utterance = {
        id: `chatcmpl-${randomBytes(16).toString('hex')}`,
        created: Math.floor(at.getTime() / 1000),
        model,
        tokens: tokensOf(answerTo(messages, 'large', false)),
        promptTokens: tokensOf(messages.map(({ content }) => content).join(' ')).length,
      }
      const { response } = ACI_SCENARIOS[scenario]
      const delivered = response === undefined ? said : deliveredUtterance(said, { response })
      const signed = streamed ? encodeEvents([...eventsOf(ROUTE, said), DONE]) : bodyOf(ROUTE, said)
      latest = optionsFor(scenario, { at, request: body, response: signed, chatId: said.id, model })
      const { receiptId, receipt, headers, session } = makeAci(latest)
      return {
        headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
        notes: [],
        events: eventsOf(ROUTE, delivered),
        body: bodyOf(ROUTE, delivered),
        delivery: 'whole',
        // It is looked up, and no part of the answer.
        receipt: () => undefined,
        receiptEvent: (event) => receiptEvent(delivered, event.text),
        sent: () => {
          receipts.set(receiptId, { text: receipt, credential })
          if (session !== undefined) sessions.set(session.id, session.text)
        },
      }
    },
    receipt: (id, credential) => {
      const kept = receipts.get(id)
      return kept?.credential === credential ? kept.text : undefined
    },
    session: (id) => sessions.get(id),
    report: (nonce) => makeAci({ ...latest, nonce }).report,
    collateral: () => makeAci(optionsFor('direct-honest', nothing)).workload.dstack.tdx.collateral,
    root: direct.workload.dstack.tdx.anchor,
    published: [
      ...publishedOf(direct.workload, 'service'),
      ...publishedOf(aggregator.workload, 'gateway'),
      ...(aggregator.upstreamWorkload === undefined ? [] : publishedOf(aggregator.upstreamWorkload, 'model-host')),
    ],
  }
}

/** The compose file, and the operating system under it. */
function publishedOf({ dstack, osRegisters }: Workload, hop: PublishedMeasurement['hop']): readonly PublishedMeasurement[] {
  const values = [['dstack.compose-hash', dstack.composeHash] as const, ...osRegisters]
  return values.map(([measurement, value]) => ({ measurement, value, hop }))
}
