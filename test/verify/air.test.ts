import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDossier } from '../../src/dossier/read.ts'
import type { Dossier } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import { AIR_AT, type AirDigest, type AirExchangeOptions, makeAirExchange } from '../simulator/air.ts'
import { AIR_PLATFORMS, type AirPlatform, makeAirEvidence } from '../simulator/air-evidence.ts'
import { AIR_MODEL, type AirKnobs, airKey, CLAIM, flippedSignature, modelHash, rawKey, withOtherS } from '../simulator/air-receipt.ts'
import { type Cbor, cbor, Raw } from '../simulator/cbor.ts'
import { makeKey } from '../simulator/keys.ts'
import { base64url, hex, join, octets, utf8 } from '../simulator/octets.ts'
import { AIR_POLICY, airDossier, airFaults, airUnchecked, judgeAir } from '../support/air.ts'
import { failedChecks, rowsOf } from './dossiers.ts'

/** Behind a gateway that shows nothing: the enclave verified, the request too, the response hash not checkable. So the
 * hash of the model, whose place and code are proven, is not shown to be about this answer. */
const HONEST = '-[-v] -[-v] ? ? v'
/** A receipt that does not hold: the evidence is about no answer. */
const REFUSED = 'a a f f f'
const OF_HONEST = ['air.nonce air_nonce_not_sent', 'air.response-hash air_response_tokens']
const OLDER: Partial<Policy> = { air: { profile: 'older' } }
const PINNED: Partial<Policy> = { air: { profile: 'draft-02', keys: [base64url(rawKey(airKey()))] } }

describe('an AIR receipt behind its gateway', () => {
  it.each<[AirPlatform, string, Partial<Policy>]>([
    ['nitro-user-data', 'air_binding_nitro_user_data', {}],
    ['nitro-public-key', 'air_binding_nitro_public_key', {}],
    ['tdx-envelope', 'air_binding_tdx_envelope', {}],
    ['cs-envelope', 'air_binding_cs_envelope', {}],
    // A quote holds the key's hash alone: the key itself has to come from somewhere else.
    ['tdx-report-data', 'air_binding_tdx_report_data', PINNED],
  ])('is backed by %s, and the construction is named', async (platform, construction, policy) => {
    const report = await judgeAir({ platform }, { policy })
    expect(airFaults(report)).toEqual([])
    expect(rowsOf(report)).toBe(HONEST)
    expect(report.findings.find(({ check }) => check === 'air.key-binding')?.because.id).toBe(construction)
    expect(report.claims[0]?.hops.map(({ role, standing }) => [role, standing])).toEqual([
      ['gateway', 'absent'],
      ['model-host', 'verified'],
    ])
  })

  it('binds an envelope together with the hash of the platform’s own evidence', async () => {
    const hash = new Uint8Array(32).fill(9)
    for (const platform of ['tdx-envelope', 'cs-envelope'] as const) {
      expect(rowsOf(await judgeAir({ platform, evidence: { platformEvidenceHash: hash } }))).toBe(HONEST)
    }
    const other = { platform_evidence_hash: [...hash].reverse().map((octet) => octet ^ 1) }
    const changed = await judgeAir({ platform: 'cs-envelope', evidence: { platformEvidenceHash: hash, envelope: other } })
    expect(airFaults(changed)).toEqual(['air.key-binding'])
  })

  it.each(['header', 'json', 'header-and-json', 'stream'] as const)('is found in: %s', async (delivery) => {
    const report = await judgeAir({ delivery })
    expect(airFaults(report)).toEqual([])
    expect(airUnchecked(report)).toEqual(expect.arrayContaining(OF_HONEST))
    expect(rowsOf(report)).toBe(HONEST)
  })

  it.each(['chat', 'responses', 'embeddings'] as const)('covers the request of: %s', async (route) => {
    const report = await judgeAir({ route })
    expect(airFaults(report)).toEqual([])
    // An embedding is the one answer whose hash can be computed again.
    expect(rowsOf(report)).toBe(route === 'embeddings' ? '-[-v] -[-v] v v v' : HONEST)
  })

  it.each<[string, Readonly<Record<string, unknown>>, 'chat' | 'responses' | 'embeddings']>([
    ['a limit', { model: AIR_MODEL, messages: [{ role: 'user', content: 'a' }], max_tokens: 12 }, 'chat'],
    ['no limit', { model: AIR_MODEL, messages: [{ role: 'user', content: 'a' }], max_tokens: null }, 'chat'],
    [
      'messages',
      {
        model: AIR_MODEL,
        input: [
          { role: 'user', content: 'a\n"b"' },
          { role: 'assistant', content: '' },
        ],
      },
      'responses',
    ],
    ['messages and instructions', { model: AIR_MODEL, instructions: 'x', input: [{ role: 'user', content: 'a' }] }, 'responses'],
    ['text alone', { model: AIR_MODEL, input: 'a' }, 'responses'],
    ['a list of one text', { model: AIR_MODEL, input: ['a'] }, 'embeddings'],
  ])('covers a request with %s', async (_, request, route) => {
    const report = await judgeAir({ request, route })
    expect(report.findings.find(({ check }) => check === 'air.request-hash')?.because.id).toBe('air_request_gateway')
  })

  it('says what it does not know', async () => {
    const report = await judgeAir({})
    expect(report.assumes).toEqual(
      expect.arrayContaining(['assume_air_workload', 'assume_air_model_loaded', 'assume_air_request_parts', 'assume_not_fresh']),
    )
    expect(report.assumes).not.toContain('assume_air_older_profile')
    expect((await judgeAir({ platform: 'cs-envelope' })).assumes).toContain('assume_air_measurements')
  })

  it('announced and not delivered is said to be so', async () => {
    const report = await judgeAir({ delivery: 'announced' })
    expect(rowsOf(report)).toBe('a a - - -')
    expect(report.claims[4]?.because.id).toBe('air_announced')
  })

  it('is not announced by a header that says no', async () => {
    const report = await judgeAir(
      { delivery: 'announced' },
      {
        dossier: (honest) => ({
          ...honest,
          exchange: {
            ...honest.exchange,
            headers: [{ name: 'x-ephemeralml-receipt-present', value: 'false' }],
          },
        }),
      },
    )
    expect(report.claims[4]?.because.id).toBe('receipt_not_offered')
  })
})

const claims = (entries: readonly (readonly [number | string, Cbor | undefined])[]): AirKnobs => ({ claims: new Map(entries) })
const measurements = (entries: readonly (readonly [string, Cbor | undefined])[]): AirKnobs => ({ measurements: new Map(entries) })

/** Layer, check and code of every rule, by a receipt that breaks this rule alone. Each is signed by the honest key. */
const BROKEN: readonly (readonly [string, AirKnobs, string])[] = [
  ['no tag', { tag: octets([]) }, '1 COSE_DECODE COSE_DECODE_FAILED'],
  ['a longer tag', { tag: octets([0xd8, 18]) }, '1 COSE_DECODE COSE_DECODE_FAILED'],
  ['another tag', { tag: octets([0xd1]) }, '1 COSE_DECODE COSE_DECODE_FAILED'],
  ['octets behind the message', { tail: octets([0]) }, '1 COSE_DECODE COSE_DECODE_FAILED'],
  ['no signature', { signature: () => null }, '1 COSE_DECODE COSE_DECODE_FAILED'],
  ['65,537 octets', { tail: new Uint8Array(65_537) }, '1 SIZE RECEIPT_TOO_LARGE'],
  ['a key id', { unprotectedHeader: new Map([[4, utf8('key')]]) }, '1 UNPROTECTED NON_EMPTY_UNPROTECTED'],
  ['the algorithm outside too', { unprotectedHeader: new Map([[1, -8]]) }, '1 UNPROTECTED NON_EMPTY_UNPROTECTED'],
  ['ES256', { protectedHeader: map([1, -7], [3, 61]) }, '1 ALG BAD_ALG'],
  ['no algorithm', { protectedHeader: map([3, 61]) }, '1 ALG BAD_ALG'],
  ['no protected header at all', { protectedHeader: octets([]) }, '1 ALG BAD_ALG'],
  ['another content type', { protectedHeader: map([1, -8], [3, 60]) }, '1 CONTENT_TYPE BAD_CONTENT_TYPE'],
  ['a content type in words', { protectedHeader: map([1, -8], [3, 'application/cwt']) }, '1 CONTENT_TYPE BAD_CONTENT_TYPE'],
  ['no content type', { protectedHeader: map([1, -8]) }, '1 CONTENT_TYPE BAD_CONTENT_TYPE'],
  ['a third parameter', { protectedHeader: map([1, -8], [3, 61], [4, utf8('k')]) }, '1 PROTECTED PROTECTED_HEADER_NOT_CLOSED'],
  ['parameters in another order', { protectedHeader: map([3, 61], [1, -8]) }, '1 MAP_ORDER MAP_ORDER'],
  ['the algorithm twice', { protectedHeader: new Raw(octets([0xa3, 1, 0x26, 1, 0x27, 3, 0x18, 61])) }, '1 COSE_DECODE COSE_DECODE_FAILED'],
  ['octets behind the protected header', { protectedHeader: octets([0xa2, 1, 0x27, 3, 0x18, 61, 0]) }, '1 COSE_DECODE COSE_DECODE_FAILED'],
  ['an empty payload', { payload: () => octets([]) }, '1 CLAIMS_DECODE MISSING_PAYLOAD'],
  ['a payload that is a list', { payload: () => [1] }, '1 CLAIMS_DECODE PAYLOAD_NOT_MAP'],
  ['octets behind the payload', { payload: (all) => join(cbor(all), octets([0])) }, '1 CLAIMS_DECODE PAYLOAD_NOT_MAP'],
  ['a claim twice', { payload: (all) => twice(all) }, '1 CLAIMS_DECODE PAYLOAD_NOT_MAP'],
  [
    'a longer length than needed',
    { payload: (all) => join(octets([0xb8, all.size]), cbor(all).slice(1)) },
    '1 CLAIMS_DECODE PAYLOAD_NOT_MAP',
  ],
  [
    'a map of indefinite length',
    { payload: (all) => join(octets([0xbf]), cbor(all).slice(1), octets([0xff])) },
    '1 CLAIMS_DECODE PAYLOAD_NOT_MAP',
  ],
  ['another profile', claims([[CLAIM.profile, 'https://spec.cyntrisec.com/air/v2']]), '1 EAT_PROFILE WRONG_PROFILE'],
  ['no profile', claims([[CLAIM.profile, undefined]]), '1 EAT_PROFILE WRONG_PROFILE'],
  ['claims in another order', { payload: (all) => new Map([...all].reverse()) }, '1 MAP_ORDER MAP_ORDER'],
  ['registers in another order', { payload: (all) => withReversedMeasurements(all) }, '1 MAP_ORDER MAP_ORDER'],
  ['another key', { signWith: makeKey('ed25519', 'another') }, '2 SIG SIG_FAILED'],
  ['a changed signature', { signature: flippedSignature }, '2 SIG SIG_FAILED'],
  ['S + L', { signature: withOtherS }, '2 SIG SIG_FAILED'],
  ['a short signature', { signature: (honest) => honest.slice(1) }, '2 SIG BAD_SIG_LENGTH'],
  ['a long signature', { signature: (honest) => join(honest, octets([0])) }, '2 SIG BAD_SIG_LENGTH'],
  ['15 octets of cti', claims([[CLAIM.cti, new Uint8Array(15).fill(1)]]), '3 CTI BAD_CTI_LENGTH'],
  ['17 octets of cti', claims([[CLAIM.cti, new Uint8Array(17).fill(1)]]), '3 CTI BAD_CTI_LENGTH'],
  ['a cti of zeros', claims([[CLAIM.cti, new Uint8Array(16)]]), '3 CTI BAD_CTI_LENGTH'],
  ['a cti in text', claims([[CLAIM.cti, 'sixteen letters.']]), '3 CLAIMS WRONG_TYPE:cti'],
  ['the time zero', claims([[CLAIM.iat, 0]]), '3 CLAIMS ZERO_IAT'],
  ['a time before 1970', claims([[CLAIM.iat, -1]]), '3 CLAIMS WRONG_TYPE:iat'],
  ['a time in text', claims([[CLAIM.iat, 'now']]), '3 CLAIMS WRONG_TYPE:iat'],
  ['a time beyond all calendars', claims([[CLAIM.iat, 253_402_300_800]]), '3 CLAIMS WRONG_TYPE:iat'],
  ['a model hash of zeros', claims([[CLAIM.modelHash, new Uint8Array(32)]]), '3 MHASH_PRESENT ZERO_MODEL_HASH'],
  ['a short model hash', claims([[CLAIM.modelHash, new Uint8Array(31).fill(1)]]), '3 CLAIMS BAD_HASH_LENGTH:model_hash'],
  ['a long request hash', claims([[CLAIM.requestHash, new Uint8Array(33)]]), '3 CLAIMS BAD_HASH_LENGTH:request_hash'],
  ['a short response hash', claims([[CLAIM.responseHash, new Uint8Array(31)]]), '3 CLAIMS BAD_HASH_LENGTH:response_hash'],
  ['a document hash in hexadecimal', claims([[CLAIM.attestationDocHash, '00'.repeat(32)]]), '3 CLAIMS WRONG_TYPE:attestation_doc_hash'],
  ['an empty issuer', claims([[CLAIM.iss, '']]), '3 CLAIMS TEXT_LENGTH:iss'],
  ['an issuer of 1,025 octets', claims([[CLAIM.iss, `${'ä'.repeat(512)}a`]]), '3 CLAIMS TEXT_LENGTH:iss'],
  ['a policy version of octets', claims([[CLAIM.policyVersion, utf8('1')]]), '3 CLAIMS WRONG_TYPE:policy_version'],
  ['a negative sequence number', claims([[CLAIM.sequenceNumber, -1]]), '3 CLAIMS WRONG_TYPE:sequence_number'],
  ['an unknown claim', claims([[-65550, 1]]), '3 CLAIMS UNKNOWN_CLAIM:-65550'],
  [
    'a claim with a name',
    { payload: (all) => new Map([...[...all].slice(0, 3), ['x', 1], ...[...all].slice(3)]) },
    '3 CLAIMS UNKNOWN_CLAIM:x',
  ],
  ['a nonce of 7 octets', claims([[CLAIM.nonce, new Uint8Array(7)]]), '3 CLAIMS BAD_NONCE_LENGTH'],
  ['a nonce of 65 octets', claims([[CLAIM.nonce, new Uint8Array(65)]]), '3 CLAIMS BAD_NONCE_LENGTH'],
  ['a list of nonces', claims([[CLAIM.nonce, [new Uint8Array(8)]]]), '3 CLAIMS WRONG_TYPE:eat_nonce'],
  ['registers in a list', claims([[CLAIM.measurements, [new Uint8Array(48)]]]), '3 CLAIMS WRONG_TYPE:enclave_measurements'],
  ['32 octets of pcr0', measurements([['pcr0', new Uint8Array(32)]]), '3 MEAS BAD_MEASUREMENT_LENGTH'],
  ['32 octets of pcr3', measurements([['pcr3', new Uint8Array(32)]]), '3 MEAS BAD_MEASUREMENT_LENGTH'],
  ['a pcr8 in text', measurements([['pcr8', 'none']]), '3 MEAS BAD_MEASUREMENT_LENGTH'],
  ['no pcr2', measurements([['pcr2', undefined]]), '3 MEAS BAD_MEASUREMENT_LENGTH'],
  ['an unknown kind of registers', measurements([['measurement_type', 'sev-snp']]), '3 MTYPE UNKNOWN_MTYPE:sev-snp'],
  ['no kind of registers', measurements([['measurement_type', undefined]]), '3 MTYPE MISSING_CLAIM:measurement_type'],
  ['pcr8 on TDX', measurements([['measurement_type', 'tdx-mrtd-rtmr']]), '3 MEAS TDX_PCR8_FORBIDDEN'],
  ['an unknown scheme', claims([[CLAIM.modelHashScheme, 'sha512-single']]), '3 MHASH_SCHEME UNKNOWN_MODEL_HASH_SCHEME:sha512-single'],
  ['an older mode', claims([[CLAIM.securityMode, 'GatewayOnly']]), '3 SECURITY_MODE UNKNOWN_SECURITY_MODE:GatewayOnly'],
  ['another older mode', claims([[CLAIM.securityMode, 'ShieldMode']]), '3 SECURITY_MODE UNKNOWN_SECURITY_MODE:ShieldMode'],
  ['a mode in capitals', claims([[CLAIM.securityMode, 'Production']]), '3 SECURITY_MODE UNKNOWN_SECURITY_MODE:Production'],
]

function map(...entries: readonly (readonly [number, Cbor])[]): ReadonlyMap<number, Cbor> {
  return new Map(entries)
}

function twice(all: ReadonlyMap<number | string, Cbor>) {
  return join(octets([0xa0 | 0x10 | (all.size + 1)]), cbor(CLAIM.iss), cbor('another issuer'), cbor(all).slice(1))
}

function withReversedMeasurements(all: ReadonlyMap<number | string, Cbor>): Cbor {
  const inner = all.get(CLAIM.measurements)
  const reversed: Cbor = inner instanceof Map ? new Map<number | string, Cbor>([...inner].reverse()) : 0
  return new Map<number | string, Cbor>([...all, [CLAIM.measurements, reversed]])
}

describe('each rule of the first three layers', () => {
  it.each(BROKEN)('refuses %s with its own code, and for nothing else', async (_, receipt, fault) => {
    const report = await judgeAir({ receipt })
    expect(airFaults(report)).toEqual([fault])
    expect(rowsOf(report)).toBe(REFUSED)
  })

  const { profile: _, nonce: __, modelHashScheme: ___, ...required } = CLAIM
  it.each(Object.entries<number>(required))('refuses a receipt without %s', async (_, key) => {
    const report = await judgeAir({ receipt: claims([[key, undefined]]) })
    expect(airFaults(report)).toEqual([expect.stringMatching(/^3 CLAIMS MISSING_CLAIM:[a-z_]+$/)])
  })

  it.each<[string, AirKnobs]>([
    ['no scheme', claims([[CLAIM.modelHashScheme, undefined]])],
    ['a nonce of 8 octets', claims([[CLAIM.nonce, new Uint8Array(8)]])],
    ['a nonce of 64 octets', claims([[CLAIM.nonce, new Uint8Array(64)]])],
    ['an issuer of 1,024 octets', claims([[CLAIM.iss, 'ä'.repeat(512)]])],
    [
      'only the registers that have to be there',
      measurements([
        ['pcr3', undefined],
        ['pcr4', undefined],
        ['pcr8', undefined],
      ]),
    ],
    [
      'hashes of zeros',
      claims([
        [CLAIM.requestHash, new Uint8Array(32)],
        [CLAIM.responseHash, new Uint8Array(32)],
      ]),
    ],
  ])('takes a receipt with %s for well-formed', async (_, receipt) => {
    const report = await judgeAir({ receipt })
    expect(report.findings.find(({ check }) => check === 'air.claims')?.outcome).toBe('passed')
    expect(report.claims[4]?.standing).toBe('verified')
  })

  it('tells every claim that is wrong, not the first alone', async () => {
    const report = await judgeAir({
      receipt: claims([
        [CLAIM.iat, 0],
        [CLAIM.cti, new Uint8Array(1)],
        [CLAIM.securityMode, 'x'],
      ]),
    })
    expect(airFaults(report)).toEqual(['3 CTI BAD_CTI_LENGTH', '3 CLAIMS ZERO_IAT', '3 SECURITY_MODE UNKNOWN_SECURITY_MODE:x'])
  })

  it('refuses a key of small order, under which anybody can sign anything', async () => {
    const identity = octets([1, ...new Uint8Array(31)])
    const forged = { signature: () => octets([...identity, ...new Uint8Array(32)]) }
    const policy: Partial<Policy> = { air: { profile: 'draft-02', keys: [base64url(identity)] } }
    const report = await judgeAir({ receipt: forged, evidence: { key: identity } }, { policy })
    expect(airFaults(report)).toEqual(['2 SIG SIG_FAILED'])
  })
})

describe('the older profile', () => {
  it.each(['GatewayOnly', 'ShieldMode', 'anything'])('takes %s for a mode where the policy says so, and says so', async (mode) => {
    const report = await judgeAir({ receipt: claims([[CLAIM.securityMode, mode]]) }, { policy: OLDER })
    expect(airFaults(report)).toEqual([])
    expect(rowsOf(report)).toBe(HONEST)
    expect(report.claims[4]?.assumes).toContain('assume_air_older_profile')
    expect(report.findings.find(({ check }) => check === 'air.security-mode')?.because).toEqual({ id: 'air_mode_older', args: [mode] })
  })

  it('takes keys in any order', async () => {
    const report = await judgeAir({ receipt: { payload: (all) => new Map([...all].reverse()) } }, { policy: OLDER })
    expect(rowsOf(report)).toBe(HONEST)
    expect(report.findings.find(({ check }) => check === 'air.map-order')?.because.id).toBe('air_order_older')
  })

  const STILL = BROKEN.filter(([, , fault]) => !/MAP_ORDER|UNKNOWN_SECURITY_MODE/.test(fault))
  it.each(STILL)('is no laxer about %s', async (_, receipt, fault) => {
    expect(airFaults(await judgeAir({ receipt }, { policy: OLDER }))).toEqual([fault])
  })
})

describe('the fourth layer', () => {
  const nonce = octets([1, 2, 3, 4, 5, 6, 7, 8])
  const asking =
    (sent: string, sharedBy = 1) =>
    (honest: Dossier): Dossier => ({ ...honest, asked: { header: 'x-nonce', nonce: sent, sharedBy, provenance: 'browser' } })

  it('wants the nonce that was sent', async () => {
    const repeated = claims([[CLAIM.nonce, nonce]])
    const good = await judgeAir({ receipt: repeated }, { dossier: asking(base64url(nonce)) })
    expect(rowsOf(good)).toBe(HONEST)
    expect(good.findings.find(({ check }) => check === 'air.nonce')?.outcome).toBe('passed')
    const shared = await judgeAir({ receipt: repeated }, { dossier: asking(base64url(nonce), 2) })
    expect(shared.assumes).toContain('assume_nonce_shared')
    const other = await judgeAir({ receipt: repeated }, { dossier: asking(base64url(octets([...nonce].reverse()))) })
    expect(airFaults(other)).toEqual(['4 NONCE NONCE_MISMATCH'])
    expect(rowsOf(other)).toBe('-[-v] f[-f] a ? v')
    const missing = await judgeAir({}, { dossier: asking(base64url(nonce)) })
    expect(airFaults(missing)).toEqual(['4 NONCE NONCE_MISSING'])
  })

  it.each<[string, number, string[]]>([
    ['at the edge of the skew before the exchange', -62, []],
    ['before the exchange', -63, ['4 FRESH TIMESTAMP_STALE']],
    ['at the edge of the skew after the capture', 60, []],
    ['after the capture', 61, ['4 FRESH TIMESTAMP_FUTURE']],
  ])('wants a time of issue within the exchange: %s', async (_, seconds, faults) => {
    const receipt = claims([[CLAIM.iat, Math.floor(AIR_AT.getTime() / 1000) + seconds]])
    expect(airFaults(await judgeAir({ receipt }))).toEqual(faults)
  })

  it('wants no more age than the policy allows, when it is judged later', async () => {
    const later = (seconds: number) => ({
      policy: { air: { profile: 'draft-02', maxAge: 3600 } } as const,
      context: { moment: { now: new Date(Math.floor(AIR_AT.getTime() / 1000) * 1000 + seconds * 1000), basis: 'now' } } as const,
    })
    expect(airFaults(await judgeAir({}, later(3600)))).toEqual([])
    expect(airFaults(await judgeAir({}, later(3601)))).toEqual(['4 FRESH TIMESTAMP_STALE'])
    expect(airFaults(await judgeAir({}, { context: later(10_000_000).context }))).toEqual([])
  })

  it('never takes a receipt for evaluation for one of production', async () => {
    const receipt = claims([[CLAIM.securityMode, 'evaluation']])
    for (const policy of [{}, OLDER]) {
      const report = await judgeAir({ receipt }, { policy })
      expect(airFaults(report)).toEqual(['4 SECURITY_MODE_POLICY EVALUATION_MODE_REJECTED'])
      expect(rowsOf(report)).toBe('-[-v] f[-f] a ? v')
    }
  })

  it('knows a receipt again by its signer and its cti, whatever else it says', async () => {
    const idOf = async (receipt: AirKnobs, more: AirExchangeOptions = {}) => (await judgeAir({ receipt, ...more })).receiptId
    const honest = await idOf({})
    expect(honest).toBeDefined()
    expect(await idOf(claims([[CLAIM.sequenceNumber, 8]]))).toBe(honest)
    expect(await idOf(claims([[CLAIM.cti, new Uint8Array(16).fill(3)]]))).not.toBe(honest)
    const other = makeKey('ed25519', 'other')
    const otherSigner = await judgeAir({ receipt: { signWith: other }, evidence: { key: rawKey(other) } })
    expect(otherSigner.claims[4]?.standing).toBe('verified')
    expect(otherSigner.receiptId).not.toBe(honest)
    const replayed = await judgeAir({}, { context: { seen: (id) => (id === honest ? 'another exchange' : undefined) } })
    expect(airFaults(replayed)).toEqual(['4 REPLAY REPLAY_CTI'])
    expect(rowsOf(replayed)).toBe('-[-a] -[-a] f f f')
  })

  it('matches model, platform and mode as the policy has them', async () => {
    const expecting = (measurement: string, value: string): Partial<Policy> => ({
      expects: [{ measurement, anyOf: [value], source: 'user' }],
    })
    expect(airFaults(await judgeAir({}, { policy: expecting('receipt.model', 'other') }))).toEqual(['4 MODEL MODEL_ID_MISMATCH'])
    expect(airFaults(await judgeAir({}, { policy: expecting('receipt.measurement-type', 'tdx-mrtd-rtmr') }))).toEqual([
      '4 PLATFORM PLATFORM_MISMATCH',
    ])
    const models = AIR_POLICY.models?.map((model) => ({ ...model, hash: '00'.repeat(32) })) ?? []
    const other = await judgeAir({}, { policy: { models } })
    expect(airFaults(other)).toEqual(['4 MHASH MODEL_HASH_MISMATCH'])
    expect(rowsOf(other)).toBe('-[-v] -[-v] f ? v')
  })
})

describe('the model', () => {
  it('has a name where the policy gives the hash one', async () => {
    const report = await judgeAir({})
    expect(report.claims[2]).toMatchObject({ standing: 'unchecked', assumes: ['assume_air_model_loaded'] })
    expect(report.findings.find(({ check }) => check === 'model.artifact')?.because).toMatchObject({ id: 'model_matches' })
  })

  it('is opaque without a scheme', async () => {
    const report = await judgeAir({ receipt: claims([[CLAIM.modelHashScheme, undefined]]) }, { policy: { models: [] } })
    expect(report.claims[2]).toMatchObject({ standing: 'assumed', because: { id: 'model_hash_opaque', args: [hex(modelHash())] } })
  })

  it('by a scheme whose deployed meaning is another is said to be so', async () => {
    const receipt = claims([[CLAIM.modelHashScheme, 'sha256-manifest']])
    const report = await judgeAir({ receipt }, { policy: { models: [] } })
    expect(report.claims[2]?.assumes).toContain('assume_air_manifest')
    expect((await judgeAir({}, { policy: { models: [] } })).claims[2]?.assumes).not.toContain('assume_air_manifest')
  })
})

describe('the evidence', () => {
  it.each<[AirPlatform, string]>([
    ['nitro-user-data', 'air_binding_failed'],
    ['nitro-public-key', 'air_binding_failed'],
    ['tdx-report-data', 'air_binding_failed'],
    ['tdx-envelope', 'air_binding_failed'],
    ['cs-envelope', 'air_binding_failed'],
    ['tdx-boot', 'air_binding_failed'],
  ])('of %s about another key fails the environment, also where the policy knows the key', async (platform, because) => {
    const report = await judgeAir({ platform, evidence: { key: new Uint8Array(32).fill(7) } }, { policy: PINNED })
    expect(airFaults(report)).toEqual(['air.key-binding'])
    expect(rowsOf(report)).toMatch(/^f\[-f\] -\[-a\] a \? v$/)
    const expected = platform === 'tdx-boot' ? 'air_binding_transport_key' : because
    expect(report.findings.find(({ check }) => check === 'air.key-binding')?.because.id).toBe(expected)
  })

  it('of a boot quote commits to the transport’s key alone', async () => {
    const report = await judgeAir({ platform: 'tdx-boot' })
    expect(airFaults(report)).toEqual(['air.key-binding'])
    expect(report.claims[0]?.hops[1]?.because.id).toBe('air_binding_transport_key')
  })

  it.each<[AirPlatform, string, Readonly<Record<string, Cbor>>]>([
    ['cs-envelope', 'the nonce', { nonce: new Uint8Array(32) }],
    ['cs-envelope', 'the handshake key', { handshake_public_key: new Uint8Array(32) }],
    ['cs-envelope', 'the version', { protocol_version: 2 }],
    ['cs-envelope', 'a further hash', { platform_evidence_hash: Array.from({ length: 32 }, () => 0) }],
    ['tdx-envelope', 'the nonce', { nonce: new Uint8Array(32) }],
    ['tdx-envelope', 'the handshake key', { handshake_public_key: new Uint8Array(32) }],
    ['tdx-envelope', 'the version', { protocol_version: 2 }],
  ])('of %s covers %s', async (platform, _, envelope) => {
    expect(airFaults(await judgeAir({ platform, evidence: { envelope } }))).toEqual(['air.key-binding'])
  })

  it.each<[string, AirPlatform, Readonly<Record<string, Cbor | undefined>>]>([
    ['another platform', 'cs-envelope', { platform: 'tdx' }],
    ['no token', 'cs-envelope', { launcher_jwt: undefined }],
    ['a short key', 'cs-envelope', { receipt_signing_key: new Uint8Array(31) }],
    ['a version beyond 32 bits', 'cs-envelope', { protocol_version: 2 ** 32 }],
    ['a further hash of 31 octets', 'cs-envelope', { platform_evidence_hash: Array.from({ length: 31 }, () => 0) }],
    ['no user data', 'tdx-envelope', { user_data: new Uint8Array(0) }],
    ['a quote without its frame', 'tdx-envelope', { tdx_wire: new Uint8Array(700) }],
    ['a cut frame', 'tdx-envelope', { tdx_wire: utf8('TDX_V1') }],
  ])('in an envelope with %s is none', async (_, platform, envelope) => {
    const report = await judgeAir({ platform, evidence: { envelope } }, { policy: PINNED })
    expect(airFaults(report)).toContain('air.envelope')
    expect(report.claims[0]?.standing).toBe('failed')
    expect(report.claims[4]?.standing).toBe('verified')
  })

  it.each<[string, NonNullable<AirKnobs['measurements']>, AirPlatform]>([
    ['pcr0', new Map([['pcr0', new Uint8Array(48)]]), 'nitro-user-data'],
    ['pcr8', new Map([['pcr8', new Uint8Array(48)]]), 'nitro-user-data'],
    ['pcr4', new Map([['pcr4', new Uint8Array(48)]]), 'tdx-envelope'],
    [
      'the kind',
      new Map<string, Cbor | undefined>([
        ['measurement_type', 'tdx-mrtd-rtmr'],
        ['pcr8', undefined],
      ]),
      'nitro-user-data',
    ],
    ['the kind', new Map([['measurement_type', 'nitro-pcr']]), 'tdx-envelope'],
  ])('with another value of %s than the receipt fails the environment', async (_, edits, platform) => {
    const report = await judgeAir({ platform, receipt: { measurements: edits } })
    expect(airFaults(report)).toEqual(['air.evidence-measurements'])
    expect(rowsOf(report)).toBe('f[-f] -[-a] a ? a')
  })

  it('leaves out registers that hold nothing, and a receipt may name them', async () => {
    const pcrs = new Map(Array.from({ length: 9 }, (_, index) => [index, new Uint8Array(48).fill(index === 3 ? 0 : index + 1)] as const))
    const stated = new Map([...pcrs].filter(([index]) => index < 5 || index === 8).map(([index, value]) => [`pcr${index}`, value] as const))
    const evidence = { nitro: { fields: { pcrs } } }
    const report = await judgeAir({ evidence, receipt: { measurements: stated } })
    expect(report.findings.find(({ check }) => check === 'air.evidence-measurements')?.outcome).toBe('passed')
    const other = await judgeAir({ evidence, receipt: { measurements: new Map([...stated, ['pcr3', new Uint8Array(48).fill(1)]]) } })
    expect(airFaults(other)).toContain('air.evidence-measurements')
  })

  it('that is another document than the receipt names leaves the environment assumed', async () => {
    for (const platform of AIR_PLATFORMS.filter((each) => each !== 'tdx-boot')) {
      const report = await judgeAir({ platform, documentHash: 'elsewhere' }, { policy: PINNED })
      expect(airFaults(report)).toEqual([])
      expect(airUnchecked(report)).toContain('air.attestation-document air_document_other')
      expect(rowsOf(report)).toBe('-[-a] -[-a] a ? v')
    }
  })

  it('that the receipt names goes before another that names the key', async () => {
    const other = makeAirEvidence('nitro-public-key', new Date(AIR_AT.getTime() - 300_000))
    const seen = { source: '', at: '', provenance: 'fetched' } as const
    const report = await judgeAir(
      {},
      { dossier: (honest) => ({ ...honest, evidence: [{ kind: other.kind, document: other.document, ...seen }, ...honest.evidence] }) },
    )
    expect(rowsOf(report)).toBe(HONEST)
    expect(report.findings.find(({ check }) => check === 'air.key-binding')?.because.id).toBe('air_binding_nitro_user_data')
  })

  it('that names the key goes before one that names none', async () => {
    const quote = makeAirEvidence('tdx-report-data', new Date(AIR_AT.getTime() - 300_000))
    const seen = { kind: quote.kind, document: quote.document, source: '', at: '', provenance: 'fetched' } as const
    const report = await judgeAir(
      { documentHash: 'elsewhere' },
      { dossier: (honest) => ({ ...honest, evidence: [seen, ...honest.evidence] }) },
    )
    expect(report.findings.find(({ check }) => check === 'air.key-binding')?.because.id).toBe('air_binding_nitro_user_data')
  })

  it('that is not there leaves a receipt by an unknown key', async () => {
    const without = { dossier: (honest: Dossier) => ({ ...honest, evidence: [] }) }
    const unknown = await judgeAir({}, without)
    expect(rowsOf(unknown)).toBe('- - ? ? ?')
    expect(unknown.claims[4]?.because.id).toBe('air_key_none')
    // Nothing that nobody is known to have signed is said of the receipt.
    expect(unknown.findings.map(({ check }) => check)).not.toContain('air.security-mode')
    expect(unknown.measurements).toEqual([])
    const broken = await judgeAir(
      {
        receipt: claims([
          [CLAIM.securityMode, 'x'],
          [CLAIM.iat, 0],
        ]),
      },
      without,
    )
    expect(airFaults(broken)).toEqual(['3 CLAIMS ZERO_IAT', '3 SECURITY_MODE UNKNOWN_SECURITY_MODE:x', 'evidence.presence'])
    const pinned = await judgeAir({}, { ...without, policy: PINNED })
    expect(rowsOf(pinned)).toBe('-[--] -[--] a ? v')
    const hashed: Partial<Policy> = { receiptKeys: PINNED.air?.keys ?? [] }
    expect(rowsOf(await judgeAir({}, { ...without, policy: hashed }))).toBe('- - ? ? ?')
  })

  it('of a kind that nobody knows is said to be so', async () => {
    const report = await judgeAir(
      {},
      { policy: PINNED, dossier: (honest) => ({ ...honest, evidence: honest.evidence.map((seen) => ({ ...seen, kind: 'unheard-of' })) }) },
    )
    expect(airUnchecked(report)).toContain('evidence.known-kind evidence_unknown_kind')
    expect(report.claims[0]?.hops[1]?.standing).toBe('unchecked')
  })
})

describe('the delivery', () => {
  it.each<[AirDigest, string | undefined]>([
    ['text', 'air_delivery_text'],
    ['octets', 'air_delivery_octets'],
    ['absent', undefined],
  ])('with a digest over the %s', async (digest, because) => {
    for (const delivery of ['header', 'json', 'stream'] as const) {
      const report = await judgeAir({ digest, delivery })
      expect(report.findings.find(({ check }) => check === 'air.delivery')?.because.id).toBe(because)
      expect(rowsOf(report)).toBe(HONEST)
    }
  })

  it('of another receipt than the announced one fails', async () => {
    for (const delivery of ['header', 'json'] as const) {
      const report = await judgeAir({ digest: 'other', delivery })
      expect(airFaults(report)).toEqual(['air.delivery'])
      expect(report.claims[4]?.standing).toBe('failed')
    }
  })

  // Longer than the gateway's limit: a receipt that no rule allows, in full and cut.
  const long = { receipt: { tail: new Uint8Array(6144) } }

  it('cut at the gateway’s limit could not be checked, whether or not a digest tells', async () => {
    for (const digest of ['text', 'octets', 'absent'] as const) {
      const report = await judgeAir({ ...long, delivery: 'header', digest })
      expect(airFaults(report)).toEqual([])
      expect(report.claims[4]).toMatchObject({ standing: 'unchecked', because: { id: 'air_delivery_cut' } })
    }
  })

  it('of exactly the limit is whole where the digest says so', async () => {
    const exactly = { tail: new Uint8Array(6144 - makeAirExchange().receipt.length) }
    const report = await judgeAir({ receipt: exactly, delivery: 'header' })
    expect(airFaults(report)).toEqual(['1 COSE_DECODE COSE_DECODE_FAILED'])
  })

  it('cut in the header and whole in the body is one receipt', async () => {
    const report = await judgeAir({ ...long, delivery: 'header-and-json' })
    expect(failedChecks(report)).toEqual(['air.cose'])
  })

  it('of two receipts is one too many', async () => {
    const exchange = makeAirExchange({ delivery: 'header-and-json' })
    const other = Buffer.from(makeAirExchange({ seed: 'other' }).receipt).toString('base64')
    const headers = exchange.response.headers.map((header) =>
      header.name === 'x-ephemeralml-air-receipt-b64' ? { ...header, value: other } : header,
    )
    const dossier = await airDossier({ ...exchange, response: { ...exchange.response, headers } })
    expect(dossier.receipts).toHaveLength(2)
  })

  it.each<[string, (base64: string) => string]>([
    ['base64url', (text) => text.replaceAll('+', '-').replaceAll('/', '_')],
    ['no padding', (text) => text.replace(/=+$/, '')],
    ['a line feed', (text) => `${text.slice(0, 76)}\n${text.slice(76)}`],
    ['nothing', () => ''],
  ])('in another spelling (%s) is refused', async (_, text) => {
    // 588 octets need no padding and may have no sign that the alphabets differ in: make sure that there are some.
    const receipt = claims([[CLAIM.modelVersion, '1.4.0?>~?>~a']])
    const report = await judgeAir({ text, receipt, digest: 'absent' })
    expect(report.claims[4]?.standing).toBe(text('ab+/==') === 'ab+/==' ? 'verified' : 'failed')
    expect(airFaults(report)).toEqual(['1 COSE_DECODE COSE_DECODE_FAILED'])
  })

  it('in JSON that is none is a bad receipt, unless it broke off', async () => {
    const broken = { deliver: { response: (body: Uint8Array) => body.slice(0, -1) } }
    const whole = await judgeAir(broken)
    expect(airFaults(whole)).toEqual(['1 COSE_DECODE COSE_DECODE_FAILED'])
    const brokenOff = await judgeAir(broken, {
      dossier: (honest) => ({
        ...honest,
        exchange: { ...honest.exchange, response: { ...honest.exchange.response, capture: 'broken-off' } },
      }),
    })
    expect(airUnchecked(brokenOff)).toContain('air.cose air_metadata_incomplete')
    expect(brokenOff.claims[4]?.standing).toBe('unchecked')
  })

  it('is not found where an answer only speaks of it', async () => {
    const exchange = makeAirExchange({ delivery: 'announced' })
    const body = utf8(JSON.stringify({ choices: [{ message: { content: '{"_ephemeralml":{"air_v1_receipt_b64":"AAAA"}}' } }] }))
    expect((await airDossier({ ...exchange, response: { ...exchange.response, body } })).receipts).toEqual([])
  })

  it('survives being written to a file and read again', async () => {
    const dossier = await airDossier(makeAirExchange({ route: 'embeddings' }))
    expect(parseDossier(JSON.stringify(dossier), 'file').ok).toBe(true)
  })

  it('as octets out of a file has no gateway', async () => {
    const asFile = ({ receipts, ...honest }: Dossier): Dossier => ({
      ...honest,
      receipts: receipts.map((seen) => ({ ...seen, delivery: 'lookup', text: Buffer.from(seen.text, 'base64').toString('base64url') })),
    })
    const report = await judgeAir({ delivery: 'header' }, { dossier: asFile })
    expect(rowsOf(report)).toBe('v v a f v')
    // Nobody says that a gateway's recipe applies to the response: the octets are not those that were hashed.
    expect(airFaults(report)).toEqual(['4 OHASH RESPONSE_HASH_MISMATCH'])
  })
})

describe('the exchange', () => {
  const changed = (text: string, to: string) => (body: Uint8Array) => utf8(Buffer.from(body).toString('utf8').replace(text, to))

  it('of another question fails', async () => {
    for (const [route, from] of [
      ['chat', 'invoices'],
      ['responses', 'invoices'],
      ['embeddings', 'invoices'],
      ['chat', 'Be brief'],
    ] as const) {
      const report = await judgeAir({ route, deliver: { request: changed(from, 'receipts') } })
      expect(airFaults(report)).toEqual(['4 RHASH REQUEST_HASH_MISMATCH'])
      expect(report.claims[3]?.standing).toBe('failed')
    }
  })

  it('of other numbers fails', async () => {
    const report = await judgeAir({ route: 'embeddings', deliver: { response: changed('"embedding":[', '"embedding":[0.5,') } })
    expect(airFaults(report)).toEqual(['4 OHASH RESPONSE_HASH_MISMATCH'])
  })

  it('by another model than the one asked for cannot be rebuilt', async () => {
    const report = await judgeAir({ backendModel: 'other', receipt: claims([[CLAIM.modelId, 'other']]) })
    expect(airFaults(report)).toEqual([])
    expect(airUnchecked(report)).toContain('air.request-hash air_request_other_model')
    const hidden = await judgeAir(
      { backendModel: 'other' },
      { dossier: ({ exchange: { model: _, ...exchange }, ...honest }) => ({ ...honest, exchange }) },
    )
    expect(airUnchecked(hidden)).toContain('air.request-hash air_request_not_rebuilt')
  })

  it('of several texts is covered in part only', async () => {
    const report = await judgeAir({ route: 'embeddings', request: { model: AIR_MODEL, input: ['a', 'b'] } })
    expect(airUnchecked(report)).toContain('air.request-hash air_request_not_rebuilt')
    expect(report.claims[3]?.standing).toBe('unchecked')
  })

  it('of parts that are no text cannot be rebuilt', async () => {
    const content = [{ type: 'text', text: 'a' }]
    const report = await judgeAir({ request: { model: AIR_MODEL, messages: [{ role: 'user', content }] } })
    expect(airUnchecked(report)).toContain('air.request-hash air_request_not_rebuilt')
  })

  it('hashed octet for octet is known too', async () => {
    const exchange = makeAirExchange()
    const digest = (source: Uint8Array) => crypto.subtle.digest('SHA-256', Uint8Array.from(source)).then((hash) => new Uint8Array(hash))
    const report = await judgeAir({ delivery: 'header', receipt: claims([[CLAIM.requestHash, await digest(exchange.request.body)]]) }, {})
    expect(report.findings.find(({ check }) => check === 'air.request-hash')?.because.id).toBe('air_request_octets')
    const bare = makeAirExchange({ delivery: 'header' })
    const whole = await judgeAir({ delivery: 'header', receipt: claims([[CLAIM.responseHash, await digest(bare.response.body)]]) })
    expect(rowsOf(whole)).toBe('-[-v] -[-v] v v v')
  })

  it.each(['request', 'response'] as const)('with half a %s is compared with nothing', async (side) => {
    const report = await judgeAir(
      { route: 'embeddings' },
      {
        dossier: (honest) => ({
          ...honest,
          exchange: { ...honest.exchange, [side]: { ...honest.exchange[side], capture: 'too-large' } },
        }),
      },
    )
    expect(airUnchecked(report)).toContain(`air.${side}-hash air_${side}_incomplete`)
    expect(report.claims[3]?.standing).toBe('unchecked')
  })
})

describe('anything else', () => {
  const context = {
    policy: { ...AIR_POLICY, ...PINNED },
    trust: { anchors: [], issuerKeys: [] },
    seen: () => undefined,
    moment: { now: AIR_AT, basis: 'given' as const },
  }

  it('never verifies a receipt with one bit changed', async () => {
    const exchange = makeAirExchange()
    const honest = { ...(await airDossier(exchange)), evidence: [] }
    const standing = async (octets: Uint8Array) => {
      const receipts = [
        { format: 'air', delivery: 'lookup', position: 'not-applicable', text: base64url(octets), provenance: 'given' } as const,
      ]
      return (await appraise({ ...honest, receipts }, context)).claims[4]?.standing
    }
    expect(await standing(exchange.receipt)).toBe('verified')
    const flips = [...exchange.receipt.keys()].flatMap((index) => [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => [index, bit] as const))
    const verdicts = await Promise.all(
      flips.map(([index, bit]) => standing(exchange.receipt.map((octet, at) => (at === index ? octet ^ (1 << bit) : octet)))),
    )
    expect(verdicts.filter((verdict) => verdict !== 'failed')).toEqual([])
  })

  it('throws on no octets in place of a receipt or of its evidence', async () => {
    const exchange = makeAirExchange()
    const honest = await airDossier(exchange)
    const kinds = ['aws-nitro-cose', 'tdx-quote', 'air-cs-envelope', 'air-tdx-envelope', 'gcp-cs-jwt', 'unheard-of']
    const deliveries = ['header', 'body', 'stream', 'lookup'] as const
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.uint8Array({ maxLength: 200 }).map((bytes) => base64url(bytes)),
          fc.json(),
        ),
        fc.constantFrom(...deliveries),
        fc.constantFrom(...kinds),
        fc.oneof(
          fc.string(),
          fc.uint8Array({ maxLength: 200 }).map((bytes) => base64url(bytes)),
        ),
        async (text, delivery, kind, document) => {
          const report = await appraise(
            {
              ...honest,
              receipts: [{ format: 'air', delivery, position: 'not-applicable', text, provenance: 'browser' }],
              evidence: [{ kind, document, source: '', at: '', provenance: 'fetched' }],
            },
            context,
          )
          expect(report.claims[4]?.standing).not.toBe('verified')
        },
      ),
      { numRuns: 200 },
    )
  })
})
