import * as v from 'valibot'
import { isWellFormed, parseForeignJson } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { type EventLog, eventLogSchema } from './event-log.ts'

/**
 * Evidence of kind `dstack-evidence`: JSON, whose members are these and no others. Receipt formats and gatherers build it out of what a
 * service reports under names of its own (`intel_quote`, `info.tcb_info`, `attestation.evidence`), each text exactly as it was received.
 *
 * | member | what |
 * |---|---|
 * | `quote` | the TDX quote, hexadecimal in either case, perhaps with `0x` |
 * | `event_log` | the events, as a list or as the JSON text of one; absent or null where the service shows none |
 * | `app_compose` | the exact text of `app-compose.json`, which is what is hashed |
 * | `vm_config` | the host's description of the machine, JSON text |
 * | `nvidia_payload` | GPU evidence of this same machine, JSON text `{nonce, evidence_list, arch}` |
 * | `key_custody` | which keys the KMS issued: `{provider, keys: [{role, path, purpose, algo, public_key, kms_public_key, signature_chain}]}` |
 */
export type DstackEvidence = {
  readonly quote: string
  readonly eventLog?: EventLog
  readonly appCompose?: string
  readonly vmConfig?: string
  readonly nvidiaPayload?: string
  readonly keyCustody?: KeyCustody
}

export type KeyCustody = v.InferOutput<typeof keyCustodySchema>

export type EvidenceErrorCode = 'dstack-json' | 'dstack-schema' | 'dstack-event-log-json' | 'dstack-event-log-schema'

/** Characters of the whole document, and of its parts. The largest logs seen are some tens of thousands, eight GPUs some 200,000. */
const DOCUMENT_LIMIT = 4 * 1024 * 1024
const QUOTE_LIMIT = 131_072
const LOG_LIMIT = 2 * 1024 * 1024
const TEXT_LIMIT = 1024 * 1024
const MOST_KEYS = 16

const hex = (pattern: RegExp) => v.pipe(v.string(), v.regex(pattern))
const name = v.pipe(v.string(), v.maxLength(200))
/** What is hashed as text has to have a UTF-8 form. */
const text = v.exactOptional(v.nullable(v.pipe(v.string(), v.maxLength(TEXT_LIMIT), v.check(isWellFormed))))

/** Recoverable signatures r ‖ s ‖ v of 65 octets; keys of 32 (Ed25519, X25519), 33 or 65 octets (secp256k1). Other members are not read. */
const keyCustodySchema = v.object({
  provider: name,
  keys: v.pipe(
    v.array(
      v.object({
        role: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/)),
        purpose: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,200}$/)),
        public_key: hex(/^(?:[0-9a-f]{64}|[0-9a-f]{66}|[0-9a-f]{130})$/i),
        kms_public_key: hex(/^(?:[0-9a-f]{66}|[0-9a-f]{130})$/i),
        signature_chain: v.strictTuple([hex(/^[0-9a-f]{130}$/i), hex(/^[0-9a-f]{130}$/i)]),
      }),
    ),
    v.maxLength(MOST_KEYS),
  ),
})

const documentSchema = v.strictObject({
  quote: v.pipe(v.string(), v.maxLength(QUOTE_LIMIT), v.regex(/^\s*(?:0x)?(?:[0-9a-f]{2})+\s*$/i)),
  event_log: v.exactOptional(v.nullable(v.union([v.pipe(v.string(), v.maxLength(LOG_LIMIT)), v.array(v.unknown())]))),
  app_compose: text,
  vm_config: text,
  nvidia_payload: text,
  key_custody: v.exactOptional(v.nullable(keyCustodySchema)),
})

/** Reads the document. Members that are null, and texts that are empty, count as absent. */
export function parseEvidence(document: string): Result<DstackEvidence, EvidenceErrorCode> {
  const json = parseForeignJson(document, { maxLength: DOCUMENT_LIMIT, maxDepth: 16 })
  if (!json.ok) return failure('dstack-json', json.code)
  const parsed = parseWith(documentSchema, json.value)
  if (!parsed.ok) return failure('dstack-schema', parsed.detail)
  const { quote, event_log, app_compose, vm_config, nvidia_payload, key_custody } = parsed.value
  const eventLog = parseEventLog(event_log)
  if (!eventLog.ok) return eventLog
  return success({
    quote,
    ...(eventLog.value === undefined ? {} : { eventLog: eventLog.value }),
    ...(isGiven(app_compose) ? { appCompose: app_compose } : {}),
    ...(isGiven(vm_config) ? { vmConfig: vm_config } : {}),
    ...(isGiven(nvidia_payload) ? { nvidiaPayload: nvidia_payload } : {}),
    ...(key_custody === undefined || key_custody === null ? {} : { keyCustody: key_custody }),
  })
}

function parseEventLog(
  log: string | readonly unknown[] | null | undefined,
): Result<EventLog | undefined, 'dstack-event-log-json' | 'dstack-event-log-schema'> {
  if (log === undefined || log === null || log === '') return success(undefined)
  const json = typeof log === 'string' ? parseForeignJson(log, { maxLength: LOG_LIMIT, maxDepth: 4 }) : success(log)
  if (!json.ok) return failure('dstack-event-log-json', json.code)
  const events = parseWith(eventLogSchema, json.value)
  return events.ok ? success(events.value) : failure('dstack-event-log-schema', events.detail)
}

function isGiven(text: string | null | undefined): text is string {
  return text !== undefined && text !== null && text !== ''
}
