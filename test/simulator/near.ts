import { gzipSync } from 'node:zlib'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { rawKey } from './aci.ts'
import { canonicalJson } from './canonical-json.ts'
import { makeWorkload, type Workload, type WorkloadOptions } from './dstack-workload.ts'
import { sha256 } from './hash-domains.ts'
import { type Edits, edit, type JsonObject } from './json.ts'
import { makeKey, sign } from './keys.ts'
import { type GpuKnobs, makeGpuItem } from './nvidia-gpu.ts'
import { flipBit, hex, join, type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'
import { makeTdx, type TdxOptions } from './tdx.ts'

export type NearAlgorithm = 'ecdsa' | 'ed25519'
export type NearKind = 'provider_tee' | 'gateway' | 'unlabelled'
/**
 * Which service's report: NEAR AI Cloud, a model host's own, NEAR Private Chat, a reseller of the form of Venice, an ACI service's legacy one, the
 * same with what belongs to the quote where ACI has it (Venice), instances of Chutes, a document of Tinfoil's that is handed on.
 */
export type NearShape = 'cloud' | 'direct' | 'private-chat' | 'reseller' | 'aci-legacy' | 'aci-venice' | 'chutes' | 'tinfoil'
export type NearParty = 'chat-api' | 'gateway' | 'model'
/** How the quote names who signs. */
export type NearLayout = 'identity' | 'tls' | 'zero' | 'other'

export type NearFaults = {
  readonly signature?: 'intact' | 'flipped'
  /** Whose key signs, whatever the label says. */
  readonly signedBy?: 'gateway' | 'model' | 'stranger'
  /** Edits of the answer of `/v1/signature`. */
  readonly answer?: Edits
  readonly report?: Edits
  readonly layout?: Partial<Record<NearParty, NearLayout>>
  /** Which nonce the quotes hold. */
  readonly nonce?: 'asked' | 'other'
  readonly workload?: Partial<Record<NearParty, Partial<WorkloadOptions>>>
  /** Of the instances of Chutes, each in turn. */
  readonly instances?: readonly InstanceFaults[]
}

export type InstanceFaults = Partial<TdxOptions> & {
  /** Last word on the instance as it is shown. */
  readonly shown?: Edits
  /** What its graphics card answers. */
  readonly gpuNonce?: Uint8Array
}

export type NearOptions = {
  readonly seed?: string
  /** When the quotes were made. */
  readonly at: Date
  readonly shape?: NearShape
  readonly kind?: NearKind
  /** Whether the signed text names the model; by default where the model host signs under its label. */
  readonly text?: 'with-model' | 'without-model'
  readonly algorithm?: NearAlgorithm
  readonly model?: string
  /** What whoever signs hashed. */
  readonly request: Uint8Array
  readonly response: Uint8Array
  /** As sent with the request for the report: 64 hex digits. */
  readonly nonce?: string
  /** Further machines of the model host that share its key. */
  readonly machines?: readonly Partial<WorkloadOptions>[]
  /** The graphics cards of each machine of the model host, which answer the nonce of its quote. */
  readonly gpus?: readonly GpuKnobs[]
  /** How their evidence stands in the report: as text, as most services write it, or as an object. */
  readonly gpuPayload?: 'text' | 'object'
  /** What the compose manager of the model's machine shows, by default nothing. */
  readonly composeManager?: ComposeManagerOptions
  /** What the gateway, or the host that is called directly, shows of its key for encrypted requests. */
  readonly ohttp?: OhttpOptions
  readonly faults?: NearFaults
}

export type ComposeManagerOptions = {
  readonly actions?: readonly JsonObject[]
  /** What its quote is made with, in place of what is on the machine. */
  readonly workload?: Partial<WorkloadOptions>
  /** Last word on what is shown. */
  readonly shown?: Edits
}
export type OhttpOptions = { readonly key?: 'own' | 'bound'; readonly signature?: 'intact' | 'flipped'; readonly shown?: Edits }

export type SimulatedNear = {
  /** The answer of `/v1/signature/{id}`. */
  readonly answer: string
  /** The answer of `/v1/attestation/report`. */
  readonly report: string
  readonly workloads: Readonly<Partial<Record<NearParty, Workload>>>
}

/** The answer in place of a signature, with status 200. */
export function nearRefusal(code: 'STREAM_DISCONNECTED' | 'SIGNATURE_UNSUPPORTED'): string {
  return JSON.stringify({ error_code: code, message: 'No signature is available for this chat.' })
}

type Signer = {
  /** As services write it: an address with `0x`, a key without. */
  readonly address: string
  readonly identity: Octets
  readonly publicKey: string
  readonly sign: (text: string) => string
}

/** A party's key pair. ECDSA: secp256k1 with Ethereum's address and EIP-191; otherwise Ed25519 over the text. */
export function makeSigner(algorithm: NearAlgorithm, seed: string): Signer {
  if (algorithm === 'ed25519') {
    const key = makeKey('ed25519', seed)
    const spelled = rawKey(key)
    return {
      address: spelled,
      identity: octets(Buffer.from(spelled, 'hex')),
      publicKey: spelled,
      sign: (text) => hex(sign(key, 'sha256', utf8(text))),
    }
  }
  const secret = randomFrom(`${seed}/secp256k1`)(32)
  secret[0] = (secret[0] ?? 0) & 0x7f
  const point = secp256k1.getPublicKey(secret, false).subarray(1)
  const identity = octets(keccak_256(point).subarray(12))
  return {
    address: `0x${hex(identity)}`,
    identity,
    publicKey: hex(point),
    sign: (text) => {
      const message = utf8(text)
      const digest = keccak_256(join(utf8(`\x19Ethereum Signed Message:\n${message.length}`), message))
      const signature = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' })
      const [recovery = 0] = signature
      return `0x${hex(join(signature.subarray(1), octets([27 + recovery])))}`
    },
  }
}

/** One exchange of a service of NEAR's family. */
export function makeNear(options: NearOptions): SimulatedNear {
  const {
    seed = DEFAULT_SEED,
    kind = 'provider_tee',
    algorithm = 'ecdsa',
    model = 'demo/model-1',
    request,
    response,
    faults = {},
  } = options
  const { text: wanted = kind === 'provider_tee' ? 'with-model' : 'without-model' } = options
  const signers = {
    gateway: makeSigner(algorithm, `${seed}/near/gateway`),
    model: makeSigner(algorithm, `${seed}/near/model`),
    stranger: makeSigner(algorithm, `${seed}/near/stranger`),
  }
  const by = signers[faults.signedBy ?? (kind === 'provider_tee' ? 'model' : 'gateway')]
  const hashes = `${hex(sha256(request))}:${hex(sha256(response))}`
  const text = wanted === 'with-model' ? `${model}:${hashes}` : hashes
  const answer = {
    text,
    signature: maybeFlipped(by.sign(text), faults.signature),
    signing_address: by.address,
    signing_algo: algorithm,
    ...(kind === 'unlabelled' ? {} : { signature_kind: kind }),
  }
  const { report, workloads } = reportOf(options, signers)
  return {
    answer: JSON.stringify(edit(answer, faults.answer)),
    report: JSON.stringify(edit({ ...report, ...ohttpOf(options, signers) }, faults.report)).replace(`"${LAST_SECOND}"`, LAST_SECOND),
    workloads,
  }
}

/** NEAR's example of an action; see `2026-11/near/compose-manager-synthetic.json`. */
const ACTIONS: readonly JsonObject[] = [
  {
    timestamp: '2026-10-01T00:00:00Z',
    action: 'compose_up',
    tag: 'release-模型',
    file: 'prod/model.yaml',
    file_sha256: 'be'.repeat(32),
    services: ['model'],
  },
]

/** SHA-256 of compact JSON with sorted members, raw UTF-8. */
export function actionsHash(actions: readonly JsonObject[]): string {
  return hex(sha256(utf8(canonicalJson([...actions]))))
}

function composeManagerOf({ actions = ACTIONS, workload, shown }: ComposeManagerOptions, same: WorkloadOptions): JsonObject {
  const nonce = randomFrom(`${same.seed ?? DEFAULT_SEED}/near/compose manager`)(32)
  const hash = actionsHash(actions)
  const own = makeWorkload({ ...same, reportData: join(octets(Buffer.from(hash, 'hex')), nonce), ...workload })
  const honest: JsonObject = {
    actions: [...actions],
    actions_hash: hash,
    nonce: hex(nonce),
    nonce_source: 'server',
    quote: own.quote,
    event_log: own.eventLog,
  }
  return edit(honest, shown)
}

/** An X25519 key with one cipher suite (RFC 9458 section 3.1), signed as its 45 octets. */
function ohttpOf({ seed = DEFAULT_SEED, algorithm = 'ecdsa', ohttp }: NearOptions, { gateway }: Signers): JsonObject {
  if (ohttp === undefined) return {}
  const config = `010020${hex(randomFrom(`${seed}/near/ohttp`)(32))}00080001000100010003`
  const key =
    ohttp.key === 'bound' && algorithm === 'ed25519'
      ? makeKey('ed25519', `${seed}/near/gateway`)
      : makeKey('ed25519', `${seed}/near/ohttp key`)
  const honest: JsonObject = {
    signing_algo: 'ed25519',
    signing_key: ohttp.key === 'bound' ? gateway.publicKey : rawKey(key),
    key_config: config,
    signature: maybeFlipped(hex(sign(key, 'sha256', octets(Buffer.from(config, 'hex')))), ohttp.signature),
  }
  return { ohttp_key_config: config, ohttp_attestation: edit(honest, ohttp.shown) }
}

function maybeFlipped(signature: string, how: 'intact' | 'flipped' = 'intact'): string {
  if (how === 'intact') return signature
  const prefix = signature.startsWith('0x') ? '0x' : ''
  return prefix + hex(flipBit(octets(Buffer.from(signature.slice(prefix.length), 'hex')), 40))
}

type Signers = Readonly<Record<'gateway' | 'model', Signer>>
type Made = { readonly report: JsonObject; readonly workloads: SimulatedNear['workloads'] }

function reportOf(options: NearOptions, signers: Signers): Made {
  const { shape = 'cloud', model: name = 'demo/model-1' } = options
  const entry = (party: NearParty, signer: Signer) => entryOf(party, signer, options)
  const gateway = entry('gateway', signers.gateway)
  const model = entry('model', signers.model)
  const more = (options.machines ?? []).map((machine) => entryOf('model', signers.model, options, machine).json)
  const workloads = { gateway: gateway.workload, model: model.workload }
  switch (shape) {
    case 'cloud':
      return { report: { gateway_attestation: gateway.json, model_attestations: [model.json, ...more] }, workloads }
    case 'direct':
      return { report: { ...model.json, all_attestations: [model.json, ...more] }, workloads: { model: model.workload } }
    case 'private-chat': {
      const chat = entry('chat-api', signers.gateway)
      const { signing_address: _, signing_public_key: __, ...nameless } = chat.json
      const report = {
        chat_api_gateway_attestation: nameless,
        cloud_api_gateway_attestation: gateway.json,
        model_attestations: [model.json, ...more],
      }
      return { report, workloads: { ...workloads, 'chat-api': chat.workload } }
    }
    case 'reseller': {
      const quote = Buffer.from(model.workload.quote, 'hex').toString('base64')
      const report = { ...model.json, intel_quote: quote, verified: true, tee_provider: 'demo', model: name }
      return { report, workloads: { model: model.workload } }
    }
    case 'aci-legacy': {
      const report = { api_version: 'aci/1', ...gateway.json, service_capabilities: { serving: 'aggregator' }, nvidia_payload: ELSEWHERE }
      return { report, workloads: { gateway: gateway.workload } }
    }
    case 'aci-venice': {
      const { event_log: _, info: __, ...beside } = gateway.json
      const { quote, eventLog, appCompose, vmConfig, keyCustody } = gateway.workload
      const evidence = { quote, event_log: eventLog, app_compose: appCompose, vm_config: vmConfig, key_custody: keyCustody }
      // What is said there of the report data is not what the quote holds.
      const attestation = { evidence, report_data: '00'.repeat(64), workload_keyset: { keyset_epoch: { not_after: LAST_SECOND } } }
      const report = {
        api_version: 'aci/1',
        ...beside,
        attestation,
        all_attestations: [beside],
        tee_provider: 'demo',
        nvidia_payload: ELSEWHERE,
      }
      return { report, workloads: { gateway: gateway.workload } }
    }
    case 'chutes':
      return { report: chutesReport(options), workloads: { model: model.workload } }
    case 'tinfoil': {
      const body = gzipSync(Buffer.from(model.workload.quote, 'hex')).toString('base64')
      const report = { format: 'https://tinfoil.sh/predicate/tdx-guest/v2', body, nonce: options.nonce ?? '' }
      return { report, workloads: { model: model.workload } }
    }
  }
}

/** A number that JSON has and JavaScript rounds. */
const LAST_SECOND = '18446744073709551615'

/** GPU evidence of an upstream's machine, as ACI services merge it into their own legacy report. */
const ELSEWHERE = JSON.stringify({
  nonce: '00'.repeat(32),
  arch: 'HOPPER',
  evidence_list: [{ certificate: 'AA==', evidence: 'AA==', arch: 'HOPPER' }],
})

const TLS_FINGERPRINT = 'd1'.repeat(32)

/** Instances of Chutes: each has a key of its own for encrypted requests, and answers what the service asked. */
function chutesReport({
  seed = DEFAULT_SEED,
  at,
  nonce = hex(randomFrom(`${seed}/chutes/nonce`)(32)),
  faults = {},
}: NearOptions): JsonObject {
  const asked = faults.nonce === 'other' ? hex(randomFrom(`${seed}/near/own nonce`)(32)) : nonce
  const instances = (faults.instances ?? [{}]).map(({ shown, gpuNonce, ...tdx }, index): JsonObject => {
    const key = Buffer.from(randomFrom(`${seed}/chutes/${index}`)(1184)).toString('base64')
    const held = sha256(utf8(asked + key))
    const { quote } = makeTdx({
      at,
      seed,
      ...tdx,
      quote: { ...tdx.quote, td: { reportData: join(held, new Uint8Array(32)), ...tdx.quote?.td } },
    })
    const { item } = makeGpuItem({ nonce: octets(gpuNonce ?? held), index })
    const instance = {
      instance_id: `instance-${index}`,
      nonce: asked,
      e2e_pubkey: key,
      intel_quote: Buffer.from(quote).toString('base64'),
      gpu_evidence: [item],
    }
    return edit(instance, shown)
  })
  return { attestation_type: 'chutes', nonce: asked, all_attestations: instances }
}

/** One machine's entry. Layouts of report data: identity with zeros, or its hash with the TLS fingerprint; then the nonce. */
function entryOf(
  party: NearParty,
  signer: Signer,
  options: NearOptions,
  machine: Partial<WorkloadOptions> = {},
): { readonly json: JsonObject; readonly workload: Workload } {
  const { seed = DEFAULT_SEED, at, nonce, algorithm = 'ecdsa', model = 'demo/model-1', faults = {} } = options
  const layout = faults.layout?.[party] ?? (party === 'chat-api' ? 'zero' : 'identity')
  const held = faults.nonce === 'other' || nonce === undefined ? randomFrom(`${seed}/near/own nonce`)(32) : Buffer.from(nonce, 'hex')
  const made: WorkloadOptions = {
    at,
    seed,
    program: `near-${party}`,
    reportData: join(firstHalf(layout, signer.identity), held),
    ...faults.workload?.[party],
    ...machine,
  }
  const workload = makeWorkload(made)
  const json: JsonObject = {
    ...(party === 'model' ? { model_name: model, nvidia_payload: gpuPayloadOf(options, octets(held)) } : {}),
    signing_address: signer.address,
    signing_algo: algorithm,
    signing_public_key: signer.publicKey,
    request_nonce: hex(held),
    intel_quote: workload.quote,
    event_log: workload.eventLog,
    info: { compose_hash: workload.dstack.composeHash, tcb_info: { app_compose: workload.appCompose }, vm_config: workload.vmConfig },
    ...(layout === 'tls' ? { tls_cert_fingerprint: TLS_FINGERPRINT } : {}),
    ...(party === 'model' && options.composeManager !== undefined
      ? { compose_manager_attestation: composeManagerOf(options.composeManager, made) }
      : {}),
  }
  return { json, workload }
}

function gpuPayloadOf({ seed = DEFAULT_SEED, gpus = [], gpuPayload = 'text' }: NearOptions, nonce: Octets): JsonObject | string {
  const items = gpus.map((knobs, index) => makeGpuItem({ seed, index, nonce, ...knobs }).item)
  const payload: JsonObject = { nonce: hex(nonce), evidence_list: items, arch: 'HOPPER' }
  return gpuPayload === 'text' ? JSON.stringify(payload) : payload
}

function firstHalf(layout: NearLayout, identity: Octets): Octets {
  switch (layout) {
    case 'identity':
      return join(identity, new Uint8Array(32 - identity.length))
    case 'tls':
      return sha256(join(identity, Buffer.from(TLS_FINGERPRINT, 'hex')))
    case 'zero':
      return new Uint8Array(32)
    case 'other':
      return new Uint8Array(32).fill(9)
  }
}
