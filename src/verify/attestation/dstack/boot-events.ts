import * as v from 'valibot'
import type { Bytes } from '../../encoding/bytes.ts'
import { parseForeignJsonBytes } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { APP_REGISTER, type Event, type EventLog, isRuntimeEvent } from './event-log.ts'

/** What dstack wrote into RTMR3 while it set the machine up. */
export type BootFacts = {
  /** 20 octets. */
  readonly appId: Bytes
  /** SHA-256 of `app-compose.json`. */
  readonly composeHash: Bytes
  /** 20 octets, or none where the application wants none. */
  readonly instanceId: Bytes
  readonly keyProvider: KeyProvider
  /** SHA-256. Absent where dstack does not say which image it is. */
  readonly osImageHash?: Bytes
  readonly gpuPolicyHash?: Bytes
  /** In the order in which the scripts ran. */
  readonly initScriptHashes: readonly Bytes[]
}

/** `id`: of a KMS the SubjectPublicKeyInfo of its root CA, of `local-sgx` MRENCLAVE of the key provider; hexadecimal. */
export type KeyProvider = { readonly name: string; readonly id: string }

export type BootFault =
  /** An event in RTMR3 that is not dstack's, or one of dstack's elsewhere: what it claims to be was not hashed into RTMR3. */
  | 'boot-foreign-event'
  /** The same thing said twice: whoever reads the first believes another than who reads the last. */
  | 'boot-duplicate'
  | 'boot-missing'
  | 'boot-payload'

/** The end of the boot: from here on the application itself may extend RTMR3 with events of any name. */
const READY = 'system-ready'

const keyProviderSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/)),
  id: v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{0,1000}$/)),
})

/**
 * Reads the events up to `system-ready` of a log whose replay gave RTMR3. Every one of them exactly once, save init scripts, of which there
 * may be several. Events afterwards are the application's own word and not read. `detail` of a failure is the event's name.
 */
export function readBootEvents(log: EventLog): Result<BootFacts, BootFault> {
  const foreign = log.find((event) => isRuntimeEvent(event) !== (event.imr === APP_REGISTER))
  if (foreign !== undefined) return failure('boot-foreign-event', foreign.event)
  const own = log.filter(isRuntimeEvent)
  const end = own.findIndex(({ event }) => event === READY)
  if (end < 0) return failure('boot-missing', READY)
  const boot = own.slice(0, end)
  const twice = boot.find(({ event }, index) => event !== INIT_SCRIPT && boot.findIndex((other) => other.event === event) !== index)
  if (twice !== undefined) return failure('boot-duplicate', twice.event)
  return readFacts(boot)
}

const INIT_SCRIPT = 'init-script-hash'

function readFacts(boot: readonly Event[]): Result<BootFacts, BootFault> {
  const payload = (name: string, ...sizes: readonly number[]): Result<Bytes, BootFault> => {
    const found = boot.find(({ event }) => event === name)?.event_payload
    if (found === undefined) return failure('boot-missing', name)
    return sizes.length === 0 || sizes.includes(found.length) ? success(found) : failure('boot-payload', name)
  }
  const optional = (name: string, size: number): Result<Bytes | undefined, BootFault> =>
    boot.some(({ event }) => event === name) ? payload(name, size) : success(undefined)

  const appId = payload('app-id', 20)
  if (!appId.ok) return appId
  const composeHash = payload('compose-hash', 32)
  if (!composeHash.ok) return composeHash
  const instanceId = payload('instance-id', 0, 20)
  if (!instanceId.ok) return instanceId
  const provider = payload('key-provider')
  if (!provider.ok) return provider
  const keyProvider = parseKeyProvider(provider.value)
  if (keyProvider === undefined) return failure('boot-payload', 'key-provider')
  const osImageHash = optional('os-image-hash', 32)
  if (!osImageHash.ok) return osImageHash
  const gpuPolicyHash = optional('gpu-policy-hash', 32)
  if (!gpuPolicyHash.ok) return gpuPolicyHash
  const initScriptHashes = boot.filter(({ event }) => event === INIT_SCRIPT).map(({ event_payload }) => event_payload)
  if (initScriptHashes.some((hash) => hash.length !== 32)) return failure('boot-payload', INIT_SCRIPT)
  return success({
    appId: appId.value,
    composeHash: composeHash.value,
    instanceId: instanceId.value,
    keyProvider,
    ...(osImageHash.value === undefined ? {} : { osImageHash: osImageHash.value }),
    ...(gpuPolicyHash.value === undefined ? {} : { gpuPolicyHash: gpuPolicyHash.value }),
    initScriptHashes,
  })
}

function parseKeyProvider(payload: Bytes): KeyProvider | undefined {
  const json = parseForeignJsonBytes(payload, { maxLength: 4096, maxDepth: 2 })
  if (!json.ok) return undefined
  const parsed = parseWith(keyProviderSchema, json.value)
  return parsed.ok ? { name: parsed.value.name, id: parsed.value.id } : undefined
}
