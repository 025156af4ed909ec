import { canonicalDigest, canonicalJson } from './canonical-json.ts'
import type { CustodyKeyKnobs } from './dstack-kms.ts'
import { makeWorkload, objectOf, type Workload, type WorkloadOptions } from './dstack-workload.ts'
import { sha256 } from './hash-domains.ts'
import { type Edits, edit, type Json, type JsonObject, members } from './json.ts'
import { makeKey, type SigningKey, sign } from './keys.ts'
import { flipBit, hex, join, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

/** What stands behind the service that signs, and what it says of it (ACI sections 7.5 and 8). */
export type AciUpstream =
  /** It runs the model itself. */
  | 'none'
  /** A session is cited whose evidence is the verifier's own record: the gateway's word. */
  | 'vouched'
  /** A session is cited that keeps the upstream's own quote, bound to the channel. */
  | 'audited'
  /** A session is cited that keeps all of the upstream's own evidence: its quote with event log and compose file. */
  | 'audited-whole'
  /** A session is cited that keeps a NEAR gateway's report, behind which its model host stands. */
  | 'audited-gateway'
  /** Served without verification. */
  | 'unverified'
  /** Verification was required and failed: nothing was forwarded. */
  | 'refused'
  /** The receipt says nothing, though it has to. */
  | 'silent'

export type AciFaults = {
  readonly keyset?: Edits
  readonly report?: Edits
  /** Before it is signed, and after. */
  readonly receipt?: Edits
  readonly receiptAfter?: Edits
  readonly signature?: 'intact' | 'flipped'
  /** Signs with a key that is not in the keyset. */
  readonly signWith?: 'own' | 'other'
  /** Which nonce the quote holds. */
  readonly nonce?: 'asked' | 'none' | 'other'
  /** Keyset to which the quote commits. */
  readonly commits?: 'own' | 'other'
  readonly tail?: 'zero' | 'octets'
  /** Before the receipt cites it, and after. */
  readonly session?: Edits
  readonly sessionAfter?: Edits
  /** Whether the upstream's evidence is about the channel that was used. */
  readonly channel?: 'bound' | 'other' | 'in-the-nonce' | 'an-address'
  readonly workload?: Partial<WorkloadOptions>
  readonly upstreamWorkload?: Partial<WorkloadOptions>
  /** Whether the report shows that a key management service issued the receipt key, or another one. */
  readonly custody?: 'none' | 'own-key' | 'other-key'
}

export type AciOptions = {
  readonly seed?: string
  /** When it was served. */
  readonly at: Date
  readonly request: Uint8Array
  /** What was used for inference; default: what was received. */
  readonly forwarded?: Uint8Array
  readonly response: Uint8Array
  readonly path?: string
  readonly chatId?: string | null
  readonly model?: string
  readonly upstream?: AciUpstream
  /** As sent with the request for the report: 64 hex digits. */
  readonly nonce?: string
  readonly faults?: AciFaults
}

export type SimulatedAci = {
  readonly receiptId: string
  /** Response headers of the exchange. */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly receipt: string
  readonly report: string
  /** The session that the receipt cites. */
  readonly session?: { readonly id: string; readonly text: string }
  readonly workload: Workload
  readonly upstreamWorkload?: Workload
}

const VERSION = 'aci/1'
const KEY_ID = 'dstack-kms-receipt-ed25519-v1'
const DAY = 24 * 60 * 60

/** One exchange of an ACI service. The same options give the same octets, the quotes' signatures aside. */
export function makeAci(options: AciOptions): SimulatedAci {
  const { seed = DEFAULT_SEED, at, upstream = 'none', faults = {} } = options
  const key = makeKey('ed25519', `${seed}/aci/receipt`)
  const keyset = edit(keysetOf(key, at, seed), faults.keyset)
  const keysetDigest = `sha256:${canonicalDigest(keyset)}`
  const workload = makeWorkload({
    at,
    seed,
    program: 'aci-gateway',
    reportData: reportDataOf(keyset, options),
    ...custodyOf(key, faults.custody),
    ...faults.workload,
  })
  const behind = sessionOf(options)
  const random = randomFrom(`${seed}/aci/exchange/${hex(sha256(options.request))}`)
  const receiptId = `rcpt-${hex(random(12))}`
  const document = edit(receiptOf(options, receiptId, keysetDigest, behind?.id), faults.receipt)
  const signer = faults.signWith === 'other' ? makeKey('ed25519', `${seed}/aci/other`) : key
  const signature = sign(signer, 'sha256', utf8(canonicalJson(document)))
  const signed = { ...document, signature: hex(faults.signature === 'flipped' ? flipBit(signature, 0) : signature) }
  return {
    receiptId,
    headers: [
      { name: 'x-aci-version', value: VERSION },
      { name: 'x-aci-keyset-digest', value: keysetDigest },
      { name: 'x-receipt-id', value: receiptId },
    ],
    receipt: JSON.stringify(edit(signed, faults.receiptAfter), null, 1),
    report: JSON.stringify(edit(reportOf(keyset, keysetDigest, workload, upstream, options), faults.report)),
    ...(behind === undefined ? {} : { session: { id: behind.id, text: behind.text } }),
    workload,
    ...(behind?.workload === undefined ? {} : { upstreamWorkload: behind.workload }),
  }
}

function keysetOf(key: SigningKey, at: Date, seed: string): JsonObject {
  return {
    subject: null,
    not_after: Math.floor(at.getTime() / 1000) + 30 * DAY,
    receipt_signing_keys: [
      { key_id: 'future', algo: 'ml-dsa-65', public_key: 'of another encoding' },
      { key_id: KEY_ID, algo: 'ed25519', public_key: rawKey(key) },
    ],
    e2ee_public_keys: [
      { key_id: 'dstack-kms-e2ee-x25519-v1', algo: 'x25519-aes-256-gcm-hkdf-sha256', public_key: hex(randomFrom(`${seed}/aci/e2ee`)(32)) },
    ],
    tls_public_keys: [{ spki_sha256: hex(randomFrom(`${seed}/aci/tls`)(32)), domain: 'api.example.com' }],
  }
}

function custodyOf(key: SigningKey, shown: AciFaults['custody'] = 'none'): Pick<WorkloadOptions, 'custody'> {
  if (shown === 'none') return {}
  const issued = shown === 'own-key' ? key : makeKey('ed25519', 'issued to somebody else')
  const keys: readonly CustodyKeyKnobs[] = [{ role: 'receipt', publicKey: Buffer.from(rawKey(issued), 'hex') }]
  return { custody: { keys } }
}

/** The last 32 octets of the SubjectPublicKeyInfo are the key (RFC 8410). */
export function rawKey({ spki }: SigningKey): string {
  return hex(spki.subarray(-32))
}

/** Section 3.2. */
function reportDataOf(keyset: JsonObject, { nonce, seed = DEFAULT_SEED, faults = {} }: AciOptions): Uint8Array {
  const committed = faults.commits === 'other' ? edit(keyset, { subject: 'somebody-else' }) : keyset
  const held = { asked: nonce, none: undefined, other: hex(randomFrom(`${seed}/other nonce`)(32)) }[faults.nonce ?? 'asked']
  const statement = `{"keyset_digest":"sha256:${canonicalDigest(committed)}","nonce":${JSON.stringify(held ?? null)},"purpose":"aci.report_data.v1"}`
  const tail = new Uint8Array(32)
  return join(sha256(statement), faults.tail === 'octets' ? tail.fill(7) : tail)
}

function reportOf(keyset: JsonObject, digest: string, workload: Workload, upstream: AciUpstream, options: AciOptions): JsonObject {
  const reportData = hex(reportDataOf(keyset, options).subarray(0, 32))
  return {
    api_version: VERSION,
    workload_keyset_digest: digest,
    attestation: {
      tee_type: 'tdx',
      workload_keyset: keyset,
      report_data: reportData,
      source_provenance: { repo_url: 'https://example.com/aci-gateway', repo_commit: 'c0ffee', image_digest: null, image_provenance: null },
      evidence: {
        quote: workload.quote,
        quote_report_data: reportData,
        event_log: workload.eventLog,
        app_compose: workload.appCompose,
        vm_config: workload.vmConfig,
        key_custody: workload.keyCustody,
      },
    },
    service_capabilities: { supported_e2ee_versions: ['2'], serving: upstream === 'none' ? 'direct' : 'aggregator' },
  }
}

/** Section 7.3. */
function receiptOf(options: AciOptions, receiptId: string, keysetDigest: string, sessionId: string | undefined): JsonObject {
  const { at, request, response, forwarded = request, path = '/v1/chat/completions', chatId = null, model = 'demo-model' } = options
  const { upstream = 'none' } = options
  const hashOf = (body: Uint8Array) => `sha256:${hex(sha256(body))}`
  return {
    api_version: VERSION,
    receipt_id: receiptId,
    chat_id: chatId,
    model,
    workload_keyset_digest: keysetDigest,
    endpoint: path,
    method: 'POST',
    served_at: Math.floor(at.getTime() / 1000),
    event_log: [
      { type: 'request.received', body_hash: hashOf(request) },
      ...(upstream === 'refused' ? [] : [{ type: 'request.forwarded', body_hash: hashOf(forwarded) }]),
      { type: 'route.selected', target_route_id: 'route-1' },
      ...upstreamEvents(upstream, model, sessionId),
      { type: 'response.returned', body_hash: hashOf(response) },
    ],
    key_id: KEY_ID,
  }
}

/** Section 7.5. */
function upstreamEvents(upstream: AciUpstream, model: string, sessionId: string | undefined): readonly JsonObject[] {
  const type = 'upstream.verified'
  switch (upstream) {
    case 'none':
    case 'silent':
      return []
    case 'unverified':
      return [{ type, result: 'failed', required: false, model_id: model, reason: 'no attestation', upstream_name: 'plain' }]
    case 'refused':
      return [{ type, result: 'failed', required: true, model_id: model, reason: 'quote rejected' }]
    case 'vouched':
    case 'audited':
    case 'audited-whole':
    case 'audited-gateway':
      return [{ type, result: 'verified', required: true, model_id: `served/${model}`, session_id: sessionId ?? '' }]
  }
}

type Session = { readonly id: string; readonly text: string; readonly workload?: Workload }

/** Section 8.2. */
function sessionOf({ seed = DEFAULT_SEED, at, upstream = 'none', faults = {} }: AciOptions): Session | undefined {
  if (upstream !== 'vouched' && upstream !== 'audited' && upstream !== 'audited-whole' && upstream !== 'audited-gateway') return undefined
  const digest = randomFrom(`${seed}/aci/upstream tls`)(32)
  // A signer's address as quotes have it, written down by the gateway as if it were the digest of a key.
  const spki = hex(faults.channel === 'an-address' ? join(digest.subarray(0, 20), new Uint8Array(12)) : digest)
  const evidence = preservedOf(upstream, spki, { seed, at, faults })
  const from = Math.floor(at.getTime() / 1000) - 600
  const document = edit(
    {
      api_version: VERSION,
      upstream_name: 'demo-upstream',
      endpoint: 'https://upstream.example.com',
      verifier_id: 'example/1',
      established_at: from,
      expires_at: from + 3600,
      channel_binding: [{ type: 'tls_spki_sha256', origin: 'https://upstream.example.com', spki_sha256: spki }],
      claims: {
        tee_attested: { status: 'asserted', source: 'hardware_proven', reason: 'quote verified' },
        gpu_attested: { status: 'asserted', source: 'provider_asserted', reason: 'the provider says so' },
        tcb_up_to_date: { status: 'asserted', source: 'verifier_derived', reason: 'UpToDate' },
        os_known_good: { status: 'unknown' },
        serving_software_known_good: { status: 'unknown' },
        model_weights_provenance: { status: 'asserted', source: 'operator_asserted', reason: 'configured' },
        extra: { tcb_status: 'UpToDate' },
      },
      evidence: {
        digest: `sha256:${hex(sha256(evidence.octets))}`,
        data: `data:${evidence.type};base64,${Buffer.from(evidence.octets).toString('base64')}`,
      },
    },
    faults.session,
  )
  const { workload } = evidence
  return {
    id: canonicalDigest(document),
    text: JSON.stringify(edit(document, faults.sessionAfter), null, 2),
    ...(workload === undefined ? {} : { workload }),
  }
}

type Preserved = { readonly type: string; readonly octets: Uint8Array; readonly workload?: Workload }

function preservedOf(
  upstream: 'vouched' | 'audited' | 'audited-whole' | 'audited-gateway',
  spki: string,
  { seed, at, faults }: { seed: string; at: Date; faults: AciFaults },
): Preserved {
  const bound = faults.channel === undefined || faults.channel === 'bound' || faults.channel === 'an-address' ? spki : 'ab'.repeat(32)
  const nonce = faults.channel === 'in-the-nonce' ? Buffer.from(spki, 'hex') : randomFrom(`${seed}/gateway's nonce`)(32)
  const make = (first: Uint8Array, program: string) =>
    makeWorkload({ at, seed, program, reportData: join(first, nonce), ...faults.upstreamWorkload })
  switch (upstream) {
    case 'vouched':
      return { type: 'application/json', octets: utf8(JSON.stringify({ verifier: 'example', result: 'ok' })) }
    case 'audited': {
      const workload = make(Buffer.from(bound, 'hex'), 'model-host')
      return { type: 'application/octet-stream', octets: octets(Buffer.from(workload.quote, 'hex')), workload }
    }
    case 'audited-whole': {
      const workload = make(Buffer.from(bound, 'hex'), 'model-host')
      const { quote, eventLog, appCompose, vmConfig } = workload
      const shown: Json = { quote, event_log: eventLog, app_compose: appCompose, vm_config: vmConfig }
      return { type: 'application/json', octets: utf8(JSON.stringify(shown)), workload }
    }
    case 'audited-gateway': {
      const address = randomFrom(`${seed}/near gateway`)(20)
      const workload = make(sha256(join(address, Buffer.from(bound, 'hex'))), 'near-gateway')
      const gateway = members({
        signing_address: `0x${hex(address)}`,
        signing_algo: 'ecdsa',
        intel_quote: workload.quote,
        tls_cert_fingerprint: bound,
        request_nonce: hex(nonce),
        event_log: workload.eventLog,
        info: { tcb_info: { app_compose: workload.appCompose }, vm_config: workload.vmConfig },
      })
      const report: Json = { model_id: 'demo-model', raw: { gateway_attestation: gateway, model_attestations: [] } }
      return { type: 'application/json', octets: utf8(JSON.stringify(report)), workload }
    }
  }
}

/** What the legacy `/v1/signature/{id}` answers: a short text, and the receipt inside. The short signature is not made here. */
export function legacyAnswer({ receipt }: SimulatedAci, text: string): string {
  const answer = { api_version: VERSION, text, signature: '0x', signing_address: '0x', signing_algo: 'ecdsa', receipt: objectOf(receipt) }
  return JSON.stringify(answer)
}
