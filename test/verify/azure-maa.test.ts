import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { appraise } from '../../src/verify/appraise.ts'
import { isKeyCommitted } from '../../src/verify/receipts/inference-receipt/key-commitment.ts'
import type { Report } from '../../src/verify/report.ts'
import { MAA_ISSUER, type MaaKnobs, maaRuntime, makeMaaToken } from '../simulator/azure-maa.ts'
import { base64url, makeExchange, makeGateway } from '../simulator/index.ts'
import { dossierOf, failedChecks, policyFor, rowsOf } from './dossiers.ts'

const AT = new Date('2026-11-16T10:20:30.000Z')
const MADE = new Date(AT.getTime() - 600_000)

const { commitment, kid } = makeGateway({ at: AT }).receiptKey
const OTHER = makeGateway({ at: AT, seed: 'another' }).receiptKey.commitment

/** The containers' policy digest that the simulated token states. */
const HOST_DATA: string = JSON.parse(Buffer.from(makeMaaToken(MADE).token.split('.')[1] ?? '', 'base64url').toString('utf8'))[
  'x-ms-sevsnpvm-hostdata'
]

type Expected = readonly (readonly [measurement: string, value: string])[]
const NAMED: Expected = [
  ['token.issuer', MAA_ISSUER],
  ['snp.host-data', HOST_DATA],
]

/** An exchange of a gateway that shows an Azure token instead of Google's. */
async function appraiseWith(knobs: MaaKnobs, expected: Expected = NAMED, streamed = true): Promise<Report> {
  const { token, jwksText } = makeMaaToken(MADE, knobs)
  const gateway = { ...makeGateway({ at: AT }), attestation: { kind: 'azure-maa-jwt', document: token } }
  const pinned = base64url(createHash('sha256').update(token).digest())
  const exchange = makeExchange({ at: AT, gateway, streamed, faults: streamed ? {} : { receipt: { claims: { att_sha256: pinned } } } })
  const dossier = await dossierOf(exchange)
  const expects = expected.map(([measurement, value]) => ({ measurement, anyOf: [value], source: 'user' as const }))
  return appraise(
    {
      ...dossier,
      collateral: [{ kind: 'jwks', issuer: MAA_ISSUER, document: jwksText, source: '', at: AT.toISOString(), provenance: 'fetched' }],
    },
    {
      policy: { ...policyFor(''), expects },
      trust: { anchors: [], issuerKeys: [] },
      seen: () => undefined,
      moment: { now: exchange.endedAt, basis: 'captured-here' },
    },
  )
}

const HONEST: MaaKnobs = { runtime: maaRuntime(commitment) }

describe('a receipt whose key stands in a token of Azure’s', () => {
  it('verifies the gateway: streamed with the token inside, and in the header with its digest', async () => {
    for (const streamed of [true, false]) {
      const report = await appraiseWith(HONEST, NAMED, streamed)
      expect(failedChecks(report)).toEqual([])
      expect(rowsOf(report)).toBe('a[va] a[va] a v v')
      expect(report.claims[0]?.hops[0]?.because).toEqual({ id: 'maa_platform', args: [MAA_ISSUER] })
    }
  })

  it.each<[string, MaaKnobs]>([
    ['another key', { runtime: maaRuntime(OTHER) }],
    ['no key', { runtime: maaRuntime() }],
    ['the key under another name', { runtime: { ...maaRuntime(), receipt_key: commitment } }],
    ['the key one level too deep', { runtime: { ...maaRuntime(), runtime_data: { receipt_key_fp: commitment } } }],
    ['the key in a list', { runtime: { ...maaRuntime(), receipt_key_fp: [commitment] } }],
    ['the key in capital letters', { runtime: maaRuntime(commitment.toUpperCase()) }],
    ['the key’s id', { runtime: maaRuntime(kid) }],
    ['the key beside the runtime claims', { claims: { receipt_key_fp: commitment } }],
    ['the key as the token’s nonce, which is the service’s own', { claims: { nonce: commitment } }],
    ['the key as report data', { reportData: commitment.padEnd(128, '0') }],
  ])('fails for %s', async (_, knobs) => {
    const report = await appraiseWith(knobs)
    expect(failedChecks(report)).toEqual(['inference-receipt.key-commitment'])
    expect(rowsOf(report)).toBe('f[fa] a[aa] a a a')
  })

  it('is only assumed where the policy does not name the issuer, and says so', async () => {
    const report = await appraiseWith(HONEST, [['snp.host-data', HOST_DATA]])
    expect(failedChecks(report)).toEqual([])
    expect(rowsOf(report)).toBe('a[aa] a[aa] a a a')
    expect(report.claims[0]?.hops[0]?.because).toEqual({ id: 'maa_issuer_not_named', args: [MAA_ISSUER] })
  })

  it('is contradicted by a policy that names another issuer', async () => {
    const report = await appraiseWith(HONEST, [
      ['token.issuer', 'https://a.example'],
      ['snp.host-data', HOST_DATA],
    ])
    expect(failedChecks(report)).toEqual(['policy.identity'])
    expect(rowsOf(report)).toBe('a[aa] f[fa] a a a')
  })

  it('is only assumed where the report cannot be shown to commit to the runtime claims', async () => {
    const report = await appraiseWith({ ...HONEST, reportData: '0'.repeat(128) })
    expect(failedChecks(report)).toEqual([])
    expect(rowsOf(report)).toBe('a[aa] a[aa] a a a')
    expect(report.claims[0]?.hops[0]?.because.id).toBe('maa_runtime_unconfirmed')
  })

  it('is unchecked for an environment that this version does not know, though it may commit to the key', async () => {
    const report = await appraiseWith({ ...HONEST, claims: { 'x-ms-attestation-type': 'tdxvm' } }, [['token.issuer', MAA_ISSUER]])
    expect(failedChecks(report)).toEqual([])
    expect(rowsOf(report)).toBe('?[?a] a[aa] a a a')
    expect(report.claims[0]?.hops[0]?.because).toEqual({ id: 'maa_type_unknown', args: ['tdxvm'] })
  })

  it('does not verify the workload by the utility VM, which is the same for every customer', async () => {
    const { measurements } = await appraiseWith(HONEST)
    const uvm = measurements.find(({ name }) => name === 'snp.measurement')?.value ?? ''
    const report = await appraiseWith(HONEST, [
      ['token.issuer', MAA_ISSUER],
      ['snp.measurement', uvm],
    ])
    expect(rowsOf(report)).toBe('a[va] a[aa] a v v')
  })

  it('fails for other containers, and for debugging', async () => {
    const other = await appraiseWith({ ...HONEST, claims: { 'x-ms-sevsnpvm-hostdata': 'a'.repeat(64) } })
    expect(failedChecks(other)).toEqual(['policy.measurement'])
    expect(rowsOf(other)).toBe('a[va] f[fa] a v v')
    const debug = await appraiseWith({ ...HONEST, claims: { 'x-ms-sevsnpvm-is-debuggable': true } })
    expect(failedChecks(debug)).toEqual(['azure-maa.debug'])
    expect(debug.headline.id).toBe('headline_debug')
  })
})

it('is a commitment in tokens of Azure’s alone', () => {
  const commits = [{ field: 'runtime-claim', name: 'receipt_key_fp', value: commitment } as const]
  const kinds = ['azure-maa-jwt', 'gcp-cs-jwt', 'aws-nitro-cose', '']
  expect(kinds.map((kind) => isKeyCommitted(kind, commitment, commits))).toEqual([true, false, false, false])
  expect(isKeyCommitted('azure-maa-jwt', commitment, [{ field: 'nonce', value: commitment }])).toBe(false)
})
