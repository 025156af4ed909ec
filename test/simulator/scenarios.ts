import { DEBUG_BUILD } from './confidential-space.ts'
import type { GatewayOptions } from './gateway.ts'
import type { ReceiptKnobs } from './inference-receipt.ts'
import type { ServerEvent } from './sse.ts'

/** What can go wrong between a model and a reader. Absent: it goes right. */
export type Faults = {
  /** The gateway itself: what it runs, and what its evidence says. */
  readonly gateway?: Pick<GatewayOptions, 'workload' | 'token' | 'tokenAgeSeconds' | 'tokenLifetimeSeconds' | 'commits' | 'authority'>
  readonly receipt?: ReceiptKnobs
  readonly nonce?: 'echoed' | 'other' | 'left-out'
  readonly upstream?: 'tee-verified' | 'tls-webpki'
  /** Whether the gateway was sent what the reader sent. */
  readonly request?: 'as-sent' | 'changed'
  /** Whether the reader was sent what the gateway signed. */
  readonly response?: 'as-signed' | 'changed'
  readonly receiptOf?: 'this-answer' | 'another-answer' | 'earlier-answer'
  readonly delivery?: 'whole' | 'receipt-stripped' | 'broken-off'
  /** Events between the receipt and `[DONE]`, where none may be. */
  readonly behindReceipt?: readonly ServerEvent[]
  readonly answeredBy?: 'model-asked-for' | 'smaller-model'
}

export const SCENARIO_IDS = [
  'honest',
  'response-changed',
  'request-changed',
  'receipt-of-another-answer',
  'replayed',
  'wrong-nonce',
  'other-image',
  'debug',
  'key-not-committed',
  'token-expired',
  'bad-signature',
  'broken-off',
  'stripped',
  'tls-webpki',
  'model-swapped',
] as const
export type ScenarioId = (typeof SCENARIO_IDS)[number]

export function isScenarioId(value: unknown): value is ScenarioId {
  return SCENARIO_IDS.some((id) => id === value)
}

export type Scenario = {
  readonly title: string
  /** One sentence: what the vendor, or somebody between, did. */
  readonly did: string
  /** One sentence: what the vendor's log shows of it. */
  readonly log: string
  /** What a reader of the receipt still has to know, where the sentences above do not say it. */
  readonly note?: string
  readonly faults: Faults
}

const OTHER_IMAGE = 'sha256:c2a9e07751b84fd3e6130d2f98b5ca74603fe1d8295ab7c04e8d63f71a920b5d'

/** Every cheat of the demo, each with the knobs that produce it. */
export const SCENARIOS: Readonly<Record<ScenarioId, Scenario>> = {
  honest: {
    title: 'Honest',
    did: 'The gateway passed your request to a model host whose enclave it checked, and signed what it received and sent.',
    log: 'The log shows one request and one answer, which is what happened.',
    faults: {},
  },
  'response-changed': {
    title: 'Answer changed on the way',
    did: 'A proxy in front of the gateway changed one word or number of the answer after the gateway had signed it.',
    log: 'The log shows the original answer with status 200, and nothing of the change.',
    faults: { response: 'changed' },
  },
  'request-changed': {
    title: 'Request changed on the way',
    did: 'A proxy in front of the gateway put an instruction of its own before your question.',
    log: 'The log shows a request that was answered correctly, and not that you never wrote it.',
    faults: { request: 'changed' },
  },
  'receipt-of-another-answer': {
    title: 'Receipt of another answer',
    did: 'The service sent your answer with a genuine receipt that the gateway had signed for somebody else’s.',
    log: 'The log shows an answer and a valid receipt beside it.',
    faults: { receiptOf: 'another-answer' },
  },
  replayed: {
    title: 'Receipt replayed',
    did: 'The service sent the receipt of your previous answer once more, under a new answer.',
    log: 'The log shows two answers, each with a valid receipt.',
    note: 'This needs an earlier answer in the same chat; where there is none, the first one is answered honestly.',
    faults: { receiptOf: 'earlier-answer' },
  },
  'wrong-nonce': {
    title: 'Wrong nonce',
    did: 'The gateway signed this exchange with a nonce that is not the one your browser sent.',
    log: 'The log shows a signed exchange, and no log compares nonces with a browser.',
    faults: { nonce: 'other' },
  },
  'other-image': {
    title: 'Other image',
    did: 'The gateway runs in genuine hardware, but a different container image than the published release.',
    log: 'The log shows the deployment under its usual name.',
    faults: { gateway: { workload: { imageDigest: OTHER_IMAGE, imageTag: 'hotfix-2' } } },
  },
  debug: {
    title: 'Debug build',
    did: 'The gateway runs in a debug build, in which its operator can look into the enclave.',
    log: 'The log shows “confidential computing: enabled”.',
    faults: { gateway: { token: { claims: DEBUG_BUILD } } },
  },
  'key-not-committed': {
    title: 'Key not in the evidence',
    did: 'The receipt is signed with a key that the hardware evidence sent with it does not name.',
    log: 'The log shows a signed receipt and valid evidence, and not that they do not belong together.',
    faults: { gateway: { commits: 'other-key' } },
  },
  'token-expired': {
    title: 'Evidence expired',
    did: 'The evidence sent with the receipt had already expired when the receipt was signed.',
    log: 'The log shows that the gateway was attested, some time ago.',
    faults: { gateway: { tokenAgeSeconds: 2 * 3600, tokenLifetimeSeconds: 3600 } },
  },
  'bad-signature': {
    title: 'Bad signature',
    did: 'The receipt carries a signature that its key never made.',
    log: 'The log shows that a receipt was sent.',
    faults: { receipt: { signature: 'flipped' } },
  },
  'broken-off': {
    title: 'Stream broken off',
    did: 'The connection was cut in the middle of the answer, before the receipt that comes last.',
    log: 'The log shows an answer whose client went away.',
    faults: { delivery: 'broken-off' },
  },
  stripped: {
    title: 'Receipt stripped',
    did: 'A proxy in front of the gateway took the receipt out of the answer that your browser had asked for.',
    log: 'The log shows that the gateway signed and sent a receipt.',
    faults: { delivery: 'receipt-stripped' },
  },
  'tls-webpki': {
    title: 'Ordinary API behind the gateway',
    did: 'The gateway is attested, but it passed your request over ordinary TLS to a model host that offers no evidence.',
    log: 'The log shows “served by an attested gateway”, which is true of the gateway alone.',
    faults: { upstream: 'tls-webpki' },
  },
  'model-swapped': {
    title: 'Model swapped',
    did: 'The model host answered with a smaller model than the one you asked for, and the gateway signed the name it was told.',
    log: 'The log shows the name of the model that you asked for.',
    note: 'No check fails here, because the receipt signs a model’s name and not a hash of its weights: which model ran stays assumed, as in the honest case.',
    faults: { answeredBy: 'smaller-model' },
  },
}
