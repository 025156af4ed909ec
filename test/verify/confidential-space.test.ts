import { describe, expect, it } from 'vitest'
import { appraise } from '../../src/verify/appraise.ts'
import { repositoryOf } from '../../src/verify/attestation/confidential-space/measurements.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import type { Report } from '../../src/verify/report.ts'
import { type ExchangeOptions, makeExchange } from '../simulator/index.ts'
import { dossierOf, ISSUER, policyFor, rowsOf, trustOf } from './dossiers.ts'

const HONEST = makeExchange()
const IMAGE = HONEST.gateway.workload.imageDigest

async function judge(options: ExchangeOptions, policy: Policy = policyFor(IMAGE)): Promise<Report> {
  const exchange = makeExchange(options)
  return appraise(await dossierOf(exchange), {
    policy,
    trust: trustOf(HONEST),
    seen: () => undefined,
    moment: { now: exchange.endedAt, basis: 'captured-here' },
  })
}

describe('what a token measures', () => {
  it('is stated under stable names', async () => {
    const { measurements } = await judge({})
    const { workload } = HONEST.gateway
    const stated = Object.fromEntries(measurements.map(({ name, value }) => [name, value]))
    expect(stated).toMatchObject({
      'token.issuer': ISSUER,
      'platform.hardware': 'GCP_INTEL_TDX',
      'platform.software': 'CONFIDENTIAL_SPACE',
      'cloud.project': workload.project,
      'cloud.zone': workload.zone,
      'container.image-digest': IMAGE,
      'receipt.issuer': HONEST.gateway.issuer,
    })
    expect(measurements.filter(({ kind }) => kind === 'code').map(({ name }) => name)).toEqual(['container.image-digest'])
  })
  it('leaves out what the token does not state', async () => {
    const { measurements } = await judge({
      faults: { gateway: { token: { claims: { 'submods.gce': undefined, 'submods.container': undefined } } } },
    })
    expect(measurements.filter(({ name }) => /^(cloud|container)\./.test(name))).toEqual([])
  })
  it('has an age that the policy may limit', async () => {
    const age = 1020
    const within = await judge({}, { ...policyFor(IMAGE), maxEvidenceAge: age })
    expect(rowsOf(within)).toBe('a[va] a[va] a v v')
    const beyond = await judge({}, { ...policyFor(IMAGE), maxEvidenceAge: age - 1 })
    expect(rowsOf(beyond)).toBe('a[va] f[fa] a v v')
  })
})

it.each([
  ['registry.example/team/app:tag', 'registry.example/team/app'],
  ['registry.example/team/app@sha256:00', 'registry.example/team/app'],
  ['registry.example/team/app:tag@sha256:00', 'registry.example/team/app'],
  ['registry.example:5000/team/app', 'registry.example:5000/team/app'],
  ['registry.example:5000/team/app:tag', 'registry.example:5000/team/app'],
  ['registry.example/team/app-evil:tag', 'registry.example/team/app-evil'],
  ['app', 'app'],
  ['', ''],
])('%s is of the repository %s', (reference, repository) => expect(repositoryOf(reference)).toBe(repository))

describe('where the key comes from', () => {
  const exchange = makeExchange({ form: 'oidc' })
  const jwks = exchange.jwksText
  const other = makeExchange({ form: 'oidc', seed: 'other' }).jwksText
  const collateral = (provenance: 'fetched' | 'recorded', document: string, issuer = ISSUER) =>
    ({ kind: 'jwks', issuer, document, source: '', at: '2026-11-16T10:00:00Z', provenance }) as const

  it.each([
    ['fetched', [collateral('fetched', jwks)], [], 'v', 'cs_key_fetched'],
    ['named by the user', [], [{ issuer: ISSUER, jwks, addedBy: 'user' as const }], 'v', 'cs_key_given'],
    ['recorded in a file', [collateral('recorded', jwks)], [], 'a', 'cs_key_recorded'],
    ['recorded, and fetched as well', [collateral('recorded', jwks), collateral('fetched', jwks)], [], 'v', 'cs_key_fetched'],
    [
      'fetched, but not this key',
      [collateral('fetched', other)],
      [{ issuer: ISSUER, jwks, addedBy: 'user' as const }],
      'v',
      'cs_key_given',
    ],
    ['fetched from somebody else', [collateral('fetched', jwks, 'https://issuer.example')], [], '?', undefined],
    ['named for somebody else', [], [{ issuer: 'https://issuer.example', jwks, addedBy: 'user' as const }], '?', undefined],
    ['no key set at all', [collateral('fetched', '{"keys":{}}')], [], '?', undefined],
    ['nowhere', [], [], '?', undefined],
  ])('%s', async (_, documents, issuerKeys, gateway, said) => {
    const report = await appraise(
      { ...(await dossierOf(exchange)), collateral: documents },
      {
        policy: policyFor(exchange.gateway.workload.imageDigest),
        trust: { anchors: [], issuerKeys },
        seen: () => undefined,
        moment: { now: exchange.endedAt, basis: 'captured-here' },
      },
    )
    expect(rowsOf(report).split(' ')[0]).toBe(gateway === '?' ? '?[?a]' : `a[${gateway}a]`)
    expect(report.findings.find((finding) => finding.check === 'confidential-space.key-source')?.because.id).toBe(said)
  })
})

describe('certificates in x5c', () => {
  const token = HONEST.attestation.document
  const header: { x5c: string[] } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'))
  const pem = (base64: string, newline = '\n') =>
    `-----BEGIN CERTIFICATE-----${newline}${(base64.match(/.{1,64}/g) ?? []).join(newline)}${newline}-----END CERTIFICATE-----${newline}`
  const [leaf = '', ...others] = header.x5c
  const withLeaf = (text: string) => judge({ faults: { gateway: { token: { header: { x5c: [text, ...others] } } } } })
  const said = (report: Report) => report.findings.find((finding) => finding.check === 'confidential-space.key-source')?.because

  it.each([
    ['PEM text', pem(leaf)],
    ['PEM text with carriage returns', pem(leaf, '\r\n')],
    ['PEM text without a last newline', pem(leaf).trimEnd()],
  ])('%s: read', async (_, text) => expect(said(await withLeaf(text))?.id).toBe('cs_chain_passed'))

  it.each([
    ['PEM text of another label', pem(leaf).replaceAll('CERTIFICATE', 'PUBLIC KEY'), 'pem-malformed'],
    ['text before the PEM text', ` ${pem(leaf)}`, 'base64-'],
    ['text behind the PEM text', `${pem(leaf)}x`, 'pem-malformed'],
    ['two certificates in one PEM text', pem(leaf) + pem(leaf), 'pem-malformed'],
    ['nothing inside the PEM text', pem(''), 'der-truncated'],
    ['base64url', leaf.replace('+', '-').replace('/', '_'), 'base64-character'],
  ])('%s: refused by name', async (_, text, code) => {
    const because = said(await withLeaf(text))
    expect(because?.id).toBe('cs_chain_malformed')
    expect(because?.args?.[0]).toContain(code)
  })
  it('in any order lead to the root, which itself need not be there', async () => {
    const [intermediate = '', root = ''] = others
    for (const x5c of [
      [leaf, root, intermediate],
      [leaf, intermediate],
    ]) {
      expect(said(await judge({ faults: { gateway: { token: { header: { x5c } } } } }))?.id).toBe('cs_chain_passed')
    }
    expect(said(await judge({ faults: { gateway: { token: { header: { x5c: [leaf, root] } } } } }))?.id).toBe('cs_chain_failed')
  })
})
