import { type DstackKnobs, makeDstack, type SimulatedDstack } from './dstack.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { hex } from './octets.ts'
import { DEFAULT_SEED } from './random.ts'
import { honestTd } from './tdx-quote.ts'

export type WorkloadOptions = DstackKnobs & {
  readonly reportData: Uint8Array
  /** Which program it is: another one has another compose file, on hardware of the same root. */
  readonly program: string
}

/** A dstack workload as services take it apart in their reports. */
export type Workload = {
  readonly quote: string
  readonly eventLog: Json
  readonly appCompose: Json
  readonly vmConfig: Json
  readonly keyCustody: Json
  readonly dstack: SimulatedDstack
  /** The registers that fix firmware, virtual hardware, kernel and initial file system, by the names that policies use. */
  readonly osRegisters: readonly (readonly [string, string])[]
}

export function makeWorkload({ program, ...knobs }: WorkloadOptions): Workload {
  const dstack = makeDstack({ ...knobs, compose: { name: program, ...knobs.compose } })
  const { quote, event_log = null, app_compose = null, vm_config = null, key_custody = null } = objectOf(dstack.document)
  const mrTd = knobs.tdx?.quote?.td?.mrTd ?? honestTd(knobs.seed ?? DEFAULT_SEED).mrTd
  return {
    quote: typeof quote === 'string' ? quote : '',
    eventLog: event_log,
    appCompose: app_compose,
    vmConfig: vm_config,
    keyCustody: key_custody,
    dstack,
    osRegisters: [
      ['tdx.mrtd', hex(mrTd)],
      ...dstack.registers.slice(0, 3).map((register, index) => [`tdx.rtmr${index}`, hex(register)] as const),
    ],
  }
}

/** The members of a JSON object that this simulator wrote itself. */
export function objectOf(text: string): JsonObject {
  const json: Json = JSON.parse(text)
  if (!isObject(json)) throw new TypeError('no object')
  return json
}
