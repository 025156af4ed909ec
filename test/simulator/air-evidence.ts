import { createHash } from 'node:crypto'
import { airKey, rawKey } from './air-receipt.ts'
import { type Cbor, cbor } from './cbor.ts'
import type { Anchor } from './certificates.ts'
import { confidentialSpaceClaims, makeAuthority, signToken, WORKLOAD } from './confidential-space.ts'
import { makeNitroDocument, type NitroKnobs, nitroPcrs } from './nitro.ts'
import { base64url, hex, join, type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'
import { makeTdx, type TdxOptions } from './tdx.ts'
import { honestTd } from './tdx-quote.ts'

/**
 * How the platform's evidence commits to the receipt key. `nitro-public-key` and `tdx-report-data` are the draft's constructions, the others
 * EphemeralML's; `tdx-boot` is its boot quote, which commits to another key and not to this.
 */
export const AIR_PLATFORMS = ['nitro-user-data', 'nitro-public-key', 'tdx-report-data', 'tdx-envelope', 'tdx-boot', 'cs-envelope'] as const
export type AirPlatform = (typeof AIR_PLATFORMS)[number]

export type AirEvidenceKnobs = {
  readonly seed?: string
  /** The key that the evidence is about, in place of the receipt's own. */
  readonly key?: Uint8Array
  readonly nitro?: NitroKnobs
  readonly tdx?: Partial<TdxOptions>
  /** Members of the envelope after the evidence committed to it; `undefined` leaves one out. */
  readonly envelope?: Readonly<Record<string, Cbor | undefined>>
  /** Members of the user data, likewise before anything commits to it. */
  readonly userData?: Readonly<Record<string, unknown>>
  /** The hash of the platform's own evidence, where the envelope has one. */
  readonly platformEvidenceHash?: Uint8Array
}

export type AirEvidence = {
  readonly kind: string
  /** As an extension's dossier has it: text, or octets as base64url. */
  readonly document: string
  /** What the receipt's `attestation_doc_hash` is over. */
  readonly hashed: Octets
  readonly measurements: ReadonlyMap<string, Cbor>
  readonly anchor: Anchor
  readonly anchorPurpose: 'aws-nitro' | 'intel-sgx' | 'confidential-space'
  /** What the evidence is checked with, beside the anchor. */
  readonly collateral: readonly { readonly kind: 'dcap' | 'jwks'; readonly issuer: string; readonly document: string }[]
}

const ISSUER = 'https://confidentialcomputing.googleapis.com'

/** Honest evidence is made once in a process: its certificates take time. */
const cache = new Map<string, AirEvidence>()

/** Makes the evidence of a platform, `made` before the receipts that its key signs. */
export function makeAirEvidence(platform: AirPlatform, made: Date, knobs: AirEvidenceKnobs = {}): AirEvidence {
  const { seed = DEFAULT_SEED, ...edits } = knobs
  if (Object.keys(edits).length > 0) return freshEvidence(platform, made, seed, knobs)
  const name = `${platform}/${made.toISOString()}/${seed}`
  const evidence = cache.get(name) ?? freshEvidence(platform, made, seed, knobs)
  cache.set(name, evidence)
  return evidence
}

function freshEvidence(platform: AirPlatform, made: Date, seed: string, knobs: AirEvidenceKnobs): AirEvidence {
  const key = octets(knobs.key ?? rawKey(airKey(seed)))
  switch (platform) {
    case 'nitro-user-data':
      return nitro(made, { user_data: userData(key, knobs), public_key: randomFrom(`${seed}/air/handshake`)(32) }, knobs)
    case 'nitro-public-key':
      return nitro(made, { public_key: key }, knobs)
    case 'tdx-report-data':
      return tdx(made, join(sha256(key), new Uint8Array(32)), knobs)
    case 'tdx-envelope':
    case 'tdx-boot':
      return tdxEnvelope(platform, made, key, knobs)
    case 'cs-envelope':
      return confidentialSpace(made, key, knobs)
  }
}

function nitro(made: Date, fields: Record<string, Cbor>, { seed, nitro: more }: AirEvidenceKnobs): AirEvidence {
  const { document, chain } = makeNitroDocument(made, {
    ...(seed === undefined ? {} : { seed }),
    ...more,
    fields: { nonce: new Uint8Array(32), ...fields, ...more?.fields },
  })
  const pcrs = nitroPcrs(seed)
  const slots = [0, 1, 2, 3, 4, 8].map((index): [string, Cbor] => [`pcr${index}`, pcrs.get(index) ?? octets([])])
  return {
    kind: 'aws-nitro-cose',
    document: base64url(document),
    hashed: document,
    measurements: new Map<string, Cbor>([...slots, ['measurement_type', 'nitro-pcr']]),
    anchor: chain.anchor,
    anchorPurpose: 'aws-nitro',
    collateral: [],
  }
}

function tdx(made: Date, reportData: Octets, { seed, tdx: more }: AirEvidenceKnobs): AirEvidence & { readonly quote: Octets } {
  const { quote, collateral, anchor } = makeTdx({
    at: made,
    ...(seed === undefined ? {} : { seed }),
    ...more,
    quote: { ...more?.quote, td: { reportData, ...more?.quote?.td } },
  })
  const { mrTd, rtmrs } = honestTd(seed)
  const slots = [mrTd, ...rtmrs].map((register, index): [string, Cbor] => [`pcr${index}`, register])
  return {
    kind: 'tdx-quote',
    document: base64url(quote),
    hashed: quote,
    quote,
    measurements: new Map<string, Cbor>([...slots, ['measurement_type', 'tdx-mrtd-rtmr']]),
    anchor,
    anchorPurpose: 'intel-sgx',
    collateral: [{ kind: 'dcap', issuer: 'intel', document: collateral }],
  }
}

/** JSON as EphemeralML writes it: keys as lists of numbers. */
function userData(key: Octets, { seed = DEFAULT_SEED, userData: edits, platformEvidenceHash }: AirEvidenceKnobs): Octets {
  return utf8(
    JSON.stringify({
      hpke_public_key: [...hpkeKey(seed)],
      receipt_signing_key: [...key],
      protocol_version: 1,
      supported_features: ['gateway'],
      ...(platformEvidenceHash === undefined ? {} : { platform_evidence_hash: [...platformEvidenceHash] }),
      ...edits,
    }),
  )
}

const hpkeKey = (seed: string) => randomFrom(`${seed}/air/hpke`)(32)

function tdxEnvelope(platform: 'tdx-envelope' | 'tdx-boot', made: Date, key: Octets, knobs: AirEvidenceKnobs): AirEvidence {
  const { seed = DEFAULT_SEED } = knobs
  const shared = sharedMembers(seed)
  const input = transcript('cyntrisec-tdx-envelope-v2', 'tdx', key, shared, knobs.platformEvidenceHash)
  const committed = createHash('sha512').update(input).digest()
  const reportData = platform === 'tdx-boot' ? join(hpkeKey(seed), new Uint8Array(32)) : octets(committed)
  const made0 = tdx(made, reportData, knobs)
  const { quote } = made0
  const length = octets([quote.length & 0xff, quote.length >> 8, 0, 0])
  const wire = join(utf8('TDX_V1'), new Uint8Array(6), length, quote)
  const envelope = members(
    {
      platform: 'tdx',
      tdx_wire: wire,
      user_data: userData(key, knobs),
      protocol_version: 1,
      handshake_public_key: shared.handshake,
      nonce: shared.nonce,
    },
    knobs.envelope,
  )
  return { ...made0, kind: 'air-tdx-envelope', document: base64url(envelope), hashed: quote }
}

function confidentialSpace(made: Date, key: Octets, knobs: AirEvidenceKnobs): AirEvidence {
  const { seed = DEFAULT_SEED } = knobs
  const shared = sharedMembers(seed)
  const input = transcript('cyntrisec-cs-tdx-transport-v1', 'cs-tdx', key, shared, knobs.platformEvidenceHash)
  const authority = makeAuthority({ seed, at: made })
  const claims = confidentialSpaceClaims({ issuedAt: made }, [hex(sha256(input))], WORKLOAD)
  const token = signToken(authority, 'pki', claims)
  const { td } = { td: honestTd(seed) }
  const slots = [td.mrTd, ...td.rtmrs].map((register, index): [string, Cbor] => [`pcr${index}`, register])
  const hash = knobs.platformEvidenceHash
  const envelope = members(
    {
      handshake_public_key: shared.handshake,
      launcher_jwt: token,
      nonce: shared.nonce,
      platform: 'cs-tdx',
      ...(hash === undefined ? {} : { platform_evidence_hash: [...hash] }),
      protocol_version: 1,
      receipt_signing_key: key,
    },
    knobs.envelope,
  )
  return {
    kind: 'air-cs-envelope',
    document: base64url(envelope),
    hashed: utf8(token),
    measurements: new Map<string, Cbor>([...slots, ['measurement_type', 'tdx-mrtd-rtmr']]),
    anchor: authority.pki.chain.anchor,
    anchorPurpose: 'confidential-space',
    collateral: [{ kind: 'jwks', issuer: ISSUER, document: authority.jwksText }],
  }
}

type Shared = { readonly handshake: Octets; readonly nonce: Octets }

function sharedMembers(seed: string): Shared {
  const random = randomFrom(`${seed}/air/envelope`)
  return { handshake: random(32), nonce: random(32) }
}

/** What evidence commits to: every field behind its length (four octets, big-endian), the version, and whether there is a further hash. */
function transcript(domain: string, platform: string, key: Octets, { handshake, nonce }: Shared, hash?: Uint8Array): Octets {
  const field = (content: Uint8Array) => join(uint32(content.length), content)
  const fields = [field(utf8(domain)), field(utf8(platform)), uint32(1), field(handshake), field(key), field(nonce)]
  return join(...fields, hash === undefined ? octets([0]) : join(octets([1]), hash))
}

function uint32(value: number): Octets {
  return octets([value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff])
}

function members(honest: Readonly<Record<string, Cbor>>, edits: Readonly<Record<string, Cbor | undefined>> = {}): Octets {
  const all = Object.entries({ ...honest, ...edits }).filter((entry): entry is [string, Cbor] => entry[1] !== undefined)
  return cbor(new Map<string, Cbor>(all))
}

function sha256(source: Uint8Array): Octets {
  return octets(createHash('sha256').update(source).digest())
}
