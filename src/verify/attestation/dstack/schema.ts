import * as v from 'valibot'
import { isJsonObject, isWellFormed, type JsonCode, type JsonObject, parseForeignJson } from '../../encoding/json.ts'
import { type Failure, failure, type Result, renamed, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { type ComposeManager, composeManagerSchema } from './compose-manager.ts'
import { type EventLog, eventLogSchema } from './event-log.ts'

/**
 * Evidence of kind `dstack-evidence`: JSON with these members. Receipt formats and gatherers build it out of what a service reports under names
 * of its own (`intel_quote`, `info.tcb_info`, `attestation.evidence`), each text exactly as it was received. Each part is read by itself: one
 * that cannot be read says nothing of the others.
 *
 * | member | what |
 * |---|---|
 * | `quote` | the TDX quote, hexadecimal |
 * | `event_log` | the events, as a list or as the JSON text of one; absent or null where the service shows none |
 * | `app_compose` | the exact text of `app-compose.json`, which is what is hashed |
 * | `vm_config` | the host's description of the machine, JSON text |
 * | `nvidia_payload` | GPU evidence of this same machine, `{nonce, evidence_list, arch}`, as an object or as JSON text; nothing of it is hashed |
 * | `compose_manager` | what NEAR's compose manager did, and its own quote over that |
 * | `key_custody` | which keys the KMS issued: `{provider, keys: [{role, path, purpose, algo, public_key, kms_public_key, signature_chain}]}` |
 */
export type DstackEvidence = {
  readonly quote: string
  readonly eventLog?: EventLog
  readonly appCompose?: string
  readonly vmConfig?: string
  readonly nvidiaPayload?: string
  readonly keyCustody?: KeyCustody
  readonly composeManager?: ComposeManager
  /** Parts that came and cannot be read. */
  readonly unreadable: readonly UnreadablePart[]
}

export type UnreadablePart = { readonly part: PartName; readonly fault: Failure<PartErrorCode> }
type PartName = 'event_log' | 'app_compose' | 'nvidia_payload' | 'key_custody' | 'compose_manager'

export type KeyCustody = v.InferOutput<typeof keyCustodySchema>

export type EvidenceErrorCode = 'dstack-json' | 'dstack-schema'
export type PartErrorCode = 'schema' | JsonCode

/** Characters of the whole document, and of its parts. The largest logs seen are some tens of thousands, eight GPUs some 200,000. */
const DOCUMENT_LIMIT = 4 * 1024 * 1024
const QUOTE_LIMIT = 131_072
const LOG_LIMIT = 2 * 1024 * 1024
const TEXT_LIMIT = 1024 * 1024
const MOST_KEYS = 16
const MOST_DEPTH = 16

const hex = (pattern: RegExp) => v.pipe(v.string(), v.regex(pattern))
const name = v.pipe(v.string(), v.maxLength(200))
/** What is hashed as text has to have a UTF-8 form. */
const text = v.pipe(v.string(), v.maxLength(TEXT_LIMIT), v.check(isWellFormed))
const payload = v.union([v.pipe(v.string(), v.maxLength(DOCUMENT_LIMIT)), v.custom<JsonObject>(isJsonObject)])

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

const documentSchema = v.object({
  quote: v.pipe(v.string(), v.maxLength(QUOTE_LIMIT), v.regex(/^\s*(?:0x)?(?:[0-9a-f]{2})+\s*$/i)),
  event_log: v.optional(v.unknown()),
  app_compose: v.optional(v.unknown()),
  vm_config: v.optional(v.unknown()),
  nvidia_payload: v.optional(v.unknown()),
  key_custody: v.optional(v.unknown()),
  compose_manager: v.optional(v.unknown()),
})

/** Reads the document. Members that are null, and texts that are empty, count as absent. */
export function parseEvidence(document: string): Result<DstackEvidence, EvidenceErrorCode> {
  const json = parseForeignJson(document, { maxLength: DOCUMENT_LIMIT, maxDepth: MOST_DEPTH })
  if (!json.ok) return failure('dstack-json', json.code)
  const parsed = parseWith(documentSchema, json.value)
  if (!parsed.ok) return renamed('dstack-schema', parsed)
  const { quote, event_log, app_compose, vm_config, nvidia_payload, key_custody, compose_manager } = parsed.value
  const unreadable: UnreadablePart[] = []
  const read = <Value>(part: PartName, value: unknown, how: (value: unknown) => Result<Value, PartErrorCode>): Value | undefined => {
    const result = isGiven(value) ? how(value) : undefined
    if (result?.ok === false) unreadable.push({ part, fault: result })
    return result?.ok === true ? result.value : undefined
  }
  const eventLog = read('event_log', event_log, parseEventLog)
  const appCompose = read('app_compose', app_compose, (value) => parseWith(text, value))
  const nvidiaPayload = read('nvidia_payload', nvidia_payload, (value) => parseWith(payload, value))
  const keyCustody = read('key_custody', key_custody, (value) => parseWith(keyCustodySchema, value))
  const composeManager = read('compose_manager', compose_manager, (value) => parseWith(composeManagerSchema, value))
  // Nothing rests on what the host says of the machine: where it cannot be read, it says nothing.
  const vmConfig = isGiven(vm_config) ? parseWith(text, vm_config) : undefined
  return success({
    quote,
    ...(eventLog === undefined ? {} : { eventLog }),
    ...(appCompose === undefined ? {} : { appCompose }),
    ...(vmConfig?.ok === true ? { vmConfig: vmConfig.value } : {}),
    ...(nvidiaPayload === undefined ? {} : { nvidiaPayload: asText(nvidiaPayload) }),
    ...(keyCustody === undefined ? {} : { keyCustody }),
    ...(composeManager === undefined ? {} : { composeManager }),
    unreadable,
  })
}

function parseEventLog(log: unknown): Result<EventLog, PartErrorCode> {
  const json = typeof log === 'string' ? parseForeignJson(log, { maxLength: LOG_LIMIT, maxDepth: 4 }) : success(log)
  return json.ok ? parseWith(eventLogSchema, json.value) : json
}

function asText(value: string | JsonObject): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}
