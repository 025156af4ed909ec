import { constants, sign as nodeSign } from 'node:crypto'
import { type Anchor, type DistinguishedName, encodeName } from './certificates.ts'
import {
  bitString,
  boolean,
  integer,
  namedBits,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  tagged,
  taggedPrimitive,
  time,
  tlv,
} from './der.ts'
import { makeKey, type SigningKey } from './keys.ts'
import { flipBit, type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

export type SnpProduct = 'Milan' | 'Genoa' | 'Turin'
/** Patch levels by name, each an octet. `fmc` exists on Turin only. */
export type SnpLevels = { readonly fmc: number; readonly bl: number; readonly tee: number; readonly snp: number; readonly ucode: number }
export const LEVELS: SnpLevels = { fmc: 2, bl: 4, tee: 1, snp: 23, ucode: 211 }

/**
 * Where each field of the report stands, and how long it is (AMD 56860; the offsets are those of google/go-sev-guest abi/abi.go and of
 * virtee/sev too, and real reports are held against them in the tests).
 */
export const FIELDS = {
  version: [0x00, 4],
  guestSvn: [0x04, 4],
  policy: [0x08, 8],
  familyId: [0x10, 16],
  imageId: [0x20, 16],
  vmpl: [0x30, 4],
  signatureAlgorithm: [0x34, 4],
  currentTcb: [0x38, 8],
  platformInfo: [0x40, 8],
  flags: [0x48, 4],
  reportData: [0x50, 64],
  measurement: [0x90, 48],
  hostData: [0xc0, 32],
  idKeyDigest: [0xe0, 48],
  authorKeyDigest: [0x110, 48],
  reportId: [0x140, 32],
  reportIdMa: [0x160, 32],
  reportedTcb: [0x180, 8],
  cpuid: [0x188, 3],
  chipId: [0x1a0, 64],
  committedTcb: [0x1e0, 8],
  currentVersion: [0x1e8, 3],
  committedVersion: [0x1ec, 3],
  launchTcb: [0x1f0, 8],
  mitigationVectors: [0x1f8, 16],
} as const satisfies Record<string, readonly [offset: number, length: number]>
export type SnpField = keyof typeof FIELDS

export type SnpKnobs = {
  readonly seed?: string
  readonly product?: SnpProduct
  readonly version?: number
  readonly signer?: 'vcek' | 'vlek'
  /** Whether the host lets the report say which chip it is. Default: as clouds have it, under a VCEK it does and under a VLEK it does not. */
  readonly chip?: 'shown' | 'hidden'
  /** The host set MASK_CHIP_KEY: the firmware sets bit 1 of the key information and writes zeros in the signature's place. */
  readonly keyMasked?: boolean
  /** Octets of a field, or a number in little-endian order, in place of the honest ones. */
  readonly fields?: Partial<Readonly<Record<SnpField, number | Uint8Array>>>
  /** Changes octets before they are signed. */
  readonly beforeSigning?: (report: Octets) => void
  readonly afterSigning?: (report: Octets) => void
  readonly signWith?: SigningKey
  /** What the certificate of the key says; default: what the report says. */
  readonly certified?: {
    readonly levels?: Partial<SnpLevels>
    readonly product?: string
    readonly hardwareId?: Uint8Array | 'absent' | 'wrapped'
    /** Of a VLEK; AWS writes its region's name. */
    readonly provider?: string | 'absent'
    readonly subject?: string
    readonly issuer?: string
    readonly notBefore?: Date
    readonly notAfter?: Date
    readonly signWith?: SigningKey
    readonly signature?: 'intact' | 'flipped'
  }
  readonly levels?: Partial<SnpLevels>
}

export type SnpEvidence = {
  readonly report: Octets
  /** DER of the certificate of the key that signed. */
  readonly vcek: Octets
  /** DER of the certificates between it and the root. */
  readonly authority: Octets
  readonly crl: (options?: CrlKnobs) => Octets
  /** The root; and the key between, as one may pin it. */
  readonly ark: Anchor
  readonly ask: Anchor
}

export type CrlKnobs = {
  readonly revoked?: readonly number[]
  readonly thisUpdate?: Date
  readonly nextUpdate?: Date
  readonly signature?: 'intact' | 'flipped'
  readonly signWith?: SigningKey
  readonly issuer?: string
}

const CPUIDS: Readonly<Record<SnpProduct, readonly number[]>> = { Milan: [0x19, 0x01, 1], Genoa: [0x19, 0x11, 1], Turin: [0x1a, 0x02, 1] }
const DAY = 86_400_000
/** Serial number of the key between root and chip. */
export const ASK_SERIAL = 0x41

/** Makes a report with the certificates behind it, everything valid at `at`. */
export function makeSnpEvidence(at: Date, knobs: SnpKnobs = {}): SnpEvidence {
  const { seed = DEFAULT_SEED, product = 'Milan', signer = 'vcek', certified = {} } = knobs
  const random = randomFrom(`${seed}/snp`)
  const levels = { ...LEVELS, ...knobs.levels }
  const hardwareId = product === 'Turin' ? random(8) : random(64)
  const signingKey = makeKey('ec-p384', `${seed}/snp/${signer}`)
  const askKey = makeKey('rsa-2048', `${seed}/snp/ask`)
  const arkKey = makeKey('rsa-2048', `${seed}/snp/ark`)
  const validity = { notBefore: new Date(at.getTime() - 100 * DAY), notAfter: new Date(at.getTime() + 1000 * DAY) }

  const report = new Uint8Array(0x4a0)
  const version = knobs.version ?? 3
  const set = (field: SnpField, value: number | Uint8Array) => write(report, field, value)
  set('version', version)
  set('guestSvn', 1)
  set('policy', octets([0x1f, 0, 0b11, 0, 0, 0, 0, 0]))
  set('signatureAlgorithm', 1)
  for (const field of ['currentTcb', 'reportedTcb', 'committedTcb', 'launchTcb'] as const) set(field, encodeLevels(levels, product))
  set('platformInfo', 0x25)
  set('flags', (signer === 'vlek' ? 1 << 2 : 0) | (knobs.keyMasked === true ? 1 << 1 : 0))
  for (const field of ['reportData', 'measurement', 'hostData', 'idKeyDigest', 'reportId'] as const) set(field, random(FIELDS[field][1]))
  set('reportIdMa', new Uint8Array(32).fill(0xff))
  if (version >= 3) set('cpuid', octets(CPUIDS[product]))
  if ((knobs.chip ?? (signer === 'vlek' ? 'hidden' : 'shown')) === 'shown') set('chipId', hardwareId)
  for (const field of ['currentVersion', 'committedVersion'] as const) set(field, octets([5, 55, 1]))
  if (version >= 5) set('mitigationVectors', random(16))
  for (const [field, value] of Object.entries(knobs.fields ?? {})) {
    if (isField(field)) set(field, value)
  }
  knobs.beforeSigning?.(report)
  const raw = nodeSign('sha384', report.subarray(0, 0x2a0), {
    key: (knobs.signWith ?? signingKey).privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  report.set(octets(raw.subarray(0, 48)).reverse(), 0x2a0)
  report.set(octets(raw.subarray(48)).reverse(), 0x2a0 + 72)
  if (knobs.keyMasked === true) report.fill(0, 0x2a0)
  knobs.afterSigning?.(report)

  const between = signer === 'vlek' ? `SEV-VLEK-${product}` : `SEV-${product}`
  const root = `ARK-${product}`
  const authority = certificate({
    serial: ASK_SERIAL,
    subject: between,
    issuer: root,
    key: askKey,
    signer: arkKey,
    ...validity,
    extensions: authorityExtensions(),
  })
  const vcek = certificate({
    serial: 0,
    subject: certified.subject ?? `SEV-${signer.toUpperCase()}`,
    issuer: certified.issuer ?? between,
    key: signingKey,
    signer: certified.signWith ?? askKey,
    notBefore: certified.notBefore ?? validity.notBefore,
    notAfter: certified.notAfter ?? validity.notAfter,
    signature: certified.signature ?? 'intact',
    extensions: amdExtensions({
      product: certified.product ?? (product === 'Turin' ? 'Turin' : `${product}-B0`),
      levels: { ...levels, ...certified.levels },
      hasFmc: product === 'Turin',
      hardwareId: certified.hardwareId ?? (signer === 'vlek' ? 'absent' : hardwareId),
      chip: hardwareId,
      provider: signer === 'vlek' ? (certified.provider ?? PROVIDER) : 'absent',
    }),
  })
  const crl = (options: CrlKnobs = {}) => revocationList(arkKey, options.issuer ?? root, at, options)
  const anchor = (subject: string, key: SigningKey): Anchor => ({ name: encodeName(named(subject)), spki: key.spki, ...validity })
  return { report, vcek, authority, crl, ark: anchor(root, arkKey), ask: anchor(between, askKey) }
}

function isField(name: string): name is SnpField {
  return Object.hasOwn(FIELDS, name)
}

function write(report: Octets, field: SnpField, value: number | Uint8Array): void {
  const [offset, length] = FIELDS[field]
  if (typeof value === 'number') {
    let rest = value
    for (let index = 0; index < length; index += 1) {
      report[offset + index] = rest % 256
      rest = Math.floor(rest / 256)
    }
  } else report.set(value, offset)
}

/** TCB_VERSION: Turin has the FMC first and the others next to one another; before, SNP stands with the microcode at the end. */
export function encodeLevels({ fmc, bl, tee, snp, ucode }: SnpLevels, product: SnpProduct): Octets {
  return octets(product === 'Turin' ? [fmc, bl, tee, snp, 0, 0, 0, ucode] : [bl, tee, 0, 0, 0, 0, snp, ucode])
}

const PSS_SHA384 = (() => {
  const sha384 = sequence(objectIdentifier('2.16.840.1.101.3.4.2.2'), nothing())
  return sequence(
    objectIdentifier('1.2.840.113549.1.1.10'),
    sequence(
      tagged(0, sha384),
      tagged(1, sequence(objectIdentifier('1.2.840.113549.1.1.8'), sha384)),
      tagged(2, integer(48)),
      // The default, spelled out, as AMD has it.
      tagged(3, integer(1)),
    ),
  )
})()

type CertificateSpec = {
  readonly serial: number
  readonly subject: string
  readonly issuer: string
  readonly key: SigningKey
  readonly signer: SigningKey
  readonly notBefore: Date
  readonly notAfter: Date
  readonly extensions: readonly Octets[]
  readonly signature?: 'intact' | 'flipped'
}

function certificate({ serial, subject, issuer, key, signer, notBefore, notAfter, extensions, signature }: CertificateSpec): Octets {
  const tbs = sequence(
    tagged(0, integer(2)),
    integer(serial),
    PSS_SHA384,
    encodeName(named(issuer)),
    sequence(time(notBefore), time(notAfter)),
    encodeName(named(subject)),
    key.spki,
    tagged(3, sequence(...extensions)),
  )
  return signed(tbs, signer, signature)
}

function signed(tbs: Octets, signer: SigningKey, signature: 'intact' | 'flipped' = 'intact'): Octets {
  const value = octets(nodeSign('sha384', tbs, { key: signer.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 }))
  return sequence(tbs, PSS_SHA384, bitString(signature === 'flipped' ? flipBit(value) : value))
}

function extension(oid: string, value: Uint8Array, critical = false): Octets {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(value))
}

function authorityExtensions(): readonly Octets[] {
  return [
    extension('2.5.29.14', octetString(octets([1, 2, 3, 4]))),
    extension('2.5.29.35', sequence(taggedPrimitive(0, octets([5, 6, 7, 8])))),
    extension('2.5.29.19', sequence(boolean(true), integer(0)), true),
    extension('2.5.29.15', namedBits([5]), true),
  ]
}

type AmdClaims = {
  readonly product: string
  readonly levels: SnpLevels
  readonly hasFmc: boolean
  readonly hardwareId: Uint8Array | 'absent' | 'wrapped'
  readonly chip: Uint8Array
  readonly provider: string | 'absent'
}

/** What a VLEK says of the cloud provider that it was made for. */
export const PROVIDER = 'CN=cc-test-1.cloud.example'

function amdExtensions({ product, levels, hasFmc, hardwareId, chip, provider }: AmdClaims): readonly Octets[] {
  const oid = '1.3.6.1.4.1.3704.1'
  const level = (arc: number, value: number) => extension(`${oid}.3.${arc}`, integer(value))
  const id = hardwareId === 'absent' ? [] : [extension(`${oid}.4`, hardwareId === 'wrapped' ? octetString(chip) : hardwareId)]
  return [
    extension(`${oid}.1`, integer(0)),
    extension(`${oid}.2`, tlv(0x16, utf8(product))),
    level(1, levels.bl),
    level(2, levels.tee),
    level(3, levels.snp),
    ...(hasFmc ? [level(9, levels.fmc)] : [level(4, 0)]),
    ...[5, 6, 7].map((arc) => level(arc, 0)),
    level(8, levels.ucode),
    ...id,
    ...(provider === 'absent' ? [] : [extension(`${oid}.5`, tlv(0x16, utf8(provider)))]),
  ]
}

function revocationList(ark: SigningKey, issuer: string, at: Date, knobs: CrlKnobs): Octets {
  const { revoked = [], thisUpdate = new Date(at.getTime() - DAY), nextUpdate = new Date(at.getTime() + 30 * DAY) } = knobs
  const entries = revoked.map((serial) => sequence(integer(octets([serial >> 16, (serial >> 8) & 0xff, serial & 0xff])), time(thisUpdate)))
  const tbs = sequence(
    integer(1),
    PSS_SHA384,
    encodeName(named(issuer)),
    time(thisUpdate),
    time(nextUpdate),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    tagged(0, sequence(extension('2.5.29.20', integer(1)))),
  )
  return signed(tbs, knobs.signWith ?? ark, knobs.signature)
}

/** As in AMD's certificates: the common name last. */
function named(commonName: string): DistinguishedName {
  return [
    ['OU', 'Simulator, not real hardware'],
    ['O', 'Inference Receipt Checker'],
    ['CN', commonName],
  ]
}
