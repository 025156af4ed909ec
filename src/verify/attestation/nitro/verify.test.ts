import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Raw } from '../../../../test/simulator/cbor.ts'
import { makeKey } from '../../../../test/simulator/keys.ts'
import { MODULE_ID, makeNitroChain, makeNitroDocument, type NitroKnobs, nitroPcrs } from '../../../../test/simulator/nitro.ts'
import { octets } from '../../../../test/simulator/octets.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { matchPolicy } from '../../policy/match.ts'
import { presetFor } from '../../policy/presets.ts'
import { parsePolicy } from '../../policy/read.ts'
import type { TrustAnchor } from '../../trust/types.ts'
import type { AttestationResult } from '../types.ts'
import { verify } from './verify.ts'

const MADE = new Date('2026-11-16T10:20:30.250Z')
const POLICY = presetFor('')

type Situation = {
  readonly usedAt?: Date
  readonly maxEvidenceAge?: number
  readonly addedBy?: 'shipped' | 'user'
  readonly purpose?: string
}

async function check(knobs: NitroKnobs = {}, situation: Situation = {}): Promise<AttestationResult> {
  const { document, chain } = makeNitroDocument(MADE, knobs)
  const { usedAt = MADE, maxEvidenceAge, addedBy = 'shipped', purpose = 'aws-nitro' } = situation
  const anchor: TrustAnchor = { ...makeNitroDocument(MADE).chain.anchor, id: 'simulated', purpose, addedBy, publishedAt: 'test' }
  // A changed root is presented, and the honest one is pinned.
  expect(chain.leaf.der.length).toBeGreaterThan(0)
  return verify({
    evidence: { kind: 'aws-nitro-cose', document: encodeBase64url(document), source: '', at: '', provenance: 'fetched' },
    collateral: [],
    trust: { anchors: [anchor], issuerKeys: [] },
    policy: { ...POLICY, ...(maxEvidenceAge === undefined ? {} : { maxEvidenceAge }) },
    usedAt,
    hop: 0,
  })
}

/** What came and could not be read. */
const unread = ({ findings }: AttestationResult) =>
  findings.filter(({ outcome, theirs }) => outcome === 'unchecked' && theirs === true).map(({ check }) => check)
const failed = ({ findings }: AttestationResult) => findings.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check)
const fault = ({ findings }: AttestationResult) => {
  const { code, computed } = findings.find(({ theirs }) => theirs === true) ?? {}
  return [code, ...(computed === undefined ? [] : [computed])].join(': ')
}

describe('a Nitro attestation document', () => {
  it('passes, tagged and untagged, and offers what it says', async () => {
    for (const tagged of [false, true]) {
      const { findings, authentic } = await check({
        tagged,
        fields: { user_data: octets([1, 2]), nonce: octets([]), public_key: octets([9]) },
      })
      expect(findings.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
        'nitro.format passed',
        'nitro.signature passed',
        'nitro.chain passed',
        'nitro.time passed',
        'nitro.age unchecked',
        'nitro.debug passed',
        'nitro.enclave passed',
      ])
      expect(authentic?.commits).toEqual([
        { field: 'user-data', value: '0102' },
        { field: 'public-key', value: '09' },
        { field: 'nonce', value: '' },
      ])
      const code = authentic?.measurements.filter(({ kind }) => kind === 'code')
      expect(code).toEqual([{ name: 'nitro.pcr0', value: encodeHex(nitroPcrs().get(0) ?? octets([])), kind: 'code' }])
      expect(authentic?.measurements.map(({ name }) => name)).not.toContain('nitro.pcr5')
    }
  })

  it('names what remains assumed: no revocation, no security level, validity for three hours', async () => {
    const { findings } = await check()
    const assumed = findings.flatMap(({ assumes }) => assumes)
    expect(assumed).toEqual(
      expect.arrayContaining([
        'assume_nitro_no_revocation',
        'assume_nitro_no_security_level',
        'assume_nitro_still_valid',
        'assume_hardware_vendor',
      ]),
    )
    const own = await check({}, { addedBy: 'user' })
    expect(own.findings.flatMap(({ assumes }) => assumes)).toContain('assume_user_added_root')
    expect(own.findings.flatMap(({ assumes }) => assumes)).not.toContain('assume_hardware_vendor')
  })

  const zero = (index: number) => new Map([...nitroPcrs(), [index, new Uint8Array(48)]])
  const without = (index: number) => new Map([...nitroPcrs()].filter(([at]) => at !== index))
  const early = { notAfter: new Date(MADE.getTime() - 60_000) }
  it.each<[string, string, NitroKnobs, Situation]>([
    ['a flipped signature', 'nitro.signature', { signature: 'flipped' }, {}],
    ['a signature that is too short', 'nitro.signature', { signature: 'short' }, {}],
    ['another key’s signature', 'nitro.signature', { signWith: makeKey('ec-p384', 'stranger') }, {}],
    ['ES256 in the header', 'nitro.signature', { protectedHeader: new Map([[1, -7]]) }, {}],
    ['no algorithm in the protected header', 'nitro.signature', { protectedHeader: new Map() }, {}],
    ['a root of the same name and another key', 'nitro.chain', { seed: 'stranger' }, {}],
    ['an anchor for something else', 'nitro.chain', {}, { purpose: 'confidential-space' }],
    ['a leaf that had expired when the document was made', 'nitro.chain', { leaf: early }, {}],
    ['a leaf that may not sign', 'nitro.chain', { leaf: { keyUsage: ['keyAgreement'] } }, {}],
    ['an issuer that is no authority', 'nitro.chain', { zone: { basicConstraints: { ca: false }, keyUsage: 'absent' } }, {}],
    ['a flipped signature of an issuer', 'nitro.chain', { zone: { signature: 'flipped' } }, {}],
    ['a document older than allowed', 'nitro.age', {}, { usedAt: new Date(MADE.getTime() + 301_000), maxEvidenceAge: 300 }],
    ['debug mode', 'nitro.debug', { fields: { pcrs: zero(0) } }, {}],
    ['a zero PCR1', 'nitro.debug', { fields: { pcrs: zero(1) } }, {}],
    ['a zero PCR2', 'nitro.debug', { fields: { pcrs: zero(2) } }, {}],
    ['a module that the certificate does not name', 'nitro.enclave', { leafName: 'i-0-enc1.us-east-1.aws' }, {}],
    ['a module whose name only begins as the certificate’s', 'nitro.enclave', { leafName: `${MODULE_ID}0.us-east-1.aws` }, {}],
  ])('is refused for %s by %s alone', async (_, expected, knobs, situation) => {
    expect(failed(await check(knobs, situation))).toEqual([expected])
  })

  it.each([
    ['without the root, which is pinned', bundle('region', 'zone', 'instance')],
    ['with another certificate in the root’s place', bundle('leaf', 'region', 'zone', 'instance')],
    ['in another order', bundle('instance', 'root', 'zone', 'region')],
    ['with one that cannot be read beside them', [octets([0x30, 0]), ...bundle('root', 'region', 'zone', 'instance')]],
  ])('is the same with certificates %s', async (_, cabundle) => expect(await check({ fields: { cabundle } })).toEqual(await check()))

  it.each([
    ['left out', bundle('root', 'region', 'instance')],
    ['that cannot be read', [...bundle('root', 'region', 'instance'), octets([0x30, 0])]],
  ])('is not checked for want of an issuer %s, and contradicts nothing', async (_, cabundle) => {
    const { findings, authentic } = await check({ fields: { cabundle } })
    const missing = { outcome: 'unchecked', theirs: true, code: 'issuer-missing', because: { id: 'path_issuer_missing' } }
    expect(findings.find(({ check }) => check === 'nitro.chain')).toMatchObject(missing)
    expect([authentic, findings.filter(({ outcome }) => outcome === 'failed')]).toEqual([undefined, []])
  })

  const openChecks = ({ findings }: AttestationResult) =>
    findings.flatMap(({ check, outcome, because }) => (outcome === 'unchecked' ? [`${check} ${because.id}`] : []))
  it('leaves open what is not stated, or of a kind that is not known here, by its name', async () => {
    const [unstated, unknown] = [await check({ fields: { pcrs: without(0) } }), await check({ moduleId: 'i-0a1b2c3d4e5f60718-vm01' })]
    expect([failed(unstated), openChecks(unstated)]).toEqual([
      [],
      ['nitro.age evidence_age_unlimited', 'nitro.debug nitro_debug_not_stated'],
    ])
    expect([failed(unknown), openChecks(unknown)]).toEqual([
      [],
      ['nitro.age evidence_age_unlimited', 'nitro.enclave nitro_enclave_unknown'],
    ])
    expect(unknown.findings.at(-1)?.because.args).toEqual(['i-0a1b2c3d4e5f60718-vm01'])
  })

  it('of an instance (NitroTPM) is read, and is no enclave', async () => {
    const pcrs = new Map(
      Array.from({ length: 24 }, (_, index) => [index, new Uint8Array(48).fill(index >= 17 && index <= 22 ? 0xff : index % 9)]),
    )
    const result = await check({ moduleId: 'i-0a1b2c3d4e5f60718-tpm0000000000000000', fields: { pcrs: undefined, nitrotpm_pcrs: pcrs } })
    expect([failed(result), openChecks(result)]).toEqual([[], ['nitro.age evidence_age_unlimited', 'nitro.enclave nitro_instance']])
    expect(result.authentic?.platform).toEqual({ id: 'nitro_platform_instance' })
    const measured = result.authentic?.measurements ?? []
    expect(measured.filter(({ kind }) => kind === 'code')).toEqual([])
    expect(measured.map(({ name }) => name)).toContain('nitrotpm.pcr4')
    expect(measured.map(({ name }) => name)).not.toContain('nitrotpm.pcr0')
  })

  it('gives nothing of its contents unless signature and path hold', async () => {
    expect((await check({ signature: 'flipped' })).authentic).toBeUndefined()
    expect((await check({ seed: 'stranger' })).authentic).toBeUndefined()
  })

  it.each([
    ['in the second in which its certificate begins, less a minute', -63, 'nitro.time passed'],
    ['before that', -64, 'nitro.moment unchecked'],
    ['in the second in which its certificate ends', 3 * 3600, 'nitro.time passed'],
    ['after that', 3 * 3600 + 1, 'nitro.moment unchecked'],
    ['years later', 4 * 365 * 86_400, 'nitro.moment unchecked'],
  ])('of another time is authentic and not red: %s', async (_, seconds, expected) => {
    const made = Math.floor(MADE.getTime() / 1000) * 1000
    const result = await check({}, { usedAt: new Date(made + seconds * 1000) })
    expect(failed(result)).toEqual([])
    expect(result.authentic).toBeDefined()
    const said = result.findings.filter(({ check: id }) => id === 'nitro.time' || id === 'nitro.moment')
    expect(said.map(({ check: id, outcome }) => `${id} ${outcome}`)).toEqual([expected])
  })

  it('is old enough by the second', async () => {
    const at = (seconds: number) => check({}, { usedAt: new Date(MADE.getTime() + seconds * 1000), maxEvidenceAge: 300 })
    expect(failed(await at(300))).toEqual([])
    expect((await at(300)).findings.find(({ check }) => check === 'nitro.age')?.outcome).toBe('passed')
    expect(failed(await at(-60))).toEqual([])
  })
})

describe('the fields of a Nitro attestation document', () => {
  const big = (length: number) => new Uint8Array(length).fill(7)
  it.each<[string, NonNullable<NitroKnobs['fields']>, string]>([
    ['no module_id', { module_id: undefined }, 'module_id'],
    ['an empty module_id', { module_id: '' }, 'module_id'],
    ['a module_id of octets', { module_id: octets([1]) }, 'module_id'],
    ['no digest', { digest: undefined }, 'digest'],
    ['another digest', { digest: 'SHA256' }, 'digest'],
    ['no timestamp', { timestamp: undefined }, 'timestamp'],
    ['a timestamp of zero', { timestamp: 0 }, 'timestamp'],
    ['a timestamp beyond the calendar', { timestamp: 253_402_300_800_000 }, 'timestamp'],
    ['a timestamp as text', { timestamp: '1' }, 'timestamp'],
    ['no pcrs', { pcrs: undefined }, 'pcrs'],
    ['empty pcrs', { pcrs: new Map() }, 'pcrs'],
    ['PCR32', { pcrs: new Map([[32, big(48)]]) }, 'pcrs'],
    ['PCR-1', { pcrs: new Map([[-1, big(48)]]) }, 'pcrs'],
    ['a PCR under a text', { pcrs: new Map([['0', big(48)]]) }, 'pcrs'],
    ['a PCR of 47 octets', { pcrs: new Map([[0, big(47)]]) }, 'pcrs'],
    ['no certificate', { certificate: undefined }, 'certificate'],
    ['a certificate of 1025 octets', { certificate: big(1025) }, 'certificate'],
    ['no cabundle', { cabundle: undefined }, 'cabundle'],
    ['an empty cabundle', { cabundle: [] }, 'cabundle'],
    ['a cabundle with an empty certificate', { cabundle: [octets([])] }, 'cabundle'],
    ['a cabundle with a text', { cabundle: ['certificate'] }, 'cabundle'],
    ['a cabundle of 17', { cabundle: Array.from({ length: 17 }, () => big(1)) }, 'cabundle'],
    ['an empty public_key', { public_key: octets([]) }, 'public_key'],
    ['a public_key of 1025 octets', { public_key: big(1025) }, 'public_key'],
    ['user_data of 1025 octets', { user_data: big(1025) }, 'user_data'],
    ['user_data as text', { user_data: 'hello' }, 'user_data'],
    ['a nonce of 1025 octets', { nonce: big(1025) }, 'nonce'],
    ['registers of an enclave and of an instance', { nitrotpm_pcrs: nitroPcrs() }, 'nitrotpm_pcrs'],
  ])('%s is unreadable', async (_, fields, name) => {
    const result = await check({ fields })
    expect([failed(result), unread(result), result.authentic]).toEqual([[], ['nitro.format'], undefined])
    expect(fault(result)).toBe(`nitro-field: ${name}`)
  })

  it('may be as long as AWS allows, and absent or null', async () => {
    const longest = { user_data: big(1024), nonce: big(1024), public_key: big(1024) }
    expect(failed(await check({ fields: longest }))).toEqual([])
    expect(failed(await check({ fields: { user_data: undefined, nonce: undefined, public_key: undefined } }))).toEqual([])
    expect(failed(await check({ fields: { pcrs: new Map([0, 1, 2, 31].map((index) => [index, big(64)])) } }))).toEqual([])
  })

  it('may be as AWS writes it since 2025: a map without a length, fields that are new, zeros behind the whole', async () => {
    const honest = await check()
    const withoutLength = (payload: Uint8Array) => octets([0xbf, ...payload.slice(1), 0xff])
    expect(await check({ payload: withoutLength })).toEqual(honest)
    expect(await check({ fields: { instance_type: 'c7i.large', nested: new Map([['a', [new Map([[1, 2]])]]]) } })).toEqual(honest)
    expect(await check({ trailing: new Uint8Array(12_288) })).toEqual(honest)
    expect(unread(await check({ trailing: octets([0, 1]) }))).toEqual(['nitro.format'])
  })

  it.each<[string, NitroKnobs, string]>([
    [
      'something in the unprotected header, which nobody signed',
      { unprotectedHeader: new Map([[4, octets([1])]]) },
      'nitro-unprotected-header',
    ],
    ['octets behind the payload', { payload: (payload) => octets([...payload, 0]) }, 'cbor-malformed'],
    ['a field that comes twice', { payload: twice }, 'cbor-malformed'],
    ['a payload that is no map', { payload: () => octets([0x80]) }, 'nitro-payload'],
    ['a payload beyond 16384 octets', { payload: () => new Uint8Array(16_385) }, 'nitro-size'],
    [
      'a critical header',
      {
        protectedHeader: new Map<number, number | Raw>([
          [1, -35],
          [2, new Raw(octets([0x81, 0x04]))],
        ]),
      },
      'cose-critical',
    ],
  ])('%s is unreadable', async (_, knobs, code) => {
    const result = await check(knobs)
    expect([failed(result), unread(result), result.authentic]).toEqual([[], ['nitro.format'], undefined])
    expect(fault(result)).toContain(code)
  })

  it('a certificate of the signer that is none is unreadable', async () => {
    expect(unread(await check({ fields: { certificate: octets([0x30, 0]) } }))).toEqual(['nitro.format'])
  })

  it('never throws on any text', async () => {
    const verifyText = (document: string) =>
      verify({
        evidence: { kind: 'aws-nitro-cose', document, source: '', at: '', provenance: 'fetched' },
        collateral: [],
        trust: { anchors: [], issuerKeys: [] },
        policy: POLICY,
        usedAt: MADE,
        hop: 0,
      })
    const anything = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => encodeBase64url(Uint8Array.from(bytes))),
    )
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        expect(unread(await verifyText(text))).toEqual(['nitro.format'])
      }),
    )
  })
})

function bundle(...names: readonly ('root' | 'region' | 'zone' | 'instance' | 'leaf')[]): readonly Uint8Array[] {
  const chain = makeNitroChain(MADE)
  return names.map((name) => chain[name].der)
}

/** A map of ten where the first field comes again at the end. */
function twice(payload: Uint8Array): Uint8Array {
  return octets([0xaa, ...payload.slice(1), 0x65, ...Buffer.from('nonce'), 0xf6])
}

describe('a policy about Nitro registers', () => {
  const measured = async () => ({ evidence: (await check()).authentic?.measurements, receipt: undefined })
  const expecting = (measurement: string, value: string) => ({
    ...POLICY,
    expects: [{ measurement, anyOf: [value], source: 'user' as const }],
  })
  const SIGNER = { index: 0, role: 'service', isSigner: true } as const
  const pcr = (index: number) => encodeHex(nitroPcrs().get(index) ?? octets([]))

  it('with an empty PCR list is refused, and without one nothing is matched', async () => {
    const empty = { ...POLICY, expects: [{ measurement: 'nitro.pcr0', anyOf: [], source: 'user' }] }
    expect(parsePolicy(JSON.stringify(empty))).toMatchObject({ ok: false, code: 'policy-schema' })
    const [finding] = matchPolicy(POLICY, SIGNER, await measured())
    expect(finding).toMatchObject({ role: 'workload.measurement', outcome: 'unchecked', because: { id: 'policy_not_matched' } })
  })

  it('matches PCR0 as code', async () => {
    const match = async (value: string) => matchPolicy(expecting('nitro.pcr0', value), SIGNER, await measured())
    expect(await match(pcr(0))).toMatchObject([{ role: 'workload.measurement', outcome: 'passed' }])
    expect(await match(pcr(1))).toMatchObject([{ role: 'workload.measurement', outcome: 'failed' }])
  })

  it('does not take PCR1 or PCR2 alone for the code: they leave the rest of the image open', async () => {
    for (const index of [1, 2]) {
      expect(matchPolicy(expecting(`nitro.pcr${index}`, pcr(index)), SIGNER, await measured())).toMatchObject([
        { role: 'workload.identity', outcome: 'passed' },
        { role: 'workload.measurement', outcome: 'unchecked' },
      ])
    }
  })
})
