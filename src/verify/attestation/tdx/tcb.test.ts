import { describe, expect, it } from 'vitest'
import { octets } from '../../../../test/simulator/octets.ts'
import { encodeTd, honestTd, zeros } from '../../../../test/simulator/tdx-quote.ts'
import type { TcbStatus } from '../../policy/types.ts'
import type { TcbInfo } from './collateral-schema.ts'
import type { Pck } from './pck-certificate.ts'
import { isMasked, matchModule, matchPlatform, mergeLevels } from './tcb.ts'
import { tdReportOf } from './td-report.ts'

const date = new Date('2024-11-13T00:00:00Z')
const svns = (...values: number[]) => Array.from({ length: 16 }, (_, index) => ({ svn: values[index] ?? 0 }))
const level = (sgx: number[], pcesvn: number, tdx: number[], tcbStatus: TcbStatus = 'UpToDate') => ({
  tcb: { sgxtcbcomponents: svns(...sgx), pcesvn, tdxtcbcomponents: svns(...tdx) },
  tcbDate: date,
  tcbStatus,
})
const report = (...teeTcbSvn: number[]) => {
  const svn = octets([...teeTcbSvn, ...zeros(16 - teeTcbSvn.length)])
  return tdReportOf(encodeTd({ ...honestTd(), teeTcbSvn: svn }, 'td10'))
}
const ANY = { mrsigner: '00'.repeat(48), attributes: '00'.repeat(8), attributesMask: 'ff'.repeat(8) }
const tcbInfo = (levels: TcbInfo['tcbLevels'], identities: TcbInfo['tdxModuleIdentities'] = []): TcbInfo => ({
  id: 'TDX',
  version: 3,
  issueDate: date,
  nextUpdate: date,
  tcbEvaluationDataNumber: 18,
  fmspc: '',
  pceId: '',
  tcbType: 0,
  tdxModule: ANY,
  tdxModuleIdentities: identities,
  tcbLevels: levels,
})
const pck = (pceSvn: number, ...components: number[]): Pck => ({
  fmspc: '',
  pceId: '',
  pceSvn,
  components: Array.from({ length: 16 }, (_, index) => components[index] ?? 0),
})

describe('the level of a platform', () => {
  it('TEE_TCB_SVN 04 01 02 reaches a level of 05 00 02: a module with an identity is not judged by [0] and [1]', () => {
    const info = tcbInfo([level([1], 1, [5, 0, 2])])
    expect(matchPlatform(info, pck(1, 1), report(4, 1, 2)).level?.status).toBe('UpToDate')
    expect(matchPlatform(info, pck(1, 1), report(4, 1, 1)).level).toBeUndefined()
    expect(matchPlatform(tcbInfo([level([1], 1, [5, 9, 2])]), pck(1, 1), report(4, 1, 2)).level).toBeDefined()
  })

  it('TEE_TCB_SVN 04 00 02 does not reach a level of 05 00 02', () => {
    const info = tcbInfo([level([1], 1, [5, 0, 2])])
    expect(matchPlatform(info, pck(1, 1), report(4, 0, 2))).toEqual({ level: undefined, short: ['tdx'] })
    expect(matchPlatform(info, pck(1, 1), report(5, 0, 2)).level?.status).toBe('UpToDate')
  })

  it.each(Array.from({ length: 16 }, (_, index) => index))('wants SGX component %i', (index) => {
    const wanted = Array.from({ length: 16 }, (_, at) => (at === index ? 3 : 0))
    const info = tcbInfo([level(wanted, 1, [])])
    expect(matchPlatform(info, pck(1, ...wanted), report(1, 1)).level).toBeDefined()
    expect(matchPlatform(info, pck(1, ...wanted.map((svn) => Math.max(0, svn - 1))), report(1, 1))).toEqual({
      level: undefined,
      short: ['microcode'],
    })
  })

  it.each(Array.from({ length: 14 }, (_, index) => index + 2))('wants TDX component %i', (index) => {
    const wanted = Array.from({ length: 16 }, (_, at) => (at === index ? 3 : 0))
    const own = wanted.map((svn, at) => (at === 1 ? 1 : svn))
    const info = tcbInfo([level([], 1, wanted)])
    expect(matchPlatform(info, pck(1), report(...own)).level).toBeDefined()
    expect(matchPlatform(info, pck(1), report(...own.map((svn) => (svn === 3 ? 2 : svn))))).toEqual({ level: undefined, short: ['tdx'] })
  })

  it('wants the PCE', () => {
    const info = tcbInfo([level([], 13, [])])
    expect(matchPlatform(info, pck(13), report(1, 1)).level).toBeDefined()
    expect(matchPlatform(info, pck(12), report(1, 1))).toEqual({ level: undefined, short: ['pce'] })
  })

  it("is the first in Intel's order that is reached, with what is short of the best", () => {
    const info = tcbInfo([level([3], 13, [0, 0, 3]), level([2], 5, [0, 0, 2], 'OutOfDate'), level([1], 5, [], 'Revoked')])
    expect(matchPlatform(info, pck(13, 2), report(7, 1, 3))).toMatchObject({ level: { status: 'OutOfDate' }, short: ['microcode'] })
    expect(matchPlatform(info, pck(5, 1), report(7, 1, 1))).toMatchObject({
      level: { status: 'Revoked' },
      short: ['microcode', 'pce', 'tdx'],
    })
    expect(matchPlatform(info, pck(13, 3), report(7, 1, 3))).toMatchObject({ level: { status: 'UpToDate' }, short: [] })
  })
})

describe('the TDX module', () => {
  const identity = (id: string, ...isvsvns: number[]) => ({
    id,
    ...ANY,
    tcbLevels: isvsvns.map((isvsvn, index) => ({
      tcb: { isvsvn },
      tcbDate: date,
      tcbStatus: index === 0 ? ('UpToDate' as const) : ('OutOfDate' as const),
    })),
  })
  const info = tcbInfo([], [identity('TDX_03', 3), identity('TDX_01', 6, 4), identity('TDX_1A', 1)])

  it.each([
    [[6, 1], { id: 'TDX_01', level: { status: 'UpToDate' } }],
    [[5, 1], { id: 'TDX_01', level: { status: 'OutOfDate' } }],
    [[3, 1], { id: 'TDX_01', fault: 'no-level' }],
    [[3, 3], { id: 'TDX_03', level: { status: 'UpToDate' } }],
    [[3, 2], { id: 'TDX_02', fault: 'version-unknown' }],
    [[1, 0x1a], { id: 'TDX_1A', level: { status: 'UpToDate' } }],
    [[0, 0], { id: 'TDX_00' }],
  ])('with TEE_TCB_SVN %j', (svn, verdict) => expect(matchModule(info, report(...svn))).toMatchObject(verdict))

  it('is compared under the mask of its attributes', () => {
    expect(isMasked('0180', 'ff00', '0100')).toBe(true)
    expect(isMasked('0180', 'ff80', '0100')).toBe(false)
    expect(isMasked('01', 'ff00', '0100')).toBe(false)
  })
})

describe('statuses together', () => {
  const merged = (...statuses: TcbStatus[]) => mergeLevels(statuses.map((status) => ({ status, date, advisories: [] }))).status
  it.each([
    [['UpToDate', 'UpToDate'], 'UpToDate'],
    [['UpToDate', 'SWHardeningNeeded'], 'SWHardeningNeeded'],
    [['ConfigurationNeeded', 'UpToDate'], 'ConfigurationNeeded'],
    [['ConfigurationNeeded', 'SWHardeningNeeded'], 'ConfigurationAndSWHardeningNeeded'],
    [['ConfigurationAndSWHardeningNeeded', 'UpToDate'], 'ConfigurationAndSWHardeningNeeded'],
    [['SWHardeningNeeded', 'OutOfDate'], 'OutOfDate'],
    [['ConfigurationNeeded', 'OutOfDate'], 'OutOfDateConfigurationNeeded'],
    [['OutOfDateConfigurationNeeded', 'UpToDate'], 'OutOfDateConfigurationNeeded'],
    [['OutOfDateConfigurationNeeded', 'Revoked'], 'Revoked'],
  ] as const)('%j are %s', (statuses, status) => {
    expect(merged(...statuses)).toBe(status)
    expect(merged(...statuses.toReversed())).toBe(status)
  })

  it('have the advisories of all, each once', () => {
    const of = (...advisories: string[]) => ({ status: 'OutOfDate' as const, date, advisories })
    expect(mergeLevels([of('INTEL-SA-2', 'INTEL-SA-1'), of('INTEL-SA-2')]).advisories).toEqual(['INTEL-SA-1', 'INTEL-SA-2'])
  })
})
