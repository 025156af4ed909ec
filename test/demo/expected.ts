import type { DemoScenarioId } from './scenarios.ts'

export const CLAIMS = ['environment', 'workload', 'model', 'exchange', 'signature'] as const
export type Claim = (typeof CLAIMS)[number]
export type Rows = Readonly<Record<Claim, string>>

/*
 * A cell: v verified, a assumed, f failed, – absent, ? could not check. In brackets, where there are two hops, g is the gateway and h the
 * model host behind it; and what the row's sentence has to speak of, where a letter alone would not tell one failure from another.
 */
const gateway = 'a (g v, h a)'
const unproven = 'a (g a, h a)'
const broken = 'f (g f, h a)'
const honest: Rows = { environment: gateway, workload: gateway, model: 'a', exchange: 'v', signature: 'v' }
const unbacked: Rows = { environment: broken, workload: unproven, model: 'a', exchange: 'a', signature: 'a' }
/** One hop, that proves all that can be proven of it. */
const direct: Rows = { environment: 'v', workload: 'v', model: 'a', exchange: 'v', signature: 'v' }
const unbackedDirect: Rows = { environment: 'f', workload: 'a', model: 'a', exchange: 'a', signature: 'a' }

/** The rows of every scenario, written by hand from docs/CLAIMS.md. */
export const EXPECTED: Readonly<Record<DemoScenarioId, Rows>> = {
  honest,
  'response-changed': { ...honest, exchange: 'f (answer)' },
  'request-changed': { ...honest, exchange: 'f (request)' },
  'receipt-of-another-answer': { ...honest, workload: 'f (g f, h a; nonce)', exchange: 'f (answer)' },
  replayed: {
    environment: unproven,
    workload: 'f (g f, h a; nonce)',
    model: 'f (signature)',
    exchange: 'f (answer)',
    signature: 'f (seen before)',
  },
  'wrong-nonce': { ...honest, workload: 'f (g f, h a; nonce)' },
  'other-image': { ...honest, workload: 'f (g f, h a; image)' },
  debug: { ...unbacked, environment: 'f (g f, h a; debug)' },
  'key-not-committed': { ...unbacked, environment: 'f (g f, h a; key)' },
  'token-expired': { ...unbacked, environment: 'f (g f, h a; expired)' },
  'bad-signature': { environment: 'a', workload: 'a', model: 'f (signature)', exchange: 'f (signature)', signature: 'f' },
  // Cut once, which may be the network: could not check. Cut again, it would be a receipt held back.
  'broken-off': { environment: 'a', workload: 'a', model: '?', exchange: '? (broken off)', signature: '?' },
  stripped: { environment: 'a', workload: 'a', model: '–', exchange: '–', signature: '– (asked for, not received)' },
  'tls-webpki': { ...honest, environment: '– (g v, h –)', workload: '– (g v, h –)' },
  'model-swapped': honest,
  'direct-honest': direct,
  'direct-response-changed': { ...direct, exchange: 'f (answer)' },
  'direct-debug': { ...unbackedDirect, environment: 'f (debug)' },
  'direct-other-program': { ...direct, workload: 'f (program)' },
  // The quote commits to keys and nonce in one hash: a report for another nonce does not show that the receipt's key is the enclave's.
  'direct-stale-report': { ...unbackedDirect, environment: 'f (nonce)' },
  'direct-bad-signature': { environment: 'a', workload: 'a', model: 'f (signature)', exchange: 'f (signature)', signature: 'f' },
  'aggregator-vouched': { ...direct, environment: gateway, workload: gateway },
  'aggregator-audited': { ...direct, environment: 'v (g v, h v)', workload: 'v (g v, h v)' },
}
