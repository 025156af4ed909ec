import { describe, expect, it } from 'vitest'
import { issueCertificate } from '../../../../test/simulator/certificates.ts'
import { makeKey } from '../../../../test/simulator/keys.ts'
import { flipBit, octets } from '../../../../test/simulator/octets.ts'
import { DEFAULT_SEED } from '../../../../test/simulator/random.ts'
import { encodePlatform, HONEST_PLATFORM, isvLevel, makeTdx, type TdxOptions, tcbLevel } from '../../../../test/simulator/tdx.ts'
import { zeros } from '../../../../test/simulator/tdx-quote.ts'
import { notPassed, tdxAnchor, tdxInput } from '../../../../test/support/tdx.ts'
import type { Policy } from '../../policy/types.ts'
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
    const td = { mrTd: register(1), rtmrs: [2, 3, 4, 5].map(register), mrConfigId: register(6), reportData: new Uint8Array(64).fill(7) }
    const { authentic } = await judge({ quote: { td } })
    expect(authentic?.commits).toEqual([{ field: 'report-data', value: '07'.repeat(64) }])
    expect(authentic?.measurements).toEqual([
      { name: 'tdx.mrtd', value: '01'.repeat(48), kind: 'identity' },
      { name: 'tdx.rtmr0', value: '02'.repeat(48), kind: 'identity' },
      { name: 'tdx.rtmr1', value: '03'.repeat(48), kind: 'code' },
      { name: 'tdx.rtmr2', value: '04'.repeat(48), kind: 'code' },
      { name: 'tdx.rtmr3', value: '05'.repeat(48), kind: 'code' },
      { name: 'tdx.mr-config-id', value: '06'.repeat(48), kind: 'code' },
      { name: 'platform.hardware', value: 'INTEL_TDX', kind: 'identity' },
    ])
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
    says: ['failed tdx.format tdx_format_failed'],
    authentic: false,
  },
  {
    name: 'an SGX quote of version 3',
    options: { quote: { version: 3, teeType: 0 } },
    says: ['failed tdx.format tdx_not_tdx'],
    authentic: false,
  },
  { name: 'an SGX quote of version 4', options: { quote: { teeType: 0 } }, says: ['failed tdx.format tdx_not_tdx'], authentic: false },
  { name: 'an unknown TEE', options: { quote: { teeType: 0x82 } }, says: ['failed tdx.format tdx_format_failed'], authentic: false },
  { name: 'another kind of key', options: { quote: { keyType: 3 } }, says: ['failed tdx.format tdx_format_failed'], authentic: false },
  {
    name: 'a quoting enclave of another vendor',
    options: { quote: { vendor: zeros(16) } },
    says: ['failed tdx.format tdx_format_failed'],
    authentic: false,
  },
  {
    name: 'a body type that is not the body',
    options: { quote: { version: 5, body: 'td15', bodyType: 2 } },
    says: ['failed tdx.format tdx_format_failed'],
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
    says: ['failed tdx.format tdx_chain_malformed'],
    authentic: false,
  },
  {
    name: 'octets behind the quote',
    options: { quote: { trailing: octets([0, 1]) } },
    says: ['failed tdx.format tdx_format_failed'],
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
    says: ['failed tdx.format tdx_chain_malformed'],
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
    says: ['failed tdx.attributes tdx_attributes_reserved'],
    authentic: true,
  },
  {
    name: 'a reserved bit of the upper half',
    options: { quote: attributes(0, 0, 0, 0x10, 0, 0, 0, 0x40) },
    says: ['failed tdx.attributes tdx_attributes_reserved'],
    authentic: true,
  },
  {
    name: 'bit 29 of a TD 1.0 body',
    options: { quote: attributes(0, 0, 0, 0x30, 0, 0, 0, 0) },
    says: ['failed tdx.attributes tdx_attributes_reserved'],
    authentic: true,
  },
  {
    name: 'a migratable domain',
    options: { quote: { version: 5, ...attributes(0, 0, 0, 0x30, 0, 0, 0, 0) } },
    says: ['failed tdx.attributes tdx_attributes_migratable'],
    authentic: true,
  },
  {
    name: 'SEPT_VE_DISABLE off',
    options: { quote: attributes(0, 0, 0, 0, 0, 0, 0, 0) },
    says: ['failed tdx.attributes tdx_attributes_sept_ve'],
    authentic: true,
  },
  {
    name: 'a service domain',
    options: { quote: { version: 5, td: { mrServiceTd: new Uint8Array(48).fill(1) } } },
    says: ['failed tdx.service-td tdx_service_td_failed'],
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
    says: ['failed tdx.tcb-info-signature tdx_part_refused'],
    authentic: true,
  },
  {
    name: 'TCB info that was changed',
    options: { tcbInfo: { rewrite: (text) => text.replace('"tcbEvaluationDataNumber":18', '"tcbEvaluationDataNumber":19') } },
    says: ['failed tdx.tcb-info-signature tdx_part_refused'],
    authentic: true,
  },
  {
    name: 'TCB info that was only spaced',
    options: { tcbInfo: { rewrite: (text) => text.replace('"id":"TDX"', '"id": "TDX"') } },
    says: ['failed tdx.tcb-info-signature tdx_part_refused'],
    authentic: true,
  },
  {
    name: 'TCB info of SGX',
    options: { tcbInfo: { json: { id: 'SGX' } } },
    says: ['failed tdx.tcb-info-signature tdx_part_refused'],
    authentic: true,
  },
  {
    name: 'QE identity with a flipped signature bit',
    options: { qeIdentity: { signature: 'flipped' } },
    says: ['failed tdx.qe-identity-signature tdx_part_refused'],
    authentic: true,
  },
  {
    name: 'identity of the SGX quoting enclave',
    options: { qeIdentity: { json: { id: 'QE' } } },
    says: ['failed tdx.qe-identity-signature tdx_part_refused'],
    authentic: true,
  },
  {
    name: 'QE identity of version 4',
    options: { qeIdentity: { json: { version: 4 } } },
    says: ['failed tdx.qe-identity-signature tdx_part_refused'],
    authentic: true,
  },
  {
    name: 'documents signed by a processor',
    options: { documentsBy: 'platform' },
    says: ['failed tdx.tcb-info-signature tdx_part_refused', 'failed tdx.qe-identity-signature tdx_part_refused'],
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
    says: ['failed tdx.root-crl tdx_part_refused', 'unchecked tdx.revocation tdx_revocation_unchecked'],
    authentic: true,
  },
  {
    name: 'a CRL of processors with a flipped signature bit',
    options: { pckCrl: { signature: 'flipped' } },
    says: ['failed tdx.pck-crl tdx_part_refused', 'unchecked tdx.revocation tdx_revocation_unchecked'],
    authentic: true,
  },
  {
    name: 'a CRL of one byte',
    options: { pckCrl: { rewriteDer: () => octets([0x30]) } },
    says: ['failed tdx.pck-crl tdx_part_refused', 'unchecked tdx.revocation tdx_revocation_unchecked'],
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
    says: ['unchecked tdx.collateral-time tdx_collateral_expired'],
    authentic: true,
  },
  {
    name: 'a CRL of processors that has expired',
    options: { pckCrl: { nextUpdate: days(-0.5) } },
    says: ['unchecked tdx.collateral-time tdx_collateral_expired'],
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
    says: ['failed tdx.module tdx_module_unknown'],
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

describe('what makes one check fail', () => {
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

  it.each(['', '{', '[]', '{"format":"intel-pcs","more":1}'])('that cannot be read is unchecked: %s', async (text) => {
    expect(notPassed(await verify(tdxInput(made.quote, [text], anchors, AT)))).toEqual([
      'unchecked tdx.collateral tdx_collateral_malformed',
    ])
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
      'failed tdx.tcb-info-signature tdx_part_refused',
      'failed tdx.qe-identity-signature tdx_part_refused',
      'failed tdx.root-crl tdx_part_refused',
      'failed tdx.pck-crl tdx_part_refused',
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

  it('is not in certificates beside the path', async () => {
    const foreign = makeTdx({ at: AT, seed: 'foreign' })
    const pckChain = made.pck.pem + made.authority.pem + foreign.root.pem
    const result = await judge({ quote: { pckChain } })
    expect(notPassed(result)).toEqual(['failed tdx.pck-chain tdx_chain_failed'])
    expect(notPassed(await judge({ quote: { pckChain: made.pck.pem + made.authority.pem } }))).toEqual([])
  })

  it('is not in a root that nobody verified', async () => {
    const { key, subject, notBefore, notAfter } = made.root
    const issuer = [['CN', 'Somebody else']] as const
    const claimed = issueCertificate({ subject, key, notBefore, notAfter, issuer, basicConstraints: { ca: true }, signature: 'flipped' })
    const result = await judge({ quote: { pckChain: made.pck.pem + made.authority.pem + claimed.pem } })
    expect(notPassed(result)).toEqual(['failed tdx.pck-chain tdx_chain_failed'])
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

  it('is not in a document whose chain has certificates beside the path', async () => {
    const foreign = makeTdx({ at: AT, seed: 'foreign' })
    const collateral = JSON.stringify({
      ...JSON.parse(made.collateral),
      tcb_info_issuer_chain: made.signer.pem + foreign.root.pem,
    })
    expect(notPassed(await verify(tdxInput(made.quote, [collateral], [tdxAnchor(made)], AT)))).toEqual([
      'failed tdx.tcb-info-signature tdx_part_refused',
    ])
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
  expect(notPassed(result)).toEqual(['failed tdx.format tdx_format_failed'])
})
