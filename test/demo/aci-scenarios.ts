import type { AciFaults, AciUpstream } from '../simulator/aci.ts'
import type { ScenarioText } from './scenarios.ts'

export const DIRECT_IDS = [
  'direct-honest',
  'direct-response-changed',
  'direct-debug',
  'direct-other-program',
  'direct-stale-report',
  'direct-bad-signature',
] as const
export const AGGREGATOR_IDS = ['aggregator-vouched', 'aggregator-audited'] as const
export type AciScenarioId = (typeof DIRECT_IDS)[number] | (typeof AGGREGATOR_IDS)[number]

export type AciScenario = ScenarioText & {
  readonly upstream: AciUpstream
  /** Which program the workload is. */
  readonly program: string
  readonly faults: AciFaults
  /** Whether the reader was sent what the workload signed. */
  readonly response?: 'changed'
}

/** Debug and SEPT_VE_DISABLE (Intel TDX Module Base Architecture Specification, TD attributes). */
const DEBUG = { tdx: { quote: { td: { tdAttributes: Uint8Array.of(1, 0, 0, 0x10, 0, 0, 0, 0) } } } } as const

const DIRECT = { upstream: 'none', program: 'model-enclave', faults: {} } as const
const AGGREGATOR = { upstream: 'vouched', program: 'aci-aggregator', faults: {} } as const

/** Every cheat of the demo's ACI services, each with the knobs that produce it. */
export const ACI_SCENARIOS: Readonly<Record<AciScenarioId, AciScenario>> = {
  'direct-honest': {
    ...DIRECT,
    title: 'Honest',
    did: 'An enclave ran the model itself, signed what it received and sent, and reported on itself when your browser asked.',
    log: 'The log shows one request and one answer, which is what happened.',
  },
  'direct-response-changed': {
    ...DIRECT,
    title: 'Answer changed on the way',
    did: 'A proxy in front of the enclave changed one word or number of the answer after the enclave had signed it.',
    log: 'The log shows the original answer with status 200, and nothing of the change.',
    response: 'changed',
  },
  'direct-debug': {
    ...DIRECT,
    title: 'Debug machine',
    did: 'The enclave was started with debugging on, so that its host can read and change what is inside.',
    log: 'The log shows “running on Intel TDX”, which is true.',
    faults: { workload: DEBUG },
  },
  'direct-other-program': {
    ...DIRECT,
    title: 'Other program',
    did: 'The enclave runs in genuine hardware, but another program than the published one.',
    log: 'The log shows the deployment under its usual name.',
    program: 'model-enclave-hotfix',
  },
  'direct-stale-report': {
    ...DIRECT,
    title: 'Report for another nonce',
    did: 'Asked for a report with your browser’s nonce, the service sent one that it had made for another.',
    log: 'The log shows a valid attestation report, and no log compares nonces with a browser.',
    note: 'One hash in the quote covers both the nonce and the keys. When it differs nobody can tell which of them is wrong, so the hardware evidence counts for nothing here.',
    faults: { nonce: 'other' },
  },
  'direct-bad-signature': {
    ...DIRECT,
    title: 'Bad signature',
    did: 'The receipt carries a signature that its key never made.',
    log: 'The log shows that a receipt was served.',
    faults: { signature: 'flipped' },
  },
  'aggregator-vouched': {
    ...AGGREGATOR,
    title: 'Host vouched for',
    did: 'The aggregator passed your request to a model host, and its receipt cites a session in which it says it checked that host.',
    log: 'The log shows “verified upstream”, which is the aggregator’s word.',
    note: 'Nothing is wrong here. The session keeps no evidence of the host’s that your browser could check again.',
  },
  'aggregator-audited': {
    ...AGGREGATOR,
    title: 'Host that proves itself',
    did: 'The session that the receipt cites keeps the model host’s own evidence, bound to the connection that the aggregator used.',
    log: 'The log shows “verified upstream”, as before.',
    note: 'Nothing is wrong here. Your browser checked the host’s evidence itself, so that both hops are proven.',
    upstream: 'audited-whole',
  },
}

/** The first is what is served when nothing else is asked for. */
export const ACI_SCENARIO_IDS = [...DIRECT_IDS, ...AGGREGATOR_IDS] as const
