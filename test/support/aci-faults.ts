import type { AciOptions } from '../simulator/aci.ts'

/** What goes wrong, the checks that fail by it, and the five rows, worked out by hand from `docs/CLAIMS.md`. */
export type AciFault = readonly [name: string, options: Partial<AciOptions>, checks: readonly string[], rows: string]

const OTHER = new TextEncoder().encode('{"model":"demo-model","messages":[]}')
const EVENTS = {
  received: { type: 'request.received', body_hash: `sha256:${'00'.repeat(32)}` },
  returned: { type: 'response.returned', body_hash: `sha256:${'00'.repeat(32)}` },
}
const READ = [EVENTS.received, EVENTS.returned]

/** One fault for every check of an ACI exchange that is served at `at`, its gateway's workload pinned. */
export function aciFaults(at: Date): readonly AciFault[] {
  const second = Math.floor(at.getTime() / 1000)
  const expired = second - 1
  return [
    ['a flipped signature', { faults: { signature: 'flipped' } }, ['aci.signature'], 'a a f f f'],
    ['a key that is not in the keyset', { faults: { signWith: 'other' } }, ['aci.signature'], 'a a f f f'],
    ['a receipt changed after it was signed', { faults: { receiptAfter: { model: 'other' } } }, ['aci.signature'], 'a a f f f'],
    ['a receipt with a member added after it was signed', { faults: { receiptAfter: { added: 1 } } }, ['aci.signature'], 'a a f f f'],
    ['a key name that the keyset has not', { faults: { receipt: { key_id: 'none' } } }, ['aci.key-id'], 'a a f f f'],
    [
      'a keyset digest that is not the keyset’s',
      { faults: { report: { workload_keyset_digest: `sha256:${'00'.repeat(32)}` } } },
      ['aci.keyset-digest'],
      'f a a a a',
    ],
    ['a keyset that had expired', { faults: { keyset: { not_after: expired } } }, ['aci.keyset-expiry'], 'f a a a a'],
    ['a quote of another nonce', { faults: { nonce: 'other' } }, ['aci.report-data'], 'f a a a a'],
    ['a quote of another keyset', { faults: { commits: 'other' } }, ['aci.report-data'], 'f a a a a'],
    ['a quote without the nonce that was sent', { faults: { nonce: 'none' } }, ['aci.nonce'], 'v f a v v'],
    ['report data that does not end in zeros', { faults: { tail: 'octets' } }, ['aci.report-data-tail'], 'f a a a a'],
    [
      'report data restated otherwise',
      { faults: { report: { 'attestation.report_data': '00'.repeat(32) } } },
      ['aci.report-data-restated'],
      'f a a a a',
    ],
    ['events without the response', { faults: { receipt: { event_log: [EVENTS.received] } } }, ['aci.event-order'], 'a a f f f'],
    ['another request', { request: OTHER }, ['aci.request-hash'], 'v v a f v'],
    ['another response', { response: OTHER }, ['aci.response-hash'], 'v v a f v'],
    ['another endpoint', { path: '/v1/embeddings' }, ['aci.endpoint'], 'v v a f v'],
    ['another method', { faults: { receipt: { method: 'GET' } } }, ['aci.endpoint'], 'v v a f v'],
    ['another response’s id', { chatId: 'chatcmpl-of-another' }, ['aci.response-id'], 'v v a f v'],
    ['a receipt of another hour', { faults: { receipt: { served_at: second - 3600 } } }, ['aci.served-at'], 'v f a v v'],
    [
      'a session changed after it was cited',
      { upstream: 'vouched', faults: { sessionAfter: { endpoint: null } } },
      ['aci.session-id'],
      'f[vf] f[vf] a v v',
    ],
    [
      'evidence that is not what its digest names',
      { upstream: 'vouched', faults: { session: { 'evidence.digest': `sha256:${'00'.repeat(32)}` } } },
      ['aci.session-evidence-digest'],
      'f[vf] f[vf] a v v',
    ],
    [
      'a session that had ended',
      { upstream: 'vouched', faults: { session: { expires_at: expired } } },
      ['aci.session-window'],
      'f[vf] f[vf] a v v',
    ],
    [
      'a session that had not begun',
      { upstream: 'audited', faults: { session: { established_at: expired + 60 } } },
      ['aci.session-window'],
      'f[vf] f[vf] a v v',
    ],
    [
      'a claim that the gateway refutes',
      {
        upstream: 'vouched',
        faults: { session: { 'claims.tcb_up_to_date': { status: 'refuted', source: 'verifier_derived', reason: 'OutOfDate' } } },
      },
      ['aci.session-claim'],
      'f[vf] f[vf] a v v',
    ],
    [
      'a claim that the gateway refutes, of an upstream that proves itself',
      {
        upstream: 'audited',
        faults: { session: { 'claims.tcb_up_to_date': { status: 'refuted', source: 'verifier_derived', reason: 'OutOfDate' } } },
      },
      ['aci.session-claim'],
      'f[vf] f[vf] a v v',
    ],
    [
      'upstream evidence of another channel',
      { upstream: 'audited', faults: { channel: 'other' } },
      ['aci.session-channel'],
      'f[vf] a[va] a v v',
    ],
    [
      'genuine upstream evidence that was asked for with the digest of another’s key as its nonce',
      { upstream: 'audited', faults: { channel: 'in-the-nonce' } },
      ['aci.session-channel'],
      'f[vf] a[va] a v v',
    ],
    [
      'a gateway’s evidence of another channel',
      { upstream: 'audited-gateway', faults: { channel: 'other' } },
      ['aci.session-channel'],
      'f[vfa] a[vaa] a v v',
    ],
    [
      'a debug upstream',
      {
        upstream: 'audited',
        faults: { upstreamWorkload: { tdx: { quote: { td: { tdAttributes: new Uint8Array([1, 0, 0, 0x10, 0, 0, 0, 0]) } } } } },
      },
      ['tdx.debug'],
      'f[vf] a[va] a v v',
    ],
    [
      'a debug gateway',
      { faults: { workload: { tdx: { quote: { td: { tdAttributes: new Uint8Array([1, 0, 0, 0x10, 0, 0, 0, 0]) } } } } } },
      ['tdx.debug'],
      'f a a a a',
    ],
  ]
}

/** What was sent and cannot be read, the checks that say so, and the five rows. */
export const ACI_UNREADABLE: readonly AciFault[] = [
  ['a session that is none', { upstream: 'vouched', faults: { sessionAfter: { claims: 1 } } }, ['aci.session'], 'a[va] a[va] a v v'],
  [
    'evidence that is no data URI',
    { upstream: 'vouched', faults: { session: { 'evidence.data': 'https://example.com/' } } },
    ['aci.session-evidence'],
    'a[va] a[va] a v v',
  ],
  [
    'evidence without its digest',
    { upstream: 'vouched', faults: { session: { 'evidence.digest': undefined } } },
    ['aci.session-evidence'],
    'a[va] a[va] a v v',
  ],
  [
    'an event in another form',
    { upstream: 'vouched', faults: { receipt: { event_log: [...READ, { type: 'upstream.verified', result: 'maybe' }] } } },
    ['aci.event-order'],
    'a a ? ? ?',
  ],
]
