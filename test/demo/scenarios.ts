import { isScenarioId, SCENARIO_IDS, SCENARIOS, type ScenarioId } from '../simulator/index.ts'
import { ACI_SCENARIOS, type AciScenarioId, AGGREGATOR_IDS, DIRECT_IDS } from './aci-scenarios.ts'

export type DemoScenarioId = ScenarioId | AciScenarioId

/** The demo's services, each with its scenarios in the order in which they are shown. The two that speak ACI share an address. */
export const GROUPS = [
  { title: 'Gateway', about: 'An attested gateway, and a model host behind it.', api: 'gateway', ids: SCENARIO_IDS },
  { title: 'Direct', about: 'An enclave that runs its model itself and speaks ACI.', api: 'aci', ids: DIRECT_IDS },
  { title: 'Aggregator', about: 'A gateway that speaks ACI and cites its check of the host.', api: 'aci', ids: AGGREGATOR_IDS },
] as const satisfies readonly Group[]

export type Group = {
  readonly title: string
  readonly about: string
  /** Which of the demo's two interfaces answers. */
  readonly api: 'gateway' | 'aci'
  readonly ids: readonly DemoScenarioId[]
}

export const DEMO_SCENARIO_IDS: readonly DemoScenarioId[] = GROUPS.flatMap(({ ids }): readonly DemoScenarioId[] => ids)

/** What the page says of a scenario. */
export type ScenarioText = { readonly title: string; readonly did: string; readonly log: string; readonly note?: string }

export function textOf(id: DemoScenarioId): ScenarioText {
  const { title, did, log, note } = isScenarioId(id) ? SCENARIOS[id] : ACI_SCENARIOS[id]
  return { title, did, log, ...(note === undefined ? {} : { note }) }
}
