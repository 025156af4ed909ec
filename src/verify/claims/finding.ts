import type { Failure } from '../encoding/result.ts'
import type { Role } from './rules.ts'
import { type MessageId, type Sentence, sentence } from './sentence.ts'
import type { AssumptionId, CheckId, Finding, Outcome, Place } from './types.ts'

/** The checks of a format: each stable id with the role that it plays in the table of rules. */
export type Checks<Id extends CheckId> = Readonly<Record<Id, Role>>

/** What a finding says: a sentence, or the name of one that takes no arguments. */
export type Because = MessageId | Sentence

/** What else a finding carries. `undefined` is as good as absent, so that a verifier can hand on what it may not have. */
export type FindingMore = {
  readonly assumes?: readonly AssumptionId[]
  readonly at?: Place | undefined
  readonly hop?: number
  readonly code?: string | undefined
  readonly expected?: string | undefined
  readonly computed?: string | undefined
  readonly theirs?: boolean
}

/** What a parser's failure adds to a finding: its code, where in the document the fault is, and what the parser notes about it. */
export function faultIn(document: Place, { code, detail, path }: Failure<string>): FindingMore {
  return path === undefined ? { code, at: document, computed: detail } : { code, at: `${document}.${path}` }
}

/** Builds one finding. An id that is not in the format's list does not compile, so that no check reaches the claims without a role. */
export function makeFinding<Id extends CheckId>(
  checks: Checks<Id>,
  check: Id,
  outcome: Outcome,
  because: Because,
  more: FindingMore = {},
): Finding {
  const { assumes = [], at, hop = 0, code, expected, computed } = more
  return {
    check,
    role: checks[check],
    hop,
    outcome,
    because: typeof because === 'string' ? sentence(because) : because,
    assumes,
    ...(at === undefined ? {} : { at }),
    ...(code === undefined ? {} : { code }),
    ...(expected === undefined ? {} : { expected }),
    ...(computed === undefined ? {} : { computed }),
    ...(more.theirs === true && outcome === 'unchecked' ? { theirs: true } : {}),
  }
}

/** Writes down the findings about one hop, in the order in which the checks were made. */
export class FindingLog<Id extends CheckId> {
  readonly findings: Finding[] = []
  readonly #checks: Checks<Id>
  readonly #hop: number

  constructor(checks: Checks<Id>, hop: number) {
    this.#checks = checks
    this.#hop = hop
  }

  /** Adds a finding and returns it. */
  add(check: Id, outcome: Outcome, because: Because, more: FindingMore = {}): Finding {
    const finding = makeFinding(this.#checks, check, outcome, because, { hop: this.#hop, ...more })
    this.findings.push(finding)
    return finding
  }

  /** Adds what a check that could be made came to, and gives that back: passed if `holds`, failed if not. */
  decide(check: Id, holds: boolean, said: { readonly passed: Because; readonly failed: Because }, more: FindingMore = {}): boolean {
    const outcome = holds ? 'passed' : 'failed'
    this.add(check, outcome, said[outcome], more)
    return holds
  }
}
