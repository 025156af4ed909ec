import { createHash } from 'node:crypto'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { type CustodyKeyKnobs, makeKeyCustody, makeKmsKey } from './dstack-kms.ts'
import { type Edits, edit, type Json, type JsonObject } from './json.ts'
import { hex, join, type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'
import { makeTdx, type SimulatedTdx, type TdxOptions } from './tdx.ts'
import { zeros } from './tdx-quote.ts'

/** One event as dstack's event log has it (`cc-eventlog`). */
export type DstackEvent = {
  readonly imr: number
  readonly event_type: number
  readonly digest: string
  readonly event: string
  readonly event_payload: string
  readonly version?: number
  readonly preimage?: string
}

export type LogVersion = 1 | 2

const RUNTIME = 134_217_729

/** Version 1: u32le(type) ":" name ":" payload. Version 2: JSON with sorted names and no white space. */
export function eventPreimage(name: string, payload: Uint8Array, version: LogVersion): Octets {
  if (version === 2) return utf8(`{"name":${JSON.stringify(name)},"payload":"${hex(payload)}","type":${RUNTIME}}`)
  return join(octets([1, 0, 0, 8]), utf8(`:${name}:`), payload)
}

export function runtimeEvent(name: string, payload: Uint8Array, version: LogVersion = 1): DstackEvent {
  const event = { imr: 3, event_type: RUNTIME, digest: sha('sha384', eventPreimage(name, payload, version)), event: name }
  return { ...event, event_payload: hex(payload), ...(version === 2 ? { version } : {}) }
}

/** A runtime event without its digest, a boot event without its payload, as newer agents hand them out. */
export function strip(event: DstackEvent): DstackEvent {
  return event.event_type === RUNTIME ? { ...event, digest: '' } : { ...event, event_payload: '' }
}

/** RTMR0 to RTMR3 after the events. */
export function replay(events: readonly DstackEvent[]): readonly Octets[] {
  return [0, 1, 2, 3].map((register) =>
    events
      .filter(({ imr }) => imr === register)
      .reduce((value, { digest }) => {
        const extended = join(Buffer.from(digest, 'hex'), zeros(48)).slice(0, 48)
        return octets(createHash('sha384').update(value).update(extended).digest())
      }, zeros(48)),
  )
}

export const COMPOSE_FILE = `# The service and what stands in front of it.
services:
  model:
    image: registry.example/model@sha256:${'a1'.repeat(32)}
    command: --model example
    environment:
      - TOKEN=\${TOKEN}
  proxy:
    image: "registry.example/proxy:2@sha256:${'b2'.repeat(32)}"
    ports: ["443:443"]
volumes: {}
`

export type DstackKnobs = {
  readonly seed?: string
  readonly at: Date
  readonly tdx?: Partial<TdxOptions>
  readonly reportData?: Uint8Array
  readonly version?: LogVersion
  readonly keyProvider?: { readonly name: string; readonly id: string }
  /** Null: dstack does not say. */
  readonly osImageHash?: string | null
  readonly instanceId?: Uint8Array
  readonly composeFile?: string
  /** Changes to `app-compose.json`. */
  readonly compose?: Edits
  /** What the machine really extends its registers with. */
  readonly measure?: (events: readonly DstackEvent[]) => readonly DstackEvent[]
  /** What is shown in place of the log that was measured; null: nothing. */
  readonly show?: ((events: readonly DstackEvent[]) => readonly DstackEvent[]) | null
  /** How the log is written. */
  readonly logAs?: 'text' | 'list'
  /** MRCONFIGID: zero, or by the version of its form, or these octets. */
  readonly configId?: 'none' | 1 | 2 | 3 | Uint8Array
  /** The document of version 3, in place of the one that dstack would write. */
  readonly configDocument?: (document: JsonObject) => string
  readonly custody?: { readonly provider?: string; readonly keys?: readonly CustodyKeyKnobs[]; readonly appId?: Uint8Array }
  readonly nvidiaPayload?: string
  /** Last word on the document: `app_compose: undefined` takes the member out. */
  readonly document?: Edits
}

export type SimulatedDstack = {
  /** JSON text of kind `dstack-evidence`. */
  readonly document: string
  readonly tdx: SimulatedTdx
  readonly appId: Octets
  readonly composeHash: string
  readonly registers: readonly Octets[]
  /** Compressed secp256k1 in hex. */
  readonly kmsRoot: string
}

/** Makes what a dstack workload shows of itself, under roots of its own. Everything honest unless a knob says otherwise. */
export function makeDstack(knobs: DstackKnobs): SimulatedDstack {
  const { seed = DEFAULT_SEED, version = 1, configId = 1, show = (events) => events } = knobs
  const random = randomFrom(`${seed}/dstack`)
  const appCompose = JSON.stringify(edit(honestCompose(knobs.composeFile ?? COMPOSE_FILE), knobs.compose))
  const composeHash = octets(createHash('sha256').update(appCompose).digest())
  const facts: Facts = {
    composeHash,
    appId: composeHash.slice(0, 20),
    instanceId: octets(knobs.instanceId ?? random(20)),
    keyProvider: knobs.keyProvider ?? { name: 'kms', id: `3059${hex(random(89))}` },
    osImageHash: knobs.osImageHash === undefined ? hex(random(32)) : knobs.osImageHash,
  }
  const honest = [...bootEvents(seed), ...runtimeEvents(facts, version)]
  const measured = knobs.measure?.(honest) ?? honest
  const registers = replay(measured)
  const tdx = makeTdx({
    seed,
    at: knobs.at,
    ...knobs.tdx,
    quote: {
      ...knobs.tdx?.quote,
      td: {
        rtmrs: registers,
        mrConfigId: encodeConfigId(configId, facts, knobs.configDocument ?? ((document) => JSON.stringify(document))),
        ...(knobs.reportData === undefined ? {} : { reportData: knobs.reportData }),
        ...knobs.tdx?.quote?.td,
      },
    },
  })
  const log = show?.(measured)
  const document: JsonObject = {
    quote: hex(tdx.quote),
    ...(log === undefined ? {} : { event_log: knobs.logAs === 'list' ? asJson(log) : JSON.stringify(log) }),
    app_compose: appCompose,
    vm_config: JSON.stringify({ ...(facts.osImageHash === null ? {} : { os_image_hash: facts.osImageHash }), cpu_count: 8, num_gpus: 0 }),
    ...(knobs.nvidiaPayload === undefined ? {} : { nvidia_payload: knobs.nvidiaPayload }),
    ...(knobs.custody === undefined ? {} : { key_custody: makeKeyCustody({ seed, appId: facts.appId, ...knobs.custody }) }),
  }
  return {
    document: JSON.stringify(edit(document, knobs.document)),
    tdx,
    appId: facts.appId,
    composeHash: hex(composeHash),
    registers,
    kmsRoot: hex(makeKmsKey(`${seed}/kms-root`).publicKey),
  }
}

type Facts = {
  readonly composeHash: Octets
  readonly appId: Octets
  readonly instanceId: Octets
  readonly keyProvider: { readonly name: string; readonly id: string }
  readonly osImageHash: string | null
}

function honestCompose(composeFile: string): JsonObject {
  return {
    manifest_version: 2,
    name: 'simulated',
    runner: 'docker-compose',
    docker_compose_file: composeFile,
    kms_enabled: true,
    gateway_enabled: false,
    public_logs: true,
    allowed_envs: ['TOKEN'],
    pre_launch_script: null,
  }
}

/** Types as firmware and kernel use them (TCG PC Client Platform Firmware Profile); the digests are of nothing in particular. */
function bootEvents(seed: string): readonly DstackEvent[] {
  const random = randomFrom(`${seed}/dstack/boot`)
  const event = (imr: number, event_type: number, text: string) => ({
    imr,
    event_type,
    digest: hex(random(48)),
    event: '',
    event_payload: hex(utf8(text)),
  })
  return [
    event(0, 2_147_483_659, 'TdxTable'),
    event(0, 10, 'ACPI DATA'),
    event(1, 2_147_483_651, 'kernel'),
    event(0, 4, ''),
    event(1, 2_147_483_655, 'Calling EFI Application from Boot Option'),
    event(2, 6, 'LOADED_IMAGE::LoadOptions'),
    event(2, 6, 'Linux initrd'),
  ]
}

function runtimeEvents({ appId, composeHash, instanceId, keyProvider, osImageHash }: Facts, version: LogVersion): readonly DstackEvent[] {
  const event = (name: string, payload: Uint8Array = zeros(0)) => runtimeEvent(name, payload, version)
  return [
    event('system-preparing'),
    event('app-id', appId),
    event('compose-hash', composeHash),
    event('instance-id', instanceId),
    event('boot-mr-done'),
    ...(osImageHash === null ? [] : [event('os-image-hash', Buffer.from(osImageHash, 'hex'))]),
    event('key-provider', utf8(JSON.stringify(keyProvider))),
    event('storage-fs', utf8('zfs')),
    event('system-ready'),
    event('app-started', utf8('the application’s own word')),
  ]
}

/** MRCONFIGID of 48 octets: the version, 32 octets, zeros. */
export function encodeConfigId(
  form: 'none' | 1 | 2 | 3 | Uint8Array,
  { composeHash, appId, instanceId, keyProvider }: Pick<Facts, 'composeHash' | 'appId' | 'instanceId' | 'keyProvider'>,
  write: (document: JsonObject) => string = (document) => JSON.stringify(document),
): Octets {
  const register = (version: number, content: Uint8Array) => join(octets([version]), content, zeros(15))
  const kinds = ['none', 'local-sgx', 'kms', 'tpm']
  switch (form) {
    case 'none':
      return zeros(48)
    case 1:
      return register(1, composeHash)
    case 2:
      return register(
        2,
        keccak_256(join(composeHash, appId, octets([kinds.indexOf(keyProvider.name)]), Buffer.from(keyProvider.id, 'hex'))),
      )
    case 3: {
      const document = write({
        app_id: hex(appId),
        compose_hash: hex(composeHash),
        ...(instanceId.length === 0 ? {} : { instance_id: hex(instanceId) }),
        key_provider: keyProvider.name === 'local-sgx' ? 'local' : keyProvider.name,
        ...(keyProvider.id === '' ? {} : { key_provider_id: keyProvider.id }),
        version: 3,
      })
      return register(3, createHash('sha256').update('dstack-mr-config-v3:\0').update(document).digest())
    }
    default:
      return octets(form)
  }
}

function asJson(events: readonly DstackEvent[]): readonly Json[] {
  return events.map(({ version, preimage, ...event }) => ({
    ...event,
    ...(version === undefined ? {} : { version }),
    ...(preimage === undefined ? {} : { preimage }),
  }))
}

function sha(algorithm: 'sha384', content: Uint8Array): string {
  return createHash(algorithm).update(content).digest('hex')
}
