import { type Gateway, makeGateway, SCENARIOS, type ScenarioId } from '../simulator/index.ts'

/** Tokens live an hour. They are issued anew well before, as the real service does. */
const RENEW_AFTER_MS = 20 * 60 * 1000

export type Gateways = {
  /** The gateway as a scenario has it: its evidence is up to date, or as false as the scenario says. */
  of(scenario: ScenarioId): Gateway
  /** The one that answered last: what the evidence endpoints serve, as behind a load balancer that has one instance. */
  latest(): Gateway
}

/** All scenarios share the receipt key and the root; they differ in what the evidence says. */
export function makeGateways(seed: string, issuer: string, now: () => Date): Gateways {
  const known = new Map<ScenarioId, { readonly gateway: Gateway; readonly madeAt: number }>()
  const of = (scenario: ScenarioId): Gateway => {
    const at = now()
    const kept = known.get(scenario)
    if (kept !== undefined && Math.abs(at.getTime() - kept.madeAt) < RENEW_AFTER_MS) return kept.gateway
    const gateway = makeGateway({ seed, at, issuer, form: 'pki', ...SCENARIOS[scenario].faults.gateway })
    known.set(scenario, { gateway, madeAt: at.getTime() })
    return gateway
  }
  let latest: ScenarioId = 'honest'
  return {
    of: (scenario) => {
      latest = scenario
      return of(scenario)
    },
    latest: () => of(latest),
  }
}
