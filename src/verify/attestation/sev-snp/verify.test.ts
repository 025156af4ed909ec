import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeKey } from '../../../../test/simulator/keys.ts'
import { octets } from '../../../../test/simulator/octets.ts'
import {
  ASK_SERIAL,
  type CrlKnobs,
  encodeLevels,
  FIELDS,
  LEVELS,
  makeSnpEvidence,
  PROVIDER,
  type SnpKnobs,
  type SnpProduct,
} from '../../../../test/simulator/sev-snp.ts'
import type { CollateralKind, CollateralSeen } from '../../../dossier/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { isMeasurement } from '../../policy/names.ts'
import { presetFor } from '../../policy/presets.ts'
import type { Policy } from '../../policy/types.ts'
import type { TrustAnchor } from '../../trust/types.ts'
import type { AttestationResult } from '../types.ts'
import { verify } from './verify.ts'

const AT = new Date('2026-11-16T10:20:30.250Z')
const DAY = 86_400_000

type Situation = {
  readonly usedAt?: Date
  readonly policy?: Partial<Policy>
  readonly addedBy?: 'shipped' | 'user'
  readonly anchors?: 'ark' | 'ask' | 'both' | 'other-purpose'
  readonly without?: readonly CollateralKind[]
  readonly crl?: CrlKnobs | Uint8Array
  /** Further certificates of chips, before the right one. */
  readonly before?: readonly Uint8Array[]
  readonly also?: readonly CollateralSeen[]
}

type SnpMinimum = NonNullable<NonNullable<NonNullable<Policy['snp']>['minimumTcb']>['Milan']>

function seen(kind: CollateralKind, der: Uint8Array): CollateralSeen {
  return { kind, issuer: 'https://kdsintf.amd.com', document: encodeBase64url(der), source: '', at: '', provenance: 'fetched' }
}

async function check(knobs: SnpKnobs = {}, situation: Situation = {}): Promise<AttestationResult> {
  const { usedAt = AT, policy = {}, addedBy = 'shipped', anchors = 'ark', without = [], crl = {}, before = [], also = [] } = situation
  const evidence = makeSnpEvidence(AT, knobs)
  const honest = makeSnpEvidence(AT, { product: knobs.product ?? 'Milan', signer: knobs.signer ?? 'vcek' })
  const purpose = anchors === 'other-purpose' ? 'aws-nitro' : 'sev-snp'
  const ark: TrustAnchor = { ...honest.ark, id: 'simulated-ark', purpose, addedBy, publishedAt: 'test' }
  const ask: TrustAnchor = { ...honest.ask, id: 'amd-ask-turin', purpose, addedBy, publishedAt: 'test' }
  const collateral = [
    ...also,
    ...before.map((der) => seen('amd-vcek', der)),
    seen('amd-vcek', evidence.vcek),
    seen('amd-ca', evidence.authority),
    seen('amd-crl', crl instanceof Uint8Array ? crl : evidence.crl(crl)),
  ].filter(({ kind }) => !without.includes(kind))
  return verify({
    evidence: { kind: 'sev-snp-report', document: encodeBase64url(evidence.report), source: '', at: '', provenance: 'fetched' },
    collateral,
    trust: { anchors: anchors === 'ask' ? [ask] : anchors === 'both' ? [ask, ark] : [ark], issuerKeys: [] },
    policy: { ...presetFor(''), ...policy },
    usedAt,
    hop: 0,
  })
}

/** What came and could not be read. */
const unread = ({ findings }: AttestationResult) =>
  findings.filter(({ outcome, theirs }) => outcome === 'unchecked' && theirs === true).map(({ check }) => check)
const failed = ({ findings }: AttestationResult) => findings.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check)
const unchecked = ({ findings }: AttestationResult) => findings.filter(({ outcome }) => outcome === 'unchecked').map(({ check }) => check)
const because = ({ findings }: AttestationResult, check: string) => findings.find((finding) => finding.check === check)?.because.id

const ALL = [
  'snp.format',
  'snp.signature',
  'snp.chain',
  'snp.validity',
  'snp.revocation',
  'snp.signing-key',
  'snp.product',
  'snp.chip',
  'snp.tcb',
  'snp.tcb-order',
  'snp.firmware',
  'snp.debug',
  'snp.migration',
  'snp.guest-policy',
  'snp.platform-info',
  'snp.vmpl',
]

describe('an SEV-SNP report', () => {
  const products: readonly SnpProduct[] = ['Milan', 'Genoa', 'Turin']
  const every = products.flatMap((product) =>
    ([2, 3, 4, 5] as const).flatMap((version) => (['vcek', 'vlek'] as const).map((signer) => [product, version, signer] as const)),
  )
  it.each(every)('of %s, version %s, signed by a %s, passes', async (product, version, signer) => {
    const { findings, authentic } = await check({ product, version, signer })
    expect(findings.map(({ check, outcome }) => [check, outcome])).toEqual(ALL.map((name) => [name, 'passed']))
    expect(authentic?.platform).toEqual({ id: 'snp_platform', args: [product] })
    expect(findings.flatMap(({ assumes }) => assumes)).toEqual(expect.arrayContaining(['assume_hardware_vendor', 'assume_snp_no_time']))
    expect(findings.flatMap(({ assumes }) => assumes).includes('assume_snp_loaded_key')).toBe(signer === 'vlek')
  })

  it('commits to its report data, and measures code by the launch measurement only', async () => {
    const { authentic } = await check()
    const { report } = makeSnpEvidence(AT)
    const field = (name: keyof typeof FIELDS) => encodeHex(report.slice(FIELDS[name][0], FIELDS[name][0] + FIELDS[name][1]))
    expect(authentic?.commits).toEqual([{ field: 'report-data', value: field('reportData') }])
    const measured = Object.fromEntries((authentic?.measurements ?? []).map(({ name, value, kind }) => [name, [value, kind]]))
    expect(measured).toMatchObject({
      'snp.measurement': [field('measurement'), 'code'],
      'snp.host-data': [field('hostData'), 'identity'],
      'snp.id-key-digest': [field('idKeyDigest'), 'identity'],
      'snp.vmpl': ['0', 'identity'],
      'snp.guest-policy': [field('policy'), 'identity'],
      'snp.reported-tcb': [field('reportedTcb'), 'identity'],
      'snp.chip-id': [field('chipId'), 'identity'],
      'snp.product': ['Milan', 'identity'],
      'snp.platform-info': [field('platformInfo'), 'identity'],
      'snp.current-tcb': [field('currentTcb'), 'identity'],
      'snp.committed-tcb': [field('committedTcb'), 'identity'],
      'snp.launch-tcb': [field('launchTcb'), 'identity'],
      'snp.firmware': ['1.55.5', 'identity'],
      'snp.committed-firmware': ['1.55.5', 'identity'],
      'snp.guest-svn': ['1', 'identity'],
    })
    for (const name of Object.keys(measured)) expect([name, isMeasurement(name)]).toEqual([name, true])
    expect(Object.keys(measured)).not.toContain('snp.author-key-digest')
    expect(Object.values(measured).filter(([, kind]) => kind === 'code')).toHaveLength(1)
  })

  const policy = (third: number) => octets([0x1f, 0, third, 0, 0, 0, 0, 0])
  const higher = encodeLevels({ ...LEVELS, snp: LEVELS.snp + 1 }, 'Milan')
  const stranger = makeKey('ec-p384', 'stranger')
  it.each<[string, string, SnpKnobs, Situation]>([
    ['another key’s signature', 'snp.signature', { signWith: stranger }, {}],
    ['report data that was changed', 'snp.signature', { afterSigning: (report) => report.fill(9, 0x50, 0x51) }, {}],
    ['a root of the same name and another key', 'snp.chain', { seed: 'stranger' }, {}],
    ['a certificate with a flipped signature', 'snp.chain', { certified: { signature: 'flipped' } }, {}],
    ['a certificate that somebody else issued', 'snp.chain', { certified: { signWith: makeKey('rsa-2048', 'stranger') } }, {}],
    ['a certificate of another product than its issuer', 'snp.chain', { certified: { product: 'Genoa-B0' } }, {}],
    ['a certificate that had expired', 'snp.validity', { certified: { notAfter: new Date(AT.getTime() - DAY) } }, {}],
    ['use before the certificate', 'snp.validity', {}, { usedAt: new Date(AT.getTime() - 101 * DAY) }],
    ['a revoked key', 'snp.revocation', {}, { crl: { revoked: [7, ASK_SERIAL] } }],
    ['a report that says VLEK under a VCEK', 'snp.signing-key', { fields: { flags: 0b100 } }, {}],
    ['a report that says it is signed by no key', 'snp.signing-key', { fields: { flags: 0b11100 } }, {}],
    ['a report that says it is not signed, and is not', 'snp.signing-key', { keyMasked: true }, {}],
    ['a report that says it is not signed, and is', 'snp.signing-key', { fields: { flags: 0b10 } }, {}],
    ['a report that says VCEK under a VLEK', 'snp.signing-key', { signer: 'vlek', fields: { flags: 0 } }, {}],
    ['a processor of another product', 'snp.product', { fields: { cpuid: octets([0x19, 0x11, 1]) } }, {}],
    ['another chip', 'snp.chip', { fields: { chipId: new Uint8Array(64).fill(7) } }, {}],
    ['another boot loader than certified', 'snp.tcb', { certified: { levels: { bl: LEVELS.bl + 1 } } }, {}],
    ['another TEE level than certified', 'snp.tcb', { certified: { levels: { tee: LEVELS.tee + 1 } } }, {}],
    ['another SNP level than certified', 'snp.tcb', { certified: { levels: { snp: LEVELS.snp + 1 } } }, {}],
    ['another microcode than certified', 'snp.tcb', { certified: { levels: { ucode: LEVELS.ucode + 1 } } }, {}],
    ['another FMC level than certified', 'snp.tcb', { product: 'Turin', certified: { levels: { fmc: LEVELS.fmc + 1 } } }, {}],
    ['a reserved level that is not certified', 'snp.tcb', { fields: withReserved() }, {}],
    ['a reported level above the current one', 'snp.tcb-order', { fields: { currentTcb: new Uint8Array(8) } }, {}],
    ['debugging allowed', 'snp.debug', { fields: { policy: policy(0b1011) } }, {}],
    ['a migration agent allowed', 'snp.migration', { fields: { policy: policy(0b111) } }, {}],
    ['a report that the host asked for', 'snp.vmpl', { fields: { vmpl: 0xffff_ffff } }, {}],
  ])('is refused for %s by %s alone', async (_, expected, knobs, situation) => {
    expect(failed(await check(knobs, situation))).toEqual([expected])
  })

  it('gives nothing of its contents unless signature and path hold', async () => {
    expect((await check({ signWith: stranger })).authentic).toBeUndefined()
    expect((await check({ seed: 'stranger' })).authentic).toBeUndefined()
    expect((await check({}, { usedAt: new Date(AT.getTime() - 101 * DAY) })).authentic).toBeUndefined()
  })

  it('is judged by the certificate that fits it, of several', async () => {
    const other = makeSnpEvidence(AT, { seed: 'another chip' }).vcek
    const older = makeSnpEvidence(AT, { certified: { levels: { snp: 1 } } }).vcek
    expect(failed(await check({}, { before: [octets([0x30]), other, older] }))).toEqual([])
  })

  it('may be at the highest patch level that an octet can tell', async () => {
    expect(failed(await check({ levels: { ucode: 255 } }))).toEqual([])
  })

  it('takes a chip’s identifier bare or wrapped in an OCTET STRING', async () => {
    expect(failed(await check({ certified: { hardwareId: 'wrapped' } }))).toEqual([])
    expect(failed(await check({ product: 'Turin', certified: { hardwareId: 'wrapped' } }))).toEqual([])
  })

  it.each<[string, SnpKnobs, string]>([
    ['the host does not say', { chip: 'hidden' }, 'snp_chip_hidden'],
    ['is that of the certificate', {}, 'snp_chip_passed'],
    ['is none, under a loaded key', { signer: 'vlek' }, 'snp_chip_not_certified'],
    ['is shown all the same, under a loaded key', { signer: 'vlek', chip: 'shown' }, 'snp_chip_not_certified'],
    ['has eight octets on Turin', { product: 'Turin' }, 'snp_chip_passed'],
  ])('which chip it is %s', async (_, knobs, said) => {
    const result = await check(knobs)
    expect([failed(result), because(result, 'snp.chip')]).toEqual([[], said])
  })

  it('calls Turin’s chip as AMD does, and a provider by the name in its key’s certificate', async () => {
    const stated = async (knobs: SnpKnobs) =>
      Object.fromEntries(((await check(knobs)).authentic?.measurements ?? []).map(({ name, value }) => [name, value]))
    expect((await stated({ product: 'Turin' }))['snp.chip-id']).toMatch(/^[0-9a-f]{16}$/)
    const loaded = await stated({ signer: 'vlek' })
    expect([loaded['snp.cloud-provider'], loaded['snp.chip-id']]).toEqual([PROVIDER, undefined])
    const [vlek, nameless] = [await check({ signer: 'vlek' }), await check({ signer: 'vlek', certified: { provider: 'absent' } })]
    const said = (result: AttestationResult) => result.findings.find((finding) => finding.check === 'snp.signing-key')?.because
    expect(said(vlek)).toEqual({ id: 'snp_signing_key_vlek_of', args: ['cc-test-1.cloud.example'] })
    expect(said(nameless)).toEqual({ id: 'snp_signing_key_vlek' })
  })

  it.each<[string, string, SnpKnobs, Situation]>([
    ['a processor of a model that is not known', 'snp.product', { fields: { cpuid: octets([0x19, 0x30, 0]) } }, {}],
    ['a privilege level that is not known', 'snp.vmpl', { fields: { vmpl: 4 } }, {}],
    ['no certificate of the key', 'snp.signature no-key', {}, { without: ['amd-vcek'] }],
  ])('contradicts nothing, and keeps quiet, with %s', async (_, expected, knobs, situation) => {
    const result = await check(knobs, situation)
    const open = result.findings.filter(({ outcome }) => outcome === 'unchecked')
    expect(open.map(({ check, code }) => (code === undefined ? check : `${check} ${code}`))).toEqual([expected])
    expect([failed(result), unread(result)]).toEqual([[], []])
  })

  it.each<[string, SnpKnobs, Situation]>([
    ['between root and chip', {}, { without: ['amd-ca'] }],
    ['between root and loaded key', { signer: 'vlek' }, { without: ['amd-ca'] }],
    ['of the root, which is not pinned', {}, { anchors: 'other-purpose' }],
  ])('contradicts nothing where the certificate %s was not obtained', async (_, knobs, situation) => {
    const result = await check(knobs, situation)
    expect([failed(result), unread(result), result.authentic]).toEqual([[], ['snp.chain'], undefined])
    expect(result.findings.find(({ check }) => check === 'snp.chain')).toMatchObject({
      code: 'issuer-missing',
      because: { id: 'path_issuer_missing' },
    })
  })

  it.each<[string, string, SnpKnobs]>([
    [
      'some other kind of key',
      'CN=SEV-VXEK, O=Inference Receipt Checker, OU=Simulator, not real hardware',
      { certified: { subject: 'SEV-VXEK' } },
    ],
    ['a product that is not known', 'Venice', { certified: { product: 'Venice-B0' } }],
  ])('contradicts nothing with a certificate of %s, which is named', async (_, name, knobs) => {
    const result = await check(knobs)
    expect([failed(result), unread(result), result.authentic]).toEqual([[], ['snp.chain'], undefined])
    expect(result.findings.find(({ check }) => check === 'snp.chain')?.because).toEqual({ id: 'snp_key_unknown', args: [name] })
  })

  it.each<[string, SnpKnobs]>([
    ['without a chip', { certified: { hardwareId: 'absent' } }],
    ['with an odd chip', { certified: { hardwareId: octets([1, 2, 3]) } }],
  ])('contradicts nothing with a chip’s certificate %s, which cannot be read', async (_, knobs) => {
    const result = await check(knobs)
    expect([failed(result), unread(result), because(result, 'snp.chain')]).toEqual([[], ['snp.chain'], 'snp_key_unreadable'])
  })

  it('is not condemned by certificates beside the right ones', async () => {
    const strangers = [octets([0x30]), makeSnpEvidence(AT, { product: 'Turin' }).authority, makeSnpEvidence(AT, { seed: 'x' }).authority]
    expect(await check({}, { also: strangers.map((der) => seen('amd-ca', der)) })).toEqual(await check())
  })

  describe('how its firmware stands', () => {
    const lower = encodeLevels({ ...LEVELS, snp: LEVELS.snp - 1 }, 'Milan')
    const firmware = async (fields: NonNullable<SnpKnobs['fields']>, policy: Partial<Policy> = {}) => {
      const result = await check({ fields }, { policy })
      const finding = result.findings.find(({ check }) => check === 'snp.firmware')
      return [failed(result), finding?.because.id, finding?.assumes]
    }
    const level = 'assume_snp_security_level'

    it('is a caution where it is not what the host committed to, or launched the guest under', async () => {
      expect(await firmware({})).toEqual([[], 'snp_firmware_passed', [level]])
      for (const committed of [higher, lower]) {
        expect(await firmware({ committedTcb: committed })).toEqual([[], 'snp_firmware_provisional', ['assume_snp_provisional', level]])
      }
      expect(await firmware({ committedVersion: octets([4, 55, 1]) })).toEqual([
        [],
        'snp_firmware_provisional',
        ['assume_snp_provisional', level],
      ])
      expect(await firmware({ launchTcb: lower })).toEqual([
        [],
        'snp_firmware_launched_otherwise',
        ['assume_snp_launched_otherwise', level],
      ])
      // As AWS has it: what runs is newer than all the others.
      expect(await firmware({ currentTcb: higher })).toEqual([
        [],
        'snp_firmware_provisional',
        ['assume_snp_provisional', 'assume_snp_launched_otherwise', level],
      ])
    })

    it('is the policy’s question, by product and part', async () => {
      const minimum = (levels: Partial<SnpMinimum>) => ({ snp: { minimumTcb: { Milan: levels } } })
      const said = async (policy: Partial<Policy>, knobs: SnpKnobs = {}) => {
        const result = await check(knobs, { policy })
        return [failed(result), because(result, 'snp.tcb-minimum')]
      }
      const { bl, tee, snp, ucode } = LEVELS
      const enough = { bootLoader: bl, tee, snp, microcode: ucode }
      expect(await said(minimum(enough))).toEqual([[], 'snp_tcb_minimum_passed'])
      expect(await firmware({}, minimum(enough))).toEqual([[], 'snp_firmware_passed', []])
      for (const [name, wanted] of Object.entries(enough)) {
        expect(await said(minimum({ [name]: wanted + 1 }))).toEqual([['snp.tcb-minimum'], 'snp_tcb_minimum_failed'])
      }
      expect(await said(minimum(enough), { fields: { launchTcb: lower } })).toEqual([['snp.tcb-minimum'], 'snp_tcb_minimum_failed'])
      // Milan has no FMC, and a policy about other products leaves this one open.
      expect(await said(minimum({ fmc: 9 }))).toEqual([[], 'snp_tcb_minimum_passed'])
      expect(await said({ snp: { minimumTcb: { Turin: { snp: 1 } } } })).toEqual([[], 'snp_tcb_minimum_none'])
      expect(await said({ snp: {} })).toEqual([[], undefined])
    })

    it('may not be older than the policy allows', async () => {
      for (const [minimumFirmware, isEnough] of [
        ['1.55.5', true],
        ['1.55.4', true],
        ['1.54.255', true],
        ['0.99.99', true],
        ['1.55.6', false],
        ['1.56.0', false],
        ['2.0.0', false],
      ] as const) {
        expect((await firmware({}, { snp: { minimumFirmware } }))[0]).toEqual(isEnough ? [] : ['snp.firmware'])
      }
    })
  })

  it('names memory that was not tested for aliases, whatever else the platform says', async () => {
    const assumed = async (platformInfo: number) =>
      (await check({ fields: { platformInfo } })).findings.find(({ check }) => check === 'snp.platform-info')?.assumes
    expect(await assumed(0x25)).toEqual([])
    expect(await assumed(0x65)).toEqual([])
    expect(await assumed(0x01)).toEqual(['assume_snp_memory_aliases'])
  })

  it('names what the guest allows and from where it was asked', async () => {
    const assumed = async (knobs: SnpKnobs) => (await check(knobs)).findings.flatMap(({ assumes }) => assumes)
    expect(await assumed({})).toContain('assume_snp_smt')
    expect(await assumed({ fields: { policy: policy(0b10) } })).not.toContain('assume_snp_smt')
    expect(await assumed({ fields: { vmpl: 3 } })).toContain('assume_snp_vmpl')
    expect(await assumed({})).not.toContain('assume_snp_vmpl')
  })

  it('carries no time, so that a limit on its age cannot be checked', async () => {
    expect(unchecked(await check({}, { policy: { maxEvidenceAge: 300 } }))).toEqual(['snp.age'])
    expect(unchecked(await check())).toEqual([])
  })

  it('under a root of the user’s own says so', async () => {
    const { findings } = await check({}, { addedBy: 'user' })
    expect(findings.find(({ check }) => check === 'snp.chain')).toMatchObject({
      because: { id: 'snp_chain_user_root' },
      assumes: ['assume_user_added_root'],
    })
  })
})

/** A reserved octet of Milan's TCB_VERSION set, in all of them. */
function withReserved(): NonNullable<SnpKnobs['fields']> {
  const tcb = encodeLevels(LEVELS, 'Milan')
  tcb[3] = 1
  return { reportedTcb: tcb, currentTcb: tcb, committedTcb: tcb }
}

describe('revocation', () => {
  it('is unchecked without a list, with one that is out of date, and with another root’s', async () => {
    const of = async (situation: Situation) => {
      const result = await check({}, situation)
      return [failed(result), unchecked(result), because(result, 'snp.revocation')]
    }
    expect(await of({ without: ['amd-crl'] })).toEqual([[], ['snp.revocation'], 'snp_revocation_not_obtained'])
    expect(await of({ crl: { nextUpdate: new Date(AT.getTime() - 1000) } })).toEqual([[], ['snp.revocation'], 'snp_revocation_out_of_date'])
    expect(await of({ crl: { issuer: 'ARK-Genoa' } })).toEqual([[], ['snp.revocation'], 'snp_revocation_not_obtained'])
  })

  it.each<[string, CrlKnobs | Uint8Array]>([
    ['with a flipped signature bit', { signature: 'flipped' }],
    ['of somebody else under the same name', { signWith: makeKey('rsa-2048', 'stranger') }],
    ['of one octet', octets([0x30])],
  ])('by a list %s is none, and that is theirs', async (_, crl) => {
    const result = await check({}, { crl })
    expect([failed(result), unread(result), because(result, 'snp.revocation')]).toEqual([
      [],
      ['snp.revocation'],
      'snp_revocation_not_authentic',
    ])
  })

  it('is told by any list of a pool, in any order: none silences it, and none spoils what another says', async () => {
    const { crl } = makeSnpEvidence(AT)
    const revokes = crl({
      revoked: [ASK_SERIAL],
      thisUpdate: new Date(AT.getTime() - 20 * DAY),
      nextUpdate: new Date(AT.getTime() - 10 * DAY),
    })
    const others = [crl({ signature: 'flipped' }), octets([0x30]), crl({ issuer: 'ARK-Genoa' })]
    for (const pool of [
      [revokes, crl(), ...others],
      [...others, crl(), revokes],
    ]) {
      expect(failed(await check({}, { also: pool.map((der) => seen('amd-crl', der)) }))).toEqual(['snp.revocation'])
    }
    const result = await check({}, { also: others.map((der) => seen('amd-crl', der)), crl: {} })
    expect([failed(result), unchecked(result)]).toEqual([[], []])
  })

  it('stands, however old the list that tells of it', async () => {
    const old = { revoked: [ASK_SERIAL], nextUpdate: new Date(AT.getTime() - 1000) }
    expect(failed(await check({}, { crl: old }))).toEqual(['snp.revocation'])
  })

  it('of a pinned key goes by the serial number that is known of it', async () => {
    const pinned = { anchors: 'both', without: ['amd-ca'] } as const
    expect(failed(await check({}, { ...pinned, crl: { revoked: [ASK_SERIAL] } }))).toEqual([])
    expect(failed(await check({}, { ...pinned, crl: { revoked: [0x030001] } }))).toEqual(['snp.revocation'])
    expect(unchecked(await check({}, { ...pinned, anchors: 'ask' }))).toEqual(['snp.revocation'])
  })
})

describe('the form of an SEV-SNP report', () => {
  const at =
    (index: number, value = 1) =>
    (report: Uint8Array) => {
      report[index] = value
    }
  it.each<[string, SnpKnobs, string]>([
    ['version 1', { fields: { version: 1 } }, 'snp-version'],
    ['another signature algorithm', { fields: { signatureAlgorithm: 2 } }, 'snp-signature-algorithm'],
    ['non-zero SNP signature padding above r', { afterSigning: at(0x2a0 + 48) }, 'snp-signature-padding'],
    ['non-zero SNP signature padding above s', { afterSigning: at(0x2e8 + 71) }, 'snp-signature-padding'],
    ['non-zero SNP signature padding behind both', { afterSigning: at(0x49f) }, 'snp-signature-padding'],
  ])('%s is not read', async (_, knobs, code) => {
    const result = await check(knobs)
    expect([failed(result), unread(result), result.authentic]).toEqual([[], ['snp.format'], undefined])
    expect(result.findings[0]).toMatchObject({ because: { id: 'snp_format_failed' }, code })
  })

  it.each<[string, SnpKnobs, string]>([
    ['version 6', { version: 6 }, 'version-6'],
    ['version 2^32 - 1', { version: 0xffff_ffff }, 'version-4294967295'],
    ['a policy without the bit that is always set', { fields: { policy: octets([0x1f, 0, 1, 0, 0, 0, 0, 0]) } }, 'policy-bit-17-clear'],
    ['a policy with bit 26', { fields: { policy: octets([0x1f, 0, 3, 4, 0, 0, 0, 0]) } }, 'policy-bit-26'],
    ['a policy with bit 63', { fields: { policy: octets([0x1f, 0, 3, 0, 0, 0, 0, 0x80]) } }, 'policy-bit-63'],
    ['key information with bit 5', { fields: { flags: 0b100000 } }, 'key-info-bit-5'],
    ['key information with bit 31', { fields: { flags: 0x8000_0000 } }, 'key-info-bit-31'],
    ['something behind the key information', { beforeSigning: at(0x4f) }, 'field-0x4c'],
    ['a CPUID in version 2', { version: 2, beforeSigning: at(0x188) }, 'field-0x188'],
    ['something behind the CPUID', { beforeSigning: at(0x18b) }, 'field-0x18b'],
    ['something before the chip', { beforeSigning: at(0x19f) }, 'field-0x18b'],
    ['something behind the current version', { beforeSigning: at(0x1eb) }, 'field-0x1eb'],
    ['something behind the committed version', { beforeSigning: at(0x1ef) }, 'field-0x1ef'],
    ['mitigation vectors in version 4', { version: 4, beforeSigning: at(0x1f8) }, 'field-0x1f8'],
    ['something behind the mitigation vectors', { version: 5, beforeSigning: at(0x208) }, 'field-0x208'],
    ['something right before the signature', { beforeSigning: at(0x29f) }, 'field-0x208'],
  ])('%s is newer than this verifier: signed, named, and not judged', async (_, knobs, computed) => {
    const result = await check(knobs)
    expect([failed(result), unchecked(result), unread(result)]).toEqual([[], ['snp.newer'], []])
    expect(result.findings.find(({ check }) => check === 'snp.newer')).toMatchObject({ code: 'newer', computed })
    expect(because(result, 'snp.newer')).toBe(computed.startsWith('version-') ? 'snp_newer_version' : 'snp_newer_field')
    expect(result.authentic?.commits).toHaveLength(1)
  })

  it.each([2, 3, 4, 5, 6])('a signing key of kind %s is newer than this verifier', async (kind) => {
    const result = await check({ fields: { flags: kind << 2 } })
    expect([failed(result), unchecked(result)]).toEqual([[], ['snp.newer', 'snp.signing-key']])
    expect(result.findings.find(({ check }) => check === 'snp.newer')?.computed).toBe(`signing-key-${kind}`)
  })

  it('is refused as before where what is newer was not signed', async () => {
    expect(failed(await check({ afterSigning: at(0, 6) }))).toEqual(['snp.signature'])
    expect(failed(await check({ afterSigning: at(0x0b, 4) }))).toEqual(['snp.signature'])
  })

  it('is 1184 octets and the zeros of a buffer; nothing else is read, and nothing throws', async () => {
    const verifyOctets = (report: Uint8Array, vcek: Uint8Array) =>
      verify({
        evidence: { kind: 'sev-snp-report', document: encodeBase64url(report), source: '', at: '', provenance: 'fetched' },
        collateral: [seen('amd-vcek', vcek), seen('amd-ca', vcek), seen('amd-crl', vcek)],
        trust: { anchors: [], issuerKeys: [] },
        policy: presetFor(''),
        usedAt: AT,
        hop: 0,
      })
    const honest = makeSnpEvidence(AT)
    const { report } = honest
    expect(unread(await verifyOctets(report.slice(1), octets([])))).toEqual(['snp.format'])
    expect(unread(await verifyOctets(octets([...report, 0, 1]), octets([])))).toEqual(['snp.format'])
    for (const length of [1, 2912, 64_352]) {
      const whole = await verifyOctets(octets([...report, ...new Uint8Array(length)]), honest.vcek)
      expect(whole).toEqual(await verifyOctets(report, honest.vcek))
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(unread(await verifyOctets(bytes, bytes))).toEqual(['snp.format'])
        expect(unread(await verifyOctets(report, bytes))).toEqual(['snp.chain'])
      }),
    )
  })
})
