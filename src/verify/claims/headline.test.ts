import { describe, expect, it } from 'vitest'
import messages from '../../../public/_locales/en/messages.json' with { type: 'json' }
import { deriveClaims } from './derive.ts'
import { countOf, decidingOf, headlineOf } from './headline.ts'
import { provenAndAssumed } from './proven.ts'
import { ROLES, type Role, RULES } from './rules.ts'
import { type MessageId, say, sentence, type Tongue } from './sentence.ts'
import type { Finding, HopFact, Outcome } from './types.ts'

const SERVICE: HopFact = { role: 'service', name: 'example', backing: 'evidence' }
const GATEWAY: HopFact = { role: 'gateway', name: 'example', backing: 'evidence' }
const VOUCHED_HOST: HopFact = { role: 'model-host', name: 'host', backing: 'vouched' }
const BARE_HOST: HopFact = { role: 'model-host', name: 'host', backing: 'none' }
const PROVEN_HOST: HopFact = { role: 'model-host', name: 'host', backing: 'evidence' }

type Facts = { readonly hops?: readonly HopFact[]; readonly keyPinned?: boolean; readonly signer?: number }
type More = { readonly hop?: number; readonly says?: MessageId; readonly theirs?: true }

function finding(role: Role, outcome: Outcome, { hop = 0, says = 'claim_model', theirs }: More = {}): Finding {
  const whose = theirs === undefined ? {} : { theirs }
  return { check: `test.${role}`, role, hop, outcome, because: sentence(says), assumes: [], ...whose }
}

const ALL_PASSED = ROLES.filter((role) => RULES[role].needed).map((role) => finding(role, 'passed'))

/** The findings of an answer in which everything holds, but for what is given. */
function but(...changed: readonly Finding[]): readonly Finding[] {
  const own = changed.filter(({ hop }) => hop === 0)
  return [...ALL_PASSED.filter(({ role }) => !own.some((other) => other.role === role)), ...changed]
}

function without(...roles: readonly Role[]): readonly Finding[] {
  return ALL_PASSED.filter(({ role }) => !roles.includes(role))
}

function headline(findings: readonly Finding[], { hops = [SERVICE], keyPinned = false, signer = 0 }: Facts = {}) {
  const { claims, decidedBy } = deriveClaims({ findings, hops, signer, keyPinned })
  return headlineOf(claims, decidingOf(claims, decidedBy))
}

const ENGLISH: Tongue = { template: (id) => messages[id].message, instant: (iso) => iso, day: (iso) => iso }
const inWords = (findings: readonly Finding[], facts: Facts = {}) => say(headline(findings, facts), ENGLISH)

/** By hand: the news where everything else holds and the one check failed, or could not be made. */
const NEWS: Readonly<Record<Role, readonly [failed: MessageId, unchecked: MessageId]>> = {
  'evidence.presence': ['headline_environment_absent', 'headline_environment_unchecked'],
  'evidence.format': ['headline_environment_failed', 'headline_environment_unchecked'],
  'evidence.signature': ['headline_environment_failed', 'headline_environment_unchecked'],
  'evidence.anchor': ['headline_unknown_root', 'headline_signature_assumed'],
  'evidence.chain': ['headline_chain_failed', 'headline_chain_unchecked'],
  'evidence.time': ['headline_evidence_expired', 'headline_time_unchecked'],
  'evidence.moment': ['headline_environment_failed', 'headline_signature_assumed'],
  'evidence.revocation': ['headline_revoked', 'headline_revocation_unchecked'],
  'evidence.debug': ['headline_debug', 'headline_environment_unchecked'],
  'evidence.platform': ['headline_platform', 'headline_platform_unchecked'],
  'evidence.binding': ['headline_other_key', 'headline_signature_assumed'],
  'device.pairing': ['headline_device', 'headline_signature_assumed'],
  'evidence.machines': ['headline_environment_failed', 'headline_signature_assumed'],
  'evidence.beside': ['headline_environment_failed', 'headline_all_verified'],
  'device.state': ['headline_device', 'headline_all_verified'],
  'relay.reader': ['headline_environment_failed', 'headline_all_verified'],
  'host.vouched': ['headline_host_not_vouched', 'headline_signature_assumed'],
  'workload.measurement': ['headline_other_code', 'headline_proven_assumed'],
  'workload.identity': ['headline_workload_failed', 'headline_proven_assumed'],
  'workload.freshness': ['headline_not_fresh', 'headline_all_verified'],
  'policy.readable': ['headline_policy_unreadable', 'headline_policy_unreadable'],
  'model.artifact': ['headline_other_model', 'headline_proven_assumed'],
  'exchange.capture': ['headline_exchange_failed', 'headline_capture_unchecked'],
  'exchange.request': ['headline_other_request', 'headline_request_unchecked'],
  'exchange.request-told': ['headline_other_request', 'headline_request_told'],
  'exchange.response': ['headline_other_response', 'headline_response_unchecked'],
  'exchange.source': ['headline_exchange_failed', 'headline_hashes_recorded'],
  'receipt.presence': ['headline_signature_absent', 'headline_signature_unchecked'],
  'receipt.delivery': ['headline_receipt_withheld', 'headline_signature_unchecked'],
  'receipt.format': ['headline_signature_failed', 'headline_signature_unchecked'],
  'receipt.signature': ['headline_bad_signature', 'headline_signature_unchecked'],
  'receipt.key': ['headline_wrong_key', 'headline_key_unchecked'],
  'receipt.replay': ['headline_replayed', 'headline_all_verified'],
}

describe('the headline', () => {
  it.each(ROLES)('of %s is the news of the check that decided', (role) => {
    const [failed, unchecked] = NEWS[role]
    expect(headline(but(finding(role, 'failed'))).id).toBe(failed)
    expect(headline(but(finding(role, 'unchecked'))).id).toBe(unchecked)
  })

  it('is of the row where a check was never made', () => {
    expect(headline(without('evidence.debug')).id).toBe('headline_environment_unchecked')
    expect(headline(without('model.artifact')).id).toBe('headline_model_unchecked')
    expect(headline([]).id).toBe('headline_environment_unchecked')
  })

  it.each([
    ['evidence.presence', 'unchecked', 'evidence_not_fetched', 'headline_evidence_not_fetched'],
    ['receipt.presence', 'unchecked', 'receipt_not_fetched', 'headline_receipt_not_fetched'],
    ['receipt.presence', 'unchecked', 'receipt_not_seen', 'headline_receipt_not_seen'],
    ['workload.measurement', 'failed', 'policy_not_stated', 'headline_policy_not_stated'],
    ['workload.freshness', 'failed', 'ir_nonce_failed', 'headline_not_fresh'],
    ['workload.freshness', 'failed', 'aci_nonce_failed', 'headline_evidence_not_fresh'],
    ['workload.freshness', 'failed', 'evidence_age_failed', 'headline_evidence_old'],
    ['workload.freshness', 'failed', 'tinfoil_certificate_expired', 'headline_evidence_expired'],
    ['evidence.chain', 'failed', 'path_foreign_root', 'headline_unknown_root'],
    ['evidence.chain', 'failed', 'path_out_of_time', 'headline_evidence_expired'],
  ] as const)('of %s, %s, tells %s apart', (role, outcome, says, news) => {
    expect(headline(but(finding(role, outcome, { says }))).id).toBe(news)
  })

  it('tells what was sent and cannot be read from what was not obtained', () => {
    expect(headline(but(finding('evidence.format', 'unchecked', { theirs: true }))).id).toBe('headline_evidence_unreadable')
    expect(headline(but(finding('receipt.format', 'unchecked', { theirs: true }))).id).toBe('headline_receipt_unreadable')
  })

  it('never says more than that all was verified', () => expect(headline(ALL_PASSED).id).toBe('headline_all_verified'))

  it.each([
    [finding('evidence.presence', 'failed', { hop: 1 }), BARE_HOST, 'headline_host_absent'],
    [finding('evidence.presence', 'unchecked', { hop: 1 }), BARE_HOST, 'headline_host_unchecked'],
    [finding('evidence.presence', 'unchecked', { hop: 1, says: 'evidence_not_fetched' }), PROVEN_HOST, 'headline_host_unchecked'],
    [finding('host.vouched', 'failed', { hop: 1 }), VOUCHED_HOST, 'headline_host_not_vouched'],
  ] as const)('says with a host’s news that the gateway before it is proven (%#)', (news, host, id) => {
    expect(headline(but(news), { hops: [GATEWAY, host] }).id).toBe(id)
  })

  it('calls a gateway proven as a place though its code is not', () => {
    const both = [finding('evidence.presence', 'failed', { hop: 1 }), finding('workload.measurement', 'unchecked')]
    expect(headline(but(...both), { hops: [GATEWAY, BARE_HOST] }).id).toBe('headline_host_absent')
  })

  it('is of the ground that a hash of the model lacks, and not of the model', () => {
    const deciding = (findings: readonly Finding[]) => {
      const { claims, decidedBy } = deriveClaims({ findings, hops: [SERVICE], signer: 0, keyPinned: false })
      return decidingOf(claims, decidedBy)?.claim
    }
    expect(deciding(but(finding('workload.measurement', 'unchecked')))).toBe('workload')
    expect(deciding(but(finding('model.artifact', 'unchecked')))).toBe('model')
  })

  it('does not call a gateway proven that is not', () => {
    const both = [finding('evidence.presence', 'failed', { hop: 1 }), finding('evidence.debug', 'unchecked')]
    expect(headline(but(...both), { hops: [GATEWAY, BARE_HOST] }).id).toBe('headline_environment_absent')
  })
})

describe('where nothing is worse than assumed, the headline', () => {
  const modelNamed = finding('model.artifact', 'unchecked')
  const codeUnmatched = finding('workload.measurement', 'unchecked')
  const vouched = finding('host.vouched', 'unchecked', { hop: 1 })
  const hostProven = ALL_PASSED.map((passed) => ({ ...passed, hop: 1 }))
  const hostUnmatched = [...hostProven.filter(({ role }) => role !== 'workload.measurement'), { ...codeUnmatched, hop: 1 }]

  it.each([
    ['Proven: where it ran, which code, and that this is its answer. Assumed: the model', but(modelNamed), {}],
    ['Proven: where it ran and that this is its answer. Assumed: which code and the model', but(codeUnmatched), {}],
    [
      'Proven: the gateway, its code, and that this is its answer. Assumed: the model and its host',
      but(modelNamed, vouched),
      { hops: [GATEWAY, VOUCHED_HOST] },
    ],
    [
      'Proven: the gateway and that this is its answer. Assumed: which code, the model, and the model host',
      but(modelNamed, codeUnmatched, vouched),
      { hops: [GATEWAY, VOUCHED_HOST] },
    ],
    [
      'Proven: where it ran and that this is its answer. Assumed: which code and the model',
      but(modelNamed, codeUnmatched, ...hostProven),
      { hops: [GATEWAY, PROVEN_HOST] },
    ],
    [
      'Proven: where it ran and that this is its answer. Assumed: which code and the model',
      but(modelNamed, ...hostUnmatched),
      { hops: [GATEWAY, PROVEN_HOST] },
    ],
    [
      'Proven: the model host and that this is its answer. Assumed: the gateway, which code, and the model',
      but(modelNamed, finding('evidence.binding', 'unchecked'), ...hostUnmatched),
      { hops: [GATEWAY, PROVEN_HOST], signer: 1 },
    ],
    [
      'Proven: the model host, its code, and that this is its answer. Assumed: the gateway and the model',
      but(modelNamed, finding('evidence.binding', 'unchecked'), ...hostProven),
      { hops: [GATEWAY, PROVEN_HOST], signer: 1 },
    ],
    [
      'Proven: part of the way and that this is what was signed. Assumed: the rest of the way, which code, and the model',
      but(modelNamed, finding('evidence.binding', 'unchecked'), ...hostUnmatched, { ...vouched, hop: 2 }),
      { hops: [GATEWAY, GATEWAY, VOUCHED_HOST], signer: 1 },
    ],
    [
      'Proven: that this is what was signed. Assumed: where it ran, which code, and the model',
      but(modelNamed, finding('evidence.binding', 'unchecked')),
      { keyPinned: true },
    ],
  ] as const)('reads “%s”', (words, findings, facts: Facts) => expect(inWords(findings, facts)).toBe(words))

  it('says that it was signed where only that is left of the exchange', () => {
    const recorded = finding('exchange.source', 'unchecked')
    const { claims } = deriveClaims({ findings: but(modelNamed, recorded), hops: [SERVICE], signer: 0, keyPinned: false })
    const list = provenAndAssumed(claims)
    expect(list && say(list, ENGLISH)).toBe(
      'Proven: where it ran, which code, and that it was signed. Assumed: that this is what was signed and the model',
    )
  })

  it('lists nothing where nothing is proven, or nothing is left to assume', () => {
    const unproven = deriveClaims({ findings: [], hops: [SERVICE], signer: 0, keyPinned: false })
    expect(provenAndAssumed(unproven.claims)).toBeUndefined()
    expect(provenAndAssumed([])).toBeUndefined()
    const whole = deriveClaims({ findings: ALL_PASSED, hops: [SERVICE], signer: 0, keyPinned: false })
    expect(provenAndAssumed(whole.claims)).toBeUndefined()
  })

  it('says nothing of proof where a signature by nobody known carries all', () => {
    const words = inWords(but(modelNamed, finding('evidence.binding', 'unchecked')))
    expect(words).toBe(messages.headline_signature_assumed.message)
  })
})

describe('the count', () => {
  const count = (findings: readonly Finding[]) => {
    const { claims } = deriveClaims({ findings, hops: [SERVICE], signer: 0, keyPinned: false })
    return say(countOf(claims), ENGLISH)
  }
  it('tells verified ones first, then the others from the worst on, and none that there are none of', () => {
    expect(count(ALL_PASSED)).toBe('5 of 5 claims verified')
    expect(count(but(finding('model.artifact', 'unchecked')))).toBe('4 of 5 claims verified, 1 only assumed')
    expect(count(but(finding('exchange.response', 'failed')))).toMatch(/^\d of 5 claims verified, 1 failed/)
    expect(count([])).toBe('0 of 5 claims verified, 5 could not be checked')
  })
})
