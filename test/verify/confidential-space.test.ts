import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { appraise } from '../../src/verify/appraise.ts'
import { repositoryOf, settingsInWords } from '../../src/verify/attestation/confidential-space/measurements.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import type { Report } from '../../src/verify/report.ts'
import { type Edits, type ExchangeOptions, edit, makeExchange } from '../simulator/index.ts'
import { dossierOf, failedChecks, ISSUER, policyFor, rowsOf, trustOf, unreadable } from './dossiers.ts'

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
  const said = (report: Report) => report.findings.find(({ check }) => /^confidential-space\.(?:key-source|chain)$/.test(check))?.because

  it.each([
    ['PEM text', pem(leaf)],
    ['PEM text with carriage returns', pem(leaf, '\r\n')],
    ['PEM text without a last newline', pem(leaf).trimEnd()],
    ['PEM text with an empty line', pem(leaf).replace('\n', '\n\n')],
    ['PEM text with text before and after it', `leaf\n${pem(leaf)}that is it`],
    ['PEM text as a C string', `${pem(leaf)}\0`],
  ])('%s: read', async (_, text) => expect(said(await withLeaf(text))?.id).toBe('cs_chain_passed'))

  it.each([
    ['PEM text of another label', pem(leaf).replaceAll('CERTIFICATE', 'PUBLIC KEY'), 'pem-malformed'],
    ['two certificates in one PEM text', pem(leaf) + pem(leaf), 'pem-too-many'],
    ['nothing inside the PEM text', pem(''), 'pem-malformed'],
    ['base64url', leaf.replace('+', '-').replace('/', '_'), 'base64-character'],
  ])('%s: not read, by name', async (_, text, code) => {
    const finding = findingOf(await withLeaf(text), 'chain')
    const unread = { outcome: 'unchecked', theirs: true, because: { id: 'cs_chain_malformed' } }
    expect(finding).toMatchObject({ ...unread, code: expect.stringContaining(code) })
  })
  it('in any order lead to the root, which itself need not be there', async () => {
    const [intermediate = '', root = ''] = others
    for (const x5c of [
      [leaf, root, intermediate],
      [leaf, intermediate],
    ]) {
      expect(said(await judge({ faults: { gateway: { token: { header: { x5c } } } } }))?.id).toBe('cs_chain_passed')
    }
    expect(said(await judge({ faults: { gateway: { token: { header: { x5c: [leaf, root] } } } } }))?.id).toBe('path_issuer_missing')
  })
})

const withClaims = (claims: Edits): ExchangeOptions => ({ faults: { gateway: { token: { claims } } } })
const findingOf = (report: Report, check: string) => report.findings.find((finding) => finding.check === `confidential-space.${check}`)
const statedBy = ({ measurements }: Report) => Object.fromEntries(measurements.map(({ name, value }) => [name, value]))

describe('the hardware behind a token', () => {
  const SEV = { attester_tcb: undefined, tdx: undefined }
  it.each<[string, Edits, string, readonly string[]]>([
    ['Intel TDX, by its own evidence', {}, 'cs_attester_passed', []],
    ['Intel TDX, of no stated level', { tdx: undefined }, 'cs_attester_passed', ['assume_google_security_level']],
    ['Intel TDX, by the virtual TPM', { attester_tcb: undefined }, 'cs_attester_vtpm', ['assume_google_vtpm']],
    ['Intel TDX, by nobody', { attester_tcb: [] }, 'cs_attester_vtpm', ['assume_google_vtpm']],
    [
      'AMD SEV',
      { ...SEV, hwmodel: 'GCP_AMD_SEV' },
      'cs_attester_vtpm',
      ['assume_google_vtpm', 'assume_google_security_level', 'assume_sev_registers', 'assume_sev_integrity'],
    ],
    [
      'AMD SEV-ES',
      { ...SEV, hwmodel: 'GCP_AMD_SEV_ES' },
      'cs_attester_vtpm',
      ['assume_google_vtpm', 'assume_google_security_level', 'assume_sev_integrity'],
    ],
    ['AMD SEV-SNP', { ...SEV, hwmodel: 'GCP_AMD_SEV_SNP' }, 'cs_attester_vtpm', ['assume_google_vtpm', 'assume_google_security_level']],
    ['AMD SEV-SNP, by its own evidence', { hwmodel: 'GCP_AMD_SEV_SNP', attester_tcb: ['AMD'] }, 'cs_attester_passed', []],
  ])('is verified, and what that leaves open is listed: %s', async (_, claims, said, assumes) => {
    const report = await judge(withClaims(claims))
    expect(findingOf(report, 'attester')).toMatchObject({ outcome: 'passed', because: { id: said }, assumes })
    expect(rowsOf(report)).toBe('a[va] a[va] a v v')
  })

  it.each<[string, Edits]>([
    ['TDX by AMD', { attester_tcb: ['AMD'] }],
    ['TDX by Intel and another', { attester_tcb: ['INTEL', 'AMD'] }],
    ['SEV by Intel', { hwmodel: 'GCP_AMD_SEV', tdx: undefined }],
  ])('is refused for evidence from elsewhere: %s', async (_, claims) => {
    const report = await judge(withClaims(claims))
    expect(failedChecks(report)).toEqual(['confidential-space.attester'])
    expect(rowsOf(report)).toBe('f[fa] a[aa] a a a')
  })

  it('is not asked about its evidence where it is none that is known', async () => {
    const report = await judge(withClaims({ hwmodel: 'GCP_SHIELDED_VM' }))
    expect(failedChecks(report)).toEqual(['confidential-space.hardware'])
    expect(findingOf(report, 'attester')).toBeUndefined()
  })

  it('has the security level that the policy accepts', async () => {
    const level = (status: string) => withClaims({ 'tdx.gcp_attester_tcb_status': status })
    const honest = await judge({})
    expect(findingOf(honest, 'tcb')).toMatchObject({ outcome: 'passed', assumes: ['assume_google_rollout'] })
    expect(statedBy(honest)).toMatchObject({ 'tdx.tcb-status': 'UpToDate', 'tdx.tcb-date': '2025-05-14T00:00:00Z' })
    expect(failedChecks(await judge(level('SWHardeningNeeded')))).toEqual([])
    for (const status of ['OutOfDate', 'Revoked', 'uptodate', '']) {
      expect(failedChecks(await judge(level(status)))).toEqual(['confidential-space.tcb'])
    }
    const lenient: Policy = { ...policyFor(IMAGE), tcb: { accept: ['OutOfDate'] } }
    expect(failedChecks(await judge(level('OutOfDate'), lenient))).toEqual([])
    expect(failedChecks(await judge({}, lenient))).toEqual(['confidential-space.tcb'])
  })
})

describe('the GPU in a token', () => {
  const gpus = (...models: readonly string[]) => models.map((hwmodel) => ({ hwmodel, ueid: '1', vbios_version: '96.00.CF.00.01' }))
  const gpu = (claims: Edits) =>
    withClaims({
      'submods.nvidia_gpu': edit({ cc_mode: 'ON', cc_feature: 'SPT', driver_version: '590.48.01', gpus: gpus('GCP_NVIDIA_H100') }, claims),
    })

  it('is not spoken of where there is none', async () => {
    const report = await judge({})
    expect(findingOf(report, 'gpu')).toBeUndefined()
    expect(Object.keys(statedBy(report)).filter((name) => name.startsWith('gpu.'))).toEqual([])
  })

  it('passes in its confidential mode, and is stated', async () => {
    const report = await judge(gpu({}))
    expect(findingOf(report, 'gpu')).toMatchObject({
      outcome: 'passed',
      role: 'device.state',
      because: { id: 'cs_gpu_passed', args: ['NVIDIA H100'] },
      assumes: ['assume_google_gpu'],
    })
    expect(rowsOf(report)).toBe('a[va] a[va] a v v')
    expect(statedBy(report)).toMatchObject({
      'gpu.cc-mode': 'ON',
      'gpu.cc-feature': 'SPT',
      'gpu.driver-version': '590.48.01',
      'gpu.count': '1',
      'gpu.model': 'GCP_NVIDIA_H100',
      'gpu.vbios-version': '96.00.CF.00.01',
    })
  })

  it('states all models where GPUs differ', async () => {
    const report = await judge(gpu({ gpus: gpus('GCP_NVIDIA_H100', 'GCP_NVIDIA_A100') }))
    expect(statedBy(report)).toMatchObject({ 'gpu.count': '2', 'gpu.model': 'GCP_NVIDIA_A100, GCP_NVIDIA_H100' })
  })

  it.each([
    ['DEVTOOLS', 'cs_gpu_devtools'],
    ['OFF', 'cs_gpu_failed'],
    ['on', 'cs_gpu_failed'],
    ['', 'cs_gpu_failed'],
  ])('is refused in mode "%s"', async (mode, said) => {
    const report = await judge(gpu({ cc_mode: mode }))
    expect(failedChecks(report)).toEqual(['confidential-space.gpu'])
    expect(findingOf(report, 'gpu')?.because.id).toBe(said)
    expect(rowsOf(report)).toBe('f[fa] a[aa] a a a')
  })

  it.each([undefined, null])('of a mode that is not stated (%s) is listed as an assumption', async (mode) => {
    const report = await judge(gpu({ cc_mode: mode }))
    expect(findingOf(report, 'gpu')).toMatchObject({ outcome: 'unchecked', assumes: ['assume_gpu_unattested'] })
    expect(report.assumes).toContain('assume_gpu_unattested')
  })

  it.each<[string, Edits]>([
    ['a number as its mode', { cc_mode: 1 }],
    ['a text as the list', { gpus: 'GCP_NVIDIA_H100' }],
    ['a number as a model', { gpus: [{ hwmodel: 1 }] }],
  ])('is malformed: %s', async (_, claims) => {
    expect(unreadable(await judge(gpu(claims)))).toEqual(['confidential-space.format'])
  })
})

describe('what the operator chose at launch', () => {
  it('is stated as canonical JSON, whether or not anything was chosen', async () => {
    const chosen = await judge(
      withClaims({
        'submods.container.args': ['/gateway', '--log', 'all "prompts"'],
        'submods.container.cmd_override': ['--log'],
        'submods.container.env_override': { ZONE: 'b', MODE: 'a', constructor: 'c' },
      }),
    )
    expect(statedBy(chosen)).toMatchObject({
      'container.args': '["/gateway","--log","all \\"prompts\\""]',
      'container.command': '["--log"]',
      'container.env-override': '{"MODE":"a","ZONE":"b","constructor":"c"}',
    })
    const nothing = await judge(
      withClaims({ 'submods.container.args': null, 'submods.container.cmd_override': undefined, 'submods.container.env_override': null }),
    )
    expect(statedBy(nothing)).toMatchObject({ 'container.args': '[]', 'container.command': '[]', 'container.env-override': '{}' })
  })

  it('is allowed by a policy that lists it, and by no other', async () => {
    const expects = (value: string): Policy => ({
      ...policyFor(IMAGE),
      expects: [...policyFor(IMAGE).expects, { measurement: 'container.env-override', anyOf: [value], source: 'user' }],
    })
    const own = '{"GATEWAY_RECEIPTS":"on","GATEWAY_REGION":"europe-west4"}'
    expect(failedChecks(await judge({}, expects(own)))).toEqual([])
    expect(failedChecks(await judge({}, expects('{}')))).toEqual(['policy.identity'])
    expect(failedChecks(await judge(withClaims({ 'submods.container.env_override.LOG': 'all' }), expects(own)))).toEqual([
      'policy.identity',
    ])
  })

  it('is a digest where it is longer than a policy can name', async () => {
    const long = ['x'.repeat(997)]
    expect(await settingsInWords(['x'.repeat(996)])).toBe(`["${'x'.repeat(996)}"]`)
    expect(await settingsInWords(long)).toBe(`sha-256:${createHash('sha256').update(JSON.stringify(long)).digest('hex')}`)
  })

  it.each<[string, Edits]>([
    ['a number among the variables', { 'submods.container.env_override.PORT': 1 }],
    ['variables that are a list', { 'submods.container.env_override': ['PORT=1'] }],
    ['a number among the arguments', { 'submods.container.args': [1] }],
  ])('is malformed: %s', async (_, claims) => {
    expect(unreadable(await judge(withClaims(claims)))).toEqual(['confidential-space.format'])
  })
})
