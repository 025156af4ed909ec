import type { AuthenticEvidence, Commitment } from '../../attestation/types.ts'
import { makeFinding } from '../../claims/finding.ts'
import { type MessageId, sentence } from '../../claims/sentence.ts'
import type { AssumptionId, Finding } from '../../claims/types.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { equalBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { decodeHex, encodeHex } from '../../encoding/hex.ts'
import { CHECKS } from './checks.ts'
import type { Measurements, MeasurementType, Register } from './claims.ts'
import { type Envelope, isEnvelopeCommitted, parseUserData } from './envelope.ts'
import type { AirEvidence } from './evidence.ts'

const HASH_DIGITS = 64

/**
 * Whether authentic evidence is about a receipt: it commits to the key that signed, by a construction of the draft ("Conformant Constructions") or
 * of EphemeralML, and its registers are those that the receipt repeats.
 */
export async function bind(
  { document, envelope }: AirEvidence,
  key: Bytes,
  measurements: Measurements,
  hop: number,
  authentic: AuthenticEvidence,
): Promise<readonly Finding[]> {
  const compared = compareMeasurements(measurements, authentic, hop)
  const construction = await constructionOf(document.kind, envelope, key, authentic)
  const assumes: readonly AssumptionId[] = [
    'assume_key_custody',
    'assume_tls_binding',
    'assume_air_workload',
    ...(compared === undefined ? (['assume_air_measurements'] as const) : []),
  ]
  const more = { hop, at: 'evidence.commits' } as const
  const bound =
    construction === undefined
      ? makeFinding(CHECKS, 'air.key-binding', 'failed', await unbound(envelope, authentic), more)
      : makeFinding(CHECKS, 'air.key-binding', 'passed', construction, { ...more, assumes })
  return compared === undefined ? [bound] : [bound, compared]
}

/** Which construction commits to the key, by the sentence that names it. Undefined: none does. */
async function constructionOf(
  kind: string,
  envelope: Envelope | undefined,
  key: Bytes,
  authentic: AuthenticEvidence,
): Promise<MessageId | undefined> {
  const { commits } = authentic
  const inEnvelope = envelope !== undefined && equalBytes(envelope.receiptKey, key) && (await isEnvelopeCommitted(envelope, authentic))
  switch (kind) {
    case 'aws-nitro-cose':
      // A public key of 32 octets may also be the transport's: only equality counts.
      if (valuesOf(commits, 'public-key').includes(encodeHex(key))) return 'air_binding_nitro_public_key'
      return valuesOf(commits, 'user-data').some((value) => isInUserData(value, key)) ? 'air_binding_nitro_user_data' : undefined
    case 'tdx-quote': {
      const hash = encodeHex(await sha256(key))
      if (valuesOf(commits, 'report-data').some((value) => value.slice(0, HASH_DIGITS) === hash)) return 'air_binding_tdx_report_data'
      return inEnvelope ? 'air_binding_tdx_envelope' : undefined
    }
    case 'gcp-cs-jwt':
      return inEnvelope ? 'air_binding_cs_envelope' : undefined
    default:
      return undefined
  }
}

/** EphemeralML's boot quotes commit to the key that requests are encrypted to, and to no other. */
async function unbound(envelope: Envelope | undefined, { commits }: AuthenticEvidence): Promise<MessageId> {
  const transport = envelope?.hpkeKey === undefined ? undefined : encodeHex(envelope.hpkeKey)
  const isTransport = valuesOf(commits, 'report-data').some((value) => value.slice(0, HASH_DIGITS) === transport)
  return isTransport ? 'air_binding_transport_key' : 'air_binding_failed'
}

function valuesOf(commits: readonly Commitment[], field: Commitment['field']): readonly string[] {
  return commits.filter((commit) => commit.field === field).map(({ value }) => value)
}

function isInUserData(hex: string, key: Bytes): boolean {
  const octets = decodeHex(hex)
  const userData = octets.ok ? parseUserData(octets.value) : undefined
  return userData !== undefined && equalBytes(userData.receiptKey, key)
}

/** Which of the evidence's registers stands in which slot of the receipt (draft, "enclave_measurements"). */
const SLOTS: Readonly<Record<MeasurementType, Readonly<Partial<Record<Register, string>>>>> = {
  'nitro-pcr': { pcr0: 'nitro.pcr0', pcr1: 'nitro.pcr1', pcr2: 'nitro.pcr2', pcr3: 'nitro.pcr3', pcr4: 'nitro.pcr4', pcr8: 'nitro.pcr8' },
  'tdx-mrtd-rtmr': { pcr0: 'tdx.mrtd', pcr1: 'tdx.rtmr0', pcr2: 'tdx.rtmr1', pcr3: 'tdx.rtmr2', pcr4: 'tdx.rtmr3' },
}

/** Undefined where the evidence states no registers of either kind (a token): then there is nothing to compare with. */
function compareMeasurements({ type, registers }: Measurements, { measurements }: AuthenticEvidence, hop: number): Finding | undefined {
  const stated = new Map(measurements.map(({ name, value }) => [name, value]))
  if (!stated.has('nitro.pcr0') && !stated.has('tdx.mrtd')) return undefined
  const statedIn = (slot: Register, size: number) => {
    const name = SLOTS[type][slot]
    // Nitro's verifier leaves out registers beyond the third that hold nothing but zeros.
    return name === undefined ? undefined : (stated.get(name) ?? (isUnset(name) ? '00'.repeat(size) : undefined))
  }
  const differing = [...registers].find(([slot, octets]) => statedIn(slot, octets.length) !== encodeHex(octets))
  const at = 'receipt.payload.enclave_measurements'
  if (differing === undefined) {
    const said = sentence('air_measurements_passed', String(registers.size))
    return makeFinding(CHECKS, 'air.evidence-measurements', 'passed', said, { hop, at })
  }
  const [slot, octets] = differing
  return makeFinding(CHECKS, 'air.evidence-measurements', 'failed', 'air_measurements_failed', {
    hop,
    at: `${at}.${slot}`,
    expected: encodeHex(octets),
    computed: statedIn(slot, octets.length),
  })
}

function isUnset(name: string): boolean {
  return name === 'nitro.pcr3' || name === 'nitro.pcr4' || name === 'nitro.pcr8'
}
