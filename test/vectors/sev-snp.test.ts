import { expect, it } from 'vitest'
import type { CollateralSeen } from '../../src/dossier/types.ts'
import { AMD, validateEndorsement } from '../../src/verify/attestation/sev-snp/endorsement.ts'
import { parseEndorsementKey } from '../../src/verify/attestation/sev-snp/endorsement-key.ts'
import { verify } from '../../src/verify/attestation/sev-snp/verify.ts'
import type { AttestationResult } from '../../src/verify/attestation/types.ts'
import { encodeBase64url } from '../../src/verify/encoding/base64.ts'
import { decodeHex, encodeHex } from '../../src/verify/encoding/hex.ts'
import { presetFor } from '../../src/verify/policy/presets.ts'
import { SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
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
  'snp.debug': 'passed',
  'snp.migration': 'passed',
  'snp.guest-policy': 'passed',
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
    expect(outcomes(await verifyOctets(report(), [milan()], { anchors: roots }))).toMatchObject({ 'snp.chain': 'failed' })
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
      expect(findings).toMatchObject([{ check: 'snp.format', outcome: 'failed', code: 'snp-signature-padding' }])
    }
  })
})
