import { describe, expect, it } from 'vitest'
import { deriveClaims } from './derive.ts'
import { decidingOf } from './headline.ts'
import { ROLES, type Role, RULES } from './rules.ts'
import type { Claim, Finding, HopFact, Outcome, Standing } from './types.ts'

const LETTERS: Readonly<Record<Standing, string>> = { verified: 'v', assumed: 'a', failed: 'f', absent: '-', unchecked: '?' }
const SERVICE: HopFact = { role: 'service', name: 'example', backing: 'evidence' }
const GATEWAY: HopFact = { role: 'gateway', name: 'example', backing: 'evidence' }
const VOUCHED_HOST: HopFact = { role: 'model-host', name: 'host', backing: 'vouched' }
const BARE_HOST: HopFact = { role: 'model-host', name: 'host', backing: 'none' }

function finding(role: Role, outcome: Outcome, hop = 0): Finding {
  return {
    check: `test.${role}`,
    role,
    hop,
    outcome,
    because: { id: 'measurement_other', args: [role] },
    assumes: ['assume_hardware_vendor'],
  }
}

/** Every needed check of a service that runs its own attested model, passed. */
const ALL_PASSED = ROLES.filter((role) => RULES[role].needed).map((role) => finding(role, 'passed'))

function rows(findings: readonly Finding[], hops: readonly HopFact[] = [SERVICE], keyPinned = false): string {
  return letters(deriveClaims({ findings, hops, signer: 0, keyPinned }).claims)
}

function letters(claims: readonly Claim[]): string {
  return claims.map((claim) => LETTERS[claim.standing]).join('')
}

function replace(role: Role, outcome: Outcome | 'missing'): readonly Finding[] {
  const others = ALL_PASSED.filter((candidate) => candidate.role !== role)
  return outcome === 'missing' ? others : [...others, finding(role, outcome)]
}

/**
 * By hand from "How claims follow from each other", in the order environment, workload, model, exchange, signature: what becomes of a row in
 * which everything holds when the one check fails, cannot be made, or was never made.
 */
const EXPECTED: Readonly<Record<Role, readonly [failed: string, unchecked: string, missing: string]>> = {
  'evidence.presence': ['--aaa', '??aaa', 'vvvvv'],
  'evidence.format': ['faaaa', '?aaaa', '?aaaa'],
  'evidence.signature': ['faaaa', '?aaaa', '?aaaa'],
  'evidence.anchor': ['faaaa', 'aaaaa', '?aaaa'],
  'evidence.chain': ['faaaa', '?aaaa', 'vvvvv'],
  'evidence.time': ['faaaa', '?aaaa', '?aaaa'],
  'evidence.moment': ['faaaa', 'aaaaa', 'vvvvv'],
  'evidence.revocation': ['faaaa', '?aaaa', 'vvvvv'],
  'evidence.debug': ['faaaa', '?aaaa', '?aaaa'],
  'evidence.platform': ['faaaa', '?aaaa', '?aaaa'],
  'evidence.binding': ['faaaa', 'aaaaa', '?aaaa'],
  'device.pairing': ['faaaa', 'aaaaa', 'vvvvv'],
  'evidence.machines': ['ffaaa', 'aaaaa', 'vvvvv'],
  'evidence.beside': ['faaaa', 'vvvvv', 'vvvvv'],
  'device.state': ['faaaa', 'vvvvv', 'vvvvv'],
  'relay.reader': ['faaaa', 'vvvvv', 'vvvvv'],
  'host.vouched': ['ffaaa', 'aaaaa', 'vvvvv'],
  'workload.measurement': ['vfavv', 'vaavv', 'v??vv'],
  'workload.identity': ['vfavv', 'vaavv', 'vvvvv'],
  'workload.freshness': ['vfavv', 'vvvvv', 'vvvvv'],
  'policy.readable': ['???aa', '???aa', 'vvvvv'],
  'model.artifact': ['vvfvv', 'vvavv', 'vv?vv'],
  'exchange.capture': ['vvafv', 'vv??v', 'vv??v'],
  'exchange.request': ['vvafv', 'vv??v', 'vv??v'],
  'exchange.request-told': ['vvafv', 'vvaav', 'vvvvv'],
  'exchange.response': ['vvafv', 'vv??v', 'vv??v'],
  'exchange.source': ['vvafv', 'vvaav', 'vv??v'],
  'receipt.presence': ['vv---', 'vv???', 'vvvvv'],
  'receipt.delivery': ['vv---', 'vv???', 'vvvvv'],
  'receipt.format': ['aafff', 'vv???', 'vv???'],
  'receipt.signature': ['aafff', 'vv???', 'vv???'],
  'receipt.key': ['aafff', 'vv???', 'vv???'],
  'receipt.replay': ['aafff', 'vvvvv', 'vv???'],
}

describe('the table from checks to claims', () => {
  it('verifies all five when every needed check passed', () => {
    expect(rows(ALL_PASSED)).toBe('vvvvv')
  })
  it.each(ROLES)('%s: failed, not made and never asked each give the rows written by hand', (role) => {
    const [failed, unchecked, missing] = EXPECTED[role]
    expect(rows(replace(role, 'failed'))).toBe(failed)
    expect(rows(replace(role, 'unchecked'))).toBe(unchecked)
    expect(rows(replace(role, 'missing'))).toBe(missing)
    expect(rows(replace(role, 'passed'))).toBe('vvvvv')
  })
  it('verifies nothing when nothing was checked', () => {
    expect(rows([])).toBe('?????')
  })
})

describe('what rows owe each other', () => {
  it('shows each hop, and the row stands by its weakest', () => {
    const findings = [...replace('model.artifact', 'unchecked'), finding('host.vouched', 'unchecked', 1)]
    const { claims } = deriveClaims({ findings, hops: [GATEWAY, VOUCHED_HOST], signer: 0, keyPinned: false })
    expect(letters(claims)).toBe('aaavv')
    expect(claims[0]?.hops.map((hop) => hop.standing)).toEqual(['verified', 'assumed'])
    expect(claims[1]?.hops.map((hop) => hop.standing)).toEqual(['verified', 'assumed'])
  })
  it('lets a host without evidence leave the gateway verified', () => {
    const findings = [...ALL_PASSED, finding('evidence.presence', 'failed', 1)]
    const { claims } = deriveClaims({ findings, hops: [GATEWAY, BARE_HOST], signer: 0, keyPinned: false })
    expect(letters(claims)).toBe('--vvv')
    expect(claims[0]?.hops.map((hop) => hop.standing)).toEqual(['verified', 'absent'])
    expect(claims[1]?.hops.map((hop) => hop.standing)).toEqual(['verified', 'absent'])
  })
  it('needs a finding even of a hop that offers nothing or is vouched for', () => {
    expect(rows(ALL_PASSED, [GATEWAY, BARE_HOST])).toBe('??vvv')
    expect(rows(ALL_PASSED, [GATEWAY, VOUCHED_HOST])).toBe('??vvv')
  })
  it('fails the host whose check by the gateway had run out, and only it', () => {
    const findings = [...ALL_PASSED, finding('host.vouched', 'failed', 1)]
    const { claims } = deriveClaims({ findings, hops: [GATEWAY, VOUCHED_HOST], signer: 0, keyPinned: false })
    expect(letters(claims)).toBe('ffvvv')
    expect(claims[0]?.hops.map((hop) => hop.standing)).toEqual(['verified', 'failed'])
  })
  it('lets a link that only a gateway’s code makes stand no better than that code', () => {
    const host: HopFact = { role: 'model-host', name: 'host', backing: 'evidence', linkedBy: 0 }
    const both = (gateway: readonly Finding[]) => [...gateway, ...ALL_PASSED.map((passed) => ({ ...passed, hop: 1 }))]
    const standings = (gateway: readonly Finding[]) =>
      deriveClaims({ findings: both(gateway), hops: [GATEWAY, host], signer: 0, keyPinned: false })
        .claims.slice(0, 2)
        .map((claim) => claim.hops.map((hop) => LETTERS[hop.standing]).join(''))
    expect(standings(ALL_PASSED)).toEqual(['vv', 'vv'])
    expect(standings(replace('workload.measurement', 'unchecked'))).toEqual(['va', 'aa'])
    expect(standings(replace('evidence.debug', 'failed'))).toEqual(['fa', 'aa'])
  })
  it.each([
    ['exchange.response', 'failed', 'rule_model_other_answer'],
    ['workload.measurement', 'unchecked', 'rule_model_unknown_code'],
    ['exchange.capture', 'unchecked', 'rule_model_place_unchecked'],
  ] as const)('says why a signed hash of the model is believed no further: %s %s', (role, outcome, id) => {
    const { claims } = deriveClaims({ findings: replace(role, outcome), hops: [SERVICE], signer: 0, keyPinned: false })
    expect(claims[2]?.because.id).toBe(id)
  })
  it('does not believe a hash from an unproven place, even under a pinned key', () => {
    const { claims } = deriveClaims({ findings: replace('evidence.debug', 'failed'), hops: [SERVICE], signer: 0, keyPinned: true })
    expect([claims[2]?.standing, claims[2]?.because.id]).toEqual(['assumed', 'rule_model_unproven_place'])
  })
  it('does not let evidence of the host speak for the gateway', () => {
    const ofHost = ALL_PASSED.map((passed) => ({ ...passed, hop: 1 }))
    expect(rows(ofHost, [GATEWAY, { ...VOUCHED_HOST, backing: 'evidence' }])[0]).toBe('?')
  })
  it('lets a pinned key stand without the environment, and nothing else', () => {
    expect(rows(replace('evidence.debug', 'failed'), [SERVICE], true)).toBe('faavv')
    expect(rows(replace('receipt.signature', 'failed'), [SERVICE], true)).toBe('aafff')
  })
  it('compares nothing of an incomplete exchange, with a receipt or without, unless the signature failed', () => {
    const broken = replace('exchange.capture', 'unchecked')
    expect(rows(broken)).toBe('vv??v')
    expect(rows([...broken, finding('receipt.presence', 'failed')])).toBe('vv-?-')
    expect(rows([...broken.filter((f) => f.role !== 'receipt.signature'), finding('receipt.signature', 'failed')])).toBe('aafff')
    expect(rows([...broken.filter((f) => f.role !== 'exchange.response'), finding('exchange.response', 'failed')])).toBe('vv??v')
  })
  it('takes what a service’s own recipe says of the request in place of a comparison, and nothing else in its place', () => {
    const without = ALL_PASSED.filter(({ role }) => role !== 'exchange.request')
    expect(rows([...without, finding('exchange.request-told', 'unchecked')])).toBe('vvaav')
    expect(rows([...without, finding('exchange.response', 'passed')])).toBe('vv??v')
  })
  it('says the sentence of the first of the worst findings', () => {
    const findings = [...replace('workload.measurement', 'failed'), finding('workload.identity', 'unchecked')]
    const { claims, decidedBy } = deriveClaims({ findings, hops: [SERVICE], signer: 0, keyPinned: false })
    expect(claims[1]?.because).toEqual({ id: 'measurement_other', args: ['workload.measurement'] })
    expect(decidedBy.workload?.role).toBe('workload.measurement')
  })
  it('ranks what was sent and cannot be read with nothing sent, and says whose doing it is', () => {
    const theirs = (role: Role, hop = 0): Finding => ({ ...finding(role, 'unchecked', hop), theirs: true })
    const judged = (findings: readonly Finding[], hops = [SERVICE]) => deriveClaims({ findings, hops, signer: 0, keyPinned: false })
    const readable = ALL_PASSED.filter(({ role }) => role !== 'evidence.format')
    const { claims, decidedBy } = judged([...readable, finding('evidence.time', 'unchecked'), theirs('evidence.format')])
    expect(letters(claims)).toBe('?aaaa')
    expect(claims.map((claim) => claim.theirs)).toEqual([true, undefined, undefined, undefined, undefined])
    expect(decidedBy.environment?.role).toBe('evidence.format')
    expect(decidingOf(claims, decidedBy)).toEqual({
      claim: 'environment',
      standing: 'unchecked',
      role: 'evidence.format',
      says: finding('evidence.format', 'unchecked').because.id,
      theirs: true,
    })
    // A hop whose evidence cannot be read is worse than one whose evidence was not obtained, and no better than one that has none.
    const hops: HopFact[] = [GATEWAY, { ...VOUCHED_HOST, backing: 'evidence' }]
    const ofBoth = [...ALL_PASSED, ...ALL_PASSED.map((passed) => ({ ...passed, hop: 1 }))]
    const [environment] = judged([...ofBoth, finding('evidence.time', 'unchecked'), theirs('evidence.format', 1)], hops).claims
    expect(environment).toMatchObject({ standing: 'unchecked', theirs: true })
    expect(judged([...ofBoth, theirs('evidence.format'), finding('evidence.presence', 'failed', 1)], hops).claims[0]?.theirs).toBe(true)
    expect(judged([...ofBoth, finding('evidence.presence', 'failed'), theirs('evidence.format', 1)], hops).claims[0]).toMatchObject({
      standing: 'absent',
    })
    // It counts only where the row comes out unchecked by it, and only of checks that were not made.
    expect(judged([...ALL_PASSED, theirs('device.state'), theirs('evidence.anchor')]).claims[0]).not.toHaveProperty('theirs')
    expect(judged([...ALL_PASSED, { ...theirs('evidence.format'), outcome: 'failed' }]).claims[0]?.standing).toBe('failed')
  })
  it.each([
    ['receipt.signature', 'failed', 'rule_rests_on_failed'],
    ['receipt.delivery', 'failed', 'rule_rests_on_absent'],
    ['receipt.signature', 'unchecked', 'rule_rests_on_unchecked'],
    ['evidence.debug', 'failed', 'rule_rests_on_assumed'],
  ] as const)('says what model and exchange rest on: %s %s', (role, outcome, id) => {
    const { claims } = deriveClaims({ findings: replace(role, outcome), hops: [SERVICE], signer: 0, keyPinned: false })
    expect(claims.slice(2, 4).map((claim) => claim.because.id)).toEqual([id, id])
  })
  it('carries the assumptions and the checks of a row', () => {
    const { claims } = deriveClaims({ findings: ALL_PASSED, hops: [SERVICE], signer: 0, keyPinned: false })
    expect(claims[3]?.findings).toEqual([
      'test.exchange.capture',
      'test.exchange.request',
      'test.exchange.response',
      'test.exchange.source',
    ])
    expect(claims.every((claim) => claim.assumes.includes('assume_hardware_vendor'))).toBe(true)
  })
})

describe('the chain', () => {
  const chain = (findings: readonly Finding[]) =>
    deriveClaims({ findings, hops: [SERVICE], signer: 0, keyPinned: false })
      .chain.map((link) => LETTERS[link.standing])
      .join('')
  it('holds from the hardware to your bytes', () => expect(chain(ALL_PASSED)).toBe('vvvv'))
  it('breaks at the evidence', () => expect(chain(replace('evidence.debug', 'failed'))).toBe('faaa'))
  it('breaks between evidence and key', () => expect(chain(replace('evidence.binding', 'failed'))).toBe('vfaa'))
  it('breaks between key and receipt', () => expect(chain(replace('receipt.signature', 'failed'))).toBe('vvff'))
  it('breaks at your bytes', () => expect(chain(replace('exchange.response', 'failed'))).toBe('vvvf'))
  it('ends at the evidence without a receipt', () => expect(chain([...ALL_PASSED, finding('receipt.presence', 'failed')])).toBe('v---'))
  it('begins nowhere without evidence', () => expect(chain(replace('evidence.presence', 'failed'))).toBe('--aa'))
  it('is assumed behind a link that could not be checked', () => expect(chain(replace('evidence.time', 'unchecked'))).toBe('?aaa'))
})
