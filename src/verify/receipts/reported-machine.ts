import type { EvidenceSeen } from '../../dossier/types.ts'
import { isJsonObject, type JsonObject } from '../encoding/json.ts'
import { parseWith } from '../encoding/schema.ts'
import { evidenceOfEntry, identityOfEntry, type NearEntry, nearEntry } from './near-entry.ts'
import type { Identity } from './report-data.ts'

/**
 * One machine in a service's report. Services that resell others hand on what those show, each in its own form: an entry of NEAR's form, an
 * instance of Chutes, a document of Tinfoil's. `other`: none of these; `kind` is what it calls itself.
 */
export type ReportedMachine =
  | { readonly form: 'near'; readonly entry: NearEntry }
  | { readonly form: 'chutes' | 'tinfoil'; readonly document: JsonObject }
  | { readonly form: 'other'; readonly kind: string; readonly document: unknown }

const TINFOIL = 'https://tinfoil.sh/'
/** What stands for a machine and does not say what it is, is for this kind's verifier to read, or to say that it cannot. */
const NAMELESS = 'dstack-evidence'
const LONGEST_KIND = 100

/** The machines that a member of a report shows, each once: a host's own entry often stands in its list of all, too. */
export function machinesIn(offered: unknown): readonly ReportedMachine[] {
  const items: readonly unknown[] = Array.isArray(offered) ? offered : offered === undefined || offered === null ? [] : [offered]
  const machines = new Map(items.flatMap(machinesOf).map((machine) => [identifying(machine), machine]))
  return [...machines.values()]
}

function machinesOf(item: unknown): readonly ReportedMachine[] {
  if (!isJsonObject(item)) return [{ form: 'other', kind: NAMELESS, document: item }]
  const { format, attestation_type: type } = item
  if (typeof format === 'string') return [ofFormat(format, item)]
  if (type === 'chutes') return instancesOf(item)
  const entry = parseWith(nearEntry, item)
  if (entry.ok) return [{ form: 'near', entry: entry.value }]
  return [{ form: 'other', kind: typeof type === 'string' ? type.slice(0, LONGEST_KIND) : NAMELESS, document: item }]
}

function ofFormat(format: string, document: JsonObject): ReportedMachine {
  return format.startsWith(TINFOIL) ? { form: 'tinfoil', document } : { form: 'other', kind: format.slice(0, LONGEST_KIND), document }
}

/** What is said once of all instances holds for each that does not say otherwise. */
function instancesOf({ all_attestations, nonce, ...rest }: JsonObject): readonly ReportedMachine[] {
  const listed: readonly unknown[] = Array.isArray(all_attestations) ? all_attestations : [rest]
  return listed.map((instance) =>
    isJsonObject(instance)
      ? { form: 'chutes', document: nonce === undefined ? instance : { nonce, ...instance } }
      : { form: 'other', kind: 'chutes', document: instance },
  )
}

function identifying(machine: ReportedMachine): string {
  switch (machine.form) {
    case 'near':
      return machine.entry.intel_quote.trim().replace(/^0x/i, '').toLowerCase()
    case 'chutes':
    case 'tinfoil':
    case 'other':
      return JSON.stringify(machine.document)
  }
}

/** What is verified of a machine. `gpu: 'other-machine'`: GPU evidence beside a quote was made elsewhere. */
export function evidenceOfMachine(report: EvidenceSeen, machine: ReportedMachine, gpu: 'same-machine' | 'other-machine'): EvidenceSeen {
  switch (machine.form) {
    case 'near':
      return evidenceOfEntry(report, machine.entry, gpu)
    case 'chutes':
      return { ...report, kind: 'chutes-instance', document: JSON.stringify(machine.document) }
    case 'tinfoil':
      return { ...report, kind: 'tinfoil-attestation', document: JSON.stringify(machine.document) }
    case 'other':
      return { ...report, kind: machine.kind, document: JSON.stringify(machine.document) }
  }
}

/** Who signs at a machine, by its own word. Only entries of NEAR's form name anybody. */
export function identityOfMachine(machine: ReportedMachine): Identity | undefined {
  return machine.form === 'near' ? identityOfEntry(machine.entry) : undefined
}
