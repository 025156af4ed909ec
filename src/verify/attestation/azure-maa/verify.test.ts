import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAA_ISSUER, type MaaKnobs, maaKey, maaRuntime, makeMaaToken, reportDataOf } from '../../../../test/simulator/azure-maa.ts'
import { makeKey } from '../../../../test/simulator/keys.ts'
import type { CollateralSeen, Provenance } from '../../../dossier/types.ts'
import { presetFor } from '../../policy/presets.ts'
import type { Policy } from '../../policy/types.ts'
import type { AttestationResult } from '../types.ts'
import { verify } from './verify.ts'

const MADE = new Date('2026-11-16T10:03:30.000Z')
const USED = new Date('2026-11-16T10:20:30.000Z')
const SECOND = 1000
const HONEST = makeMaaToken(MADE)

type Situation = {
  readonly usedAt?: Date
  readonly maxEvidenceAge?: number
  /** Issuers that the policy accepts, by expectation. */
  readonly named?: readonly (readonly string[])[]
  readonly provenance?: Provenance
  readonly collateral?: Partial<CollateralSeen>
  /** Key sets that the user named, by issuer. */
  readonly given?: readonly { readonly issuer: string; readonly jwks: string }[]
}

function policyOf({ named = [[MAA_ISSUER]], maxEvidenceAge }: Situation): Policy {
  const expects = named.map((anyOf) => ({ measurement: 'token.issuer', anyOf, source: 'user' as const }))
  return { ...presetFor(''), expects, ...(maxEvidenceAge === undefined ? {} : { maxEvidenceAge }) }
}

async function check(knobs: MaaKnobs = {}, situation: Situation = {}, text?: string): Promise<AttestationResult> {
  const document = text ?? makeMaaToken(MADE, knobs).token
  const { usedAt = USED, provenance = 'fetched', given = [] } = situation
  const keys: CollateralSeen = {
    kind: 'jwks',
    issuer: knobs.issuer ?? MAA_ISSUER,
    document: HONEST.jwksText,
    source: '',
    at: '2026-11-16T10:21:00Z',
    provenance,
    ...situation.collateral,
  }
  return verify({
    evidence: { kind: 'azure-maa-jwt', document, source: '', at: '', provenance: 'fetched' },
    collateral: [keys],
    trust: { anchors: [], issuerKeys: given.map((set) => ({ ...set, addedBy: 'user' })) },
    policy: policyOf(situation),
    usedAt,
    hop: 0,
  })
}

const said = ({ findings }: AttestationResult) =>
  findings.filter(({ outcome }) => outcome !== 'passed').map(({ check, outcome, because }) => `${outcome} ${check} ${because.id}`)
const seconds = (date: Date) => Math.floor(date.getTime() / SECOND)
const snp = (name: string) => `x-ms-sevsnpvm-${name}`

describe('a token of Azure’s attestation service', () => {
  it('passes whole, where the policy names its issuer', async () => {
    const { findings, authentic } = await check()
    expect(findings.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
      'azure-maa.format passed',
      'azure-maa.signature passed',
      'azure-maa.key-source passed',
      'azure-maa.issuer passed',
      'azure-maa.validity passed',
      'azure-maa.attestation-type passed',
      'azure-maa.compliance passed',
      'azure-maa.debug passed',
      'azure-maa.migration passed',
      'azure-maa.privilege-level passed',
      'azure-maa.uvm-endorsement passed',
      'azure-maa.runtime-claims passed',
    ])
    expect(authentic?.platform).toEqual({ id: 'maa_platform', args: [MAA_ISSUER] })
    expect(findings.flatMap(({ assumes }) => assumes)).toEqual([
      'assume_hardware_vendor',
      'assume_azure_verifier',
      'assume_side_channels',
      'assume_no_revocation',
      'assume_archived_issuer_keys',
    ])
  })

  const early = { nbf: seconds(USED) + 61 }
  it.each<[string, string, MaaKnobs, Situation]>([
    ['a flipped signature', 'failed azure-maa.signature maa_signature_failed', { signature: 'flipped' }, {}],
    ['another key’s signature', 'failed azure-maa.signature maa_signature_failed', { signWith: makeKey('rsa-2048', 'stranger') }, {}],
    ['a key that its issuer does not have', 'unchecked azure-maa.signature maa_signature_no_key', { header: { kid: 'unknown' } }, {}],
    ['keys of another instance', 'unchecked azure-maa.signature maa_signature_no_key', { seed: 'stranger' }, {}],
    [
      'an issuer whose keys are not at hand',
      'unchecked azure-maa.signature maa_signature_no_key',
      { claims: { iss: 'https://a.example' } },
      {},
    ],
    ['keys only recorded', 'unchecked azure-maa.key-source maa_key_recorded', {}, { provenance: 'recorded' }],
    ['keys out of a file beside it', 'unchecked azure-maa.key-source maa_key_recorded', {}, { provenance: 'given' }],
    ['an issuer that no policy names', 'unchecked azure-maa.issuer maa_issuer_not_named', {}, { named: [] }],
    [
      'an issuer that the policy does not accept',
      'unchecked azure-maa.issuer maa_issuer_not_named',
      {},
      { named: [['https://b.example']] },
    ],
    [
      'an issuer that only one of two expectations accepts',
      'unchecked azure-maa.issuer maa_issuer_not_named',
      {},
      { named: [[MAA_ISSUER], ['https://b.example']] },
    ],
    [
      'an issuer that only begins as the named one',
      'unchecked azure-maa.issuer maa_issuer_not_named',
      { issuer: `${MAA_ISSUER}.example` },
      {},
    ],
    ['use before nbf', 'failed azure-maa.validity evidence_early', { claims: early }, {}],
    ['use before iat', 'failed azure-maa.validity evidence_early', { claims: { iat: seconds(USED) + 61 } }, {}],
    ['use at exp', 'failed azure-maa.validity evidence_expired', { claims: { exp: seconds(USED) } }, {}],
    ['use later than the policy allows', 'failed azure-maa.age evidence_age_failed', {}, { maxEvidenceAge: 1019 }],
    [
      'another status',
      'failed azure-maa.compliance maa_compliance_failed',
      { claims: { 'x-ms-compliance-status': 'azure-compliant-cvm' } },
      {},
    ],
    ['no status', 'failed azure-maa.compliance maa_compliance_failed', { claims: { 'x-ms-compliance-status': undefined } }, {}],
    ['debugging, though called compliant', 'failed azure-maa.debug maa_debug_failed', { claims: { [snp('is-debuggable')]: true } }, {}],
    [
      'migration, though called compliant',
      'failed azure-maa.migration maa_migration_failed',
      { claims: { [snp('migration-allowed')]: true } },
      {},
    ],
    ['a lower privilege level', 'failed azure-maa.privilege-level maa_vmpl_failed', { claims: { [snp('vmpl')]: 1 } }, {}],
    [
      'an endorsement of another utility VM',
      'failed azure-maa.uvm-endorsement maa_uvm_failed',
      { claims: { [`${snp('uvm-endorsement')}.${snp('launchmeasurement')}`]: '0'.repeat(96) } },
      {},
    ],
    ['report data of other claims', 'unchecked azure-maa.runtime-claims maa_runtime_unconfirmed', { reportData: reportDataOf('{}') }, {}],
    [
      'report data that goes on behind the digest',
      'unchecked azure-maa.runtime-claims maa_runtime_unconfirmed',
      { reportData: `${reportDataOf(JSON.stringify(maaRuntime())).slice(0, -1)}1` },
      {},
    ],
    [
      'runtime claims in another order',
      'unchecked azure-maa.runtime-claims maa_runtime_unconfirmed',
      { runtime: { a: '1', b: '2' }, reportData: reportDataOf('{"b":"2","a":"1"}') },
      {},
    ],
    ['no runtime claims', 'unchecked azure-maa.runtime-claims maa_runtime_unconfirmed', { claims: { 'x-ms-runtime': undefined } }, {}],
  ])('does not pass for %s, by that alone', async (_, expected, knobs, situation) => {
    expect(said(await check(knobs, situation))).toEqual([expected])
  })

  it.each(['tdxvm', 'azurevm', 'sgx', 'SEVSNPVM', ''])('about %s is not judged, and measures no hardware', async (type) => {
    const result = await check({ claims: { 'x-ms-attestation-type': type } })
    expect(said(result)).toEqual(['unchecked azure-maa.attestation-type maa_type_unknown'])
    expect(result.findings.some(({ role }) => role === 'evidence.debug')).toBe(false)
    expect(result.authentic?.commits.map(({ field }) => field)).toEqual(Object.keys(maaRuntime()).map(() => 'runtime-claim'))
    expect(result.authentic?.measurements.map(({ name }) => name)).toEqual(['token.issuer', 'token.policy-hash'])
  })

  it('is judged to the second', async () => {
    const claims = (edits: MaaKnobs['claims']) => check({ claims: edits ?? {} })
    expect(said(await claims({ nbf: seconds(USED) + 60, iat: seconds(USED) + 60 }))).toEqual([])
    expect(said(await claims({ exp: seconds(USED) + 1 }))).toEqual([])
    const old = await check({}, { maxEvidenceAge: 1020 })
    expect(said(old)).toEqual([])
    expect(old.findings.find(({ check }) => check === 'azure-maa.age')?.outcome).toBe('passed')
  })

  it('needs no endorsement of its own, nor a policy hash', async () => {
    const claims = { [snp('uvm-endorsement')]: undefined, [snp('uvm-endorsement-headers')]: undefined, 'x-ms-policy-hash': undefined }
    const result = await check({ claims })
    expect(said(result)).toEqual([])
    expect(result.findings.some(({ check }) => check === 'azure-maa.uvm-endorsement')).toBe(false)
  })
})

describe('the key of a token of Azure’s attestation service', () => {
  const stranger = maaKey('stranger')
  const { n = '', e = '' } = stranger.publicKey.export({ format: 'jwk' })
  const strangers = makeMaaToken(MADE, { seed: 'stranger' })

  it.each<[string, MaaKnobs['header']]>([
    ['jku', { jku: 'https://stranger.attest.azure.net/certs' }],
    ['jwk', { jwk: { kty: 'RSA', n, e } }],
    ['x5c', { x5c: [Buffer.from(stranger.spki).toString('base64')] }],
    ['x5u', { x5u: 'https://stranger.attest.azure.net/certs' }],
  ])('is never the one that %s in its header offers', async (_, header) => {
    const result = await check({ header: header ?? {}, signWith: stranger })
    expect(said(result)).toEqual(['failed azure-maa.signature maa_signature_failed'])
    expect(result.authentic).toBeUndefined()
    // An address or a key beside an honest signature changes nothing either.
    expect(said(await check({ header: header ?? {} }))).toEqual([])
  })

  it('is not that of a stranger whose set is fetched from where the stranger’s token points', async () => {
    const collateral = { issuer: 'https://stranger.attest.azure.net', document: strangers.jwksText }
    const header = { jku: 'https://stranger.attest.azure.net/certs' }
    expect(said(await check({ seed: 'stranger', header }, { collateral }))).toEqual(['unchecked azure-maa.signature maa_signature_no_key'])
  })

  it('may be one that the user named, for this issuer only', async () => {
    const jwks = HONEST.jwksText
    const nothing = { issuer: 'https://c.example' }
    const named = await check({}, { collateral: nothing, given: [{ issuer: MAA_ISSUER, jwks }] })
    expect(said(named)).toEqual([])
    expect(named.findings.find(({ check }) => check === 'azure-maa.key-source')?.because.id).toBe('maa_key_given')
    expect(named.findings.flatMap(({ assumes }) => assumes)).toContain('assume_keys_given')
    const other = await check({}, { collateral: nothing, given: [{ issuer: 'https://c.example', jwks }] })
    expect(said(other)).toEqual(['unchecked azure-maa.signature maa_signature_no_key'])
  })

  it('comes from key sets alone, whatever else an issuer publishes', async () => {
    expect(said(await check({}, { collateral: { kind: 'dcap' } }))).toEqual(['unchecked azure-maa.signature maa_signature_no_key'])
  })
})

describe('what a token of Azure’s attestation service states', () => {
  it('is the issuer, its rules, the machine and its containers', async () => {
    const { authentic } = await check()
    expect(authentic?.measurements.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'token.issuer identity',
      'token.policy-hash identity',
      'platform.hardware identity',
      'snp.host-data code',
      'snp.measurement identity',
      'snp.guest-svn identity',
      'snp.bootloader-svn identity',
      'snp.tee-svn identity',
      'snp.firmware-svn identity',
      'snp.microcode-svn identity',
      'snp.id-key-digest identity',
      'snp.family-id identity',
      'snp.image-id identity',
      'snp.chip-id identity',
      'snp.chip-family identity',
      'uvm.feed identity',
      'uvm.issuer identity',
      'uvm.svn identity',
    ])
    const stated = Object.fromEntries(authentic?.measurements.map(({ name, value }) => [name, value]) ?? [])
    expect(stated).toMatchObject({
      'token.issuer': MAA_ISSUER,
      'platform.hardware': 'AMD SEV-SNP',
      'snp.guest-svn': '2',
      'snp.bootloader-svn': '10',
      'snp.tee-svn': '0',
      'snp.firmware-svn': '27',
      'snp.microcode-svn': '88',
      'uvm.svn': '104',
      'uvm.feed': 'ContainerPlat-AMD-UVM',
    })
    const own = await check({ claims: { [snp('authorkeydigest')]: 'a'.repeat(96) } })
    expect(own.authentic?.measurements).toContainEqual({ name: 'snp.author-key-digest', value: 'a'.repeat(96), kind: 'identity' })
    expect(stated['snp.host-data']).toHaveLength(64)
    expect(stated['snp.measurement']).toHaveLength(96)
  })

  it('measures no code where no policy says which containers may run', async () => {
    const { authentic } = await check({ claims: { [snp('hostdata')]: '0'.repeat(64) } })
    expect(authentic?.measurements.filter(({ kind }) => kind === 'code')).toEqual([])
  })

  it('commits to its report data and to the texts among the runtime claims, not to the service’s nonce', async () => {
    const runtime = { a: 'one', b: 2, c: { a: 'deeper' }, d: ['list'], nonce: 'own' }
    const { authentic } = await check({ runtime })
    expect(authentic?.commits).toEqual([
      { field: 'report-data', value: reportDataOf(JSON.stringify(runtime)) },
      { field: 'runtime-claim', name: 'a', value: 'one' },
      { field: 'runtime-claim', name: 'nonce', value: 'own' },
    ])
  })

  it('hashes runtime claims as they stand in the token: the spaces of a producer count', async () => {
    const runtime = { text: 'a: [b], "c" \\ }' }
    expect(said(await check({ runtime }))).toEqual([])
    const spaced = JSON.stringify(runtime, null, 1)
    const payload = (text: string) => text.replace(JSON.stringify(runtime), () => spaced)
    expect(said(await check({ runtime, payload }))).toEqual(['unchecked azure-maa.runtime-claims maa_runtime_unconfirmed'])
    expect(said(await check({ runtime, payload, reportData: reportDataOf(spaced) }))).toEqual([])
  })
})

describe('a malformed token of Azure’s attestation service', () => {
  const required = ['iss', 'iat', 'nbf', 'exp', 'x-ms-ver', 'x-ms-attestation-type']
  const ofReport = ['is-debuggable', 'migration-allowed', 'vmpl', 'reportdata', 'launchmeasurement', 'hostdata', 'guestsvn']
  const versions = ['bootloader-svn', 'tee-svn', 'snpfw-svn', 'microcode-svn']
  const claims = [...required, ...[...ofReport, ...versions].map(snp)]
  const optional = [
    'idkeydigest',
    'authorkeydigest',
    'familyId',
    'imageId',
    'chipid',
    'chip-family',
    'uvm-endorsement',
    'uvm-endorsement-headers',
  ]

  it.each<[string, MaaKnobs]>([
    ...claims.map((claim): [string, MaaKnobs] => [`no ${claim}`, { claims: { [claim]: undefined } }]),
    ...[...claims, ...optional.map(snp), 'x-ms-runtime', 'x-ms-policy-hash', 'x-ms-compliance-status'].map((claim): [string, MaaKnobs] => [
      `${claim} of another type`,
      { claims: { [claim]: [[]] } },
    ]),
    ['another version', { claims: { 'x-ms-ver': '1.1' } }],
    ['debugging as text', { claims: { [snp('is-debuggable')]: 'false' } }],
    ['a negative level', { claims: { [snp('vmpl')]: -1 } }],
    ['upper-case digits', { claims: { [snp('hostdata')]: 'A'.repeat(64) } }],
    ['host data that is too short', { claims: { [snp('hostdata')]: 'a'.repeat(62) } }],
    ['an empty endorsement', { claims: { [snp('uvm-endorsement')]: {} } }],
    ['a policy hash in hexadecimal', { claims: { 'x-ms-policy-hash': 'a'.repeat(64) } }],
    ['alg none', { header: { alg: 'none' } }],
    ['alg HS256', { header: { alg: 'HS256' } }],
    ['alg PS256', { header: { alg: 'PS256' } }],
    ['no kid', { header: { kid: undefined } }],
    ['another typ', { header: { typ: 'inference-receipt+jws' } }],
    ['a critical header', { header: { crit: ['exp'], exp: 1 } }],
    ['a member that comes twice', { payload: (text) => text.replace(/\}$/, ',"iss":"https://d.example"}') }],
    ['a runtime claim that comes twice', { payload: (text) => text.replace('"x-ms-runtime":{', '"x-ms-runtime":{"nonce":"",') }],
    ['no JSON', { payload: () => 'iss' }],
    ['a list', { payload: () => '[]' }],
  ])('is refused: %s', async (_, knobs) => {
    const result = await check(knobs)
    expect(said(result)).toEqual(['unchecked azure-maa.format maa_format_failed'])
    expect(result.findings[0]?.theirs).toBe(true)
    expect(result.authentic).toBeUndefined()
  })

  it('of any text or with any changed character never throws, and states nothing', async () => {
    const { token } = HONEST
    const changed = fc
      .tuple(fc.nat(token.length - 1), fc.constantFrom('A', '.', '-', '!', 'é', '"'))
      .filter(([at, character]) => token[at] !== character)
      .map(([at, character]) => token.slice(0, at) + character + token.slice(at + 1))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), changed), async (text) => {
        const { findings, authentic } = await check({}, {}, text)
        expect(authentic).toBeUndefined()
        expect(findings.some(({ outcome }) => outcome !== 'passed')).toBe(true)
      }),
    )
  })
})
