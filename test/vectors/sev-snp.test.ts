import { X509Certificate } from 'node:crypto'
import { expect, it } from 'vitest'
import type { CollateralSeen } from '../../src/dossier/types.ts'
import { AMD, validateEndorsement } from '../../src/verify/attestation/sev-snp/endorsement.ts'
import { parseEndorsementKey } from '../../src/verify/attestation/sev-snp/endorsement-key.ts'
import { SERIAL_NUMBERS } from '../../src/verify/attestation/sev-snp/revocation.ts'
import { verify } from '../../src/verify/attestation/sev-snp/verify.ts'
import type { AttestationResult } from '../../src/verify/attestation/types.ts'
import { encodeBase64url } from '../../src/verify/encoding/base64.ts'
import { decodeHex, encodeHex } from '../../src/verify/encoding/hex.ts'
import { decodePem } from '../../src/verify/encoding/pem.ts'
import { presetFor } from '../../src/verify/policy/presets.ts'
import { SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import { parseCertificate } from '../../src/verify/trust/certificate.ts'
import { SHIPPED } from '../../src/verify/trust/shipped-anchors.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import { encodeLevels, FIELDS, makeSnpEvidence, type SnpField, type SnpKnobs } from '../simulator/sev-snp.ts'
import { flipOneBitPerOctet } from '../support/bits.ts'
import { describeVectors, vectorBytes, vectorText } from './files.ts'

const AT = '2023-06-01T00:00:00Z'

function report(): Uint8Array<ArrayBuffer> {
  const octets = decodeHex(vectorText('sev-snp/virtee-milan/report_milan.hex').replace(/\s/g, ''))
  if (!octets.ok) throw new Error(octets.code)
  return octets.value
}

function seen(kind: CollateralSeen['kind'], der: Uint8Array): CollateralSeen {
  return { kind, issuer: 'https://kdsintf.amd.com', document: encodeBase64url(der), source: '', at: '', provenance: 'given' }
}

/** ASK and ARK as AMD serves them, in PEM. */
function authorities(chain: string): readonly CollateralSeen[] {
  return [...vectorText(chain).matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)].map(([, body = '']) =>
    seen('amd-ca', Buffer.from(body, 'base64')),
  )
}

const milan = () => seen('amd-vcek', vectorBytes('sev-snp/virtee-milan/vcek_milan.der'))
const roots = SHIPPED_ANCHORS.filter(({ id }) => id.startsWith('amd-ark-'))

function verifyOctets(
  octets: Uint8Array,
  collateral: readonly CollateralSeen[],
  { at = AT, anchors = SHIPPED_ANCHORS }: { at?: string; anchors?: readonly TrustAnchor[] } = {},
): Promise<AttestationResult> {
  return verify({
    evidence: { kind: 'sev-snp-report', document: encodeBase64url(octets), source: '', at: '', provenance: 'given' },
    collateral,
    trust: { anchors, issuerKeys: [] },
    policy: presetFor(''),
    usedAt: new Date(at),
    hop: 0,
  })
}

const outcomes = ({ findings }: AttestationResult) => Object.fromEntries(findings.map(({ check, outcome }) => [check, outcome]))

/** "No CRL recorded: revocation unchecked, said so": every other check passes. */
const ACCEPTED = {
  'snp.format': 'passed',
  'snp.signature': 'passed',
  'snp.chain': 'passed',
  'snp.validity': 'passed',
  'snp.revocation': 'unchecked',
  'snp.signing-key': 'passed',
  'snp.product': 'passed',
  'snp.chip': 'passed',
  'snp.tcb': 'passed',
  'snp.tcb-order': 'passed',
  'snp.firmware': 'passed',
  'snp.debug': 'passed',
  'snp.migration': 'passed',
  'snp.guest-policy': 'passed',
  'snp.platform-info': 'passed',
  'snp.vmpl': 'passed',
}

describeVectors('a real SEV-SNP report', () => {
  it('snp-milan: VCEK to pinned ARK Milan; report signature; TCB and chip id equal the certificate; revocation unchecked, said so', async () => {
    const result = await verifyOctets(report(), [milan(), ...authorities('sev-snp/virtee-milan/cert_chain_milan')], { anchors: roots })
    expect(outcomes(result)).toEqual(ACCEPTED)
    expect(result.findings.find(({ check }) => check === 'snp.revocation')?.because.id).toBe('snp_revocation_not_obtained')
    expect(result.authentic?.commits).toEqual([{ field: 'report-data', value: encodeHex(report().slice(0x50, 0x90)) }])
    expect(result.authentic?.measurements.filter(({ kind }) => kind === 'code')).toEqual([
      { name: 'snp.measurement', value: encodeHex(report().slice(0x90, 0xc0)), kind: 'code' },
    ])
  })

  it('needs no more than the chip’s certificate: the keys above it are pinned', async () => {
    expect(outcomes(await verifyOctets(report(), [milan()]))).toEqual(ACCEPTED)
    expect(outcomes(await verifyOctets(report(), [milan()], { anchors: roots }))).toMatchObject({ 'snp.chain': 'unchecked' })
    expect(outcomes(await verifyOctets(report(), []))).toEqual({ 'snp.format': 'passed', 'snp.signature': 'unchecked' })
  })

  it('is not judged by the certificate of another chip, nor before or after its certificate', async () => {
    const other = seen('amd-vcek', vectorBytes('sev-snp/virtee-turin/vcek_turin.der'))
    expect(outcomes(await verifyOctets(report(), [other]))).toMatchObject({ 'snp.signature': 'failed' })
    expect(outcomes(await verifyOctets(report(), [other, milan()]))).toEqual(ACCEPTED)
    expect(outcomes(await verifyOctets(report(), [milan()], { at: '2023-04-03T19:23:42Z' }))).toMatchObject({ 'snp.validity': 'failed' })
    expect(outcomes(await verifyOctets(report(), [milan()], { at: '2030-04-03T19:23:44Z' }))).toMatchObject({ 'snp.validity': 'failed' })
  })

  it('snp-turin-chain: VCEK to pinned ARK Turin, with what AMD needs and with nothing less', async () => {
    const key = parseEndorsementKey(vectorBytes('sev-snp/virtee-turin/vcek_turin.der'))
    if (!key.ok) throw new Error(key.code)
    expect(key.value).toMatchObject({ kind: 'vcek', product: 'Turin' })
    expect(key.value.hardwareId?.length).toBe(8)
    const chain = authorities('sev-snp/virtee-turin/cert_chain_turin')
    const path = await validateEndorsement(key.value, chain, { anchors: roots, issuerKeys: [] }, new Date('2025-06-01T00:00:00Z'))
    expect(path.ok && path.value.anchor.id).toBe('amd-ark-turin')
    expect(AMD.accepts.size).toBe(4)
    const pinned = await validateEndorsement(key.value, [], { anchors: SHIPPED_ANCHORS, issuerKeys: [] }, new Date('2025-06-01T00:00:00Z'))
    expect(pinned.ok && pinned.value.anchor.id).toBe('amd-ask-turin')
  })

  it('is refused with any single bit flipped: what nobody signs has to be zero', async () => {
    const accepted: string[] = []
    for (const { octets, at } of flipOneBitPerOctet(report())) {
      const { authentic } = await verifyOctets(octets, [milan()])
      if (authentic !== undefined) accepted.push(at)
    }
    expect(accepted).toEqual([])
  }, 600_000)

  it('non-zero SNP signature padding is refused, in every octet of it', async () => {
    const padding = [
      ...Array.from({ length: 24 }, (_, index) => 0x2a0 + 48 + index),
      ...Array.from({ length: 24 }, (_, index) => 0x2a0 + 72 + 48 + index),
      ...Array.from({ length: 0x4a0 - 0x330 }, (_, index) => 0x330 + index),
    ]
    for (const index of padding) {
      const octets = report()
      octets[index] = 0x80
      const { findings } = await verifyOctets(octets, [milan()])
      expect(findings).toMatchObject([{ check: 'snp.format', outcome: 'unchecked', theirs: true, code: 'snp-signature-padding' }])
    }
  })
})

/** Reports of other clouds and versions, recorded by an independent project, with the certificates that it keeps beside them. */
const RECORDED = [
  { name: 'aws-v3-vlek', cert: 'aws-v3-vlek.der', authority: 'milan-asvk', root: 'milan-ark', at: '2025-06-01T00:00:00Z' },
  { name: 'genoa-v5', cert: 'genoa-v5-vcek.der', authority: 'genoa-ask', root: 'genoa-ark', at: '2026-07-22T00:00:00Z' },
  { name: 'milan-v2', cert: 'milan-v2-vcek.der', authority: 'milan-ask', root: 'milan-ark', at: '2026-01-12T00:00:00Z' },
  { name: 'gcp-v5', cert: 'gcp-v5-vcek.pem', authority: 'milan-ask', root: 'milan-ark', at: '2026-01-12T00:00:00Z' },
  { name: 'gcp-v5-x25519', cert: 'gcp-v5-x25519-vcek.pem', authority: 'milan-ask', root: 'milan-ark', at: '2026-01-12T00:00:00Z' },
  { name: 'turin-v5', cert: 'turin-v5-vcek.pem', authority: 'turin-ask', root: 'turin-ark', at: '2026-07-22T00:00:00Z' },
] as const
const folder = '2026-11/sev-snp'
const recordedDer = (name: string) => vectorBytes(`${folder}/${name}`)
function recordedKey(name: string): Uint8Array {
  if (name.endsWith('.der')) return recordedDer(name)
  const blocks = decodePem(vectorText(`${folder}/${name}`), 'CERTIFICATE')
  if (!blocks.ok) throw new Error(blocks.code)
  return blocks.value[0]
}

describeVectors('SEV-SNP reports of 2023 to 2026', () => {
  it.each(RECORDED)(
    '$name is genuine: with the keys that are pinned, and with the certificates beside it',
    async ({ name, cert, authority, root, at }) => {
      const octets = recordedDer(`${name}-report.bin`)
      const key = seen('amd-vcek', recordedKey(cert))
      expect(outcomes(await verifyOctets(octets, [key], { at }))).toEqual(ACCEPTED)
      const beside = [authority, root].map((file) => seen('amd-ca', recordedDer(`${file}.der`)))
      expect(outcomes(await verifyOctets(octets, [key, ...beside], { at, anchors: roots }))).toEqual(ACCEPTED)
      expect(outcomes(await verifyOctets(octets, [key], { at, anchors: roots }))).toMatchObject({ 'snp.chain': 'unchecked' })
    },
  )

  it('aws-v3-vlek: the provider is named, the chip is not, and what runs is newer than what is committed', async () => {
    const { findings, authentic } = await verifyOctets(
      recordedDer('aws-v3-vlek-report.bin'),
      [seen('amd-vcek', recordedDer('aws-v3-vlek.der'))],
      {
        at: '2025-06-01T00:00:00Z',
      },
    )
    const finding = (check: string) => findings.find((found) => found.check === check)
    expect(finding('snp.signing-key')?.because).toEqual({ id: 'snp_signing_key_vlek_of', args: ['cc-us-east-2.amazonaws.com'] })
    expect(finding('snp.chip')?.because.id).toBe('snp_chip_not_certified')
    expect(finding('snp.firmware')?.assumes).toEqual([
      'assume_snp_provisional',
      'assume_snp_launched_otherwise',
      'assume_snp_security_level',
    ])
    const stated = Object.fromEntries((authentic?.measurements ?? []).map(({ name, value }) => [name, value]))
    expect(stated).toMatchObject({
      'snp.cloud-provider': 'CN=cc-us-east-2.amazonaws.com',
      'snp.reported-tcb': '04000000000018d9',
      'snp.committed-tcb': '04000000000018db',
      'snp.current-tcb': '04000000000018dc',
      'snp.firmware': '1.55.29',
    })
    expect(stated['snp.chip-id']).toBeUndefined()
  })

  it('turin-v5: eight octets of chip, a platform bit without a name', async () => {
    const { findings, authentic } = await verifyOctets(
      recordedDer('turin-v5-report.bin'),
      [seen('amd-vcek', recordedKey('turin-v5-vcek.pem'))],
      {
        at: '2026-07-22T00:00:00Z',
      },
    )
    expect(authentic?.measurements.find(({ name }) => name === 'snp.chip-id')?.value).toBe('59790fb1c39f35c1')
    expect(findings.find(({ check }) => check === 'snp.platform-info')?.computed).toBe(
      'SMT_EN, ECC_EN, ALIAS_CHECK_COMPLETE, IOMMU_WRITE_SAFE',
    )
  })

  it('the keys that are pinned are those of an independent project’s copies of AMD’s certificates', () => {
    for (const product of ['milan', 'genoa', 'turin']) {
      for (const role of ['ark', 'ask', 'asvk']) {
        const certificate = new X509Certificate(recordedDer(`${product}-${role}.der`))
        const anchor = SHIPPED.find(({ id }) => id === `amd-${role}-${product}`)
        expect(anchor).toMatchObject({
          certificateSha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
          spkiHex: certificate.publicKey.export({ type: 'spki', format: 'der' }).toString('hex'),
          notBefore: new Date(certificate.validFrom).toISOString().replace('.000Z', 'Z'),
          notAfter: new Date(certificate.validTo).toISOString().replace('.000Z', 'Z'),
        })
        // What the list of revoked keys would name, where only the pinned key is at hand.
        if (role !== 'ark') expect(SERIAL_NUMBERS.get(`amd-${role}-${product}`)).toBe(certificate.serialNumber.padStart(6, '0'))
      }
    }
  })
})

describeVectors('the simulator’s SEV-SNP evidence, against reports and certificates that it was not made from', () => {
  const real = (name: string) => recordedDer(`${name}-report.bin`)
  const simulated = (knobs: SnpKnobs) => makeSnpEvidence(new Date('2026-11-16T10:20:30Z'), knobs)
  const field = (octets: Uint8Array, name: SnpField) => encodeHex(octets.slice(FIELDS[name][0], FIELDS[name][0] + FIELDS[name][1]))

  it('has the constant fields of real reports: under a VCEK, under a VLEK, of each layout', () => {
    const constants = ['signatureAlgorithm', 'flags', 'reportIdMa'] as const
    for (const [name, knobs] of [
      ['milan-v2', { version: 2 }],
      ['aws-v3-vlek', { version: 3, signer: 'vlek' }],
      ['genoa-v5', { version: 5, product: 'Genoa' }],
      ['turin-v5', { version: 5, product: 'Turin' }],
    ] as const) {
      const ours = simulated(knobs).report
      for (const constant of constants)
        expect([name, constant, field(ours, constant)]).toEqual([name, constant, field(real(name), constant)])
      expect(field(ours, 'version')).toBe(field(real(name), 'version'))
    }
    // The flag that the specification calls MASK_CHIP_KEY is clear in a report that hides its chip, and a signature is there.
    expect(field(real('aws-v3-vlek'), 'chipId')).toBe('00'.repeat(64))
    expect(field(simulated({ signer: 'vlek' }).report, 'chipId')).toBe('00'.repeat(64))
    expect(field(simulated({ product: 'Turin' }).report, 'chipId').slice(16)).toBe(field(real('turin-v5'), 'chipId').slice(16))
  })

  it('has zeros where real reports have them, and nowhere else', () => {
    const zerosOf = (octets: Uint8Array) => [...RESERVED_IN_ALL].filter((index) => octets[index] !== 0)
    for (const { name } of RECORDED) expect(zerosOf(real(name))).toEqual([])
    for (const version of [2, 3, 4, 5]) expect(zerosOf(simulated({ version }).report)).toEqual([])
  })

  it('lays patch levels out as the certificates of real keys state them', () => {
    for (const [name, cert, product] of [
      ['genoa-v5', 'genoa-v5-vcek.der', 'Genoa'],
      ['milan-v2', 'milan-v2-vcek.der', 'Milan'],
      ['aws-v3-vlek', 'aws-v3-vlek.der', 'Milan'],
      ['turin-v5', 'turin-v5-vcek.pem', 'Turin'],
    ] as const) {
      const key = parseEndorsementKey(Uint8Array.from(recordedKey(cert)))
      if (!key.ok) throw new Error(key.code)
      const level = (arc: number) => key.value.levels.get(arc) ?? 0
      const levels = { fmc: level(9), bl: level(1), tee: level(2), snp: level(3), ucode: level(8) }
      expect(encodeHex(encodeLevels(levels, product))).toBe(field(real(name), 'reportedTcb'))
    }
  })

  it('makes certificates with the extensions of real ones, in the same forms', () => {
    const forms = (der: Uint8Array) => {
      const certificate = parseCertificate(Uint8Array.from(der))
      if (!certificate.ok) throw new Error(certificate.code)
      const own = [...certificate.value.extensions].filter(([oid]) => oid.startsWith('1.3.6.1.4.1.3704.1'))
      // Identifier, criticality, and tag of the value; a chip's identifier has no tag.
      return own.map(([oid, { critical, value }]) => `${oid} ${critical} ${oid.endsWith('.4') ? value.length : value[0]}`).sort()
    }
    expect(forms(simulated({ signer: 'vlek' }).vcek)).toEqual(forms(recordedDer('aws-v3-vlek.der')))
    expect(forms(simulated({ product: 'Genoa' }).vcek)).toEqual(forms(recordedDer('genoa-v5-vcek.der')))
    const turin = forms(recordedKey('turin-v5-vcek.pem'))
    expect(forms(simulated({ product: 'Turin' }).vcek)).toEqual(turin)
  })
})

/** Reserved in every version, by go-sev-guest's and virtee's tables. */
const RESERVED_IN_ALL = [
  ...Array.from({ length: 4 }, (_, index) => 0x4c + index),
  ...Array.from({ length: 0x1a0 - 0x18b }, (_, index) => 0x18b + index),
  0x1eb,
  0x1ef,
  ...Array.from({ length: 0x2a0 - 0x208 }, (_, index) => 0x208 + index),
  ...Array.from({ length: 24 }, (_, index) => 0x2d0 + index),
  ...Array.from({ length: 24 }, (_, index) => 0x318 + index),
  ...Array.from({ length: 0x4a0 - 0x330 }, (_, index) => 0x330 + index),
]
