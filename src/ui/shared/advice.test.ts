import { describe, expect, it } from 'vitest'
import messages from '../../../public/_locales/en/messages.json'
import { deriveClaims } from '../../verify/claims/derive.ts'
import { decidingOf } from '../../verify/claims/headline.ts'
import { neededFor } from '../../verify/claims/judge.ts'
import { ROLES, type Role, RULES } from '../../verify/claims/rules.ts'
import { CLAIM_IDS, type Deciding, type Finding, type HopFact, type Outcome, STANDINGS } from '../../verify/claims/types.ts'
import { ADVICE, ADVICE_BY_ROLE, ADVICE_BY_SENTENCE, adviceFor, adviceForState, type StateShown } from './advice.ts'

const HOPS: readonly (readonly HopFact[])[] = [
  [{ role: 'service', name: '', backing: 'evidence' }],
  [
    { role: 'gateway', name: '', backing: 'evidence' },
    { role: 'model-host', name: '', backing: 'vouched' },
  ],
  [
    { role: 'gateway', name: '', backing: 'evidence' },
    { role: 'model-host', name: '', backing: 'none' },
  ],
]

function finding(role: Role, outcome: Outcome, hop = 0): Finding {
  return { check: `test.${role}`, role, hop, outcome, because: { id: 'measurement_other', args: [role] }, assumes: [] }
}

/** Every check that some row needs. */
const NEEDED = [...new Set(CLAIM_IDS.flatMap(neededFor))]

/**
 * What can decide a headline: for every row that holds, each check failed, not made, or missing, alone and together with each other one; at a
 * service by itself and behind a gateway, with the signing key pinned and not.
 */
function reachable(): readonly Deciding[] {
  const outcomes = ['failed', 'unchecked', 'missing'] as const
  const changes = ROLES.flatMap((role) => outcomes.map((outcome) => ({ role, outcome })))
  const found = new Map<string, Deciding>()
  for (const hops of HOPS) {
    const behind = hops.map((hop, index) => ({ hop, index })).slice(1)
    const said = behind.map(({ hop, index }) =>
      hop.backing === 'vouched' ? finding('host.vouched', 'unchecked', index) : finding('evidence.presence', 'failed', index),
    )
    for (const first of changes) {
      for (const second of changes) {
        const changed = [first, second]
        const kept = NEEDED.filter((role) => !changed.some((change) => change.role === role)).map((role) => finding(role, 'passed'))
        const made = changed.flatMap(({ role, outcome }) => (outcome === 'missing' ? [] : [finding(role, outcome)]))
        for (const keyPinned of [false, true]) {
          const { claims, decidedBy } = deriveClaims({ findings: [...kept, ...made, ...said], hops, signer: 0, keyPinned })
          const deciding = decidingOf(claims, decidedBy)
          if (deciding !== undefined) found.set(`${deciding.claim} ${deciding.standing} ${deciding.role ?? ''}`, deciding)
        }
      }
    }
  }
  return [...found.values()]
}

const REACHABLE = reachable()
const NAMES = REACHABLE.map(({ claim, standing, role }) => `${claim} ${standing} ${role ?? '(a rule)'}`)
const words = (deciding: Deciding | undefined, retry = false) =>
  messages[adviceFor({ ...(deciding === undefined ? {} : { deciding }), retry }).id].message

describe('advice for a report', () => {
  it('has every failing check, and every kind of row, among what can decide', () => {
    const decided = (role: Role) => REACHABLE.some((deciding) => deciding.role === role)
    // Their worst is that the row does not depend on them, or another row tells the same news first.
    expect(ROLES.filter((role) => !decided(role))).toEqual([])
    for (const standing of STANDINGS.slice(0, 4))
      expect(
        NAMES.some((name) => name.includes(` ${standing} `)),
        standing,
      ).toBe(true)
  })

  it.each(REACHABLE.map((deciding, index) => [NAMES[index] ?? '', deciding] as const))('is there for %s', (_, deciding) => {
    for (const retry of [false, true]) {
      const said = words(deciding, retry)
      expect(said.split('. ').length, said).toBeLessThanOrEqual(2)
      expect(said).toMatch(/^[A-Z].*\.$/u)
      expect(said, 'no code of ours').not.toMatch(/[a-z]\.[a-z]|\$\d|[_`]/)
    }
  })

  it('tells to keep the evidence exactly where something is contradicted', () => {
    for (const deciding of REACHABLE)
      expect(/[Ss]ave the evidence/.test(words(deciding)), words(deciding)).toBe(deciding.standing === 'failed')
  })

  it('takes no side where nothing could be checked', () => {
    const unchecked = REACHABLE.filter(({ standing }) => standing === 'unchecked')
    expect(unchecked.length).toBeGreaterThan(0)
    for (const deciding of unchecked) {
      expect(words(deciding)).not.toMatch(/rely|protected|contradict/)
      expect(words(deciding, true)).not.toMatch(/rely|protected|contradict/)
    }
  })

  it('offers another check only where one may help', () => {
    for (const deciding of REACHABLE) {
      expect(words(deciding)).not.toContain('Check again')
      const mayHelp = deciding.standing === 'unchecked' && deciding.claim !== 'exchange' && deciding.role !== 'policy.readable'
      expect(words(deciding, true).includes('Check again'), words(deciding, true)).toBe(mayHelp)
    }
  })

  it('never offers another check of what was sent and cannot be read', () => {
    for (const deciding of REACHABLE) expect(words({ ...deciding, theirs: true }, true)).not.toContain('Check again')
  })

  it('says the same of two kinds of news only where they stand alike', () => {
    const standings = new Map<string, Set<string>>()
    for (const deciding of REACHABLE) {
      const said = words(deciding)
      standings.set(said, (standings.get(said) ?? new Set()).add(deciding.standing))
    }
    for (const [said, these] of standings) expect(these.size, said).toBe(1)
  })

  it.each(['clock_first_ahead', 'clock_first_behind', 'policy_not_stated', 'path_foreign_root', 'path_out_of_time'] as const)(
    'has words of its own for %s',
    (says) => {
      const failed: Deciding = { claim: 'workload', standing: 'failed', role: 'workload.identity' }
      expect(words({ ...failed, says })).not.toBe(words(failed))
      expect(words({ ...failed, says })).toMatch(/[Ss]ave the evidence/)
    },
  )

  it('names what is left on trust where all five rows hold', () => {
    expect(adviceFor({ retry: false }).id).toBe('advice_all_verified')
    expect(adviceFor({ retry: true }).id).toBe('advice_all_verified')
  })

  it('has no words that nothing leads to', () => {
    const used = new Set(
      REACHABLE.flatMap((deciding) => [adviceFor({ deciding, retry: false }).id, adviceFor({ deciding, retry: true }).id]),
    )
    used.add('advice_all_verified')
    for (const id of Object.values(ADVICE_BY_SENTENCE)) used.add(id)
    expect(Object.keys(messages).filter((id) => id.startsWith('advice_') && ![...used].some((known) => known === id))).toEqual([])
  })

  it('gives a check words of its own only for standings that it can bring about', () => {
    for (const standing of ['failed', 'absent', 'unchecked', 'assumed'] as const) {
      for (const role of ROLES.filter((candidate) => ADVICE_BY_ROLE[standing][candidate] !== undefined)) {
        expect([RULES[role].failed, RULES[role].unchecked], role).toContain(standing)
      }
      expect(Object.keys(ADVICE[standing]).sort()).toEqual([...CLAIM_IDS].sort())
    }
  })
})

describe('advice for a state', () => {
  const STATES: readonly StateShown[] = [
    { kind: 'no-reply' },
    { kind: 'no-site' },
    { kind: 'unsupported-browser' },
    { kind: 'not-enabled' },
    { kind: 'needs-reload' },
    { kind: 'no-adapter', host: 'example.com' },
    { kind: 'waiting', service: 'Example' },
    { kind: 'answering' },
    { kind: 'gathering' },
    { kind: 'checking' },
    { kind: 'no-result' },
  ]

  it('is another for each', () => {
    const ids = STATES.map((state) => adviceForState(state).id)
    expect(new Set(ids).size).toBe(STATES.length)
  })

  it('says what to do', () => {
    const doing = /\b(try again|open|use|your browser will ask|reload|see which|ask|do nothing|keep|it takes a moment|check again)\b/i
    for (const state of STATES) expect(messages[adviceForState(state).id].message).toMatch(doing)
  })
})
