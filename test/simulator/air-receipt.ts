import { sign as nodeSign } from 'node:crypto'
import { type Cbor, cbor } from './cbor.ts'
import { makeKey, type SigningKey } from './keys.ts'
import { flipBit, join, type Octets, octets } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

/** Keys of the claims map (draft-tsyrulnikov-rats-attested-inference-receipt-02, "CDDL Schema"), in the order of the wire. */
export const CLAIM = {
  iss: 1,
  iat: 6,
  cti: 7,
  nonce: 10,
  profile: 265,
  modelId: -65537,
  modelVersion: -65538,
  modelHash: -65539,
  requestHash: -65540,
  responseHash: -65541,
  attestationDocHash: -65542,
  measurements: -65543,
  policyVersion: -65544,
  sequenceNumber: -65545,
  executionTime: -65546,
  memoryPeak: -65547,
  securityMode: -65548,
  modelHashScheme: -65549,
} as const

/** What the honest signer fills in from the exchange and its platform. */
export type AirFacts = {
  readonly issuedAt: Date
  readonly requestHash: Uint8Array
  readonly responseHash: Uint8Array
  readonly attestationDocHash: Uint8Array
  /** `pcr0` and so on, and `measurement_type`, in the order of the wire. */
  readonly measurements: ReadonlyMap<string, Cbor>
}

export type AirKnobs = {
  readonly seed?: string
  /** Claims in place of the honest ones, by key; `undefined` leaves one out, others are added at the end. */
  readonly claims?: ReadonlyMap<number | string, Cbor | undefined>
  /** Entries of the measurements map likewise. */
  readonly measurements?: ReadonlyMap<string, Cbor | undefined>
  /** The payload in place of the claims map: other order, duplicates, octets behind it. */
  readonly payload?: (claims: ReadonlyMap<number | string, Cbor>) => Cbor | Octets
  readonly protectedHeader?: Cbor | Octets
  readonly unprotectedHeader?: Cbor
  readonly tag?: Uint8Array
  /** Behind the message. */
  readonly tail?: Uint8Array
  readonly signWith?: SigningKey
  readonly signature?: (honest: Octets) => Uint8Array | null
}

export const AIR_MODEL = 'harborside/atlas-8b'
export const AIR_ISSUER = 'enclave.harbor-gateway.example'
const TAG_SIGN1 = octets([0xd2])
const PROTECTED = new Map([
  [1, -8],
  [3, 61],
])

export function airKey(seed: string = DEFAULT_SEED): SigningKey {
  return makeKey('ed25519', `${seed}/air`)
}

/** The raw public key: the last 32 octets of its SubjectPublicKeyInfo. */
export function rawKey({ spki }: SigningKey): Octets {
  return spki.slice(-32)
}

/** Hash of the model's weights, and of nothing that exists. */
export function modelHash(seed: string = DEFAULT_SEED): Octets {
  return randomFrom(`${seed}/air/model`)(32)
}

/** The honest claims, edited. */
export function airClaims(facts: AirFacts, { seed = DEFAULT_SEED, claims, measurements }: AirKnobs = {}): Map<number | string, Cbor> {
  const random = randomFrom(`${seed}/air/claims`)
  const honest: readonly (readonly [number, Cbor])[] = [
    [CLAIM.iss, AIR_ISSUER],
    [CLAIM.iat, Math.floor(facts.issuedAt.getTime() / 1000)],
    [CLAIM.cti, random(16)],
    [CLAIM.profile, 'https://spec.cyntrisec.com/air/v1'],
    [CLAIM.modelId, AIR_MODEL],
    [CLAIM.modelVersion, '1.4.0'],
    [CLAIM.modelHash, modelHash(seed)],
    [CLAIM.requestHash, facts.requestHash],
    [CLAIM.responseHash, facts.responseHash],
    [CLAIM.attestationDocHash, facts.attestationDocHash],
    [CLAIM.measurements, edited(facts.measurements, measurements)],
    [CLAIM.policyVersion, 'policy-2026.02'],
    [CLAIM.sequenceNumber, 7],
    [CLAIM.executionTime, 412],
    [CLAIM.memoryPeak, 0],
    [CLAIM.securityMode, 'production'],
    [CLAIM.modelHashScheme, 'sha256-single'],
  ]
  const all = edited(new Map<number | string, Cbor>(honest), claims)
  // An optional claim that a test adds takes its place in the order; one that the draft does not know comes last.
  const order: readonly (number | string)[] = Object.values(CLAIM)
  const place = (key: number | string) => (order.includes(key) ? order.indexOf(key) : order.length)
  return new Map([...all].sort(([a], [b]) => place(a) - place(b)))
}

/** Signs claims as a receipt: COSE_Sign1 (RFC 9052 section 4.2) with tag 18 and EdDSA. */
export function signAir(facts: AirFacts, knobs: AirKnobs = {}): Octets {
  const claims = airClaims(facts, knobs)
  const payload = encoded(knobs.payload?.(claims) ?? claims)
  const protectedBytes = encoded(knobs.protectedHeader ?? PROTECTED)
  const signed = cbor(['Signature1', protectedBytes, octets([]), payload])
  const honest = octets(nodeSign(null, signed, (knobs.signWith ?? airKey(knobs.seed)).privateKey))
  const signature = knobs.signature === undefined ? honest : knobs.signature(honest)
  const message = cbor([protectedBytes, knobs.unprotectedHeader ?? new Map(), payload, signature])
  return join(knobs.tag ?? TAG_SIGN1, message, knobs.tail ?? octets([]))
}

export const flippedSignature = (honest: Octets): Octets => flipBit(honest, 0)

/** Adds the group's order to S: an equal number with another encoding (RFC 8032 section 5.1.7 refuses it). */
export function withOtherS(signature: Octets): Octets {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  let s = order
  for (let index = 0; index < 32; index += 1) s += BigInt(signature[32 + index] ?? 0) << BigInt(8 * index)
  const other = octets(signature)
  for (let index = 0; index < 32; index += 1) other[32 + index] = Number((s >> BigInt(8 * index)) & 0xffn)
  return other
}

function encoded(value: Cbor | Octets): Octets {
  return value instanceof Uint8Array ? octets(value) : cbor(value)
}

function edited<Key extends number | string>(
  honest: ReadonlyMap<Key, Cbor>,
  edits: ReadonlyMap<Key, Cbor | undefined> = new Map(),
): Map<Key, Cbor> {
  const all = new Map<Key, Cbor | undefined>([...honest, ...edits])
  return new Map([...all].filter((entry): entry is [Key, Cbor] => entry[1] !== undefined))
}
