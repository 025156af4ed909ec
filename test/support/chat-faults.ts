import type { NearOptions } from '../simulator/near.ts'

/** What goes wrong, the checks that fail by it, and the five rows, worked out by hand from `docs/CLAIMS.md`. */
export type ChatFault = readonly [name: string, options: Partial<NearOptions>, checks: readonly string[], rows: string]

const OTHER = new TextEncoder().encode('{"model":"demo/model-1","messages":[{}]}')
const DEBUG = { tdx: { quote: { td: { tdAttributes: new Uint8Array([1, 0, 0, 0x10, 0, 0, 0, 0]) } } } }

/** One fault for every check of a chat signature, no workload pinned. */
export const CHAT_FAULTS: readonly ChatFault[] = [
  ['a flipped signature', { faults: { signature: 'flipped' } }, ['chat-signature.signature'], 'a a f f f'],
  ['a flipped Ed25519 signature', { algorithm: 'ed25519', faults: { signature: 'flipped' } }, ['chat-signature.signature'], 'a a f f f'],
  [
    'another address beside the signature',
    { faults: { answer: { signing_address: `0x${'11'.repeat(20)}` } } },
    ['chat-signature.signature'],
    'a a f f f',
  ],
  [
    'an algorithm that is not the address’s',
    { faults: { answer: { signing_algo: 'ed25519' } } },
    ['chat-signature.signature'],
    'a a f f f',
  ],
  [
    'the model host’s key under the gateway’s label',
    { kind: 'gateway', faults: { signedBy: 'model' } },
    ['chat-signature.kind'],
    'a[aa] a[aa] f f f',
  ],
  [
    'the gateway’s key under the model host’s label',
    { kind: 'provider_tee', faults: { signedBy: 'gateway' } },
    ['chat-signature.kind'],
    'a[aa] a[aa] f f f',
  ],
  [
    'a stranger’s key under the model host’s label',
    { kind: 'provider_tee', faults: { signedBy: 'stranger' } },
    ['chat-signature.key-commitment'],
    'f[af] a[aa] a a a',
  ],
  [
    'a stranger’s key under the gateway’s label',
    { kind: 'gateway', faults: { signedBy: 'stranger' } },
    ['chat-signature.key-commitment'],
    'f[fa] a[aa] a a a',
  ],
  [
    'a stranger’s key without a label',
    { kind: 'unlabelled', faults: { signedBy: 'stranger' } },
    ['chat-signature.key-commitment', 'chat-signature.key-commitment'],
    'f[ff] a[aa] a a a',
  ],
  [
    'report data of another key',
    { kind: 'provider_tee', faults: { layout: { model: 'other' } } },
    ['chat-signature.key-commitment'],
    'f[af] a[aa] a a a',
  ],
  [
    'report data of nobody, where somebody signed',
    { kind: 'gateway', faults: { layout: { gateway: 'zero' } } },
    ['chat-signature.key-commitment'],
    'f[fa] a[aa] a a a',
  ],
  [
    'report data of another key, of a host that did not sign',
    { kind: 'gateway', faults: { layout: { model: 'other' } } },
    ['chat-signature.key-commitment'],
    'f[vf] a[aa] a v v',
  ],
  [
    'another TLS key than the one in the quote',
    { shape: 'direct', faults: { layout: { model: 'tls' }, report: { tls_cert_fingerprint: '00'.repeat(32), all_attestations: [] } } },
    ['chat-signature.key-commitment'],
    'f a a a a',
  ],
  ['old quotes', { shape: 'direct', faults: { nonce: 'other' } }, ['chat-signature.nonce'], 'v f a v v'],
  ['another request', { shape: 'direct', request: OTHER }, ['chat-signature.request-hash'], 'v a a f v'],
  ['another response', { shape: 'direct', response: OTHER }, ['chat-signature.response-hash'], 'v a a f v'],
  ['a debug gateway in front', { kind: 'provider_tee', faults: { workload: { gateway: DEBUG } } }, ['tdx.debug'], 'f[fv] a[aa] a v v'],
  ['a debug model host that signed', { kind: 'provider_tee', faults: { workload: { model: DEBUG } } }, ['tdx.debug'], 'f[af] a[aa] a a a'],
]

/** What was sent and cannot be read, the checks that say so, and the five rows. */
export const CHAT_UNREADABLE: readonly ChatFault[] = [
  ['a text of one hash', { faults: { answer: { text: '00'.repeat(32) } } }, ['chat-signature.format'], 'a a ? ? ?'],
  [
    'a gateway’s label on a text with a model',
    { faults: { answer: { signature_kind: 'gateway' } } },
    ['chat-signature.format'],
    'a a ? ? ?',
  ],
  [
    'entries that cannot be read',
    { kind: 'gateway', faults: { report: { model_attestations: [{ signing_address: '0x' }] } } },
    ['dstack.format'],
    '?[v?] a[aa] a v v',
  ],
  [
    'a report that is none',
    { shape: 'direct', faults: { report: { intel_quote: undefined } } },
    ['chat-signature.report-format'],
    '? a a a a',
  ],
]
