import { createHash, sign as nodeSign } from 'node:crypto'
import type { SigningKey } from './keys.ts'
import { flipBit, join, type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

/** What a TDX quote is made of (Intel TDX DCAP Quoting Library API, appendix A.3 and A.4), each part as its octets. */
export type QuoteParts = {
  readonly header: Uint8Array
  /** Version 5 only. */
  readonly bodyType?: 2 | 3
  readonly body: Uint8Array
  readonly signature: Uint8Array
  readonly attestationKey: Uint8Array
  /** Absent: a quote that nobody vouches for. */
  readonly certification?: {
    readonly qeReport: Uint8Array
    readonly qeReportSignature: Uint8Array
    readonly qeAuthenticationData: Uint8Array
    readonly pckChain: Uint8Array
  }
  readonly trailing: Uint8Array
}

export function encodeQuote(parts: QuoteParts): Octets {
  return join(encodeSigned(parts), sized(encodeSignatureData(parts)), parts.trailing)
}

/** What the attestation key signs. */
export function encodeSigned({ header, bodyType, body }: Pick<QuoteParts, 'header' | 'bodyType' | 'body'>): Octets {
  return bodyType === undefined ? join(header, body) : join(header, uint16(bodyType), sized(body))
}

function encodeSignatureData({ signature, attestationKey, certification }: QuoteParts): Octets {
  if (certification === undefined) return join(signature, attestationKey)
  const { qeReport, qeReportSignature, qeAuthenticationData, pckChain } = certification
  const authentication = join(uint16(qeAuthenticationData.length), qeAuthenticationData)
  const inner = join(qeReport, qeReportSignature, authentication, uint16(5), sized(pckChain))
  return join(signature, attestationKey, uint16(6), sized(inner))
}

export function uint16(value: number): Octets {
  return octets([value & 0xff, value >> 8])
}

function sized(content: Uint8Array): Octets {
  const length = content.length
  return join(octets([length & 0xff, (length >> 8) & 0xff, (length >> 16) & 0xff, length >>> 24]), content)
}

/** Fields of a trust domain's report; each is a knob. TD 1.5 adds the last two. */
export type TdFields = {
  readonly teeTcbSvn: Uint8Array
  readonly mrSeam: Uint8Array
  readonly mrSignerSeam: Uint8Array
  readonly seamAttributes: Uint8Array
  readonly tdAttributes: Uint8Array
  readonly xfam: Uint8Array
  readonly mrTd: Uint8Array
  readonly mrConfigId: Uint8Array
  readonly mrOwner: Uint8Array
  readonly mrOwnerConfig: Uint8Array
  readonly rtmrs: readonly Uint8Array[]
  readonly reportData: Uint8Array
  readonly teeTcbSvn2: Uint8Array
  readonly mrServiceTd: Uint8Array
}

export const zeros = (length: number): Octets => new Uint8Array(length)

export function honestTd(seed: string = DEFAULT_SEED): TdFields {
  const random = randomFrom(`${seed}/td`)
  return {
    teeTcbSvn: octets([7, 1, 3, ...zeros(13)]),
    mrSeam: random(48),
    mrSignerSeam: zeros(48),
    seamAttributes: zeros(8),
    tdAttributes: octets([0, 0, 0, 0x10, 0, 0, 0, 0]),
    xfam: octets([0xe7, 0x02, 0x06, 0, 0, 0, 0, 0]),
    mrTd: random(48),
    mrConfigId: zeros(48),
    mrOwner: zeros(48),
    mrOwnerConfig: zeros(48),
    rtmrs: [random(48), random(48), random(48), random(48)],
    reportData: random(64),
    teeTcbSvn2: octets([13, 1, 3, ...zeros(13)]),
    mrServiceTd: zeros(48),
  }
}

export function encodeTd(td: TdFields, kind: 'td10' | 'td15'): Octets {
  const td10 = join(
    td.teeTcbSvn,
    td.mrSeam,
    td.mrSignerSeam,
    td.seamAttributes,
    td.tdAttributes,
    td.xfam,
    td.mrTd,
    td.mrConfigId,
    td.mrOwner,
    td.mrOwnerConfig,
    ...td.rtmrs,
    td.reportData,
  )
  return kind === 'td10' ? td10 : join(td10, td.teeTcbSvn2, td.mrServiceTd)
}

/** Fields of the quoting enclave's report. */
export type QeFields = {
  readonly miscSelect: Uint8Array
  readonly attributes: Uint8Array
  readonly mrSigner: Uint8Array
  readonly isvProdId: number
  readonly isvSvn: number
}

/** Signer of Intel's quoting enclaves: a public constant, found in every quote. */
export const INTEL_QE_SIGNER = 'dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5'

export const HONEST_QE: QeFields = {
  miscSelect: zeros(4),
  attributes: octets([0x15, ...zeros(7), 0xe7, ...zeros(7)]),
  mrSigner: octets(Buffer.from(INTEL_QE_SIGNER, 'hex')),
  isvProdId: 2,
  isvSvn: 6,
}

export function encodeQeReport(qe: QeFields, reportData: Uint8Array): Octets {
  return join(
    octets([3, 3, 0x1b, 4, 0xff, 0, 6, ...zeros(9)]),
    qe.miscSelect,
    zeros(28),
    qe.attributes,
    randomFrom('simulated MRENCLAVE')(32),
    zeros(32),
    qe.mrSigner,
    zeros(96),
    uint16(qe.isvProdId),
    uint16(qe.isvSvn),
    zeros(60),
    reportData,
  )
}

export type QuoteKnobs = {
  readonly version?: number
  /** Default: as the version has it. */
  readonly body?: 'td10' | 'td15'
  readonly bodyType?: 2 | 3
  readonly keyType?: number
  readonly teeType?: number
  readonly vendor?: Uint8Array
  readonly td?: Partial<TdFields>
  readonly qe?: Partial<QeFields>
  readonly certified?: boolean
  readonly signature?: 'intact' | 'flipped'
  readonly qeReportSignature?: 'intact' | 'flipped'
  /** Whether the quoting enclave vouches for the key that signs, or for another. */
  readonly attestationKeyHash?: 'intact' | 'flipped'
  readonly pckChain?: string
  readonly trailing?: Uint8Array
}

const INTEL_VENDOR = Buffer.from('939a7233f79c4ca9940a0db3957f0607', 'hex')
/** As Intel's quoting enclave has it: 00 01 … 1f. */
const AUTHENTICATION_DATA = octets(Array.from({ length: 32 }, (_, index) => index))

/** Makes a quote, signed as told. `pckChain` in PEM, leaf first. */
export function makeQuote(
  {
    attestationKey,
    pckKey,
    pckChain,
    seed,
  }: { readonly attestationKey: SigningKey; readonly pckKey: SigningKey; readonly pckChain: string; readonly seed?: string },
  knobs: QuoteKnobs = {},
): Octets {
  const { version = 4, keyType = 2, teeType = 0x81, vendor = INTEL_VENDOR, body: kind = version === 5 ? 'td15' : 'td10' } = knobs
  const header = join(uint16(version), uint16(keyType), octets([teeType, 0, 0, 0]), zeros(4), vendor, randomFrom('user data')(20))
  const body = encodeTd({ ...honestTd(seed), ...knobs.td }, kind)
  const bodyType = version === 5 ? (knobs.bodyType ?? (kind === 'td15' ? 3 : 2)) : undefined
  const described = { header, body, ...(bodyType === undefined ? {} : { bodyType }) }
  const point = publicPoint(attestationKey)
  const hash = octets(createHash('sha256').update(point).update(AUTHENTICATION_DATA).digest())
  const reportData = join(knobs.attestationKeyHash === 'flipped' ? flipBit(hash) : hash, zeros(32))
  const qeReport = encodeQeReport({ ...HONEST_QE, ...knobs.qe }, reportData)
  return encodeQuote({
    ...described,
    signature: maybeFlipped(signRaw(attestationKey, encodeSigned(described)), knobs.signature),
    attestationKey: point,
    ...(knobs.certified === false
      ? {}
      : {
          certification: {
            qeReport,
            qeReportSignature: maybeFlipped(signRaw(pckKey, qeReport), knobs.qeReportSignature),
            qeAuthenticationData: AUTHENTICATION_DATA,
            pckChain: join(utf8(knobs.pckChain ?? pckChain), zeros(1)),
          },
        }),
    trailing: knobs.trailing ?? zeros(70),
  })
}

function maybeFlipped(value: Octets, how: 'intact' | 'flipped' = 'intact'): Octets {
  return how === 'flipped' ? flipBit(value) : value
}

/** ECDSA with SHA-256 as r ‖ s. */
export function signRaw(key: SigningKey, message: Uint8Array): Octets {
  return octets(nodeSign('sha256', message, { key: key.privateKey, dsaEncoding: 'ieee-p1363' }))
}

/** x ‖ y of a P-256 key: the end of its SubjectPublicKeyInfo. */
function publicPoint(key: SigningKey): Octets {
  return key.spki.slice(-64)
}
