import type { EvidenceSeen } from '../../dossier/types.ts'

/** What services of the dstack family put beside a quote, as far as they gave it. Text stands as received. */
export type DstackParts = {
  /** Lower-case or upper-case hex, without prefix. */
  readonly quote: string
  /** The event log as the service spells it: an array, or its JSON text. */
  readonly eventLog?: unknown
  readonly appCompose?: unknown
  readonly vmConfig?: unknown
  readonly nvidiaPayload?: unknown
  readonly keyCustody?: unknown
  /** What NEAR's compose manager shows of itself. */
  readonly composeManager?: unknown
}

/**
 * Unpacks a quote and what belongs to it out of a service's report, as evidence of kind `dstack-evidence`: JSON text with the members `quote`,
 * `event_log`, `app_compose`, `vm_config`, `nvidia_payload`, `key_custody`, `compose_manager`. Where it was fetched, when, and with which nonce stay those of the
 * report. Parts go in as they came, whatever their type: what cannot be read is for the verifier of the document to say.
 */
export function dstackEvidence(report: EvidenceSeen, parts: DstackParts): EvidenceSeen {
  const { quote, eventLog, appCompose, vmConfig, nvidiaPayload, keyCustody, composeManager } = parts
  const document = {
    quote,
    event_log: eventLog,
    app_compose: appCompose,
    vm_config: vmConfig,
    nvidia_payload: nvidiaPayload,
    key_custody: keyCustody,
    compose_manager: composeManager,
  }
  return { ...report, kind: 'dstack-evidence', document: JSON.stringify(document) }
}
