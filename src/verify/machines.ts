import { type Checks, makeFinding } from './claims/finding.ts'
import { type Judgement, judge, neededFor, weightOf } from './claims/judge.ts'
import { sentence } from './claims/sentence.ts'
import type { Finding } from './claims/types.ts'
import type { VerifiedHop } from './common-checks.ts'

export const CHECKS = { 'machines.each': 'evidence.machines' } as const satisfies Checks<`machines.${string}`>
export type CheckName = keyof typeof CHECKS

/** More than any service has behind one key. Those beyond it are not looked at, and count as such. */
const MOST_MACHINES = 256

type Machine = { readonly evidence: VerifiedHop; readonly environment: Judgement; readonly workload: Judgement }

/** One piece of evidence for each hop, and what is said of the others. */
export type Settled = { readonly evidence: readonly VerifiedHop[]; readonly findings: readonly Finding[] }

/**
 * Settles who speaks for a hop that several machines stand for (rule 14 of docs/CLAIMS.md). They share one key, so that any of them may have
 * answered, and each is judged by itself. Where all hold, the one that holds least speaks for all; where some do, the hop is assumed, for
 * nothing shows which one it was; where none does, the worst of them says why.
 */
export async function settleMachines(
  evidence: readonly VerifiedHop[],
  findingsOf: (machine: VerifiedHop) => Promise<readonly Finding[]>,
): Promise<Settled> {
  const hops = [...new Set(evidence.map(({ hop }) => hop))]
  const settled = await Promise.all(
    hops.map((hop) =>
      settleHop(
        hop,
        evidence.filter((machine) => machine.hop === hop),
        findingsOf,
      ),
    ),
  )
  return { evidence: settled.flatMap((one) => one.evidence), findings: settled.flatMap((one) => one.findings) }
}

async function settleHop(
  hop: number,
  shown: readonly VerifiedHop[],
  findingsOf: (machine: VerifiedHop) => Promise<readonly Finding[]>,
): Promise<Settled> {
  if (shown.length < 2) return { evidence: shown, findings: [] }
  const machines = await Promise.all(
    shown.slice(0, MOST_MACHINES).map(async (machine): Promise<Machine> => {
      const findings = await findingsOf(machine)
      const row = (claim: 'environment' | 'workload') => judge(claim, findings, neededFor(claim), sentence(`claim_${claim}_verified`))
      return { evidence: machine, environment: row('environment'), workload: row('workload') }
    }),
  )
  const holding = machines.filter(holds)
  const speaker = worstOf(holding.length > 0 ? holding : machines)
  const others = machines.find((machine) => !holds(machine))
  const count = String(shown.length)
  const theirs = machines.some(({ environment, workload }) => environment.theirs === true || workload.theirs === true)
  const more = { hop, assumes: ['assume_one_of_machines'], theirs } as const
  const said = (outcome: Finding['outcome'], because: Finding['because']) => [makeFinding(CHECKS, 'machines.each', outcome, because, more)]
  if (holding.length === shown.length) return { evidence: [speaker.evidence], findings: said('passed', sentence('machines_all', count)) }
  if (holding.length === 0) return { evidence: [speaker.evidence], findings: [] }
  const because =
    others === undefined
      ? sentence('machines_some', String(holding.length), count)
      : sentence('machines_some_why', String(holding.length), count, reasonOf(others))
  return { evidence: [speaker.evidence], findings: said('unchecked', because) }
}

/** Nothing is wrong with it; that this answer is not linked to it, or that no policy names it, is the same of all of them. */
function holds({ environment, workload }: Machine): boolean {
  const stands = environment.standing === 'verified' || environment.standing === 'assumed'
  return stands && workload.standing !== 'failed' && workload.theirs !== true
}

function worstOf(machines: readonly Machine[]): Machine {
  return machines.reduce((worst, next) => (weightOfMachine(next) < weightOfMachine(worst) ? next : worst))
}

/** By its environment first. */
function weightOfMachine({ environment, workload }: Machine): number {
  return weightOf(environment) * 10 + weightOf(workload)
}

function reasonOf(machine: Machine): Finding['because'] {
  const isPlace = machine.environment.standing !== 'verified' && machine.environment.standing !== 'assumed'
  return (isPlace ? machine.environment : machine.workload).because
}
