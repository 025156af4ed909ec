import * as v from 'valibot'
import type { EvidenceSeen, Exchange } from '../../../dossier/types.ts'
import type { HopFact } from '../../claims/types.ts'
import { isJsonObject, type JsonCode, type JsonObject, parseForeignJson } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { machinesIn, type ReportedMachine } from '../reported-machine.ts'
import type { Kind } from './parse.ts'

/** A party between your bytes and the model, by the shape of the service's report. */
export type Party = {
  readonly role: HopFact['role']
  /** Which kinds of signature are this party's. None: its report data names nobody, or it shows no evidence. */
  readonly signs: readonly Kind[]
  /** Its machines; any of them may have answered. */
  readonly machines: readonly ReportedMachine[]
  /** Whether GPU evidence in an entry was made on the machine of its quote. */
  readonly gpu: 'same-machine' | 'other-machine'
}

/** `rewritten`: the service's own backend changes the request before it is hashed (NEAR Private Chat). */
export type ServiceReport = {
  readonly seen: EvidenceSeen
  readonly parties: readonly Party[]
  readonly request: 'as-sent' | 'rewritten'
  /** A deployment log that is attested apart from the rest comes with it. */
  readonly hasComposeManager: boolean
  /** What is shown of a key for encrypted requests (RFC 9458), as it came. */
  readonly ohttp: unknown
  readonly ohttpConfig: unknown
}

const ANY: readonly Kind[] = ['provider_tee', 'gateway', 'unlabelled']
const MODEL: readonly Kind[] = ['provider_tee', 'unlabelled']
const GATEWAY: readonly Kind[] = ['gateway', 'unlabelled']

/** What tells an ACI service's legacy report from another of the same shape. Whether it runs the model itself, its own word does not say. */
const aciLegacy = v.object({ api_version: v.literal('aci/1') })

/**
 * Takes a report of `/v1/attestation/report` apart, by its shape: NEAR Private Chat (three enclaves), NEAR AI Cloud (gateway and models), an ACI
 * service's legacy report, a host's of another kind that is handed on (Chutes, Tinfoil), a reseller's (the reseller shows nothing of itself), a
 * model host's own. `parties`: who takes part by the adapter, where one knows.
 */
export function readReport(seen: EvidenceSeen, parties?: Exchange['parties']): Result<ServiceReport, ReportCode> {
  const json = parseForeignJson(seen.document)
  if (!json.ok) return json
  const report = json.value
  if (!isJsonObject(report)) return failure('report-shape')
  const hasComposeManager = isPresent(report['compose_manager_attestation'])
  const made = (parties: readonly Party[], request: ServiceReport['request'] = 'as-sent') =>
    success({ seen, parties, request, hasComposeManager, ohttp: report['ohttp_attestation'], ohttpConfig: report['ohttp_key_config'] })
  const { chat_api_gateway_attestation, cloud_api_gateway_attestation, gateway_attestation, model_attestations } = report
  const models = party('model-host', MODEL, model_attestations)
  if (isPresent(chat_api_gateway_attestation)) {
    const parties = [party('gateway', [], chat_api_gateway_attestation), party('gateway', GATEWAY, cloud_api_gateway_attestation), models]
    return made(parties, 'rewritten')
  }
  if (isPresent(gateway_attestation) || Array.isArray(model_attestations)) {
    return made([party('gateway', GATEWAY, gateway_attestation), models])
  }
  // A gateway hands on the document of the host behind it, and shows nothing of itself.
  if (report['attestation_type'] === 'chutes' || typeof report['format'] === 'string') {
    return made([nobody('gateway', GATEWAY), party('model-host', MODEL, report)])
  }
  const type = report['attestation_type']
  if (!isPresent(report['intel_quote'])) return failure(typeof type === 'string' ? 'report-type' : 'report-shape', asLabel(type))
  const legacy = parseWith(aciLegacy, report)
  if (legacy.ok) {
    if (parties?.length === 1 && parties[0] === 'service') return made([party('service', ANY, report)])
    return made([{ ...party('gateway', ANY, report), gpu: 'other-machine' }, nobody('model-host')])
  }
  if (isPresent(report['tee_provider']) && parties === undefined)
    return made([nobody('gateway'), party('model-host', ANY, machinesOf(report))])
  return made([party('service', ANY, machinesOf(report))])
}

/** `report-type`: it says what it is, and that is not known here. */
export type ReportCode = JsonCode | 'report-shape' | 'report-type'

function asLabel(type: unknown): string | undefined {
  return typeof type === 'string' ? type : undefined
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}

function nobody(role: Party['role'], signs: readonly Kind[] = []): Party {
  return { role, signs, machines: [], gpu: 'same-machine' }
}

/** The machine or the machines of a party. */
function party(role: Party['role'], signs: readonly Kind[], offered: unknown): Party {
  return { role, signs, machines: machinesIn(offered), gpu: 'same-machine' }
}

/** A model host's report is that of one machine, and lists all of them beside it. */
function machinesOf(report: JsonObject): readonly unknown[] {
  const all = report['all_attestations']
  return [report, ...(Array.isArray(all) ? all : [])]
}
