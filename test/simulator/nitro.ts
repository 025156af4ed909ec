import { type Cbor, cbor } from './cbor.ts'
import {
  type Anchor,
  anchorOf,
  type Certificate,
  type CertificateOptions,
  type DistinguishedName,
  issueCertificate,
} from './certificates.ts'
import { makeKey, type SigningKey, signEcdsa } from './keys.ts'
import { flipBit, join, type Octets, octets } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

/** AWS's chain in the simulator's own names: root, partition, zone, instance, enclave; P-384 throughout. */
export type NitroChain = {
  readonly root: Certificate
  readonly region: Certificate
  readonly zone: Certificate
  readonly instance: Certificate
  readonly leaf: Certificate
  readonly anchor: Anchor
}

export type NitroKnobs = {
  readonly seed?: string
  readonly moduleId?: string
  /** Common name of the leaf. Default: `<module id>.us-east-1.aws`. */
  readonly leafName?: string
  readonly root?: Partial<CertificateOptions>
  readonly zone?: Partial<CertificateOptions>
  readonly leaf?: Partial<CertificateOptions>
  /** Fields of the payload, in place of the honest ones; `undefined` leaves one out, unknown ones are added. */
  readonly fields?: Readonly<Record<string, Cbor | undefined>>
  readonly payload?: (payload: Octets) => Uint8Array
  readonly protectedHeader?: Cbor
  readonly unprotectedHeader?: Cbor
  readonly tagged?: boolean
  readonly signWith?: SigningKey
  readonly signature?: 'intact' | 'flipped' | 'short'
  /** Behind the message. */
  readonly trailing?: Octets
}

export const MODULE_ID = 'i-0a1b2c3d4e5f60718-enc0192837465abcdef'
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Locked registers as in the real document: 0 to 4 and 8 set, the others of the first sixteen zero. */
export function nitroPcrs(seed: string = DEFAULT_SEED): Map<number, Octets> {
  const random = randomFrom(`${seed}/pcrs`)
  const set = [0, 1, 2, 3, 4, 8]
  return new Map(Array.from({ length: 16 }, (_, index) => [index, set.includes(index) ? random(48) : new Uint8Array(48)]))
}

export function makeNitroChain(at: Date, knobs: NitroKnobs = {}): NitroChain {
  const { seed = DEFAULT_SEED, moduleId = MODULE_ID, leafName = `${moduleId}.us-east-1.aws` } = knobs
  const key = (name: string) => makeKey('ec-p384', `${seed}/nitro/${name}`)
  const span = (before: number, after: number) => ({ notBefore: second(at, -before), notAfter: second(at, after) })
  const authority = (pathLength?: number) => ({
    basicConstraints: { ca: true, ...(pathLength === undefined ? {} : { pathLength }) },
    keyUsage: ['digitalSignature', 'keyCertSign', 'cRLSign'] as const,
  })
  const root = issueCertificate({
    subject: named('nitro-enclaves.simulated'),
    key: key('root'),
    ...span(1000 * DAY, 9000 * DAY),
    ...authority(),
    ...knobs.root,
  })
  const region = issueCertificate(
    { subject: named('region.nitro-enclaves.simulated'), key: key('region'), ...span(5 * DAY, 15 * DAY), ...authority(2) },
    root,
  )
  const zone = issueCertificate(
    { subject: named('zone.nitro-enclaves.simulated'), key: key('zone'), ...span(DAY, 4 * DAY), ...authority(1), ...knobs.zone },
    region,
  )
  // As AWS has them: the last two certificates carry no key identifiers, and the instance signs nothing but certificates.
  const instance = issueCertificate(
    {
      subject: named('instance.nitro-enclaves.simulated'),
      key: key('instance'),
      keyIdentifiers: 'absent',
      ...span(HOUR, DAY),
      ...authority(0),
      keyUsage: ['keyCertSign'],
    },
    zone,
  )
  const leaf = issueCertificate(
    {
      subject: named(leafName),
      key: key('leaf'),
      keyIdentifiers: 'absent',
      keyUsage: ['digitalSignature', 'nonRepudiation'],
      ...span(3000, 3 * HOUR),
      ...knobs.leaf,
    },
    instance,
  )
  return { root, region, zone, instance, leaf, anchor: anchorOf(root) }
}

/** Signs an attestation document (COSE_Sign1, ES384) made at `at`. */
export function makeNitroDocument(at: Date, knobs: NitroKnobs = {}): { readonly document: Octets; readonly chain: NitroChain } {
  const chain = makeNitroChain(at, knobs)
  const { root, region, zone, instance, leaf } = chain
  const fields: Record<string, Cbor | undefined> = {
    module_id: knobs.moduleId ?? MODULE_ID,
    digest: 'SHA384',
    timestamp: at.getTime(),
    pcrs: nitroPcrs(knobs.seed),
    certificate: leaf.der,
    cabundle: [root, region, zone, instance].map(({ der }) => der),
    public_key: null,
    user_data: null,
    nonce: null,
    ...knobs.fields,
  }
  const present = Object.entries(fields).filter((entry): entry is [string, Cbor] => entry[1] !== undefined)
  const honest = cbor(new Map<string, Cbor>(present))
  const payload = knobs.payload?.(honest) ?? honest
  const protectedBytes = cbor(knobs.protectedHeader ?? new Map([[1, -35]]))
  const signed = cbor(['Signature1', protectedBytes, octets([]), payload])
  const signature = signEcdsa(knobs.signWith ?? leaf.key, 'sha384', signed, 'compact')
  const message = cbor([protectedBytes, knobs.unprotectedHeader ?? new Map(), payload, spoil(signature, knobs.signature)])
  return { document: join(octets(knobs.tagged === true ? [0xd2] : []), message, knobs.trailing ?? octets([])), chain }
}

function spoil(signature: Octets, how: NitroKnobs['signature']): Octets {
  if (how === 'flipped') return flipBit(signature)
  return how === 'short' ? signature.slice(1) : signature
}

function named(commonName: string): DistinguishedName {
  return [
    ['C', 'US'],
    ['O', 'Inference Receipt Checker'],
    ['OU', 'Simulator, not real hardware'],
    ['CN', commonName],
  ]
}

function second(at: Date, offset: number): Date {
  return new Date(Math.floor((at.getTime() + offset) / 1000) * 1000)
}
