import { sign as nodeSign } from 'node:crypto'
import {
  type Anchor,
  anchorOf,
  type Certificate,
  type CertificateOptions,
  type DistinguishedName,
  type Extension,
  issueCertificate,
} from './certificates.ts'
import { integer, objectIdentifier, octetString, sequence, tagged, taggedPrimitive, utf8String } from './der.ts'
import type { JsonObject } from './json.ts'
import { makeKey, type SigningKey } from './keys.ts'
import { flipBit, join, type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

/** NVIDIA's chain in the simulator's own names: root, chip, provisioner, boot ROM, firmware; P-384 throughout, to the end of the year 9999. */
export type GpuChain = {
  readonly root: Certificate
  readonly chip: Certificate
  readonly provisioner: Certificate
  readonly bootRom: Certificate
  readonly leaf: Certificate
  readonly anchor: Anchor
}

export type GpuArchitecture = 'HOPPER' | 'BLACKWELL'

export type GpuKnobs = {
  readonly seed?: string
  /** Which of the machine's GPUs: each has keys of its own. */
  readonly index?: number
  readonly architecture?: GpuArchitecture
  /** Common name of the boot ROM's certificate. Default: that of the architecture. */
  readonly model?: string
  readonly root?: Partial<CertificateOptions>
  readonly provisioner?: Partial<CertificateOptions>
  readonly bootRom?: Partial<CertificateOptions>
  readonly leaf?: Partial<CertificateOptions>
  /** Firmware's digest in the report and in the certificate, in place of the honest one. */
  readonly reportedFirmwareId?: Octets | 'absent'
  readonly certifiedFirmwareId?: Octets | 'absent'
  /** The certificate's extension, in place of the honest one. */
  readonly firmwareExtension?: Extension
  readonly nonce?: Octets
  readonly request?: Octets
  readonly response?: Octets
  /** Number of blocks and length of the record, where they are not those of `measurements`. */
  readonly blockCount?: number
  readonly recordLength?: number
  readonly measurements?: readonly Octets[]
  /** Entries of the opaque data, by type, in place of the honest ones; `undefined` leaves one out. */
  readonly opaqueData?: Readonly<Record<number, Octets | undefined>>
  readonly opaqueLength?: number
  /** Last word on the octets that are signed. */
  readonly rewrite?: (signed: Octets) => Octets
  readonly signWith?: SigningKey
  readonly signature?: 'intact' | 'flipped'
  /** Behind the signature. */
  readonly trailing?: Octets
  /** Which certificates are presented, in which order. Default: all, from the leaf up. */
  readonly presents?: (chain: GpuChain) => readonly Certificate[]
  /** The text in `certificate` before it is made base64. */
  readonly pem?: (text: string) => string
}

/** What 32 octets a GPU is asked to answer unless a test says otherwise. */
export const GPU_NONCE: Octets = randomFrom('gpu/nonce')(32)
const MODELS: Readonly<Record<GpuArchitecture, string>> = { HOPPER: 'GH100 A01 GSP BROM', BLACKWELL: 'GB100 A01 GSP BROM' }
const END = new Date('9999-12-31T23:59:59Z')
const SHA384 = '2.16.840.1.101.3.4.2.2'

export function makeGpuChain(knobs: GpuKnobs = {}): GpuChain {
  const { seed = DEFAULT_SEED, index = 0, architecture = 'HOPPER', model = MODELS[architecture] } = knobs
  const key = (name: string) => makeKey('ec-p384', `${seed}/gpu/${name}`)
  const authority = { basicConstraints: { ca: true }, keyUsage: ['keyCertSign', 'cRLSign'], notAfter: END } as const
  const chipName = model.split(' ')[0] ?? ''
  const root = issueCertificate({
    subject: named('Simulated Device Identity CA'),
    key: key('root'),
    notBefore: from('2021-11-05'),
    ...authority,
    ...knobs.root,
  })
  const chip = issueCertificate(
    { subject: named(`Simulated ${chipName} Identity`), key: key('chip'), notBefore: from('2022-01-12'), ...authority },
    root,
  )
  const provisioner = issueCertificate(
    {
      subject: named(`Simulated ${chipName} Provisioner ICA 1`),
      key: key('provisioner'),
      notBefore: from('2022-03-01'),
      ...authority,
      ...knobs.provisioner,
    },
    chip,
  )
  const bootRom = issueCertificate(
    {
      subject: named(model),
      key: key(`boot-rom/${index}`),
      notBefore: from('2020-10-17'),
      ...authority,
      keyUsage: ['keyCertSign'],
      ...knobs.bootRom,
    },
    provisioner,
  )
  const leaf = issueCertificate(
    {
      subject: named(model.replace('BROM', 'FMC LF')),
      key: key(`leaf/${index}`),
      notBefore: from('2020-10-17'),
      notAfter: END,
      basicConstraints: 'absent',
      keyUsage: ['digitalSignature'],
      extensions: [deviceInfo(chipName), ...firmwareExtensions(knobs, architecture, key('device-id'))],
      ...knobs.leaf,
    },
    bootRom,
  )
  return { root, chip, provisioner, bootRom, leaf, anchor: anchorOf(root) }
}

/** The evidence of one GPU, as an entry of `evidence_list`. */
export function makeGpuItem(knobs: GpuKnobs = {}): { readonly item: JsonObject; readonly report: Octets; readonly chain: GpuChain } {
  const chain = makeGpuChain(knobs)
  const { root, chip, provisioner, bootRom, leaf } = chain
  const presented = knobs.presents?.(chain) ?? [leaf, bootRom, provisioner, chip, root]
  const text = presented.map(({ pem }) => pem).join('')
  const report = makeGpuReport(chain, knobs)
  const item = {
    certificate: base64(utf8(knobs.pem?.(text) ?? text)),
    evidence: base64(report),
    arch: knobs.architecture ?? 'HOPPER',
  }
  return { item, report, chain }
}

/** The JSON text that services publish and post to NVIDIA's service. */
export function makeGpuPayload(items: readonly JsonObject[], nonce: Octets = GPU_NONCE, arch: GpuArchitecture = 'HOPPER'): string {
  return JSON.stringify({ nonce: Buffer.from(nonce).toString('hex'), arch, evidence_list: items })
}

/** Request and signed response (DSP0274 version 1.1.0): see the specification's tables of GET_MEASUREMENTS and MEASUREMENTS. */
function makeGpuReport(chain: GpuChain, knobs: GpuKnobs): Octets {
  const { seed = DEFAULT_SEED, index = 0, nonce = GPU_NONCE } = knobs
  const random = randomFrom(`${seed}/gpu/${index}/report`)
  const measurements = knobs.measurements ?? Array.from({ length: 64 }, () => random(48))
  const record = join(...measurements.map((value, block) => measurementBlock(block + 1, value)))
  const opaque = opaqueData(knobs, random)
  const honest = join(
    knobs.request ?? octets([0x11, 0xe0, 0x01, 0xff]),
    nonce,
    octets([0]),
    knobs.response ?? octets([0x11, 0x60, 0x00, 0x00]),
    octets([knobs.blockCount ?? measurements.length]),
    littleEndian(knobs.recordLength ?? record.length, 3),
    record,
    random(32),
    littleEndian(knobs.opaqueLength ?? opaque.length, 2),
    opaque,
  )
  const signed = knobs.rewrite?.(honest) ?? honest
  const key = knobs.signWith ?? chain.leaf.key
  const signature = octets(nodeSign('sha384', signed, { key: key.privateKey, dsaEncoding: 'ieee-p1363' }))
  return join(signed, knobs.signature === 'flipped' ? flipBit(signature) : signature, knobs.trailing ?? octets([]))
}

/** Index, specification, size; type (mutable firmware), size, value. */
export function measurementBlock(index: number, value: Octets, specification = 1): Octets {
  return join(octets([index, specification]), littleEndian(value.length + 3, 2), octets([1]), littleEndian(value.length, 2), value)
}

/** The entries of the real reports, in their order. */
function opaqueData(knobs: GpuKnobs, random: (length: number) => Octets): Octets {
  const firmwareId = knobs.reportedFirmwareId ?? honestFirmwareId(knobs)
  const entries = new Map<number, Octets | undefined>([
    [6, octets([0x00, 0xd0, 0x00, 0x96, 0x03, 0, 0, 0])],
    [14, random(4)],
    [15, text('895', 9)],
    [16, text('0', 5)],
    [17, text('G520', 5)],
    [18, text('0280', 5)],
    [19, octets([0, 0])],
    [3, text('570.172.08', 11)],
    [4, octets([0x80, 0x01, 0, 0, 0, 0, 0, 0])],
    [12, random(256)],
    [13, octets([0x00, 0x80, 0x03, 0x00])],
    [11, octets([0x55])],
    [20, firmwareId === 'absent' ? undefined : firmwareId],
    [21, octets([0x55])],
  ])
  for (const [type, value] of Object.entries(knobs.opaqueData ?? {})) entries.set(Number(type), value)
  return join(...[...entries].map(([type, value]) => (value === undefined ? octets([]) : opaqueEntry(type, value))))
}

export function opaqueEntry(type: number, value: Octets): Octets {
  return join(littleEndian(type, 2), littleEndian(value.length, 2), value)
}

function honestFirmwareId({ seed = DEFAULT_SEED }: GpuKnobs): Octets {
  return randomFrom(`${seed}/gpu/firmware`)(48)
}

function firmwareExtensions(knobs: GpuKnobs, architecture: GpuArchitecture, deviceId: SigningKey): readonly Extension[] {
  const { firmwareExtension, certifiedFirmwareId = honestFirmwareId(knobs) } = knobs
  if (firmwareExtension !== undefined) return [firmwareExtension]
  if (certifiedFirmwareId === 'absent') return []
  return [architecture === 'HOPPER' ? compositeDeviceId(certifiedFirmwareId, deviceId) : tcbInfo(certifiedFirmwareId)]
}

export function firmwareDigest(digest: Uint8Array, algorithm = SHA384): Octets {
  return sequence(objectIdentifier(algorithm), octetString(digest))
}

/** What Hopper has under 2.23.133.5.4.1: version, key, digest. */
export function compositeDeviceId(digest: Uint8Array, { spki }: SigningKey): Extension {
  return { oid: '2.23.133.5.4.1', critical: false, value: sequence(integer(1), spki, firmwareDigest(digest)) }
}

/** DiceTcbInfo as Blackwell has it: the firmware's digest first, another of zeros behind it. */
export function tcbInfo(digest: Uint8Array): Extension {
  const value = sequence(
    taggedPrimitive(0, utf8('NVIDIA')),
    taggedPrimitive(1, utf8('GB100 A01 GSP')),
    taggedPrimitive(2, utf8('03')),
    taggedPrimitive(3, octets([1])),
    taggedPrimitive(4, octets([0])),
    taggedPrimitive(5, octets([0])),
    tagged(6, firmwareDigest(digest), firmwareDigest(new Uint8Array(48))),
  )
  return { oid: '2.23.133.5.4.1.1', critical: false, value }
}

/** DMTF's other name for a device: maker, product, serial number. */
function deviceInfo(chipName: string): Extension {
  const value = sequence(
    tagged(0, objectIdentifier('1.3.6.1.4.1.412.274.1'), tagged(0, utf8String(`SIMULATOR:${chipName}:0123456789ABCDEF`))),
  )
  return { oid: '2.5.29.17', critical: false, value }
}

function named(commonName: string): DistinguishedName {
  return [
    ['C', 'US'],
    ['O', 'Inference Receipt Checker'],
    ['OU', 'Simulator, not real hardware'],
    ['CN', commonName],
  ]
}

function from(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}

/** ASCII, filled up with zero octets. */
function text(value: string, length: number): Octets {
  return join(utf8(value), new Uint8Array(length - value.length))
}

function littleEndian(value: number, length: number): Octets {
  return octets(Array.from({ length }, (_, index) => Math.floor(value / 256 ** index) % 256))
}

function base64(source: Uint8Array): string {
  return Buffer.from(source).toString('base64')
}
