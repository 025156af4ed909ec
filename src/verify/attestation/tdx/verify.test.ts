import { describe, expect, it } from 'vitest'
import { issueCertificate } from '../../../../test/simulator/certificates.ts'
import { makeKey } from '../../../../test/simulator/keys.ts'
import { flipBit, octets } from '../../../../test/simulator/octets.ts'
import { DEFAULT_SEED } from '../../../../test/simulator/random.ts'
import { encodePlatform, HONEST_PLATFORM, isvLevel, makeTdx, type TdxOptions, tcbLevel } from '../../../../test/simulator/tdx.ts'
import { zeros } from '../../../../test/simulator/tdx-quote.ts'
import { notPassed, tdxAnchor, tdxInput } from '../../../../test/support/tdx.ts'
import { isMeasurement } from '../../policy/names.ts'
import type { Policy } from '../../policy/types.ts'
import { MODULES } from './measurements.ts'
import { verify } from './verify.ts'

const AT = new Date('2026-03-12T07:20:00Z')
const DAY = 24 * 60 * 60 * 1000
const days = (count: number) => new Date(AT.getTime() + count * DAY)

async function judge(options: Partial<TdxOptions> = {}, { policy = {}, at = AT }: { policy?: Partial<Policy>; at?: Date } = {}) {
  const made = makeTdx({ at: AT, ...options })
  return verify(tdxInput(made.quote, [made.collateral], [tdxAnchor(made)], at, policy))
}

const attributes = (...octet: number[]) => ({ td: { tdAttributes: octets(octet) } })
const module = (changes: object) => ({
  tdxModuleIdentities: [
    {
      id: 'TDX_01',
      mrsigner: '00'.repeat(48),
      attributes: '00'.repeat(8),
      attributesMask: 'FF'.repeat(8),
      tcbLevels: [isvLevel(6, { status: 'UpToDate' })],
      ...changes,
    },
  ],
})
const level = (status: string, changes: object = {}) => ({
  tcbLevels: [tcbLevel({ sgx: HONEST_PLATFORM.components, pceSvn: 13, tdx: [5, 0, 3], status, ...changes })],
})

describe('an honest quote', () => {
  it.each(['library', 'library-pem', 'fetched'] as const)('passes every check with collateral in the shape %s', async (shape) => {
    const result = await judge({ shape })
    expect(notPassed(result)).toEqual([])
    expect(result.findings.map(({ check }) => check)).toEqual([
      'tdx.format',
      'tdx.quote-signature',
      'tdx.attestation-key',
      'tdx.qe-report-signature',
      'tdx.pck-chain',
      'tdx.pck-validity',
      'tdx.debug',
      'tdx.attributes',
      'tdx.tcb-info-signature',
      'tdx.qe-identity-signature',
      'tdx.root-crl',
      'tdx.pck-crl',
      'tdx.collateral-time',
      'tdx.revocation',
      'tdx.tcb-evaluation',
      'tdx.qe-identity',
      'tdx.platform',
      'tdx.module',
      'tdx.tcb-level',
      'tdx.tcb-status',
    ])
  })

  it.each([{ body: 'td15' }, { body: 'td10' }] as const)('passes as version 5 with a body of $body', async ({ body }) => {
    const result = await judge({ quote: { version: 5, body } })
    expect(notPassed(result)).toEqual([])
    expect(result.findings.some(({ check }) => check === 'tdx.service-td')).toBe(body === 'td15')
  })

  it('commits to its report data and states its measurements', async () => {
    const register = (octet: number) => new Uint8Array(48).fill(octet)
    const td = {
      mrTd: register(1),
      rtmrs: [2, 3, 4, 5].map(register),
      mrConfigId: register(6),
      mrSeam: register(8),
      reportData: new Uint8Array(64).fill(7),
    }
    const { authentic } = await judge({ quote: { td } })
    expect(authentic?.commits).toEqual([{ field: 'report-data', value: '07'.repeat(64) }])
    expect(authentic?.measurements).toEqual([
      { name: 'tdx.mrtd', value: '01'.repeat(48), kind: 'identity' },
      { name: 'tdx.rtmr0', value: '02'.repeat(48), kind: 'identity' },
      { name: 'tdx.rtmr1', value: '03'.repeat(48), kind: 'code' },
      { name: 'tdx.rtmr2', value: '04'.repeat(48), kind: 'code' },
      { name: 'tdx.rtmr3', value: '05'.repeat(48), kind: 'code' },
      { name: 'tdx.mr-config-id', value: '06'.repeat(48), kind: 'code' },
      { name: 'tdx.td-attributes', value: '0000001000000000', kind: 'identity' },
      { name: 'tdx.xfam', value: 'e702060000000000', kind: 'identity' },
      { name: 'tdx.mr-seam', value: '08'.repeat(48), kind: 'identity' },
      { name: 'tdx.tee-tcb-svn', value: `070103${'00'.repeat(13)}`, kind: 'identity' },
      { name: 'tdx.fmspc', value: '90c06f000000', kind: 'identity' },
      { name: 'platform.hardware', value: 'INTEL_TDX', kind: 'identity' },
    ])
    for (const { name } of authentic?.measurements ?? []) expect([name, isMeasurement(name)]).toEqual([name, true])
  })

  it('states what its owner and its module wrote, where somebody did, and names the module', async () => {
    const register = (octet: number) => new Uint8Array(48).fill(octet)
    const [module = ''] = [...MODULES.keys()]
    const td = {
      mrOwner: register(1),
      mrOwnerConfig: register(2),
      mrServiceTd: register(3),
      mrSeam: octets(Buffer.from(module, 'hex')),
    }
    const { authentic } = await judge({ quote: { version: 5, td } })
    const stated = Object.fromEntries((authentic?.measurements ?? []).map(({ name, value }) => [name, value]))
    expect(stated).toMatchObject({
      'tdx.mr-owner': '01'.repeat(48),
      'tdx.mr-owner-config': '02'.repeat(48),
      'tdx.mr-service-td': '03'.repeat(48),
      'tdx.module-version': '1.5.08',
      'tdx.tee-tcb-svn2': `0d0103${'00'.repeat(13)}`,
    })
    for (const name of Object.keys(stated)) expect([name, isMeasurement(name)]).toEqual([name, true])
  })

  it('does not state a mr_config_id that nobody set', async () => {
    const { authentic } = await judge()
    expect(authentic?.measurements.some(({ name }) => name === 'tdx.mr-config-id')).toBe(false)
  })

  it('says that its root was added by the user', async () => {
    const chain = (await judge()).findings.find(({ check }) => check === 'tdx.pck-chain')
    expect(chain).toMatchObject({ because: { id: 'tdx_chain_user_root' }, assumes: ['assume_user_added_root'] })
  })

  it('has no age', async () => {
    expect(notPassed(await judge({}, { policy: { maxEvidenceAge: 60 } }))).toEqual(['unchecked tdx.age tdx_age_unknown'])
  })
})

/** What each makes fail, and nothing else. */
const BROKEN: readonly {
  name: string
  options: Partial<TdxOptions>
  at?: Date
  policy?: Partial<Policy>
  says: readonly string[]
  authentic: boolean
}[] = [
  {
    name: 'a quote of another version',
    options: { quote: { version: 6, body: 'td10' } },
    says: ['unchecked tdx.format tdx_newer_version'],
    authentic: false,
  },
  {
    name: 'an SGX quote of version 3',
    options: { quote: { version: 3, teeType: 0 } },
    says: ['failed tdx.format tdx_not_tdx'],
    authentic: false,
  },
  { name: 'an SGX quote of version 4', options: { quote: { teeType: 0 } }, says: ['failed tdx.format tdx_not_tdx'], authentic: false },
  { name: 'an unknown TEE', options: { quote: { teeType: 0x82 } }, says: ['unchecked tdx.format tdx_newer_tee'], authentic: false },
  { name: 'another kind of key', options: { quote: { keyType: 3 } }, says: ['unchecked tdx.format tdx_newer_key'], authentic: false },
  {
    name: 'a quoting enclave of another vendor',
    options: { quote: { vendor: zeros(16) } },
    says: ['unchecked tdx.format tdx_newer_vendor'],
    authentic: false,
  },
  {
    name: 'a body type that is not the body',
    options: { quote: { version: 5, body: 'td15', bodyType: 2 } },
    says: ['unchecked tdx.format tdx_format_failed'],
    authentic: false,
  },
  {
    name: 'a quote that nobody vouches for',
    options: { quote: { certified: false } },
    says: ['failed tdx.format tdx_uncertified'],
    authentic: false,
  },
  {
    name: 'a synthetic quote',
    options: {
      quote: {
        certified: false,
        vendor: zeros(16),
        td: { mrTd: new Uint8Array(48).fill(0xaa), rtmrs: [0xbb, 0xcc, 0xdd, 0xee].map((octet) => new Uint8Array(48).fill(octet)) },
      },
    },
    says: ['failed tdx.format tdx_synthetic'],
    authentic: false,
  },
  {
    name: 'certificates that are none',
    options: { quote: { pckChain: 'none' } },
    says: ['unchecked tdx.format tdx_chain_malformed'],
    authentic: false,
  },
  {
    name: 'octets behind the quote',
    options: { quote: { trailing: octets([0, 1]) } },
    says: ['unchecked tdx.format tdx_format_failed'],
    authentic: false,
  },
  {
    name: 'a signature by another key',
    options: { quote: { signature: 'flipped' } },
    says: ['failed tdx.quote-signature tdx_quote_signature_failed'],
    authentic: false,
  },
  {
    name: 'a key that the enclave does not vouch for',
    options: { quote: { attestationKeyHash: 'flipped' } },
    says: ['failed tdx.attestation-key tdx_attestation_key_failed'],
    authentic: false,
  },
  {
    name: 'an enclave that the processor did not certify',
    options: { quote: { qeReportSignature: 'flipped' } },
    says: ['failed tdx.qe-report-signature tdx_qe_report_failed'],
    authentic: false,
  },
  {
    name: 'a PCK certificate that its authority did not sign',
    options: { pck: { signature: 'flipped' } },
    says: ['failed tdx.pck-chain tdx_chain_failed'],
    authentic: false,
  },
  {
    name: 'an authority that the root did not sign',
    options: { authority: { signature: 'flipped' } },
    says: ['failed tdx.pck-chain tdx_chain_failed'],
    authentic: false,
  },
  {
    name: 'an authority that is none',
    options: { authority: { basicConstraints: { ca: false }, keyUsage: ['digitalSignature'] } },
    says: ['failed tdx.pck-chain tdx_chain_failed'],
    authentic: false,
  },
  {
    name: 'a PCK certificate without the extension of platforms',
    options: { pck: { extensions: [] } },
    says: ['unchecked tdx.format tdx_chain_malformed'],
    authentic: false,
  },
  {
    name: 'a PCK certificate that has expired',
    options: { pck: { notAfter: days(-1) } },
    says: ['failed tdx.pck-validity tdx_validity_failed'],
    authentic: false,
  },
  {
    name: 'a PCK certificate that is not valid yet',
    options: { pck: { notBefore: days(1) } },
    says: ['failed tdx.pck-validity tdx_validity_failed'],
    authentic: false,
  },
  {
    name: 'debugging',
    options: { quote: attributes(0x01, 0, 0, 0x10, 0, 0, 0, 0) },
    says: ['failed tdx.debug tdx_debug_failed'],
    authentic: true,
  },
  {
    name: 'performance profiling',
    options: { quote: attributes(0x20, 0, 0, 0x10, 0, 0, 0, 0) },
    says: ['failed tdx.debug tdx_debug_failed'],
    authentic: true,
  },
  {
    name: 'a reserved bit',
    options: { quote: attributes(0, 0x01, 0, 0x10, 0, 0, 0, 0) },
    says: ['unchecked tdx.attributes tdx_attributes_unknown'],
    authentic: true,
  },
  {
    name: 'a reserved bit of the upper half',
    options: { quote: attributes(0, 0, 0, 0x10, 0, 0, 0, 0x20) },
    says: ['unchecked tdx.attributes tdx_attributes_unknown'],
    authentic: true,
  },
  {
    name: 'no TCB info',
    options: { tcbInfo: { absent: true } },
    says: ['unchecked tdx.tcb-info-signature tdx_part_missing'],
    authentic: true,
  },
  {
    name: 'no QE identity',
    options: { qeIdentity: { absent: true } },
    says: ['unchecked tdx.qe-identity-signature tdx_part_missing'],
    authentic: true,
  },
  {
    name: 'no list of the root',
    options: { rootCrl: { absent: true } },
    says: ['unchecked tdx.root-crl tdx_part_missing', 'unchecked tdx.revocation tdx_revocation_unchecked'],
    authentic: true,
  },
  {
    name: 'no list of processors',
    options: { pckCrl: { absent: true } },
    says: ['unchecked tdx.pck-crl tdx_part_missing', 'unchecked tdx.revocation tdx_revocation_unchecked'],
    authentic: true,
  },
  {
    name: 'TCB info with a flipped signature bit',
    options: { tcbInfo: { signature: 'flipped' } },
    says: ['unchecked tdx.tcb-info-signature tdx_part_refused'],
    authentic: true,
  },
  {
    name: 'TCB info that was changed',
    options: { tcbInfo: { rewrite: (text) => text.replace('"tcbEvaluationDataNumber":18', '"tcbEvaluationDataNumber":19') } },
    says: ['unchecked tdx.tcb-info-signature tdx_part_refused'],
    authentic: true,
  },
  {
    name: 'TCB info that was only spaced',
    options: { tcbInfo: { rewrite: (text) => text.replace('"id":"TDX"', '"id": "TDX"') } },
    says: ['unchecked tdx.tcb-info-signature tdx_part_refused'],
    authentic: true,
  },
  {
    name: 'TCB info of SGX',
    options: { tcbInfo: { json: { id: 'SGX' } } },
    says: ['unchecked tdx.tcb-info-signature tdx_part_unreadable'],
    authentic: true,
  },
  {
    name: 'QE identity with a flipped signature bit',
    options: { qeIdentity: { signature: 'flipped' } },
    says: ['unchecked tdx.qe-identity-signature tdx_part_refused'],
    authentic: true,
  },
  {
    name: 'identity of the SGX quoting enclave',
    options: { qeIdentity: { json: { id: 'QE' } } },
    says: ['unchecked tdx.qe-identity-signature tdx_part_unreadable'],
    authentic: true,
  },
  {
    name: 'QE identity of version 4',
    options: { qeIdentity: { json: { version: 4 } } },
    says: ['unchecked tdx.qe-identity-signature tdx_part_unreadable'],
    authentic: true,
  },
  {
    name: 'documents signed by a processor',
    options: { documentsBy: 'platform' },
    says: ['unchecked tdx.tcb-info-signature tdx_part_refused', 'unchecked tdx.qe-identity-signature tdx_part_refused'],
    authentic: true,
  },
  {
    name: 'a signer whose certificate had ended',
    options: { signer: { notAfter: days(-1) } },
    says: [
      'unchecked tdx.tcb-info-signature tdx_part_signer_out_of_time',
      'unchecked tdx.qe-identity-signature tdx_part_signer_out_of_time',
    ],
    authentic: true,
  },
  {
    name: 'a CRL of the root with a flipped signature bit',
    options: { rootCrl: { signature: 'flipped' } },
    says: ['unchecked tdx.root-crl tdx_part_refused', 'unchecked tdx.revocation tdx_revocation_unchecked'],
    authentic: true,
  },
  {
    name: 'a CRL of processors with a flipped signature bit',
    options: { pckCrl: { signature: 'flipped' } },
    says: ['unchecked tdx.pck-crl tdx_part_refused', 'unchecked tdx.revocation tdx_revocation_unchecked'],
    authentic: true,
  },
  {
    name: 'a CRL of one byte',
    options: { pckCrl: { rewriteDer: () => octets([0x30]) } },
    says: ['unchecked tdx.pck-crl tdx_part_unreadable', 'unchecked tdx.revocation tdx_revocation_unchecked'],
    authentic: true,
  },
  {
    name: 'a revoked processor',
    options: { pckCrl: { revokes: 'leaf' } },
    says: ['failed tdx.revocation tdx_revocation_failed'],
    authentic: true,
  },
  {
    name: 'a revoked authority',
    options: { rootCrl: { revokes: 'authority' } },
    says: ['failed tdx.revocation tdx_revocation_failed'],
    authentic: true,
  },
  {
    name: 'a revoked signer',
    options: { rootCrl: { revokes: 'signer' } },
    says: ['failed tdx.revocation tdx_revocation_failed'],
    authentic: true,
  },
  {
    name: 'TCB info that has expired',
    options: { tcbInfo: { until: days(-1 / 86_400) } },
    says: ['unchecked tdx.collateral-time tdx_collateral_expired'],
    authentic: true,
  },
  {
    name: 'QE identity that has expired',
    options: { qeIdentity: { until: days(-1) } },
    says: ['unchecked tdx.collateral-time tdx_collateral_expired'],
    authentic: true,
  },
  {
    name: 'a CRL of the root that has expired',
    options: { rootCrl: { nextUpdate: days(-0.5) } },
    says: ['unchecked tdx.collateral-time tdx_collateral_expired', 'unchecked tdx.revocation tdx_revocation_unchecked'],
    authentic: true,
  },
  {
    name: 'a CRL of processors that has expired',
    options: { pckCrl: { nextUpdate: days(-0.5) } },
    says: ['unchecked tdx.collateral-time tdx_collateral_expired', 'unchecked tdx.revocation tdx_revocation_unchecked'],
    authentic: true,
  },
  {
    name: 'TCB info of two days later',
    options: { tcbInfo: { issued: days(2) } },
    says: ['unchecked tdx.collateral-time tdx_collateral_early'],
    authentic: true,
  },
  {
    name: 'TCB info of another platform',
    options: { tcbInfo: { json: { fmspc: 'B0C06F000000' } } },
    says: ['unchecked tdx.platform tdx_platform_other'],
    authentic: true,
  },
  {
    name: 'TCB info of another PCE',
    options: { tcbInfo: { json: { pceId: '0001' } } },
    says: ['unchecked tdx.platform tdx_platform_other'],
    authentic: true,
  },
  {
    name: 'TCB info of an old evaluation',
    options: { tcbInfo: { json: { tcbEvaluationDataNumber: 16 } } },
    says: ['failed tdx.tcb-evaluation tdx_evaluation_failed'],
    authentic: true,
  },
  {
    name: 'QE identity of an old evaluation',
    options: { qeIdentity: { json: { tcbEvaluationDataNumber: 16 } } },
    says: ['failed tdx.tcb-evaluation tdx_evaluation_failed'],
    authentic: true,
  },
  {
    name: "an evaluation below the policy's floor",
    options: {},
    policy: { tcb: { accept: ['UpToDate'], floor: 19 } },
    says: ['failed tdx.tcb-evaluation tdx_evaluation_failed'],
    authentic: true,
  },
  {
    name: 'an enclave of another signer',
    options: { quote: { qe: { mrSigner: new Uint8Array(32).fill(1) } } },
    says: ['failed tdx.qe-identity tdx_qe_failed'],
    authentic: false,
  },
  {
    name: 'another enclave of the signer',
    options: { quote: { qe: { isvProdId: 1 } } },
    says: ['failed tdx.qe-identity tdx_qe_failed'],
    authentic: false,
  },
  {
    name: 'an enclave with MISCSELECT',
    options: { quote: { qe: { miscSelect: octets([1, 0, 0, 0]) } } },
    says: ['failed tdx.qe-identity tdx_qe_failed'],
    authentic: false,
  },
  {
    name: 'an enclave with other attributes',
    options: { quote: { qe: { attributes: octets([0x35, ...zeros(15)]) } } },
    says: ['failed tdx.qe-identity tdx_qe_failed'],
    authentic: false,
  },
  {
    name: 'an enclave under debug',
    options: { quote: { qe: { attributes: octets([0x17, ...zeros(15)]) } } },
    says: ['failed tdx.qe-identity tdx_qe_failed'],
    authentic: false,
  },
  {
    name: 'an enclave below every level',
    options: { quote: { qe: { isvSvn: 3 } } },
    says: ['failed tdx.qe-identity tdx_qe_no_level'],
    authentic: true,
  },
  {
    name: 'a module of an unknown version',
    options: { quote: { td: { teeTcbSvn: octets([7, 9, 3, ...zeros(13)]) } } },
    says: ['unchecked tdx.module tdx_module_unknown'],
    authentic: true,
  },
  {
    name: 'a module of another signer',
    options: { quote: { td: { mrSignerSeam: new Uint8Array(48).fill(1) } } },
    says: ['failed tdx.module tdx_module_identity'],
    authentic: true,
  },
  {
    name: 'a module with attributes',
    options: { quote: { td: { seamAttributes: octets([1, ...zeros(7)]) } } },
    says: ['failed tdx.module tdx_module_identity'],
    authentic: true,
  },
  {
    name: 'a module below every level',
    options: { quote: { td: { teeTcbSvn: octets([1, 1, 3, ...zeros(13)]) } } },
    says: ['failed tdx.module tdx_module_no_level'],
    authentic: true,
  },
  {
    name: 'microcode below every level',
    options: { platform: { components: [1, 1].concat(Array(14).fill(0)) } },
    says: ['failed tdx.tcb-level tdx_level_none'],
    authentic: true,
  },
  { name: 'a PCE below every level', options: { platform: { pceSvn: 4 } }, says: ['failed tdx.tcb-level tdx_level_none'], authentic: true },
  {
    name: 'TDX microcode below every level',
    options: { quote: { td: { teeTcbSvn: octets([7, 1, 1, ...zeros(13)]) } } },
    says: ['failed tdx.tcb-level tdx_level_none'],
    authentic: true,
  },
  {
    name: 'a platform that is out of date',
    options: { platform: { components: [2, 2, 2, 2, 3, 1, 0, 5, ...Array(8).fill(0)] } },
    says: ['failed tdx.tcb-status tdx_status_failed'],
    authentic: true,
  },
  {
    name: 'a module that is out of date',
    options: { quote: { td: { teeTcbSvn: octets([4, 1, 3, ...zeros(13)]) } } },
    says: ['failed tdx.tcb-status tdx_status_failed'],
    authentic: true,
  },
  {
    name: 'an enclave that is out of date',
    options: { qeIdentity: { json: { tcbLevels: [isvLevel(8, { status: 'UpToDate' }), isvLevel(4, { status: 'OutOfDate' })] } } },
    says: ['failed tdx.tcb-status tdx_status_failed'],
    authentic: true,
  },
  {
    name: 'a machine that needs another configuration',
    options: { tcbInfo: { json: level('ConfigurationNeeded') } },
    says: ['failed tdx.tcb-status tdx_status_failed'],
    authentic: true,
  },
  {
    name: 'a level that Intel revoked',
    options: { tcbInfo: { json: level('Revoked') } },
    says: ['failed tdx.tcb-status tdx_status_failed'],
    authentic: true,
  },
  {
    name: 'software that needs hardening, under a policy that accepts none',
    options: { tcbInfo: { json: level('SWHardeningNeeded') } },
    policy: { tcb: { accept: ['UpToDate'] } },
    says: ['failed tdx.tcb-status tdx_status_failed'],
    authentic: true,
  },
]

describe('a machine’s attributes', () => {
  const judged = async (...options: Parameters<typeof judge>) => {
    const result = await judge(...options)
    const finding = (check: string) => result.findings.find((found) => found.check === check)
    return { open: notPassed(result), attributes: finding('tdx.attributes'), service: finding('tdx.service-td') }
  }
  const bit = (number: number) =>
    octets(Array.from({ length: 8 }, (_, index) => (index === 3 ? 0x10 : 0) | (index === number >> 3 ? 1 << (number & 7) : 0)))

  it.each([16, 27, 30, 31, 62, 63])('bit %s is known, and no fault', async (number) => {
    const { open, attributes } = await judged({ quote: { td: { tdAttributes: bit(number) } } })
    expect([open, attributes?.because.id, attributes?.assumes]).toEqual([[], 'tdx_attributes_passed', []])
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('bit %s lets the host look in, whether it has a name or not', async (number) => {
    expect((await judged({ quote: { td: { tdAttributes: bit(number) } } })).open).toEqual(['failed tdx.debug tdx_debug_failed'])
  })

  it.each([8, 15, 17, 26, 32, 61])('bit %s is newer than this verifier: named, and not judged', async (number) => {
    const { open, attributes } = await judged({ quote: { td: { tdAttributes: bit(number) } } })
    expect(open).toEqual(['unchecked tdx.attributes tdx_attributes_unknown'])
    expect(attributes).toMatchObject({ code: 'newer', computed: `SEPT_VE_DISABLE, bit ${number}` })
    expect(attributes).not.toHaveProperty('theirs')
  })

  it.each([4, 5])('that are unusual are cautions, in version %s', async (version) => {
    const migratable = await judged({ quote: { version, td: { tdAttributes: bit(29) } } })
    expect([migratable.open, migratable.attributes?.because.id, migratable.attributes?.assumes]).toEqual([
      [],
      'tdx_attributes_migratable',
      ['assume_tdx_migratable'],
    ])
    const azure = await judged({ quote: { version, td: { tdAttributes: zeros(8) } } })
    expect([azure.open, azure.attributes?.because.id, azure.attributes?.assumes]).toEqual([
      [],
      'tdx_attributes_sept_ve',
      ['assume_tdx_sept_ve'],
    ])
  })

  it('a service bound to the machine is one too', async () => {
    const { open, service } = await judged({ quote: { version: 5, td: { mrServiceTd: new Uint8Array(48).fill(1) } } })
    expect([open, service?.because.id, service?.assumes]).toEqual([[], 'tdx_service_td_bound', ['assume_tdx_service_td']])
  })
})

describe('what makes one check fail, or leaves it open', () => {
  it.each(BROKEN)('$name', async ({ options, says, policy, at, authentic }) => {
    const result = await judge(options, { ...(policy === undefined ? {} : { policy }), ...(at === undefined ? {} : { at }) })
    expect(notPassed(result)).toEqual(says)
    expect(result.authentic !== undefined).toBe(authentic)
  })
})

describe('collateral', () => {
  const made = makeTdx({ at: AT })
  const anchors = [tdxAnchor(made)]

  it('that is missing leaves security and revocation unchecked, and fails nothing', async () => {
    const result = await verify(tdxInput(made.quote, [], anchors, AT))
    expect(notPassed(result)).toEqual(['unchecked tdx.collateral tdx_collateral_missing'])
    expect(result.authentic).toBeDefined()
  })

  it.each(['', '{', '[]', '{"format":"intel"}'])('that cannot be read is unchecked, by whoever sent it: %s', async (text) => {
    const result = await verify(tdxInput(made.quote, [text], anchors, AT))
    expect(notPassed(result)).toEqual(['unchecked tdx.collateral tdx_collateral_malformed'])
    expect(result.findings.at(-1)?.theirs).toBe(true)
  })

  it('is one pool: in any order, with whatever beside it, it says the same', async () => {
    const others = [
      '{',
      makeTdx({ at: AT, seed: 'foreign' }).collateral,
      makeTdx({ at: AT, tcbInfo: { signature: 'flipped' }, qeIdentity: { absent: true } }).collateral,
      makeTdx({ at: AT, tcbInfo: { until: days(-1) }, rootCrl: { nextUpdate: days(-0.5) } }).collateral,
      makeTdx({ at: AT, pckCrl: { rewriteDer: () => octets([0x30]) } }).collateral,
    ]
    const honest = await verify(tdxInput(made.quote, [made.collateral], anchors, AT))
    for (const pool of [
      [made.collateral, ...others],
      [...others, made.collateral],
      [...others.toReversed(), made.collateral],
    ]) {
      expect(await verify(tdxInput(made.quote, pool, anchors, AT))).toEqual(honest)
    }
  })

  it('revokes wherever it says so, however old: nothing beside it silences that', async () => {
    for (const revokes of [{ pckCrl: { revokes: 'leaf' } }, { rootCrl: { revokes: 'authority', nextUpdate: days(-0.5) } }] as const) {
      const telling = makeTdx({ at: AT, ...revokes }).collateral
      for (const pool of [
        [telling, made.collateral],
        [made.collateral, telling],
      ]) {
        expect(notPassed(await verify(tdxInput(made.quote, pool, anchors, AT)))).toEqual(['failed tdx.revocation tdx_revocation_failed'])
      }
    }
  })

  it('of one processor family may be of either authority: the list has to be that of the leaf’s issuer', async () => {
    const other = makeTdx({
      at: AT,
      authority: { subject: [['CN', 'Simulated SGX PCK Processor CA']], key: makeKey('ec-p256', 'processor') },
    })
    expect(notPassed(await verify(tdxInput(other.quote, [made.collateral, other.collateral], anchors, AT)))).toEqual([])
    expect(notPassed(await verify(tdxInput(made.quote, [other.collateral, made.collateral], anchors, AT)))).toEqual([])
    expect(notPassed(await verify(tdxInput(made.quote, [other.collateral], anchors, AT)))).toEqual([
      'unchecked tdx.pck-crl tdx_part_missing',
      'unchecked tdx.revocation tdx_revocation_unchecked',
    ])
  })

  it('names the stricter of Intel’s early and standard sets, and the grace between them', async () => {
    const early = makeTdx({
      at: AT,
      tcbInfo: { json: { ...level('OutOfDate', { date: '2026-02-10T00:00:00Z' }), tcbEvaluationDataNumber: 20 } },
    })
    for (const pool of [
      [early.collateral, made.collateral],
      [made.collateral, early.collateral],
    ]) {
      const result = await verify(tdxInput(made.quote, pool, anchors, AT))
      expect(notPassed(result)).toEqual([])
      expect(result.findings.find(({ check }) => check === 'tdx.tcb-status')).toMatchObject({
        outcome: 'passed',
        because: { id: 'tdx_status_grace', args: [{ id: 'tdx_status_out_of_date' }, '2026-02-10', { id: 'tdx_advisories_none' }] },
        assumes: ['assume_tdx_grace', 'assume_tdx_advisories'],
      })
    }
    const failed = ['failed tdx.tcb-status tdx_status_failed']
    expect(notPassed(await verify(tdxInput(made.quote, [early.collateral], anchors, AT)))).toEqual(failed)
    // No grace in a set that is no longer in force, is below the floor, or says the same.
    const ended = makeTdx({ at: AT, tcbInfo: { until: days(-1) } })
    const low = makeTdx({ at: AT, tcbInfo: { json: { tcbEvaluationDataNumber: 16 } } })
    const same = makeTdx({ at: AT, tcbInfo: { json: level('OutOfDate') } })
    for (const { collateral } of [ended, low, same]) {
      expect(notPassed(await verify(tdxInput(made.quote, [collateral, early.collateral], anchors, AT)))).toEqual(failed)
    }
    // None for what Intel revoked.
    const revoked = makeTdx({ at: AT, tcbInfo: { json: { ...level('Revoked'), tcbEvaluationDataNumber: 20 } } })
    expect(notPassed(await verify(tdxInput(made.quote, [revoked.collateral, made.collateral], anchors, AT)))).toEqual(failed)
  })

  it('may hold what is newer than this verifier, where nothing is asked of it', async () => {
    const odd = {
      tdxModuleIdentities: [{ id: 'TDX_99' }, 7, ...(JSON.parse(JSON.parse(made.collateral).tcb_info).tdxModuleIdentities as object[])],
    }
    expect(notPassed(await judge({ tcbInfo: { json: { ...odd, another: [1.5] } } }))).toEqual([])
    const advised = await judge({ tcbInfo: { json: level('SWHardeningNeeded', { advisories: ['INTEL-DOC-10000'] }) } })
    expect(notPassed(advised)).toEqual([])
    expect(notPassed(await judge({ tcbInfo: { json: level('CoolingNeeded') } }))).toEqual(['unchecked tdx.tcb-status tdx_status_newer'])
  })

  it('for this platform and time is chosen among others', async () => {
    const other = makeTdx({ at: AT, tcbInfo: { json: { fmspc: 'B0C06F000000' } } }).collateral
    const old = makeTdx({ at: AT, tcbInfo: { until: days(-1) } }).collateral
    expect(notPassed(await verify(tdxInput(made.quote, ['{', other, old, made.collateral], anchors, AT)))).toEqual([])
    expect(notPassed(await verify(tdxInput(made.quote, ['{', other, old], anchors, AT)))).toEqual([
      'unchecked tdx.collateral-time tdx_collateral_expired',
    ])
  })

  it('may have been issued up to a day after the evidence was used', async () => {
    expect(notPassed(await judge({ tcbInfo: { issued: days(1) } }))).toEqual([])
    expect(notPassed(await judge({ tcbInfo: { issued: days(1 + 1 / 86_400) } }))).toEqual([
      'unchecked tdx.collateral-time tdx_collateral_early',
    ])
  })

  it('is good until the second of its end', async () => {
    expect(notPassed(await judge({ tcbInfo: { until: AT } }))).toEqual([])
  })

  it("signed under a root that is not the quote's is refused", async () => {
    const foreign = makeTdx({ at: AT, seed: 'foreign' })
    expect(notPassed(await verify(tdxInput(made.quote, [foreign.collateral], anchors, AT)))).toEqual([
      'unchecked tdx.tcb-info-signature tdx_part_refused',
      'unchecked tdx.qe-identity-signature tdx_part_refused',
      'unchecked tdx.root-crl tdx_part_refused',
      'unchecked tdx.pck-crl tdx_part_refused',
      'unchecked tdx.revocation tdx_revocation_unchecked',
    ])
  })
})

describe('trust', () => {
  const made = makeTdx({ at: AT })

  it('is in anchors for this purpose only', async () => {
    const anchor = { ...tdxAnchor(made), purpose: 'confidential-space' }
    expect(notPassed(await verify(tdxInput(made.quote, [made.collateral], [anchor], AT)))).toEqual([
      'failed tdx.pck-chain path_foreign_root',
    ])
  })

  it('is not in certificates beside the path, nor in a root that nobody verified: they change nothing', async () => {
    const foreign = makeTdx({ at: AT, seed: 'foreign' })
    const { key, subject, notBefore, notAfter } = made.root
    const issuer = [['CN', 'Somebody else']] as const
    const claimed = issueCertificate({ subject, key, notBefore, notAfter, issuer, basicConstraints: { ca: true }, signature: 'flipped' })
    const honest = await judge()
    for (const beside of ['', foreign.root.pem, made.root.pem + foreign.root.pem]) {
      expect(await judge({ quote: { pckChain: made.pck.pem + made.authority.pem + beside } })).toEqual(honest)
    }
    const alone = await verify(
      tdxInput(makeTdx({ at: AT, quote: { pckChain: made.pck.pem + made.authority.pem + claimed.pem } }).quote, [], [], AT),
    )
    expect(alone.authentic).toBeUndefined()
  })

  it.each([
    ['the authority left out', made.pck.pem + made.root.pem],
    ['an authority that cannot be read', made.pck.pem + made.authority.pem.replace('MI', 'MA') + made.root.pem],
    ['the leaf alone', made.pck.pem],
  ])('is not refuted by certificates with %s: one was not obtained, and that is theirs', async (_, pckChain) => {
    const { findings, authentic } = await judge({ quote: { pckChain } })
    const missing = { outcome: 'unchecked', theirs: true, code: 'issuer-missing', because: { id: 'path_issuer_missing' } }
    expect(findings.find(({ check }) => check === 'tdx.pck-chain')).toMatchObject(missing)
    expect([authentic, findings.filter(({ outcome }) => outcome === 'failed')]).toEqual([undefined, []])
  })

  it('is not in a path with a further authority', async () => {
    const roomy = makeTdx({ at: AT, root: { basicConstraints: { ca: true } }, authority: { basicConstraints: { ca: true } } })
    const dates = { notBefore: days(-10), notAfter: days(10) }
    const further = issueCertificate(
      {
        subject: [['CN', 'Further']],
        key: makeKey('ec-p256', 'further'),
        basicConstraints: { ca: true },
        keyUsage: ['keyCertSign', 'cRLSign'],
        ...dates,
      },
      roomy.authority,
    )
    const extensions = [{ oid: '1.2.840.113741.1.13.1', critical: false, value: encodePlatform(HONEST_PLATFORM) }]
    const pck = issueCertificate({ subject: roomy.pck.subject, key: roomy.pck.key, extensions, ...dates }, further)
    const pckChain = pck.pem + further.pem + roomy.authority.pem + roomy.root.pem
    const quoted = makeTdx({ at: AT, quote: { pckChain } }).quote
    const result = await verify(tdxInput(quoted, [], [tdxAnchor(roomy)], AT))
    expect(result.findings.find(({ outcome }) => outcome === 'failed')).toMatchObject({
      check: 'tdx.pck-chain',
      code: 'not-a-pck-certificate',
    })
  })

  it('in a document is not moved by certificates beside its signer’s, and open where the signer’s are not there', async () => {
    const foreign = makeTdx({ at: AT, seed: 'foreign' })
    const withChain = async (chain: string) => {
      const collateral = JSON.stringify({ ...JSON.parse(made.collateral), tcb_info_issuer_chain: chain })
      return notPassed(await verify(tdxInput(made.quote, [collateral], [tdxAnchor(made)], AT)))
    }
    expect(await withChain(made.signer.pem + foreign.root.pem)).toEqual([])
    expect(await withChain(made.signer.pem)).toEqual([])
    expect(await withChain('')).toEqual(['unchecked tdx.tcb-info-signature tdx_part_signer_missing'])
    expect(await withChain('none')).toEqual(['unchecked tdx.tcb-info-signature tdx_part_unreadable'])
    expect(await withChain(foreign.signer.pem + foreign.root.pem)).toEqual(['unchecked tdx.tcb-info-signature tdx_part_refused'])
  })

  it("is not in a platform's certificate that the root issued itself", async () => {
    const signer = {
      key: makeKey('ec-p256', `${DEFAULT_SEED}/tdx/pck`),
      extensions: [{ oid: '1.2.840.113741.1.13.1', critical: false, value: encodePlatform(HONEST_PLATFORM) }],
    }
    const { signer: direct, root } = makeTdx({ at: AT, signer })
    const result = await judge({ signer, quote: { pckChain: direct.pem + root.pem } })
    expect(result.findings.find(({ outcome }) => outcome === 'failed')).toMatchObject({
      check: 'tdx.pck-chain',
      code: 'not-a-pck-certificate',
    })
    expect(result.authentic).toBeUndefined()
  })

  it('of a shipped root rests on its maker', async () => {
    const result = await verify(tdxInput(made.quote, [made.collateral], [{ ...tdxAnchor(made), addedBy: 'shipped' }], AT))
    const chain = result.findings.find(({ check }) => check === 'tdx.pck-chain')
    expect(chain).toMatchObject({ because: { id: 'tdx_chain_passed' }, assumes: ['assume_hardware_vendor', 'assume_side_channels'] })
  })
})

describe("the quoting enclave's identity", () => {
  it('reaches a level with exactly its version', async () => {
    expect(notPassed(await judge({ quote: { qe: { isvSvn: 4 } } }))).toEqual([])
  })

  it('is never that of an enclave under debug, whatever the mask covers', async () => {
    const unmasked = { json: { attributesMask: 'F9FFFFFFFFFFFFFF0000000000000000' } }
    const result = await judge({ quote: { qe: { attributes: octets([0x17, ...zeros(15)]) } }, qeIdentity: unmasked })
    expect(result.findings.find(({ outcome }) => outcome === 'failed')).toMatchObject({ because: { id: 'tdx_qe_failed' }, code: 'debug' })
  })
})

describe('the status', () => {
  const status = async (options: Partial<TdxOptions>, policy: Partial<Policy> = {}) =>
    (await judge(options, { policy })).findings.find(({ check }) => check === 'tdx.tcb-status')

  it('SWHardeningNeeded is accepted with its advisories as an assumption', async () => {
    const finding = await status({ tcbInfo: { json: level('SWHardeningNeeded', { advisories: ['INTEL-SA-00615'] }) } })
    expect(finding).toMatchObject({
      outcome: 'passed',
      assumes: ['assume_tdx_advisories'],
      because: { id: 'tdx_status_accepted', args: [{ id: 'tdx_status_sw_hardening' }, 'INTEL-SA-00615'] },
    })
  })

  it('says which parts are behind, since when, and which advisories', async () => {
    const finding = await status({ platform: { components: [2, 2, 2, 2, 3, 1, 0, 5, ...Array(8).fill(0)], pceSvn: 11 } })
    expect(finding?.because).toEqual({
      id: 'tdx_status_failed',
      args: [
        { id: 'tdx_status_out_of_date' },
        { id: 'tdx_and', args: [{ id: 'tdx_half_microcode' }, { id: 'tdx_half_pce' }] },
        '2018-01-04',
        'INTEL-SA-00837, INTEL-SA-01079',
      ],
    })
  })

  it('names the module when it is the module', async () => {
    const finding = await status({ quote: { td: { teeTcbSvn: octets([4, 1, 3, ...zeros(13)]) } } })
    expect(finding?.because).toEqual({
      id: 'tdx_status_failed',
      args: [{ id: 'tdx_status_out_of_date' }, { id: 'tdx_half_module' }, '2023-08-09', 'INTEL-SA-01036'],
    })
  })

  it('OutOfDate passes under a policy that lists it, and Revoked under none', async () => {
    const tcb = { accept: ['OutOfDate', 'ConfigurationNeeded'] } as const
    const old = { platform: { components: [2, 2, 2, 2, 3, 1, 0, 5, ...Array(8).fill(0)] } }
    expect(await status(old, { tcb })).toMatchObject({ outcome: 'passed', assumes: ['assume_tdx_advisories'] })
    expect(await status({ tcbInfo: { json: level('Revoked') } }, { tcb })).toMatchObject({ outcome: 'failed' })
  })

  describe('of a host that was updated under the machine', () => {
    const old = { teeTcbSvn: octets([4, 1, 3, ...zeros(13)]) }
    const said = async (options: Partial<TdxOptions>, policy: Partial<Policy> = {}) => {
      const finding = await status(options, policy)
      return [finding?.outcome, finding?.because.args?.[0], finding?.computed?.split(',')[0]]
    }
    const relaunch = ['failed', { id: 'tdx_status_relaunch' }, 'TDRelaunchAdvised']
    const outdated = ['failed', { id: 'tdx_status_out_of_date' }, 'OutOfDate']

    it('advises a restart, and counts as out of date', async () => {
      expect(await said({ quote: { version: 5, td: old } })).toEqual(relaunch)
      expect(await said({ quote: { version: 5, td: old } }, { tcb: { accept: ['OutOfDate'] } })).toEqual(['passed', ...relaunch.slice(1)])
      const ofVersion0 = { ...old, teeTcbSvn2: octets([5, 0, 3, ...zeros(13)]) }
      expect(await said({ quote: { version: 5, td: ofVersion0 } })).toEqual(relaunch)
      const configured = level('ConfigurationNeeded')
      expect(await said({ quote: { version: 5, td: old }, tcbInfo: { json: configured } })).toEqual([
        'failed',
        { id: 'tdx_status_relaunch' },
        'TDRelaunchAdvisedConfigurationNeeded',
      ])
    })

    it.each<[string, Partial<TdxOptions>]>([
      ['a report that does not say what runs now', { quote: { td: old } }],
      ['the same old module still there', { quote: { version: 5, td: { ...old, teeTcbSvn2: octets([4, 1, 3, ...zeros(13)]) } } }],
      ['microcode below the newest', { quote: { version: 5, td: { ...old, teeTcbSvn2: octets([7, 1, 2, ...zeros(13)]) } } }],
      ['a module that Intel does not list', { quote: { version: 5, td: { ...old, teeTcbSvn2: octets([7, 9, 3, ...zeros(13)]) } } }],
      ['version 0 below the newest', { quote: { version: 5, td: { ...old, teeTcbSvn2: octets([4, 0, 3, ...zeros(13)]) } } }],
      [
        'a host that is out of date itself',
        { quote: { version: 5, td: old }, platform: { components: [2, 2, 2, 2, 3, 1, 0, 5, ...Array(8).fill(0)] } },
      ],
      [
        'an enclave that is out of date',
        {
          quote: { version: 5, td: old },
          qeIdentity: { json: { tcbLevels: [isvLevel(8, { status: 'UpToDate' }), isvLevel(4, { status: 'OutOfDate' })] } },
        },
      ],
    ])('does not with %s', async (_, options) => expect(await said(options)).toEqual(outdated))
  })

  it('of a module of version 0 is judged with all 16 components', async () => {
    const old = { quote: { td: { teeTcbSvn: octets([4, 0, 3, ...zeros(13)]) } } }
    expect(notPassed(await judge(old))).toEqual(['failed tdx.tcb-level tdx_level_none'])
    const current = { quote: { td: { teeTcbSvn: octets([5, 0, 3, ...zeros(13)]) } } }
    expect(notPassed(await judge(current))).toEqual([])
    const foreign = { quote: { td: { teeTcbSvn: octets([5, 0, 3, ...zeros(13)]), mrSignerSeam: new Uint8Array(48).fill(1) } } }
    expect(notPassed(await judge(foreign))).toEqual(['failed tdx.module tdx_module_identity'])
  })

  it('a module whose level is not enough for [0], [1] is compared by [2..15] only: 04 01 02 against 05 00 02', async () => {
    const result = await judge({
      quote: { td: { teeTcbSvn: octets([4, 1, 2, ...zeros(13)]) } },
      tcbInfo: { json: { ...level('UpToDate', { tdx: [5, 0, 2] }), ...module({ tcbLevels: [isvLevel(4, { status: 'UpToDate' })] }) } },
    })
    expect(notPassed(result)).toEqual([])
  })
})

it('reads documents that are not base64url as malformed', async () => {
  const made = makeTdx({ at: AT })
  const input = tdxInput(flipBit(made.quote), [], [tdxAnchor(made)], AT)
  const result = await verify({ ...input, evidence: { ...input.evidence, document: '%' } })
  expect(notPassed(result)).toEqual(['unchecked tdx.format tdx_format_failed'])
})
