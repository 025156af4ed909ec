import { beforeAll, describe, expect, it } from 'vitest'
import { type Certificate, parseCertificate } from '../../src/verify/trust/certificate.ts'
import { makeMaaToken } from '../simulator/azure-maa.ts'
import { makeChain, makeExchange } from '../simulator/index.ts'
import { makeNitroChain } from '../simulator/nitro.ts'
import { makeSnpEvidence } from '../simulator/sev-snp.ts'
import { makeTdx } from '../simulator/tdx.ts'
import { authorityExtensions, certificate, leafExtensions, party } from '../support/certificates.ts'
import { findCertificates } from '../support/find-certificates.ts'
import { diceFrom, mutate } from '../support/mutate.ts'
import { Readings, secondReading } from '../support/second-reading.ts'

// What was signed is what `parseCertificate` says it is. `@peculiar/x509` reads the same octets here and has to see the same certificate;
// it is no part of what is shipped, since it took as long as three signatures and 53 ms of every start of the worker.

const AT = new Date('2025-06-01T00:00:00Z')
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 3000)
const SEED = process.env['FUZZ_SEED'] ?? 'second reading'

/** Certificates of every kind of evidence that the simulator makes. */
async function simulated(): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const root = await party('root')
  const leaf = await party('leaf')
  const chains = [
    makeChain({ at: AT, leaf: { extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'], keyUsage: ['digitalSignature'] } }),
    makeChain({ at: AT, keyKind: 'ec-p384', leafKeyKind: 'ed25519', intermediate: { basicConstraints: { ca: true, pathLength: 0 } } }),
  ]
  const nitro = makeNitroChain(AT)
  const evidence = [
    JSON.stringify(makeTdx({ at: AT })),
    JSON.stringify(makeMaaToken(AT)),
    JSON.stringify(makeExchange({})),
    ...(['Milan', 'Turin'] as const).map((product) => JSON.stringify(makeSnpEvidence(AT, { product }), asHex)),
  ]
  return [
    ...chains.flatMap((chain) => [chain.root.der, chain.intermediate.der, chain.leaf.der]),
    ...[nitro.root, nitro.region, nitro.zone, nitro.instance, nitro.leaf].map(({ der }) => der),
    ...evidence.flatMap((text) => findCertificates(Buffer.from(text))),
    await certificate({ subject: root, issuer: root, extensions: authorityExtensions(root, root) }),
    await certificate({ subject: leaf, issuer: root, extensions: leafExtensions(leaf, root), serial: [0, 0x80] }),
  ]
}

function asHex(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}

describe('another library', () => {
  let certificates: readonly Uint8Array<ArrayBuffer>[] = []
  beforeAll(async () => {
    certificates = await simulated()
  })

  it("sees the same in every certificate of the simulator's", () => {
    const readings = new Readings()
    for (const [index, der] of certificates.entries()) readings.add(der, `certificate ${index}`)
    expect(readings.differing).toEqual([])
    expect([...readings.refusedByLibrary]).toEqual([])
    expect(readings.refused).toBe(0)
    expect(readings.agreed).toBeGreaterThan(20)
  })

  it(`sees the same in whatever we accept of ${RUNS} changed ones (seed ${JSON.stringify(SEED)})`, { timeout: 600_000 }, () => {
    const dice = diceFrom(SEED)
    const readings = new Readings()
    for (let run = 0; run < RUNS; run += 1) {
      const source = certificates[dice.below(certificates.length)] ?? new Uint8Array(0)
      const mutant = mutate(source, dice)
      readings.add(mutant, `run ${run}: ${Buffer.from(mutant).toString('base64')}`)
    }
    expect(readings.differing).toEqual([])
    expect([...readings.refusedByLibrary.keys()].filter((reason) => !reason.startsWith('extensions: '))).toEqual([])
    expect(readings.agreed).toBeGreaterThan(RUNS / 10)
    expect(readings.refused).toBeGreaterThan(RUNS / 10)
  })
})

describe('a difference', () => {
  const changes: Readonly<Record<string, (read: Certificate) => Partial<Certificate>>> = {
    signatureValue: ({ signature }) => ({ signature: signature.subarray(1) }),
    serialNumber: () => ({ serial: Uint8Array.of(0x7f) }),
    notBefore: () => ({ notBefore: new Date(0) }),
    notAfter: () => ({ notAfter: new Date(0) }),
    subjectPublicKeyInfo: ({ spki }) => ({ spki: spki.slice().fill(0, 30) }),
    issuer: ({ subject }) => ({ issuer: subject }),
    subject: ({ issuer }) => ({ subject: issuer }),
    extensions: () => ({ extensions: new Map() }),
    basicConstraints: () => ({ basicConstraints: { ca: true, pathLength: 9 } }),
    keyUsage: () => ({ keyUsage: new Set(['cRLSign']) }),
    extendedKeyUsage: () => ({ extendedKeyUsage: ['1.2.3'] }),
    subjectKeyIdentifier: () => ({ subjectKeyIdentifier: Uint8Array.of(1) }),
    authorityKeyIdentifier: () => ({ authorityKeyIdentifier: { keyIdentifier: Uint8Array.of(1), namesIssuer: false } }),
    certificatePolicies: () => ({ certificatePolicies: ['1.2.3'] }),
    subjectAltName: () => ({ subjectAltName: [{ kind: 'dns', name: 'other.example' }] }),
  }

  it.each(Object.entries(changes))('in %s is seen', (field, change) => {
    const read = parseCertificate(makeChain({ at: AT }).intermediate.der)
    if (!read.ok) throw new Error(read.code)
    expect(secondReading(read.value)).toEqual({ kind: 'agrees' })
    expect(secondReading({ ...read.value, ...change(read.value) })).toEqual({ kind: 'differs', fields: [field] })
  })
})
