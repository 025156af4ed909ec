import { randomBytes } from 'node:crypto'
import {
  bodyOf,
  deliveredUtterance,
  eventsOf,
  type Faults,
  type Gateway,
  type Octets,
  type Receipt,
  receiptEvent,
  SCENARIOS,
  type ScenarioId,
  type ServerEvent,
  signAnswer,
  tokensOf,
  type Utterance,
} from '../simulator/index.ts'
import type { ChatRequest } from './chat-request.ts'
import type { Conversations } from './conversations.ts'
import type { Gateways } from './gateways.ts'
import { answerTo } from './model.ts'

/** What the panel of the page is told beside the answer. It is the demo's own doing, and no receipt covers it. */
export type Note = 'first-answer-is-honest' | 'no-receipt-asked'

/** An answer that is ready to be sent, under the faults of its scenario. */
export type Answer = {
  readonly notes: readonly Note[]
  /** Everything up to the receipt. */
  readonly events: readonly ServerEvent[]
  readonly body: Octets
  readonly delivery: NonNullable<Faults['delivery']>
  /** Signs now. Undefined: there is none, because none was asked for or it is withheld. */
  receipt(): Receipt | undefined
  receiptEvent(receipt: Receipt): ServerEvent
  /** To be called when all of it was sent: a later replay may use this receipt. */
  sent(receipt: Receipt | undefined): void
}

export type Service = { readonly gateways: Gateways; readonly conversations: Conversations; readonly now: () => Date }

const ROUTE = 'chat.completions'

export function prepareAnswer(request: ChatRequest<ScenarioId>, { gateways, conversations, now }: Service): Answer {
  const { scenario, streamed, conversation, optIn, body, model } = request
  const asked = optIn.asks === 'receipt'
  const faults = SCENARIOS[scenario].faults
  const gateway = gateways.of(scenario)
  const replays = faults.receiptOf === 'earlier-answer'
  const earlier = replays ? conversations.earlierReceipt(conversation, streamed) : undefined
  const nonce = optIn.asks === 'receipt' && optIn.nonce !== undefined ? { nonce: optIn.nonce } : {}
  const said: Utterance = {
    id: `chatcmpl-${randomBytes(16).toString('hex')}`,
    created: Math.floor(now().getTime() / 1000),
    model,
    tokens: tokensOf(answerTo(request.messages, faults.answeredBy === 'smaller-model' ? 'small' : 'large', faults.request === 'changed')),
    promptTokens: tokensOf(request.messages.map(({ content }) => content).join(' ')).length,
  }
  const delivered = deliveredUtterance(said, faults)
  const sign = (): Receipt => {
    if (earlier !== undefined) return earlier
    if (faults.receiptOf === 'another-answer') return signForSomebodyElse(gateway, request, now())
    return signAnswer({ gateway, faults, at: now(), route: ROUTE, streamed, requestBody: body, said, requested: model, ...nonce })
  }
  const notes: Note[] = []
  if (!asked) notes.push('no-receipt-asked')
  else if (replays && earlier === undefined) notes.push('first-answer-is-honest')
  const { delivery = 'whole' } = faults
  return {
    notes,
    events: eventsOf(ROUTE, delivered),
    body: bodyOf(ROUTE, delivered),
    delivery,
    receipt: () => (asked && delivery !== 'receipt-stripped' ? sign() : undefined),
    receiptEvent: (receipt) => receiptEvent(delivered, receipt.text),
    sent: (receipt) => {
      if (receipt !== undefined && isGenuine(faults, earlier)) conversations.remember(conversation, streamed, receipt)
    },
  }
}

/** Only a receipt that says the truth about the answer it came with is worth replaying: what a replay breaks has to have been whole. */
function isGenuine(faults: Faults, earlier: Receipt | undefined): boolean {
  const own = faults.receiptOf === undefined || (faults.receiptOf === 'earlier-answer' && earlier === undefined)
  const { gateway, receipt, nonce, request, response, delivery } = faults
  return own && [gateway, receipt, nonce, request, response, delivery].every((fault) => fault === undefined)
}

/** A genuine receipt for a question that another reader asked at the same time. */
function signForSomebodyElse(gateway: Gateway, { model, streamed }: ChatRequest<ScenarioId>, at: Date): Receipt {
  const question = { role: 'user', content: 'Which form do I need for a travel expense report?' } as const
  const said: Utterance = {
    id: `chatcmpl-${randomBytes(16).toString('hex')}`,
    created: Math.floor(at.getTime() / 1000),
    model,
    tokens: tokensOf(answerTo([question], 'large', false)),
    promptTokens: 10,
  }
  const requestBody = Buffer.from(JSON.stringify({ model, messages: [question], stream: streamed }))
  const nonce = randomBytes(24).toString('base64url')
  return signAnswer({ gateway, faults: {}, at, route: ROUTE, streamed, requestBody, said, requested: model, nonce })
}
