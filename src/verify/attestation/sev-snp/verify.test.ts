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
  type SnpKnobs,
  type SnpProduct,
} from '../../../../test/simulator/sev-snp.ts'
import type { CollateralKind, CollateralSeen } from '../../../dossier/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { presetFor } from '../../policy/presets.ts'
import type { TrustAnchor } from '../../trust/types.ts'
import type { AttestationResult } from '../types.ts'
import { verify } from './verify.ts'

const AT = new Date('2026-11-16T10:20:30.250Z')
const DAY = 86_400_000

type Situation = {
  readonly usedAt?: Date
  readonly maxEvidenceAge?: number
  readonly addedBy?: 'shipped' | 'user'
  readonly anchors?: 'ark' | 'ask' | 'both' | 'other-purpose'
  readonly without?: readonly CollateralKind[]
  readonly crl?: CrlKnobs | Uint8Array
  /** Further certificates of chips, before the right one. */
  readonly before?: readonly Uint8Array[]
}

function seen(kind: CollateralKind, der: Uint8Array): CollateralSeen {
  return { kind, issuer: 'https://kdsintf.amd.com', document: encodeBase64url(der), source: '', at: '', provenance: 'fetched' }
}

async function check(knobs: SnpKnobs = {}, situation: Situation = {}): Promise<AttestationResult> {
  const { usedAt = AT, maxEvidenceAge, addedBy = 'shipped', anchors = 'ark', without = [], crl = {}, before = [] } = situation
  const evidence = makeSnpEvidence(AT, knobs)
  const honest = makeSnpEvidence(AT, { product: knobs.product ?? 'Milan', signer: knobs.signer ?? 'vcek' })
  const purpose = anchors === 'other-purpose' ? 'aws-nitro' : 'sev-snp'
  const ark: TrustAnchor = { ...honest.ark, id: 'simulated-ark', purpose, addedBy, publishedAt: 'test' }
  const ask: TrustAnchor = { ...honest.ask, id: 'amd-ask-turin', purpose, addedBy, publishedAt: 'test' }
  const collateral = [
    ...before.map((der) => seen('amd-vcek', der)),
    seen('amd-vcek', evidence.vcek),
    seen('amd-ca', evidence.authority),
    seen('amd-crl', crl instanceof Uint8Array ? crl : evidence.crl(crl)),
  ].filter(({ kind }) => !without.includes(kind))
  return verify({
    evidence: { kind: 'sev-snp-report', document: encodeBase64url(evidence.report), source: '', at: '', provenance: 'fetched' },
    collateral,
    trust: { anchors: anchors === 'ask' ? [ask] : anchors === 'both' ? [ask, ark] : [ark], issuerKeys: [] },
    policy: { ...presetFor(''), ...(maxEvidenceAge === undefined ? {} : { maxEvidenceAge }) },
    usedAt,
    hop: 0,
  })
}

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
  'snp.debug',
  'snp.migration',
  'snp.guest-policy',
  'snp.vmpl',
]

describe('an SEV-SNP report', () => {
  const products: readonly SnpProduct[] = ['Milan', 'Genoa', 'Turin']
  const every = products.flatMap((product) =>
    ([2, 3, 5] as const).flatMap((version) => (['vcek', 'vlek'] as const).map((signer) => [product, version, signer] as const)),
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
    })
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
    ['an anchor for something else', 'snp.chain', {}, { anchors: 'other-purpose' }],
    ['a certificate with a flipped signature', 'snp.chain', { certified: { signature: 'flipped' } }, {}],
    ['a certificate that somebody else issued', 'snp.chain', { certified: { signWith: makeKey('rsa-2048', 'stranger') } }, {}],
    ['no certificate between root and chip', 'snp.chain', {}, { without: ['amd-ca'] }],
    ['a certificate of some other kind of key', 'snp.chain', { certified: { subject: 'SEV-VXEK' } }, {}],
    ['a certificate of another product than its issuer', 'snp.chain', { certified: { product: 'Genoa-B0' } }, {}],
    ['a certificate of a product that is not known', 'snp.chain', { certified: { product: 'Venice' } }, {}],
    ['a chip’s certificate without a chip', 'snp.chain', { certified: { hardwareId: 'absent' } }, {}],
    ['a chip’s certificate with an odd chip', 'snp.chain', { certified: { hardwareId: octets([1, 2, 3]) } }, {}],
    ['a certificate that had expired', 'snp.validity', { certified: { notAfter: new Date(AT.getTime() - DAY) } }, {}],
    ['use before the certificate', 'snp.validity', {}, { usedAt: new Date(AT.getTime() - 101 * DAY) }],
    ['a revoked key', 'snp.revocation', {}, { crl: { revoked: [7, ASK_SERIAL] } }],
    ['a revocation list with a flipped signature bit', 'snp.revocation', {}, { crl: { signature: 'flipped' } }],
    ['somebody else’s revocation list', 'snp.revocation', {}, { crl: { signWith: makeKey('rsa-2048', 'stranger') } }],
    ['a revocation list of one octet', 'snp.revocation', {}, { crl: octets([0x30]) }],
    ['a report that says VLEK under a VCEK', 'snp.signing-key', { fields: { flags: 0b100 } }, {}],
    ['a report that says it is not signed', 'snp.signing-key', { fields: { flags: 0b11100 } }, {}],
    ['a processor of another product', 'snp.product', { fields: { cpuid: octets([0x19, 0x11, 1]) } }, {}],
    ['a processor that is not known', 'snp.product', { fields: { cpuid: octets([0x17, 0x31, 0]) } }, {}],
    ['another chip', 'snp.chip', { fields: { chipId: new Uint8Array(64).fill(7) } }, {}],
    ['a chip hidden without saying so', 'snp.chip', { fields: { chipId: new Uint8Array(64) } }, {}],
    ['a chip said to be hidden and shown', 'snp.chip', { fields: { flags: 0b10 } }, {}],
    ['another boot loader than certified', 'snp.tcb', { certified: { levels: { bl: LEVELS.bl + 1 } } }, {}],
    ['another TEE level than certified', 'snp.tcb', { certified: { levels: { tee: LEVELS.tee + 1 } } }, {}],
    ['another SNP level than certified', 'snp.tcb', { certified: { levels: { snp: LEVELS.snp + 1 } } }, {}],
    ['another microcode than certified', 'snp.tcb', { certified: { levels: { ucode: LEVELS.ucode + 1 } } }, {}],
    ['another FMC level than certified', 'snp.tcb', { product: 'Turin', certified: { levels: { fmc: LEVELS.fmc + 1 } } }, {}],
    ['a reserved level that is not certified', 'snp.tcb', { fields: withReserved() }, {}],
    ['a committed level above the current one', 'snp.tcb-order', { fields: { committedTcb: higher } }, {}],
    [
      'a reported level above the current one',
      'snp.tcb-order',
      { fields: { currentTcb: new Uint8Array(8), committedTcb: new Uint8Array(8) } },
      {},
    ],
    ['debugging allowed', 'snp.debug', { fields: { policy: policy(0b1011) } }, {}],
    ['a migration agent allowed', 'snp.migration', { fields: { policy: policy(0b111) } }, {}],
    ['a report that the host asked for', 'snp.vmpl', { fields: { vmpl: 0xffff_ffff } }, {}],
    ['a privilege level that does not exist', 'snp.vmpl', { fields: { vmpl: 4 } }, {}],
  ])('is refused for %s by %s alone', async (_, expected, knobs, situation) => {
    expect(failed(await check(knobs, situation))).toEqual([expected])
  })

  it('gives nothing of its contents unless signature and path hold', async () => {
    expect((await check({ signWith: stranger })).authentic).toBeUndefined()
    expect((await check({ seed: 'stranger' })).authentic).toBeUndefined()
    expect((await check({}, { usedAt: new Date(AT.getTime() - 101 * DAY) })).authentic).toBeUndefined()
  })

  it('cannot be checked without the certificate of its key', async () => {
    const result = await check({}, { without: ['amd-vcek'] })
    expect([failed(result), unchecked(result), result.authentic]).toEqual([[], ['snp.signature'], undefined])
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

  it('may hide its chip, and says so', async () => {
    const result = await check({ fields: { flags: 0b10, chipId: new Uint8Array(64) } })
    // The certificate still names the chip that the fields hide.
    expect(failed(result)).toEqual([])
    expect(because(result, 'snp.chip')).toBe('snp_chip_hidden')
  })

  it('names what the guest allows and from where it was asked', async () => {
    const assumed = async (knobs: SnpKnobs) => (await check(knobs)).findings.flatMap(({ assumes }) => assumes)
    expect(await assumed({})).toContain('assume_snp_smt')
    expect(await assumed({ fields: { policy: policy(0b10) } })).not.toContain('assume_snp_smt')
    expect(await assumed({ fields: { vmpl: 3 } })).toContain('assume_snp_vmpl')
    expect(await assumed({})).not.toContain('assume_snp_vmpl')
  })

  it('carries no time, so that a limit on its age cannot be checked', async () => {
    expect(unchecked(await check({}, { maxEvidenceAge: 300 }))).toEqual(['snp.age'])
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
    ['version 1', { fields: { version: 1 } }, 'snp-version: 1'],
    ['version 4', { fields: { version: 4 } }, 'snp-version: 4'],
    ['version 6', { fields: { version: 6 } }, 'snp-version: 6'],
    ['another signature algorithm', { fields: { signatureAlgorithm: 2 } }, 'snp-signature-algorithm'],
    ['a policy without the bit that is always set', { fields: { policy: octets([0x1f, 0, 1, 0, 0, 0, 0, 0]) } }, 'snp-policy-reserved'],
    ['a policy with bit 26', { fields: { policy: octets([0x1f, 0, 3, 4, 0, 0, 0, 0]) } }, 'snp-policy-reserved'],
    ['a policy with bit 63', { fields: { policy: octets([0x1f, 0, 3, 0, 0, 0, 0, 0x80]) } }, 'snp-policy-reserved'],
    ['a signing key of kind 2', { fields: { flags: 0b1000 } }, 'snp-flags-reserved'],
    ['flags with bit 5', { fields: { flags: 0b100000 } }, 'snp-flags-reserved'],
    ['flags with bit 31', { fields: { flags: 0x8000_0000 } }, 'snp-flags-reserved'],
    ['something behind the flags', { beforeSigning: at(0x4f) }, 'snp-reserved: 0x4c'],
    ['a CPUID in version 2', { version: 2, beforeSigning: at(0x188) }, 'snp-reserved: 0x188'],
    ['something behind the CPUID', { beforeSigning: at(0x18b) }, 'snp-reserved: 0x18b'],
    ['something before the chip', { beforeSigning: at(0x19f) }, 'snp-reserved: 0x18b'],
    ['something behind the current version', { beforeSigning: at(0x1eb) }, 'snp-reserved: 0x1eb'],
    ['something behind the committed version', { beforeSigning: at(0x1ef) }, 'snp-reserved: 0x1ef'],
    ['mitigation vectors in version 3', { beforeSigning: at(0x1f8) }, 'snp-reserved: 0x1f8'],
    ['something behind the mitigation vectors', { version: 5, beforeSigning: at(0x208) }, 'snp-reserved: 0x208'],
    ['something right before the signature', { beforeSigning: at(0x29f) }, 'snp-reserved: 0x208'],
    ['non-zero SNP signature padding above r', { afterSigning: at(0x2a0 + 48) }, 'snp-signature-padding'],
    ['non-zero SNP signature padding above s', { afterSigning: at(0x2e8 + 71) }, 'snp-signature-padding'],
    ['non-zero SNP signature padding behind both', { afterSigning: at(0x49f) }, 'snp-signature-padding'],
  ])('%s is refused', async (_, knobs, code) => {
    const result = await check(knobs)
    expect(failed(result)).toEqual(['snp.format'])
    const { code: fault, computed } = result.findings[0] ?? {}
    expect(computed === undefined ? fault : `${fault}: ${computed}`).toBe(code)
  })

  it('is exactly 1184 octets, and nothing else throws', async () => {
    const verifyOctets = (report: Uint8Array, vcek: Uint8Array) =>
      verify({
        evidence: { kind: 'sev-snp-report', document: encodeBase64url(report), source: '', at: '', provenance: 'fetched' },
        collateral: [seen('amd-vcek', vcek), seen('amd-ca', vcek), seen('amd-crl', vcek)],
        trust: { anchors: [], issuerKeys: [] },
        policy: presetFor(''),
        usedAt: AT,
        hop: 0,
      })
    const { report } = makeSnpEvidence(AT)
    expect(failed(await verifyOctets(report.slice(1), octets([])))).toEqual(['snp.format'])
    expect(failed(await verifyOctets(octets([...report, 0, 1]), octets([])))).toEqual(['snp.format'])
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(failed(await verifyOctets(bytes, bytes))).toEqual(['snp.format'])
        expect(failed(await verifyOctets(report, bytes))).toEqual(['snp.chain'])
      }),
    )
  })
})
