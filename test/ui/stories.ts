import type { ExchangeState, TabState } from '../../src/platform/messages.ts'
import { deriveClaims } from '../../src/verify/claims/derive.ts'
import { countOf, decidingOf, headlineOf } from '../../src/verify/claims/headline.ts'
import type { Role } from '../../src/verify/claims/rules.ts'
import { type MessageId, type Sentence, sentence } from '../../src/verify/claims/sentence.ts'
import type { CheckId, Finding, HopFact, Outcome } from '../../src/verify/claims/types.ts'
import type { Report } from '../../src/verify/report.ts'

/**
 * What the popup is shown with in its tests: findings as the verifier gives them, claims derived by the verifier's own table. They test how
 * a report is drawn, not whether it is right.
 */

type Row = readonly [
  check: CheckId,
  role: Role,
  outcome: Outcome,
  because: Sentence,
  more?: Partial<Pick<Finding, 'hop' | 'assumes' | 'code' | 'expected' | 'computed' | 'at'>>,
]

const DIGEST = 'sha256:cf91d2a7c06cfa1f1b7c8a0dc5d7b9a4e1f0a2b3c4d5e6f708192a3b4c5da0ff'
const DAY = '2026-11-22'

const say = (id: MessageId, ...args: (string | Sentence)[]) => sentence(id, ...args)

/** The findings of an honest answer: every later story replaces some of them. */
const HONEST: readonly Row[] = [
  ['receipt.delivery', 'receipt.delivery', 'passed', say('receipt_delivered')],
  ['inference-receipt.position', 'receipt.format', 'passed', say('ir_position_passed')],
  ['inference-receipt.key-id', 'receipt.key', 'passed', say('ir_key_id_passed')],
  ['inference-receipt.signature', 'receipt.signature', 'passed', say('ir_signature_passed')],
  ['inference-receipt.format', 'receipt.format', 'passed', say('ir_format_passed')],
  ['inference-receipt.evidence', 'evidence.presence', 'passed', say('ir_evidence_passed')],
  ['inference-receipt.request-hash', 'exchange.request', 'passed', say('ir_request_hash_passed')],
  ['inference-receipt.response-hash', 'exchange.response', 'passed', say('ir_response_hash_passed')],
  ['inference-receipt.response-id', 'exchange.response', 'passed', say('ir_response_id_passed')],
  ['inference-receipt.nonce', 'workload.freshness', 'passed', say('ir_nonce_passed')],
  ['inference-receipt.issued-at', 'workload.freshness', 'passed', say('ir_issued_at_passed', `${DAY}T14:32:09.000Z`)],
  [
    'inference-receipt.upstream-vouched',
    'host.vouched',
    'unchecked',
    say('ir_upstream_vouched'),
    { hop: 1, assumes: ['assume_gateway_checked_host'] },
  ],
  [
    'inference-receipt.model-artifact',
    'model.artifact',
    'unchecked',
    say('ir_model_named', 'openai/gpt-oss-120b'),
    { assumes: ['assume_model_name'] },
  ],
  ['receipt.replay', 'receipt.replay', 'passed', say('receipt_not_replayed')],
  ['confidential-space.format', 'evidence.format', 'passed', say('cs_format_passed')],
  ['confidential-space.signature', 'evidence.signature', 'passed', say('cs_signature_passed')],
  [
    'confidential-space.key-source',
    'evidence.anchor',
    'passed',
    say('cs_key_fetched', `${DAY}T14:32:10.000Z`),
    { assumes: ['assume_hardware_vendor'] },
  ],
  ['confidential-space.validity', 'evidence.time', 'passed', say('evidence_valid', say('span_minutes', '30'))],
  ['confidential-space.debug', 'evidence.debug', 'passed', say('cs_debug_passed')],
  ['confidential-space.hardware', 'evidence.platform', 'passed', say('cs_hardware_passed', 'Intel TDX')],
  ['confidential-space.secure-boot', 'evidence.platform', 'passed', say('cs_secure_boot_passed')],
  ['inference-receipt.key-commitment', 'evidence.binding', 'passed', say('ir_commitment_passed')],
  ['policy.identity', 'workload.identity', 'passed', say('policy_match', 'cloud.project', 'quill-cloud-proxy')],
  ['policy.measurement', 'workload.measurement', 'passed', say('policy_match', 'container.image-digest', DIGEST)],
  ['exchange.capture', 'exchange.capture', 'passed', say('capture_complete')],
  ['exchange.source', 'exchange.source', 'passed', say('source_page'), { assumes: ['assume_page_octets', 'assume_screen'] }],
]

const GATEWAY: HopFact = {
  role: 'gateway',
  name: 'https://api.trustedrouter.com',
  backing: 'evidence',
  platform: say('cs_platform', 'Intel TDX'),
}
const VOUCHED: HopFact = { role: 'model-host', name: 'Tinfoil', backing: 'vouched' }
const PLAIN_HOST: HopFact = { role: 'model-host', name: 'Example Cloud', backing: 'none' }
const NOBODY: HopFact = { role: 'service', name: '', backing: 'evidence' }

/** The honest findings with some replaced (by check id), some added, some left out. */
function but(changes: readonly Row[], without: (row: Row) => boolean = () => false): readonly Row[] {
  const kept = HONEST.filter((row) => !without(row)).map((row) => changes.find(([check]) => check === row[0]) ?? row)
  return [...kept, ...changes.filter(([check]) => !HONEST.some((row) => row[0] === check))]
}

function report(rows: readonly Row[], hops: readonly HopFact[] = [GATEWAY, VOUCHED], more: Partial<Report> = {}, signer = 0): Report {
  const findings = rows.map(([check, role, outcome, because, more]): Finding => {
    return { check, role, outcome, because, hop: 0, assumes: [], ...more }
  })
  const { claims, decidedBy, chain } = deriveClaims({ findings, hops, signer, keyPinned: false })
  const deciding = decidingOf(claims, decidedBy)
  return {
    format: 'inference-receipt-checker/report',
    version: 1,
    verifier: '0.1.0',
    exchange: 'exchange',
    moment: { now: `${DAY}T14:32:11.000Z`, basis: 'captured-here' },
    headline: headlineOf(claims, deciding),
    ...(deciding === undefined ? {} : { deciding }),
    count: countOf(claims),
    claims,
    chain,
    signer,
    findings,
    assumes: [...new Set(claims.flatMap((claim) => claim.assumes))],
    measurements: [],
    inputs: [],
    retry: false,
    ...more,
  }
}

const OF_TRUSTEDROUTER = { service: 'TrustedRouter', elsewhere: false } as const
const NOTHING_ELSE = { earlier: [], recording: 'works', stored: 27 } as const

export function done(ordinal: number, made: Report): ExchangeState {
  return {
    id: `exchange-${ordinal}`,
    ordinal,
    ...OF_TRUSTEDROUTER,
    startedAt: `${DAY}T14:${20 + 4 * ordinal}:05.000Z`,
    progress: 'done',
    report: made,
  }
}

function underway(ordinal: number, progress: Exclude<ExchangeState['progress'], 'done'>): ExchangeState {
  return { id: `exchange-${ordinal}`, ordinal, ...OF_TRUSTEDROUTER, startedAt: `${DAY}T14:${20 + 4 * ordinal}:05.000Z`, progress }
}

export function watching(exchanges: readonly ExchangeState[], more: Partial<Extract<TabState, { kind: 'watching' }>> = {}): TabState {
  return { kind: 'watching', host: 'trustedrouter.com', service: 'TrustedRouter', exchanges, notCaptured: 0, ...NOTHING_ELSE, ...more }
}

/** Bad news of a document that the tab has left. */
export function left(id: string, service: string, made: Report): ExchangeState {
  return { ...done(1, made), id, service }
}

/** The same finding about another hop, where it is about one. */
function onHop(hop: number): (row: Row) => Row {
  return ([check, role, outcome, because, more = {}]) => [check, role, outcome, because, { ...more, hop }]
}

const isReceipt = ([check, role]: Row) => check.startsWith('inference-receipt.') || role === 'receipt.replay' || role === 'receipt.delivery'
const readsPayload = ([, role]: Row) => /^(exchange\.re|workload\.freshness|host|model|receipt\.replay)/.test(role)

export const REPORTS = {
  allVerified: report(
    but([['model.artifact', 'model.artifact', 'passed', say('claim_model_verified')]], ([, role]) => /^(host|model)/.test(role)),
    [{ ...NOBODY, platform: say('cs_platform', 'Intel TDX') }],
  ),
  honest: report(HONEST),
  responseChanged: report(
    but([
      [
        'inference-receipt.response-hash',
        'exchange.response',
        'failed',
        say('ir_response_hash_failed'),
        {
          code: 'hash-mismatch',
          expected: 'f3p1Yw0jVqPj4gYv1cXkq0H6mD8s0a2b5L7tQ9nE91A',
          computed: 'A95cHk2mQx7Zt0pR4vWb8sLd1fGj3yUe6iOnTcMa5cA',
          at: 'receipt.payload.response_sha256',
        },
      ],
    ]),
  ),
  debug: report(but([['confidential-space.debug', 'evidence.debug', 'failed', say('cs_debug_failed')]])),
  badSignature: report(but([['inference-receipt.signature', 'receipt.signature', 'failed', say('ir_signature_failed')]], readsPayload), [
    { ...NOBODY, platform: say('cs_platform', 'Intel TDX') },
  ]),
  replayed: report(
    but([
      ['receipt.replay', 'receipt.replay', 'failed', say('receipt_replayed')],
      ['inference-receipt.nonce', 'workload.freshness', 'failed', say('ir_nonce_failed')],
      ['inference-receipt.response-hash', 'exchange.response', 'failed', say('ir_response_hash_failed')],
      ['inference-receipt.request-hash', 'exchange.request', 'failed', say('ir_request_hash_failed')],
    ]),
  ),
  stripped: report(
    [
      ['receipt.delivery', 'receipt.delivery', 'failed', say('receipt_withheld')],
      ...HONEST.filter((row) => !isReceipt(row)),
      ['evidence.binding', 'evidence.binding', 'unchecked', say('binding_no_receipt')],
    ],
    [{ ...NOBODY, platform: say('cs_platform', 'Intel TDX') }],
  ),
  tlsWebpki: report(
    [
      ...HONEST.filter(([check]) => check !== 'inference-receipt.upstream-vouched'),
      ['inference-receipt.upstream-evidence', 'evidence.presence', 'failed', say('ir_upstream_none'), { hop: 1 }],
    ],
    [GATEWAY, PLAIN_HOST],
  ),
  readAlong: report(
    [
      ...HONEST.filter(([check]) => check !== 'inference-receipt.upstream-vouched'),
      ['inference-receipt.upstream-evidence', 'evidence.presence', 'failed', say('ir_upstream_none'), { hop: 1 }],
      ['exchange.relay', 'relay.reader', 'unchecked', say('relay_reads'), { assumes: ['assume_relay_reads'] }],
    ],
    [GATEWAY, PLAIN_HOST],
  ),
  offline: report(
    [
      ...HONEST.filter(
        ([check]) =>
          !check.startsWith('confidential-space.') &&
          !check.startsWith('policy.') &&
          check !== 'inference-receipt.key-commitment' &&
          check !== 'inference-receipt.evidence',
      ),
      ['evidence.presence', 'evidence.presence', 'unchecked', say('evidence_not_fetched', say('missing_offline'))],
      ['policy.measurement', 'workload.measurement', 'unchecked', say('policy_nothing_measured')],
    ],
    [GATEWAY, VOUCHED],
    { retry: true },
  ),
  notMatched: report(
    but([
      [
        'policy.measurement',
        'workload.measurement',
        'unchecked',
        say('policy_not_matched', DIGEST),
        { assumes: ['assume_measurement_unmatched'] },
      ],
    ]),
  ),
  demoRoot: report(
    but([
      [
        'confidential-space.key-source',
        'evidence.anchor',
        'passed',
        say('cs_key_fetched', `${DAY}T14:32:10.000Z`),
        { assumes: ['assume_hardware_vendor', 'assume_user_added_root'] },
      ],
    ]),
  ),
  threeEnclaves: report(
    [
      ...HONEST.filter(([check]) => !check.startsWith('inference-receipt.upstream') && !check.startsWith('policy.')).map(onHop(1)),
      ...HONEST.filter(([check]) => check.startsWith('confidential-space.')).map(onHop(0)),
      ...HONEST.filter(([check]) => check.startsWith('confidential-space.')).map(onHop(2)),
      ['chat-signature.key-commitment', 'evidence.binding', 'unchecked', say('chat_binding_nobody'), { hop: 0 }],
      ['chat-signature.key-commitment', 'evidence.binding', 'unchecked', say('chat_binding_unlinked'), { hop: 2 }],
      ...[0, 1, 2].map(
        (hop): Row => ['policy.measurement', 'workload.measurement', 'unchecked', say('policy_not_matched', DIGEST), { hop }],
      ),
    ],
    [
      { ...GATEWAY, name: '' },
      { ...GATEWAY, name: '' },
      { role: 'model-host', name: 'demo/model-1', backing: 'evidence' },
    ],
    {},
    1,
  ),
  longNames: report(
    but([
      [
        'inference-receipt.model-artifact',
        'model.artifact',
        'unchecked',
        say('ir_model_named', `${'a-model-with-a-very-long-name-'.repeat(9)}\u202egnp.exe<img src=x onerror=alert(1)>`),
        { assumes: ['assume_model_name'] },
      ],
      [
        'policy.measurement',
        'workload.measurement',
        'failed',
        say('policy_mismatch', 'container.image-digest', `sha256:${'0123456789abcdef'.repeat(6)}`),
        { code: 'other-value', expected: DIGEST, computed: `sha256:${'0123456789abcdef'.repeat(6)}` },
      ],
    ]),
    [
      { ...GATEWAY, name: `https://${'a-very-long-label.'.repeat(6)}example` },
      { ...VOUCHED, name: 'Società per l’elaborazione responsabile dei modelli linguistici <b>e altro</b>' },
    ],
    { retry: true },
  ),
} as const satisfies Record<string, Report>

const LONG_HOST = `${'a-very-long-label.'.repeat(4)}chat.example.com`

/** Every state of the popup, by the name of its picture. */
export const STORIES = {
  honest: watching([done(3, REPORTS.honest), done(2, REPORTS.honest), done(1, REPORTS.tlsWebpki)]),
  'response-changed': watching([done(3, REPORTS.responseChanged), done(2, REPORTS.honest), done(1, REPORTS.honest)]),
  debug: watching([done(1, REPORTS.debug)]),
  'bad-signature': watching([done(1, REPORTS.badSignature)]),
  replayed: watching([done(2, REPORTS.replayed), done(1, REPORTS.honest)]),
  stripped: watching([done(1, REPORTS.stripped)]),
  'tls-webpki': watching([done(1, REPORTS.tlsWebpki)]),
  'read-along': watching([done(1, REPORTS.readAlong)]),
  offline: watching([done(1, REPORTS.offline)]),
  'not-matched': watching([done(1, REPORTS.notMatched)]),
  'demo-root': watching([done(1, REPORTS.demoRoot)], { host: '127.0.0.1:8080', service: 'Demo' }),
  'three-enclaves': watching([done(1, REPORTS.threeEnclaves)], { host: 'private.near.ai', service: 'NEAR Private Chat' }),
  'long-names': watching([done(2, REPORTS.longNames), done(1, REPORTS.honest)], { host: LONG_HOST, notCaptured: 3 }),
  answering: watching([underway(2, 'answering'), done(1, REPORTS.honest)]),
  gathering: watching([underway(1, 'gathering')]),
  checking: watching([underway(1, 'checking')]),
  'no-result': watching([{ id: 'exchange-1', ordinal: 1, ...OF_TRUSTEDROUTER, startedAt: `${DAY}T14:24:05.000Z`, progress: 'done' }]),
  waiting: watching([], { notCaptured: 1 }),
  'needs-reload': { kind: 'needs-reload', host: 'trustedrouter.com', service: 'TrustedRouter', notCaptured: 0, ...NOTHING_ELSE },
  'not-enabled': {
    kind: 'not-enabled',
    ...NOTHING_ELSE,
    host: 'trustedrouter.com',
    service: 'TrustedRouter',
    asks: [
      { pattern: 'https://trustedrouter.com/*', purpose: 'purpose_page' },
      { pattern: 'https://www.trustedrouter.com/*', purpose: 'purpose_page' },
      { pattern: 'https://api.trustedrouter.com/*', purpose: 'purpose_api_ask' },
      { pattern: 'https://www.googleapis.com/*', purpose: 'purpose_issuer_keys' },
    ],
  },
  'not-enabled-vendors': {
    kind: 'not-enabled',
    ...NOTHING_ELSE,
    host: 'chat.tinfoil.sh',
    service: 'Tinfoil',
    asks: [
      { pattern: 'https://chat.tinfoil.sh/*', purpose: 'purpose_page' },
      { pattern: 'https://inference.tinfoil.sh/*', purpose: 'purpose_api' },
      { pattern: 'https://atc.tinfoil.sh/*', purpose: 'purpose_reports' },
      { pattern: 'https://kdsintf.amd.com/*', purpose: 'purpose_vendor' },
      { pattern: 'https://api.trustedservices.intel.com/*', purpose: 'purpose_vendor' },
    ],
  },
  'all-verified': watching([done(1, REPORTS.allVerified)]),
  elsewhere: watching(
    [
      { ...done(2, REPORTS.responseChanged), elsewhere: true },
      { ...done(1, REPORTS.honest), service: 'Venice' },
    ],
    {
      host: 'venice.ai',
      service: 'Venice',
    },
  ),
  earlier: watching([done(1, REPORTS.honest)], {
    host: 'venice.ai',
    service: 'Venice',
    earlier: [left('left-2', 'TrustedRouter', REPORTS.responseChanged), left('left-1', 'TrustedRouter', REPORTS.stripped)],
  }),
  'earlier-no-adapter': {
    kind: 'no-adapter',
    host: 'news.example.com',
    recording: 'works',
    earlier: [left('left-1', 'TrustedRouter', REPORTS.debug)],
  },
  fault: watching([done(1, REPORTS.honest)], { recording: 'fault', notCaptured: 2 }),
  'needs-reload-missed': {
    kind: 'needs-reload',
    host: 'trustedrouter.com',
    service: 'TrustedRouter',
    notCaptured: 2,
    recording: 'works',
    earlier: [],
  },
  'no-adapter': { kind: 'no-adapter', host: 'news.example.com', ...NOTHING_ELSE },
  'no-site': { kind: 'no-site', ...NOTHING_ELSE },
  'unsupported-browser': { kind: 'unsupported-browser', ...NOTHING_ELSE },
} as const satisfies Record<string, TabState>

export type StoryName = keyof typeof STORIES
