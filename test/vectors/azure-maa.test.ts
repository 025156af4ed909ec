import { expect, it } from 'vitest'
import type { CollateralSeen } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import { verify } from '../../src/verify/attestation/azure-maa/verify.ts'
import type { AttestationResult } from '../../src/verify/attestation/types.ts'
import { presetFor } from '../../src/verify/policy/presets.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import { makeMaaToken } from '../simulator/azure-maa.ts'
import { makeExchange } from '../simulator/index.ts'
import { flipOneBitPerOctet } from '../support/bits.ts'
import { dossierOf } from '../verify/dossiers.ts'
import { describeVectors, vectorText } from './files.ts'

type Row = { readonly id: string; readonly kind: string; readonly files: readonly string[]; readonly at: string; readonly outcome: string }

const ISSUER = 'https://trquilluaen.uaen.attest.azure.net'
const PINNED: Policy = { ...presetFor(''), expects: [{ measurement: 'token.issuer', anyOf: [ISSUER], source: 'user' }] }
const AT = '2026-08-03T15:08:00Z'
const JWKS = 'azure-maa/maa_real_jwks.json'
const TOKEN = 'azure-maa/maa_real_sevsnp_token.jwt'

const evidenceOf = (document: string) => ({ kind: 'azure-maa-jwt', document, source: '', at: '', provenance: 'fetched' }) as const
const keysOf = (document: string): CollateralSeen => {
  return { kind: 'jwks', issuer: ISSUER, document, source: `${ISSUER}/certs`, at: AT, provenance: 'fetched' }
}

function judge(document: string, jwks: string, at: string, policy = PINNED): Promise<AttestationResult> {
  return verify({
    evidence: evidenceOf(document),
    collateral: [keysOf(jwks)],
    trust: { anchors: [], issuerKeys: [] },
    policy,
    usedAt: new Date(at),
    hop: 0,
  })
}

const notPassed = ({ findings }: AttestationResult) =>
  findings.filter(({ outcome }) => outcome !== 'passed').map(({ check, outcome, because }) => `${outcome} ${check} ${because.id}`)

describeVectors('the real token of Azure’s attestation service', () => {
  it('is judged as EXPECTED.json says, for the reason that it names', async () => {
    const { rows }: { rows: readonly Row[] } = JSON.parse(vectorText('EXPECTED.json'))
    const ours = rows.filter(({ kind }) => kind === 'azure-maa')
    expect(ours.map(({ id, outcome, at, files }) => [id, outcome, at, files])).toEqual([['maa-snp', 'accept', AT, [JWKS, TOKEN]]])
    const result = await judge(vectorText(TOKEN).trim(), vectorText(JWKS), AT)
    expect(notPassed(result)).toEqual([])
    // RS256 under the recorded JWKS; report data = SHA-256 of the compact runtime claims; issuer pinned by policy.
    const passed = result.findings.map(({ check }) => check)
    expect(passed).toEqual(expect.arrayContaining(['azure-maa.signature', 'azure-maa.runtime-claims', 'azure-maa.issuer']))
  })

  it('states its machine and its containers', async () => {
    const { authentic } = await judge(vectorText(TOKEN).trim(), vectorText(JWKS), AT)
    const stated = Object.fromEntries(authentic?.measurements.map(({ name, value }) => [name, value]) ?? [])
    expect(stated).toMatchObject({
      'token.issuer': ISSUER,
      'token.policy-hash': '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco',
      'snp.host-data': '994b542047b4d5ed6163b7b54e56e0d642624d1e7179b1df43b9fe761c25a987',
      'snp.measurement': 'dc3f5a934489232a9b1818f12a0a88d2324ced00f8ab370f40451a76b7880bc3e211849a0739642d3d6c3b2b4bfb9866',
      'snp.microcode-svn': '88',
      'uvm.feed': 'ContainerPlat-AMD-UVM',
    })
    const claims = authentic?.commits.flatMap((commit) => (commit.field === 'runtime-claim' ? [commit.name] : []))
    expect(claims).toEqual(['channel_binding', 'device_hash', 'leaf_fp', 'nonce'])
  })

  it('alone leaves its environment without a contradiction, assumed only for want of a receipt', async () => {
    const at = new Date(AT)
    const { receipts: _, ...dossier } = await dossierOf(makeExchange({ at }))
    const report = await appraise(
      { ...dossier, receipts: [], evidence: [evidenceOf(vectorText(TOKEN).trim())], collateral: [keysOf(vectorText(JWKS))] },
      { policy: PINNED, trust: { anchors: [], issuerKeys: [] }, seen: () => undefined, moment: { now: at, basis: 'given' } },
    )
    const ofEnvironment = report.findings.filter(({ role, outcome }) => role.startsWith('evidence.') && outcome !== 'passed')
    expect(ofEnvironment.map(({ check, because }) => [check, because.id])).toEqual([['evidence.binding', 'binding_no_receipt']])
    expect(report.claims[0]?.standing).toBe('assumed')
  })

  it('is no more than assumed where the policy does not name its issuer', async () => {
    const result = await judge(vectorText(TOKEN).trim(), vectorText(JWKS), AT, presetFor(''))
    expect(notPassed(result)).toEqual(['unchecked azure-maa.issuer maa_issuer_not_named'])
  })

  it.each([
    ['2026-08-03T15:06:36Z', []],
    ['2026-08-03T15:06:35Z', ['failed azure-maa.validity evidence_early']],
    ['2026-08-03T23:07:35Z', []],
    ['2026-08-03T23:07:36Z', ['failed azure-maa.validity evidence_expired']],
  ])('at %s', async (at, expected) => {
    // nbf and iat are 1785769656 (15:07:36), forgiven by 60 seconds; exp is 1785798456.
    expect(notPassed(await judge(vectorText(TOKEN).trim(), vectorText(JWKS), at))).toEqual(expected)
  })

  it('has the members that the simulator writes, in the same order', () => {
    const real = vectorText(TOKEN).trim()
    const { token, jwksText } = makeMaaToken(new Date(AT))
    for (const part of [0, 1]) expect(shape(partOf(token, part))).toEqual(shape(partOf(real, part)))
    const [theirs, ours] = [vectorText(JWKS), jwksText].map((text): { keys: Record<string, unknown>[] } => JSON.parse(text))
    expect(Object.keys(ours?.keys[0] ?? {}).sort()).toEqual(Object.keys(theirs?.keys[0] ?? {}).sort())
  })

  it('is refused with any single bit flipped in any of its three parts', async () => {
    const jwks = vectorText(JWKS)
    const parts = vectorText(TOKEN).trim().split('.')
    const accepted: string[] = []
    for (const [index, part] of parts.entries()) {
      for (const { octets, at } of flipOneBitPerOctet(Buffer.from(part, 'base64url'))) {
        const flipped = parts.with(index, Buffer.from(octets).toString('base64url')).join('.')
        if ((await judge(flipped, jwks, AT)).authentic !== undefined) accepted.push(`part ${index} ${at}`)
      }
    }
    expect(accepted).toEqual([])
  }, 600_000)

  it('is refused with any single bit flipped in its text', async () => {
    const jwks = vectorText(JWKS)
    const accepted: string[] = []
    for (const { octets, at } of flipOneBitPerOctet(Buffer.from(vectorText(TOKEN).trim(), 'latin1'))) {
      if ((await judge(Buffer.from(octets).toString('latin1'), jwks, AT)).authentic !== undefined) accepted.push(at)
    }
    expect(accepted).toEqual([])
  }, 600_000)
})

function partOf(token: string, index: number): unknown {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString('utf8'))
}

/** Member names in order, all the way down, without the values. */
function shape(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.entries(value).map(([name, member]) => [name, shape(member)])
}
