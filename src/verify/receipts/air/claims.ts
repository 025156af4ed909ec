import type { Bytes } from '../../encoding/bytes.ts'
import { type CborMap, type CborValue, isCborBytes, isCborMap } from '../../encoding/cbor.ts'
import type { DraftCheckName } from './draft.ts'

/** The claims of a receipt that passed the draft's third layer. */
export type AirClaims = {
  readonly iss: string
  /** Seconds since the epoch. */
  readonly iat: number
  readonly cti: Bytes
  readonly nonce?: Bytes
  readonly modelId: string
  readonly modelVersion: string
  readonly modelHash: Bytes
  readonly modelHashScheme?: string
  readonly requestHash: Bytes
  readonly responseHash: Bytes
  readonly attestationDocHash: Bytes
  readonly measurements: Measurements
  readonly policyVersion: string
  readonly securityMode: string
}

export type Measurements = { readonly type: MeasurementType; readonly registers: ReadonlyMap<Register, Bytes> }

export const MEASUREMENT_TYPES = ['nitro-pcr', 'tdx-mrtd-rtmr'] as const
export type MeasurementType = (typeof MEASUREMENT_TYPES)[number]
export const REGISTERS = ['pcr0', 'pcr1', 'pcr2', 'pcr3', 'pcr4', 'pcr8'] as const
export type Register = (typeof REGISTERS)[number]

/** A rule of layer 3 that the claims break. */
export type ClaimFault = { readonly check: DraftCheckName; readonly code: string }

/** `draft-02` closes the set of security modes; before it, any text was one. */
export type Profile = 'draft-02' | 'older'

/** Keys of the claims map (CDDL of the draft), by the names that its failure codes use. */
const KEYS = {
  iss: 1,
  iat: 6,
  cti: 7,
  eat_nonce: 10,
  eat_profile: 265,
  model_id: -65537,
  model_version: -65538,
  model_hash: -65539,
  request_hash: -65540,
  response_hash: -65541,
  attestation_doc_hash: -65542,
  enclave_measurements: -65543,
  policy_version: -65544,
  sequence_number: -65545,
  execution_time_ms: -65546,
  memory_peak_mb: -65547,
  security_mode: -65548,
  model_hash_scheme: -65549,
} as const
type ClaimName = keyof typeof KEYS

const KNOWN: ReadonlySet<number | string> = new Set(Object.values(KEYS))
const REQUIRED: readonly Register[] = ['pcr0', 'pcr1', 'pcr2']
const MEASUREMENT_TYPE = 'measurement_type'
const MODES = ['production', 'evaluation']
const SCHEMES = ['sha256-single', 'sha256-concat', 'sha256-manifest']
const MAX_TEXT_OCTETS = 1024
const SHA256_OCTETS = 32
const SHA384_OCTETS = 48
const CTI_OCTETS = 16
/** The end of the year 9999. */
const LATEST = 253_402_300_799

/**
 * Layer 3 of the draft: a closed map with every required claim, of its type and length. Gives the claims, or every rule that they break, in the
 * order of the draft.
 */
export function readClaims(payload: CborMap, profile: Profile): AirClaims | readonly [ClaimFault, ...ClaimFault[]] {
  const reader = new ClaimReader(payload)
  const cti = reader.octets('cti')
  if (cti !== undefined && (cti.length !== CTI_OCTETS || isZero(cti))) reader.fault('air.cti', 'BAD_CTI_LENGTH')
  const iat = reader.count('iat')
  if (iat === 0) reader.fault('air.claims', 'ZERO_IAT')
  if (iat !== undefined && iat > LATEST) reader.fault('air.claims', 'WRONG_TYPE:iat')
  const modelHash = reader.hash('model_hash')
  if (modelHash !== undefined && isZero(modelHash)) reader.fault('air.model-hash', 'ZERO_MODEL_HASH')
  const requestHash = reader.hash('request_hash')
  const responseHash = reader.hash('response_hash')
  const attestationDocHash = reader.hash('attestation_doc_hash')
  const iss = reader.text('iss')
  const modelId = reader.text('model_id')
  const modelVersion = reader.text('model_version')
  const policyVersion = reader.text('policy_version')
  const securityMode = reader.text('security_mode')
  const measurements = readMeasurements(reader)
  const modelHashScheme = reader.optionalText('model_hash_scheme')
  if (modelHashScheme !== undefined && !SCHEMES.includes(modelHashScheme)) {
    reader.fault('air.model-hash-scheme', `UNKNOWN_MODEL_HASH_SCHEME:${modelHashScheme}`)
  }
  if (securityMode !== undefined && profile === 'draft-02' && !MODES.includes(securityMode)) {
    reader.fault('air.security-mode', `UNKNOWN_SECURITY_MODE:${securityMode}`)
  }
  const nonce = payload.has(KEYS.eat_nonce) ? reader.octets('eat_nonce') : undefined
  if (nonce !== undefined && (nonce.length < 8 || nonce.length > 64)) reader.fault('air.claims', 'BAD_NONCE_LENGTH')
  for (const name of ['sequence_number', 'execution_time_ms', 'memory_peak_mb'] as const) reader.count(name)
  for (const key of payload.keys()) if (!KNOWN.has(key)) reader.fault('air.claims', `UNKNOWN_CLAIM:${key}`)

  const [first, ...others] = reader.faults
  if (first !== undefined) return [first, ...others]
  // Every claim that is undefined here has its fault above; the compiler cannot know.
  if (
    cti === undefined ||
    iat === undefined ||
    modelHash === undefined ||
    requestHash === undefined ||
    responseHash === undefined ||
    attestationDocHash === undefined ||
    iss === undefined ||
    modelId === undefined ||
    modelVersion === undefined ||
    policyVersion === undefined ||
    securityMode === undefined ||
    measurements === undefined
  ) {
    return [{ check: 'air.claims', code: 'MISSING_CLAIM' }]
  }
  return {
    iss,
    iat,
    cti,
    ...(nonce === undefined ? {} : { nonce }),
    modelId,
    modelVersion,
    modelHash,
    ...(modelHashScheme === undefined ? {} : { modelHashScheme }),
    requestHash,
    responseHash,
    attestationDocHash,
    measurements,
    policyVersion,
    securityMode,
  }
}

function readMeasurements(reader: ClaimReader): Measurements | undefined {
  const map = reader.map('enclave_measurements')
  if (map === undefined) return undefined
  const type = map.get(MEASUREMENT_TYPE)
  if (!isMeasurementType(type)) {
    reader.fault('air.measurement-type', typeof type === 'string' ? `UNKNOWN_MTYPE:${type}` : `MISSING_CLAIM:${MEASUREMENT_TYPE}`)
  }
  const registers = new Map<Register, Bytes>()
  let misshapen = REQUIRED.some((name) => !map.has(name))
  for (const [name, value] of map) {
    if (name === MEASUREMENT_TYPE) continue
    if (!isRegister(name)) reader.fault('air.measurements', `UNKNOWN_CLAIM:${name}`)
    else if (isCborBytes(value) && value.length === SHA384_OCTETS) registers.set(name, value)
    else misshapen = true
  }
  if (misshapen) reader.fault('air.measurements', 'BAD_MEASUREMENT_LENGTH')
  if (type === 'tdx-mrtd-rtmr' && map.has('pcr8')) reader.fault('air.measurements', 'TDX_PCR8_FORBIDDEN')
  return isMeasurementType(type) ? { type, registers } : undefined
}

/** Reads claims by name and notes what is wrong with each; undefined where it did. */
class ClaimReader {
  readonly faults: ClaimFault[] = []
  readonly #payload: CborMap

  constructor(payload: CborMap) {
    this.#payload = payload
  }

  fault(check: DraftCheckName, code: string): undefined {
    this.faults.push({ check, code })
  }

  /** Not empty, and of a bearable length. */
  text(name: ClaimName): string | undefined {
    const value = this.#required(name)
    if (value === undefined) return undefined
    if (typeof value !== 'string') return this.fault('air.claims', `WRONG_TYPE:${name}`)
    const { length } = new TextEncoder().encode(value)
    return length === 0 || length > MAX_TEXT_OCTETS ? this.fault('air.claims', `TEXT_LENGTH:${name}`) : value
  }

  optionalText(name: ClaimName): string | undefined {
    return this.#payload.has(KEYS[name]) ? this.text(name) : undefined
  }

  octets(name: ClaimName): Bytes | undefined {
    const value = this.#required(name)
    if (value === undefined) return undefined
    return isCborBytes(value) ? value : this.fault('air.claims', `WRONG_TYPE:${name}`)
  }

  hash(name: ClaimName): Bytes | undefined {
    const value = this.octets(name)
    return value === undefined || value.length === SHA256_OCTETS ? value : this.fault('air.claims', `BAD_HASH_LENGTH:${name}`)
  }

  /** An unsigned integer. */
  count(name: ClaimName): number | undefined {
    const value = this.#required(name)
    if (value === undefined) return undefined
    return typeof value === 'number' && value >= 0 ? value : this.fault('air.claims', `WRONG_TYPE:${name}`)
  }

  map(name: ClaimName): CborMap | undefined {
    const value = this.#required(name)
    if (value === undefined) return undefined
    return isCborMap(value) ? value : this.fault('air.claims', `WRONG_TYPE:${name}`)
  }

  #required(name: ClaimName): CborValue | undefined {
    const value = this.#payload.get(KEYS[name])
    return value === undefined ? this.fault('air.claims', `MISSING_CLAIM:${name}`) : value
  }
}

function isZero(octets: Bytes): boolean {
  return octets.every((octet) => octet === 0)
}

function isMeasurementType(value: CborValue | undefined): value is MeasurementType {
  const types: readonly unknown[] = MEASUREMENT_TYPES
  return types.includes(value)
}

function isRegister(name: number | string): name is Register {
  const registers: readonly unknown[] = REGISTERS
  return registers.includes(name)
}
