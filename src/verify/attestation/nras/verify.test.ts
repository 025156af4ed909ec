import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Edits, JsonObject } from '../../../../test/simulator/json.ts'
import { makeKey } from '../../../../test/simulator/keys.ts'
import { makeNrasReply, NRAS_ISSUER, type NrasKnobs } from '../../../../test/simulator/nras.ts'
import type { CollateralSeen, Provenance } from '../../../dossier/types.ts'
import { presetFor } from '../../policy/presets.ts'
import type { AttestationResult } from '../types.ts'
import { verify } from './verify.ts'

/** Many more runs by `FUZZ_RUNS=100000`, repeatable by `FUZZ_SEED`. */
const RUNS = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300), seed: Number(process.env['FUZZ_SEED'] ?? 20261122) }
const LONG = process.env['FUZZ_RUNS'] === undefined ? 20_000 : 3_600_000

const MADE = new Date('2026-11-16T10:03:30.000Z')
const USED = new Date('2026-11-16T10:20:30.000Z')
const HONEST = makeNrasReply(MADE)

type Situation = {
  readonly usedAt?: Date
  readonly maxEvidenceAge?: number
  readonly provenance?: Provenance
  readonly collateral?: Partial<CollateralSeen>
  readonly given?: readonly { readonly issuer: string; readonly jwks: string }[]
}

async function check(knobs: NrasKnobs = {}, situation: Situation = {}, text?: string): Promise<AttestationResult> {
  const { usedAt = USED, provenance = 'fetched', given = [], maxEvidenceAge } = situation
  const keys: CollateralSeen = {
    kind: 'jwks',
    issuer: NRAS_ISSUER,
    document: HONEST.jwksText,
    source: '',
    at: '2026-11-16T10:21:00Z',
    provenance,
    ...situation.collateral,
  }
  return verify({
    evidence: { kind: 'nvidia-nras', document: text ?? makeNrasReply(MADE, knobs).text, source: '', at: '', provenance: 'fetched' },
    collateral: [keys],
    trust: { anchors: [], issuerKeys: given.map((set) => ({ ...set, addedBy: 'user' })) },
    policy: { ...presetFor(''), ...(maxEvidenceAge === undefined ? {} : { maxEvidenceAge }) },
    usedAt,
    hop: 1,
  })
}

const outcomes = ({ findings }: AttestationResult) => findings.map(({ check, outcome }) => `${check} ${outcome}`)
/** What did not pass, but for the pairing, which this verifier always leaves open. */
const said = ({ findings }: AttestationResult) =>
  findings
    .filter(({ check, outcome }) => outcome !== 'passed' && check !== 'gpu.pairing')
    .map(({ check, outcome, because }) => `${outcome} ${check} ${because.id}`)
const seconds = (date: Date) => Math.floor(date.getTime() / 1000)
const gpu = (name: string) => `x-nvidia-gpu-${name}`

const OF_DEVICE = ['measurements', 'secure-boot', 'debug', 'device-checks', 'revocation'].map((name) => `nras.${name} passed`)
const OF_ALL = ['format', 'digests', 'signature', 'key-source', 'issuer', 'validity', 'result', 'nonce'].map(
  (name) => `nras.${name} passed`,
)

describe('the reply of NVIDIA’s attestation service', () => {
  it('passes whole', async () => {
    const result = await check()
    expect(outcomes(result)).toEqual([...OF_ALL, ...OF_DEVICE, 'gpu.pairing unchecked'])
    expect(result.findings.every(({ hop }) => hop === 1)).toBe(true)
    expect(result.authentic?.commits).toEqual([{ field: 'nonce', value: HONEST.nonce }])
    expect(result.authentic?.platform).toEqual({ id: 'nras_platform', args: ['GH100 A01 GSP BROM'] })
    expect(result.authentic?.measurements).toEqual([
      { name: 'nvidia.gpu-count', value: '1', kind: 'identity' },
      { name: 'nvidia.switch-count', value: '0', kind: 'identity' },
      { name: 'nvidia.gpu-model', value: 'GH100 A01 GSP BROM', kind: 'identity' },
      { name: 'nvidia.driver-version', value: '570.172.08', kind: 'identity' },
      { name: 'nvidia.vbios-version', value: '96.00.CF.00.02', kind: 'identity' },
    ])
    expect(result.findings.flatMap(({ assumes }) => assumes)).toEqual([
      'assume_hardware_vendor',
      'assume_nvidia_verifier',
      'assume_side_channels',
      'assume_archived_issuer_keys',
    ])
  })

  it('passes of several devices, switches among them, each named', async () => {
    const devices = ['GPU-10', 'SWITCH-0', 'GPU-2']
    const result = await check({ devices })
    expect(outcomes(result)).toEqual([...OF_ALL, ...OF_DEVICE, ...OF_DEVICE, ...OF_DEVICE, 'gpu.pairing unchecked'])
    expect(result.findings.filter(({ check }) => check === 'nras.debug').map(({ because }) => because.args)).toEqual([
      ['GPU-2'],
      ['GPU-10'],
      ['SWITCH-0'],
    ])
    expect(result.authentic?.measurements.slice(0, 3)).toEqual([
      { name: 'nvidia.gpu-count', value: '2', kind: 'identity' },
      { name: 'nvidia.switch-count', value: '1', kind: 'identity' },
      { name: 'nvidia.gpu-model', value: 'GH100 A01 GSP BROM', kind: 'identity' },
    ])
    expect(result.authentic?.platform.args).toEqual(['GH100 A01 GSP BROM, LS_10 A01 FSP BROM'])
  })

  it('does not say in version 2 whether certificates were withdrawn, which is then assumed', async () => {
    const result = await check({ version: '2.0' })
    expect(said(result)).toEqual(['unchecked nras.revocation nras_revocation_not_stated'])
    expect(result.findings.find(({ check }) => check === 'nras.revocation')?.assumes).toEqual(['assume_nras_revocation'])
  })

  const stranger = makeKey('ec-p384', 'stranger')
  it.each<[string, string, NrasKnobs, Situation]>([
    ['a flipped signature', 'failed nras.signature nras_signature_failed', { signature: 'flipped' }, {}],
    ['a flipped signature of a device’s token', 'failed nras.signature nras_signature_failed', { deviceSignature: 'flipped' }, {}],
    ['another key’s signature', 'failed nras.signature nras_signature_failed', { signWith: stranger }, {}],
    ['another key’s signature of a device’s token', 'failed nras.signature nras_signature_failed', { deviceSignWith: stranger }, {}],
    ['a key that the service does not have', 'unchecked nras.signature nras_signature_no_key', { header: { kid: 'other' } }, {}],
    ['such a key of a device’s token', 'unchecked nras.signature nras_signature_no_key', { deviceHeader: { kid: 'other' } }, {}],
    ['keys of another hour', 'unchecked nras.signature nras_signature_no_key', { seed: 'other' }, {}],
    ['keys of another issuer', 'unchecked nras.signature nras_signature_no_key', {}, { collateral: { issuer: 'https://nras.example' } }],
    ['keys that are no keys', 'unchecked nras.signature nras_signature_no_key', {}, { collateral: { document: '{}' } }],
    ['keys only recorded', 'unchecked nras.key-source nras_key_recorded', {}, { provenance: 'recorded' }],
    ['another issuer', 'failed nras.issuer nras_issuer_failed', { overall: { iss: 'https://nras.attestation-stg.nvidia.com' } }, {}],
    ['another issuer of a device’s token', 'failed nras.issuer nras_issuer_failed', { device: { iss: 'NVAT-LOCAL-VERIFIER' } }, {}],
    ['use before nbf', 'failed nras.validity evidence_early', { overall: { nbf: seconds(USED) + 61 } }, {}],
    ['use before iat', 'failed nras.validity evidence_early', { overall: { iat: seconds(USED) + 61 } }, {}],
    ['use before a device’s nbf', 'failed nras.validity evidence_early', { device: { nbf: seconds(USED) + 61 } }, {}],
    ['use before a device’s iat', 'failed nras.validity evidence_early', { device: { iat: seconds(USED) + 61 } }, {}],
    ['use at exp', 'failed nras.validity evidence_expired', { overall: { exp: seconds(USED) } }, {}],
    ['use at a device’s exp', 'failed nras.validity evidence_expired', { device: { exp: seconds(USED) } }, {}],
    ['use later than the policy allows', 'failed nras.age evidence_age_failed', {}, { maxEvidenceAge: 1019 }],
    ['a bad result', 'failed nras.result nras_result_failed', { overall: { 'x-nvidia-overall-att-result': false } }, {}],
    ['another nonce of a device', 'failed nras.nonce nras_nonce_failed', { device: { eat_nonce: '00'.repeat(32) } }, {}],
    ['other firmware', 'failed nras.measurements nras_measurements_failed', { device: { measres: 'fail' } }, {}],
    ['firmware not said', 'failed nras.measurements nras_measurements_failed', { device: { measres: undefined } }, {}],
    ['no Secure Boot', 'failed nras.secure-boot nras_secure_boot_failed', { device: { secboot: false } }, {}],
    ['Secure Boot left open', 'failed nras.secure-boot nras_secure_boot_failed', { device: { secboot: null } }, {}],
    ['debugging', 'failed nras.debug nras_debug_failed', { device: { dbgstat: 'enabled' } }, {}],
    ['debugging left open', 'failed nras.debug nras_debug_failed', { device: { dbgstat: null } }, {}],
    [
      'a nonce that did not match',
      'failed nras.device-checks nras_checks_failed',
      { device: { [gpu('attestation-report-nonce-match')]: false } },
      {},
    ],
    [
      'a report whose signature was not checked',
      'failed nras.device-checks nras_checks_failed',
      { device: { [gpu('attestation-report-signature-verified')]: undefined } },
      {},
    ],
    [
      'a report that was not parsed',
      'failed nras.device-checks nras_checks_failed',
      { device: { [gpu('attestation-report-parsed')]: null } },
      {},
    ],
    [
      'a check that this version does not know, failed',
      'failed nras.device-checks nras_checks_failed',
      { device: { [gpu('moon-phase')]: false } },
      {},
    ],
    [
      'a switch’s check in place of the GPU’s',
      'failed nras.device-checks nras_checks_failed',
      swapped('attestation-report-nonce-match'),
      {},
    ],
    [
      'a certificate that was withdrawn',
      'failed nras.revocation nras_revocation_failed',
      { device: { [`${gpu('attestation-report-cert-chain')}.x-nvidia-cert-ocsp-status`]: 'revoked' } },
      {},
    ],
    [
      'a certificate that is not valid',
      'failed nras.revocation nras_revocation_failed',
      { device: { [`${gpu('driver-rim-cert-chain')}.x-nvidia-cert-status`]: 'expired' } },
      {},
    ],
    [
      'a certificate of which nothing is said',
      'failed nras.revocation nras_revocation_failed',
      { device: { [gpu('vbios-rim-cert-chain')]: {} } },
      {},
    ],
    [
      'certificates that are no object',
      'failed nras.revocation nras_revocation_failed',
      { device: { [gpu('vbios-rim-cert-chain')]: 'good' } },
      {},
    ],
    ['a warning', 'unchecked nras.warning nras_warning', { device: { 'x-nvidia-attestation-warning': 'certificate on hold' } }, {}],
  ])('is judged for %s by that check alone', async (_, expected, knobs, situation) => {
    expect(said(await check(knobs, situation))).toEqual([expected])
  })

  it('is valid to the second', async () => {
    expect(said(await check({ overall: { nbf: seconds(USED) + 60 } }))).toEqual([])
    expect(said(await check({ device: { exp: seconds(USED) + 1 } }))).toEqual([])
    expect(said(await check({}, { maxEvidenceAge: 1020 }))).toEqual([])
    expect(outcomes(await check({}, { maxEvidenceAge: 1020 }))).toContain('nras.age passed')
  })

  it('verifies under keys that the user named', async () => {
    const result = await check({}, { provenance: 'recorded', given: [{ issuer: NRAS_ISSUER, jwks: HONEST.jwksText }] })
    expect(result.findings.find(({ check }) => check === 'nras.key-source')?.because.id).toBe('nras_key_given')
  })

  it('stands by its weakest key where its tokens are signed with several', async () => {
    const { keys }: { keys: readonly JsonObject[] } = JSON.parse(HONEST.jwksText)
    const [own, other] = keys
    const ofOther = { kid: String(other?.['kid']) }
    const otherKey = makeKey('ec-p384', 'another-nras-key')
    const given = [{ issuer: NRAS_ISSUER, jwks: JSON.stringify({ keys: [own] }) }]
    for (const knobs of [
      { deviceHeader: ofOther, deviceSignWith: otherKey },
      { header: ofOther, signWith: otherKey },
    ]) {
      expect(said(await check(knobs, { provenance: 'recorded', given }))).toEqual(['unchecked nras.key-source nras_key_recorded'])
    }
  })

  it.each<[string, NrasKnobs, string]>([
    ['a device’s token that is another', { swap: (token) => `${token.slice(0, -4)}AAAA` }, 'nras_digests_failed'],
    ['another digest', { overall: { 'submods.GPU-0': ['DIGEST', ['SHA-256', '0'.repeat(64)]] } }, 'nras_digests_failed'],
    [
      'a device too few',
      { devices: ['GPU-0', 'GPU-1'], beside: ({ 'GPU-0': first = '' }) => ({ 'GPU-0': first }) },
      'nras_digests_other_devices',
    ],
    ['a device too many', { beside: (tokens) => ({ ...tokens, 'GPU-1': tokens['GPU-0'] ?? '' }) }, 'nras_digests_other_devices'],
    ['a device by another name', { beside: ({ 'GPU-0': first = '' }) => ({ 'GPU-1': first }) }, 'nras_digests_other_devices'],
    [
      'two devices’ tokens exchanged',
      { devices: ['GPU-0', 'GPU-1'], beside: ({ 'GPU-0': a = '', 'GPU-1': b = '' }) => ({ 'GPU-0': b, 'GPU-1': a }) },
      'nras_digests_failed',
    ],
  ])('is refused by its digests: %s', async (_, knobs, expected) => {
    const result = await check(knobs)
    expect(said(result).filter((line) => line.includes('nras.digests'))).toEqual([`failed nras.digests ${expected}`])
    expect(result.authentic).toBeUndefined()
  })

  it('says that its digests hold where its keys are not at hand, and gives nothing of its contents', async () => {
    const result = await check({ seed: 'other', devices: ['GPU-0', 'GPU-1'] })
    expect(outcomes(result)).toEqual(['nras.format passed', 'nras.digests passed', 'nras.signature unchecked', 'gpu.pairing unchecked'])
    expect(result.authentic).toBeUndefined()
    expect((await check({ deviceSignature: 'flipped' })).authentic).toBeUndefined()
  })
})

describe('an engine that cannot do its part', () => {
  afterEach(() => vi.restoreAllMocks())

  it('is no verdict', async () => {
    vi.spyOn(crypto.subtle, 'verify').mockRejectedValue(new Error('out of order'))
    const result = await check()
    expect(said(result)).toEqual(['unchecked nras.signature nras_signature_engine'])
    expect(result.authentic).toBeUndefined()
  })
})

describe('its form', () => {
  const [[, overall], devices]: [[string, string], JsonObject] = JSON.parse(HONEST.text)
  const bundle = (...parts: readonly unknown[]) => JSON.stringify(parts)
  it.each<[string, string, string]>([
    ['no JSON', '[[', 'json-syntax at evidence'],
    ['a token alone', JSON.stringify(overall), 'schema at evidence'],
    ['no devices’ tokens', bundle(['JWT', overall]), 'schema at evidence.1'],
    ['no device', bundle(['JWT', overall], {}), 'nras-no-devices at evidence'],
    ['a third part', bundle(['JWT', overall], devices, {}), 'schema at evidence.2'],
    ['another kind of token', bundle(['CWT', overall], devices), 'schema at evidence.0.0'],
    ['a third member of the first part', bundle(['JWT', overall, ''], devices), 'schema at evidence.0.2'],
    ['a device of no name', bundle(['JWT', overall], { '': devices['GPU-0'] }), 'schema at evidence.1'],
    ['a device of another kind', bundle(['JWT', overall], { 'NIC-0': devices['GPU-0'] }), 'schema at evidence.1'],
    ['an overall token that is none', bundle(['JWT', 'a.b'], devices), 'jws-parts at evidence.JWT'],
    ['a device’s token that is none', bundle(['JWT', overall], { 'GPU-0': 'a.b' }), 'jws-parts at evidence.GPU-0'],
    ['a device twice', HONEST.text.replace('{"GPU-0"', '{"GPU-0":"","GPU-0"'), 'json-duplicate-key at evidence'],
  ])('is malformed: %s', async (_, text, detail) => {
    const result = await check({}, {}, text)
    expect(outcomes(result)).toEqual(['nras.format unchecked'])
    const [finding] = result.findings
    expect(`${finding?.code} at ${finding?.at}`).toContain(detail)
    expect(finding?.theirs).toBe(true)
  })

  const wrong = (claim: string): readonly (readonly [string, NrasKnobs])[] => [
    [`${claim} missing`, { overall: { [claim]: undefined } }],
    [`${claim} of another type`, { overall: { [claim]: [{}] } }],
  ]
  const cases: readonly (readonly [string, NrasKnobs])[] = [
    ...['iss', 'sub', 'eat_nonce', 'iat', 'nbf', 'exp', 'x-nvidia-overall-att-result', 'submods'].flatMap(wrong),
    ...['iss', 'eat_nonce', 'iat', 'nbf', 'exp'].map(
      (claim) => [`a device’s ${claim} missing`, { device: { [claim]: undefined } as Edits }] as const,
    ),
    ['another subject', { overall: { sub: 'SOMETHING-ELSE' } }],
    ['a nonce that is no hexadecimal', { overall: { eat_nonce: 'nonce' } }],
    ['an odd nonce', { overall: { eat_nonce: 'abc' } }],
    ['a digest by another algorithm', { overall: { 'submods.GPU-0': ['DIGEST', ['SHA256', '0'.repeat(64)]] } }],
    ['a digest in capital letters', { overall: { 'submods.GPU-0': ['DIGEST', ['SHA-256', 'A'.repeat(64)]] } }],
    ['a digest that is too short', { overall: { 'submods.GPU-0': ['DIGEST', ['SHA-256', '00']] } }],
    ['a claims set in place of a digest', { overall: { 'submods.GPU-0': {} } }],
    ['a digest with more behind it', { overall: { 'submods.GPU-0': ['DIGEST', ['SHA-256', '0'.repeat(64), '']] } }],
    ['a device of another kind', { overall: { 'submods.NIC-0': ['DIGEST', ['SHA-256', '0'.repeat(64)]] } }],
    ['alg none', { header: { alg: 'none' } }],
    ['alg ES256', { header: { alg: 'ES256' } }],
    ['alg none of a device', { deviceHeader: { alg: 'none' } }],
    ['no kid', { header: { kid: undefined } }],
    ['a critical header', { header: { crit: ['exp'] } }],
  ]
  it.each(cases)('is malformed: %s', async (_, knobs) => {
    expect(outcomes(await check(knobs))).toEqual(['nras.format unchecked'])
  })

  it('takes a nonce in capital letters for what it is', async () => {
    const result = await check({ nonce: HONEST.nonce.toUpperCase() })
    expect(result.authentic?.commits).toEqual([{ field: 'nonce', value: HONEST.nonce }])
    expect(said(result)).toEqual([])
  })

  it(
    'is any text, and nothing is thrown or believed',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
          expect((await check({}, {}, text)).authentic).toBeUndefined()
        }),
        RUNS,
      )
    },
    LONG,
  )

  it(
    'is a reply changed anywhere: never authentic',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(HONEST.text.length - 1), fc.constantFrom(...'ABCxyz019-_{}[]":,.'), async (index, character) => {
          fc.pre(HONEST.text[index] !== character)
          const changed = HONEST.text.slice(0, index) + character + HONEST.text.slice(index + 1)
          expect((await check({}, {}, changed)).authentic).toBeUndefined()
        }),
        RUNS,
      )
    },
    LONG,
  )
})

/** A claim under the name that switches have it by. */
function swapped(claim: string): NrasKnobs {
  return { device: { [gpu(claim)]: undefined, [`x-nvidia-switch-${claim}`]: true } }
}

describe('a token in which NVIDIA’s service refuses to judge a device', () => {
  const details = (code: number, message = 'REASON') => ({
    'x-nvidia-error-details': { code, httpStatus: '400', description: 'd', message },
  })
  /** As the service leaves it: no claims but the reason. */
  const refused = (code: number): NrasKnobs => ({
    overall: { 'x-nvidia-overall-att-result': false },
    device: { ...details(code), eat_nonce: undefined, measres: undefined, secboot: undefined, dbgstat: undefined, hwmodel: undefined },
  })

  it.each([
    [4003, 'failed nras.result nras_refused_nonce'],
    [4010, 'failed nras.result nras_refused_nonce'],
    [4013, 'failed nras.result nras_refused_signature'],
    [4007, 'unchecked nras.refusal nras_refused_chain'],
    [4014, 'unchecked nras.refusal nras_refused_chain'],
    [5013, 'unchecked nras.refusal nras_refused'],
    [9999, 'unchecked nras.refusal nras_refused'],
  ])('has its reason said: %i', async (code, expected) => {
    const result = await check(refused(code))
    expect(said(result)).toEqual([expected])
    const finding = result.findings.find(({ because }) => because.id.startsWith('nras_refused'))
    expect(finding).toMatchObject({ code: String(code), computed: 'REASON', because: { args: ['GPU-0'] } })
    expect(finding?.theirs).toBe(expected.startsWith('unchecked') ? true : undefined)
  })

  it('judges the others by their claims, and a contradiction goes before', async () => {
    const result = await check({ ...refused(4010), devices: ['GPU-0', 'GPU-1'] })
    expect(said(result)).toEqual(['failed nras.result nras_refused_nonce'])
    expect(outcomes(result).filter((line) => line.startsWith('nras.measurements'))).toEqual(['nras.measurements passed'])
  })

  it('is no excuse where the service found everything in order', async () => {
    const result = await check({ device: { ...details(4007), measres: 'fail' } })
    expect(said(result)).toContain('failed nras.measurements nras_measurements_failed')
  })
})

describe('the reply as NVIDIA’s SDK hands it on', () => {
  const wrapped = (claims: JsonObject) => JSON.stringify([['JWT', 'eyJhbGciOiJub25lIn0.e30.'], claims])
  const reply = (): JsonObject[string] => JSON.parse(HONEST.text)

  it('is the service’s, whatever the envelope says', async () => {
    const bare = await check()
    for (const name of ['REMOTE_GPU_CLAIMS', 'REMOTE_SWITCH_CLAIMS'])
      expect(outcomes(await check({}, {}, wrapped({ [name]: reply() })))).toEqual(outcomes(bare))
    expect(outcomes(await check({}, {}, wrapped({ LOCAL_GPU_CLAIMS: [], REMOTE_GPU_CLAIMS: reply() })))).toEqual(outcomes(bare))
  })

  it.each([
    ['made on the machine', { LOCAL_GPU_CLAIMS: JSON.parse(HONEST.text) }, 'nras_format_local'],
    ['of two replies', { REMOTE_GPU_CLAIMS: [], REMOTE_SWITCH_CLAIMS: [] }, 'nras_format_failed'],
    ['of nothing', { REMOTE_GPU_CLAIMS: null }, 'nras_format_failed'],
  ])('is unread: %s', async (_, claims, id) => {
    const result = await check({}, {}, wrapped(claims))
    expect(said(result)).toEqual([`unchecked nras.format ${id}`])
    expect(result.authentic).toBeUndefined()
  })
})
