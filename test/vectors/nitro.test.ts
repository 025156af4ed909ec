import { expect, it } from 'vitest'
import type { EvidenceSeen } from '../../src/dossier/types.ts'
import { verify } from '../../src/verify/attestation/nitro/verify.ts'
import type { AttestationResult } from '../../src/verify/attestation/types.ts'
import { encodeBase64url } from '../../src/verify/encoding/base64.ts'
import { concatBytes } from '../../src/verify/encoding/bytes.ts'
import { presetFor } from '../../src/verify/policy/presets.ts'
import { SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import { flipOneBitPerOctet } from '../support/bits.ts'
import { describeVectors, vectorBytes } from './files.ts'

const PRODUCTION = 'nitro/evervault/beta/valid-attestation-doc-bytes'
const DEBUG = 'nitro/evervault/beta/debug-mode-attestation-doc-bytes'

function verifyOctets(octets: Uint8Array, at: string): Promise<AttestationResult> {
  const evidence: EvidenceSeen = { kind: 'aws-nitro-cose', document: encodeBase64url(octets), source: '', at: '', provenance: 'given' }
  const trust = { anchors: SHIPPED_ANCHORS, issuerKeys: [] }
  return verify({ evidence, collateral: [], trust, policy: presetFor(''), usedAt: new Date(at), hop: 0 })
}

const outcomes = ({ findings }: AttestationResult) => Object.fromEntries(findings.map(({ check, outcome }) => [check, outcome]))

const PASSED = {
  'nitro.format': 'passed',
  'nitro.chain': 'passed',
  'nitro.signature': 'passed',
  'nitro.time': 'passed',
  'nitro.age': 'unchecked',
  'nitro.debug': 'passed',
  'nitro.enclave': 'passed',
}

describeVectors('real Nitro attestation documents', () => {
  it('nitro-prod: untagged COSE, ES384, chain to the pinned root', async () => {
    const result = await verifyOctets(vectorBytes(PRODUCTION), '2022-10-13T08:58:02.136Z')
    expect(outcomes(result)).toEqual(PASSED)
    const { authentic } = result
    expect(authentic?.commits.map(({ field, value }) => [field, value.length])).toEqual([['nonce', 512]])
    expect(authentic?.measurements.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'nitro.pcr0 code',
      'nitro.pcr1 identity',
      'nitro.pcr2 identity',
      'nitro.pcr3 identity',
      'nitro.pcr4 identity',
      'nitro.pcr8 identity',
      'nitro.module-id identity',
    ])
    expect(authentic?.measurements[0]?.value.slice(0, 8)).toBe('f4d48b81')
  })

  it('nitro-debug: cryptographically sound, PCR0-2 zero', async () => {
    const result = await verifyOctets(vectorBytes(DEBUG), '2022-10-12T13:50:06.081Z')
    expect(outcomes(result)).toEqual({ ...PASSED, 'nitro.debug': 'failed' })
    expect(result.authentic?.commits).toEqual([
      { field: 'user-data', value: Buffer.from('hello, world!').toString('hex') },
      { field: 'public-key', value: Buffer.from('my super secret key').toString('hex') },
    ])
  })

  it.each(['2026-01-01T00:00:00Z', '2022-10-13T08:56:00Z'])('is judged at its own time: at %s it is still authentic', async (at) => {
    const { 'nitro.time': _, ...others } = PASSED
    expect(outcomes(await verifyOctets(vectorBytes(PRODUCTION), at))).toEqual({ ...others, 'nitro.moment': 'unchecked' })
  })

  it('is the same document with COSE’s tag in front, which no signature covers', async () => {
    const tagged = concatBytes(Uint8Array.of(0xd2), vectorBytes(PRODUCTION))
    expect(outcomes(await verifyOctets(tagged, '2022-10-13T08:58:02Z'))).toEqual(PASSED)
  })

  it('is refused with any single bit flipped: no octet of it is unsigned and unused', async () => {
    const real = vectorBytes(PRODUCTION)
    const accepted: string[] = []
    for (const { octets, at } of flipOneBitPerOctet(real)) {
      const { authentic } = await verifyOctets(octets, '2022-10-13T08:58:02Z')
      if (authentic !== undefined) accepted.push(at)
    }
    expect(accepted).toEqual([])
  }, 600_000)
})
