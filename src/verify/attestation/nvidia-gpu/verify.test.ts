import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sequence, tagged } from '../../../../test/simulator/der.ts'
import type { JsonObject } from '../../../../test/simulator/json.ts'
import { makeKey } from '../../../../test/simulator/keys.ts'
import {
  compositeDeviceId,
  firmwareDigest,
  GPU_NONCE,
  type GpuKnobs,
  makeGpuChain,
  makeGpuItem,
  makeGpuPayload,
  measurementBlock,
  tcbInfo,
} from '../../../../test/simulator/nvidia-gpu.ts'
import { type Octets, octets } from '../../../../test/simulator/octets.ts'
import { presetFor } from '../../policy/presets.ts'
import type { TrustAnchor } from '../../trust/types.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { verifyOne, verifyPayload } from './verify.ts'

/** Many more runs by `FUZZ_RUNS=100000`, repeatable by `FUZZ_SEED`. */
const RUNS = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 150), seed: Number(process.env['FUZZ_SEED'] ?? 20261122) }
const LONG = process.env['FUZZ_RUNS'] === undefined ? 20_000 : 3_600_000

const USED = new Date('2026-11-16T10:20:30.000Z')
const NONCE = Buffer.from(GPU_NONCE).toString('hex')
const HONEST = makeGpuItem()
const { anchor: ANCHOR } = makeGpuChain()

type Situation = { readonly usedAt?: Date; readonly addedBy?: 'shipped' | 'user'; readonly purpose?: string }

function inputOf(document: string, { usedAt = USED, addedBy = 'shipped', purpose = 'nvidia-gpu' }: Situation = {}): AttestationInput {
  const anchor: TrustAnchor = { ...ANCHOR, id: 'simulated', purpose, addedBy, publishedAt: 'test' }
  return {
    evidence: { kind: 'nvidia-gpu-evidence', document, source: '', at: '', provenance: 'fetched' },
    collateral: [],
    trust: { anchors: [anchor], issuerKeys: [] },
    policy: presetFor(''),
    usedAt,
    hop: 2,
  }
}

const one = (knobs: GpuKnobs = {}, beside: JsonObject = {}, situation: Situation = {}) =>
  verifyOne(inputOf(JSON.stringify({ ...(Object.keys(knobs).length === 0 ? HONEST : makeGpuItem(knobs)).item, ...beside }), situation))
const all = (knobs: readonly GpuKnobs[], nonce?: Octets) =>
  verifyPayload(
    inputOf(
      makeGpuPayload(
        knobs.map((each) => makeGpuItem(each).item),
        nonce,
      ),
    ),
  )

const failed = ({ findings }: AttestationResult) => findings.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check)
const said = ({ findings }: AttestationResult) =>
  findings
    .filter(({ outcome, theirs }) => outcome === 'failed' || theirs === true)
    .map(({ check, because, code, computed, at }) => {
      // Where parsers say more than their code: what they note, and the member.
      const fault = check === 'nvidia-gpu.format' && computed !== undefined ? `${code}: ${computed}` : code
      const member = check === 'nvidia-gpu.format' ? at?.replace(/^evidence\.?/, '') : ''
      return [check, because.id, ...(because.args ?? []), fault, member === '' ? undefined : member].filter(Boolean).join(' ')
    })
/** What came and could not be read. */
const unread = ({ findings }: AttestationResult) => findings.filter(({ theirs }) => theirs === true).map(({ check }) => check)
const outcomes = ({ findings }: AttestationResult) => findings.map(({ check, outcome }) => `${check} ${outcome}`)

/** What one GPU says of itself where nothing is wrong with it. */
const GENUINE = [
  'nvidia-gpu.format passed',
  'nvidia-gpu.signature passed',
  'nvidia-gpu.chain passed',
  'nvidia-gpu.validity passed',
  'nvidia-gpu.device passed',
  'nvidia-gpu.architecture passed',
  'nvidia-gpu.firmware-id passed',
  'nvidia-gpu.firmware unchecked',
  'nvidia-gpu.revocation unchecked',
]

describe('the evidence of one GPU', () => {
  it.each(['HOPPER', 'BLACKWELL'] as const)('passes, of %s, and says what was not compared', async (architecture) => {
    const result = await one({ architecture })
    expect(outcomes(result)).toEqual([...GENUINE, 'gpu.pairing unchecked'])
    expect(result.findings.every(({ hop }) => hop === 2)).toBe(true)
    expect(result.authentic?.commits).toEqual([{ field: 'nonce', value: NONCE }])
    const model = architecture === 'HOPPER' ? 'GH100 A01 GSP BROM' : 'GB100 A01 GSP BROM'
    expect(result.authentic?.platform).toEqual({ id: 'nvidia_platform', args: [model] })
    expect(result.authentic?.measurements.map(({ name, value, kind }) => `${name} ${value} ${kind}`)).toEqual([
      'nvidia.gpu-count 1 identity',
      `nvidia.gpu-model ${model} identity`,
      'nvidia.driver-version 570.172.08 identity',
      'nvidia.vbios-version 96.00.D0.00.03 identity',
      expect.stringMatching(/^nvidia\.firmware-id [0-9a-f]{96} identity$/),
    ])
    expect(result.findings.flatMap(({ assumes }) => assumes)).toEqual([
      'assume_hardware_vendor',
      'assume_side_channels',
      'assume_nvidia_firmware',
      'assume_nvidia_revocation',
    ])
    expect(result.findings.find(({ check }) => check === 'nvidia-gpu.firmware')?.because).toEqual({
      id: 'nvidia_firmware_not_compared',
      args: ['GPU-0'],
    })
  })

  it('says so where the root is one that the user added', async () => {
    const { findings, authentic } = await one({}, {}, { addedBy: 'user' })
    expect(findings.flatMap(({ assumes }) => assumes)).not.toContain('assume_hardware_vendor')
    expect(findings.flatMap(({ assumes }) => assumes)).toContain('assume_user_added_root')
    expect(findings.map(({ because }) => because.id)).toEqual(
      expect.arrayContaining(['nvidia_chain_user_root', 'nvidia_firmware_user_root']),
    )
    expect(authentic?.platform.id).toBe('nvidia_platform_user_root')
  })

  const early = { notAfter: new Date(USED.getTime() - 1000) }
  const stranger = makeKey('ec-p384', 'stranger')
  it.each<[string, string, GpuKnobs, JsonObject, Situation]>([
    ['a flipped signature', 'nvidia-gpu.signature', { signature: 'flipped' }, {}, {}],
    ['another key’s signature', 'nvidia-gpu.signature', { signWith: stranger }, {}, {}],
    [
      'a leaf with a key that is no P-384 key',
      'nvidia-gpu.signature',
      { leaf: { key: makeKey('ec-p256', 'gpu-p256') }, signWith: stranger },
      {},
      {},
    ],
    ['a root of the same name and another key', 'nvidia-gpu.chain', { root: { key: stranger } }, {}, {}],
    ['an anchor for something else', 'nvidia-gpu.chain', {}, {}, { purpose: 'confidential-space' }],
    ['a flipped signature of an issuer', 'nvidia-gpu.chain', { provisioner: { signature: 'flipped' } }, {}, {}],
    ['an issuer that is no authority', 'nvidia-gpu.chain', { bootRom: { basicConstraints: { ca: false }, keyUsage: 'absent' } }, {}, {}],
    ['a leaf that may not sign', 'nvidia-gpu.chain', { leaf: { keyUsage: ['keyAgreement'] } }, {}, {}],
    ['an expired leaf', 'nvidia-gpu.validity', { leaf: early }, {}, {}],
    ['an expired issuer', 'nvidia-gpu.validity', { provisioner: early }, {}, {}],
    ['use before the root', 'nvidia-gpu.validity', {}, {}, { usedAt: new Date('2021-11-04T23:59:59Z') }],
    ['another architecture stated', 'nvidia-gpu.architecture', {}, { arch: 'BLACKWELL' }, {}],
    ['an unknown architecture stated', 'nvidia-gpu.architecture', {}, { arch: 'rubin' }, {}],
    ['other firmware than certified', 'nvidia-gpu.firmware-id', { reportedFirmwareId: new Uint8Array(48) }, {}, {}],
    ['a shorter firmware id', 'nvidia-gpu.firmware-id', { reportedFirmwareId: new Uint8Array(0) }, {}, {}],
    ['firmware that nobody certified', 'nvidia-gpu.firmware-id', { certifiedFirmwareId: 'absent' }, {}, {}],
    ['another nonce stated', 'nvidia-gpu.nonce', {}, { nonce: '00'.repeat(32) }, {}],
    ['a nonce stated that is none', 'nvidia-gpu.nonce', {}, { nonce: '' }, {}],
  ])('is refused for %s by %s alone', async (_, expected, knobs, beside, situation) => {
    expect(failed(await one(knobs, beside, situation))).toEqual([expected])
  })

  it.each<[string, NonNullable<GpuKnobs['presents']>]>([
    ['the root left out', ({ leaf, bootRom, provisioner, chip }) => [leaf, bootRom, provisioner, chip]],
    ['another order', ({ leaf, bootRom, provisioner, chip, root }) => [leaf, root, chip, provisioner, bootRom]],
    ['one twice', (c) => [c.leaf, c.leaf, c.bootRom, c.provisioner, c.chip, c.root, c.chip]],
    ['a stranger beside them', (c) => [c.leaf, c.bootRom, c.provisioner, c.chip, c.root, makeGpuChain({ seed: 'stranger' }).root]],
  ])('is the same for certificates with %s', async (_, presents) => expect(await one({ presents })).toEqual(await one()))

  it('is not refuted where an issuer was left out: it was not obtained', async () => {
    const result = await one({ presents: ({ leaf, bootRom, chip, root }) => [leaf, bootRom, chip, root] })
    const missing = { outcome: 'unchecked', theirs: true, because: { id: 'nvidia_of', args: ['GPU-0', { id: 'path_issuer_missing' }] } }
    expect(result.findings.find(({ check }) => check === 'nvidia-gpu.chain')).toMatchObject({ code: 'issuer-missing', ...missing })
    expect([failed(result), result.authentic]).toEqual([[], undefined])
  })

  it('is no GPU by a key that the root’s other hierarchies certified', async () => {
    const boot = { presents: ({ provisioner, chip, root }: ReturnType<typeof makeGpuChain>) => [provisioner, chip, root] }
    const { provisioner } = makeGpuChain()
    const result = await one({ ...boot, signWith: provisioner.key, provisioner: { keyUsage: ['digitalSignature', 'keyCertSign'] } })
    expect(result.findings.find(({ check }) => check === 'nvidia-gpu.device')).toMatchObject({
      outcome: 'unchecked',
      code: 'not-a-gpu-chain',
    })
    expect([failed(result), result.authentic]).toEqual([[], undefined])
  })

  it.each(['LS_10 A01 FSP BROM', 'GB100 A01 FSP BROM', 'GR100 A01 GSP BROM', 'XGH100 A01 GSP BROM', 'GH100 A01 GSP BROM X', 'GH100'])(
    'is not taken for a GPU’s: %s',
    async (model) => {
      const result = await one({ model })
      expect(failed(result)).toEqual([])
      expect(outcomes(result).filter((line) => !line.endsWith('passed'))).toEqual(['nvidia-gpu.device unchecked', 'gpu.pairing unchecked'])
      const because = result.findings.find(({ check }) => check === 'nvidia-gpu.device')?.because
      expect(because).toEqual({ id: 'nvidia_device_unknown', args: ['GPU-0', model] })
      expect(result.authentic).toBeUndefined()
    },
  )

  it('is not compared with the certificate where its firmware does not state its id', async () => {
    const result = await one({ reportedFirmwareId: 'absent' })
    const finding = result.findings.find(({ check }) => check === 'nvidia-gpu.firmware-id')
    expect(finding).toMatchObject({ outcome: 'unchecked', because: { id: 'nvidia_fwid_not_stated' }, assumes: ['assume_nvidia_firmware'] })
    expect(result.authentic?.measurements.map(({ name }) => name)).not.toContain('nvidia.firmware-id')
  })

  it('leaves out what is stated nowhere, and takes nonces in any case', async () => {
    const item = { ...HONEST.item }
    const { arch: _, ...bare } = item
    const silent = await verifyOne(inputOf(JSON.stringify(bare)))
    expect(outcomes(silent).join()).not.toMatch(/architecture|nonce/)
    expect(outcomes(await one({}, { nonce: NONCE.toUpperCase() }))).toContain('nvidia-gpu.nonce passed')
  })

  it('gives nothing of its contents unless signature and certificates hold', async () => {
    expect((await one({ signature: 'flipped' })).authentic).toBeUndefined()
    expect((await one({ root: { key: stranger } })).authentic).toBeUndefined()
    expect((await one({ leaf: early })).authentic).toBeUndefined()
  })
})

describe('an engine that cannot do its part', () => {
  afterEach(() => vi.restoreAllMocks())

  it.each([
    [0, 'nvidia-gpu.signature unchecked'],
    [1, 'nvidia-gpu.chain unchecked'],
  ])('is no verdict, from call %i on', async (calls, last) => {
    const real = crypto.subtle.verify.bind(crypto.subtle)
    const spy = vi.spyOn(crypto.subtle, 'verify')
    spy.mockImplementation((...args) => (spy.mock.calls.length <= calls ? real(...args) : Promise.reject(new Error('out of order'))))
    const result = await one()
    expect(outcomes(result).at(-2)).toBe(last)
    expect(failed(result)).toEqual([])
    expect(result.authentic).toBeUndefined()
  })
})

describe('the firmware’s digest in a certificate', () => {
  const digest = makeDigest()
  const deviceId = makeKey('ec-p384', 'device-id')
  const at = (oid: string, value: Uint8Array) => ({ oid, critical: false, value })
  const fwid = firmwareDigest(digest)
  const hopper = compositeDeviceId(digest, deviceId)
  it.each<[string, GpuKnobs]>([
    ['of Hopper under Blackwell’s name', { firmwareExtension: { ...hopper, oid: '2.23.133.5.4.1.1' } }],
    ['of Blackwell under Hopper’s name', { architecture: 'BLACKWELL', firmwareExtension: { ...tcbInfo(digest), oid: '2.23.133.5.4.1' } }],
    ['of Hopper in Blackwell’s form', { firmwareExtension: { ...tcbInfo(digest), oid: '2.23.133.5.4.1' } }],
    ['that is no DER', { firmwareExtension: at('2.23.133.5.4.1', octets([0x30, 0x01])) }],
    ['alone', { firmwareExtension: at('2.23.133.5.4.1', fwid) }],
    ['with more behind it', { firmwareExtension: at('2.23.133.5.4.1', sequence(octets([2, 1, 1]), deviceId.spki, fwid, fwid)) }],
    ['without a version', { firmwareExtension: at('2.23.133.5.4.1', sequence(deviceId.spki, fwid)) }],
    ['without a key before it', { firmwareExtension: at('2.23.133.5.4.1', sequence(octets([2, 1, 1]), fwid)) }],
    [
      'by another algorithm',
      {
        firmwareExtension: at(
          '2.23.133.5.4.1',
          sequence(octets([2, 1, 1]), deviceId.spki, firmwareDigest(digest, '2.16.840.1.101.3.4.2.1')),
        ),
      },
    ],
    [
      'that comes twice',
      { architecture: 'BLACKWELL', firmwareExtension: at('2.23.133.5.4.1.1', sequence(tagged(6, fwid), tagged(6, fwid))) },
    ],
    [
      'second in its list',
      {
        architecture: 'BLACKWELL',
        firmwareExtension: at('2.23.133.5.4.1.1', sequence(tagged(6, firmwareDigest(new Uint8Array(48)), fwid))),
      },
    ],
    ['in an empty list', { architecture: 'BLACKWELL', firmwareExtension: at('2.23.133.5.4.1.1', sequence(tagged(6))) }],
  ])('is not read: %s', async (_, knobs) => {
    expect(failed(await one({ ...knobs, reportedFirmwareId: digest }, { arch: knobs.architecture ?? 'HOPPER' }))).toEqual([
      'nvidia-gpu.firmware-id',
    ])
  })

  it('is read in either form', async () => {
    expect(failed(await one({ firmwareExtension: hopper, reportedFirmwareId: digest }))).toEqual([])
    expect(failed(await one({ architecture: 'BLACKWELL', firmwareExtension: tcbInfo(digest), reportedFirmwareId: digest }))).toEqual([])
  })
})

describe('a report', () => {
  const value = new Uint8Array(48)
  it.each<[string, GpuKnobs, string]>([
    ['another request', { request: octets([0x11, 0xe1, 1, 0xff]) }, 'report-request'],
    ['a request without a signature', { request: octets([0x11, 0xe0, 0, 0xff]) }, 'report-request'],
    ['a request for one measurement', { request: octets([0x11, 0xe0, 1, 1]) }, 'report-request'],
    ['an error as the response', { response: octets([0x11, 0x7f, 0, 0]) }, 'report-response'],
    ['no measurements', { measurements: [] }, 'report-measurements'],
    ['fewer measurements than it counts', { blockCount: 65 }, 'report-measurements'],
    ['more measurements than it counts', { blockCount: 63 }, 'report-measurements'],
    ['an index twice', { rewrite: block(2, measurementBlock(1, value)) }, 'report-measurements'],
    ['index 0', { rewrite: block(1, measurementBlock(0, value)) }, 'report-measurements'],
    ['another specification', { rewrite: block(1, measurementBlock(1, value, 2)) }, 'report-measurements'],
    ['a block’s size that is not its value’s', { rewrite: (signed) => signed.with(45 + 2, 50) }, 'report-measurements'],
    ['a value’s size that is not its block’s', { rewrite: (signed) => signed.with(45 + 5, 47) }, 'report-measurements'],
    ['a record that is too long', { recordLength: 0xffffff }, 'report-truncated: measurements'],
    ['a record that ends early', { recordLength: 3519 }, 'report-truncated: opaque data'],
    ['opaque data that is too long', { opaqueLength: 0xffff }, 'report-truncated: opaque data'],
    ['opaque data that ends early', { opaqueLength: 422 }, 'report-trailing-bytes'],
    [
      'an entry that ends early',
      { opaqueData: { 21: undefined, 20: undefined }, rewrite: (signed) => signed.with(-3, 2) },
      'report-opaque-data',
    ],
    ['an entry twice', { rewrite: (signed) => signed.with(-5, 20) }, 'report-opaque-data'],
    ['an octet behind the signature', { trailing: octets([1]) }, 'report-trailing-bytes'],
    ['an octet behind zeros behind the signature', { trailing: octets([0, 0, 1]) }, 'report-trailing-bytes'],
    ['more octets than any report has', { trailing: new Uint8Array(65_537 - HONEST.report.length) }, 'report-too-large'],
  ])('is not read: %s', async (_, knobs, code) => {
    const result = await one(knobs)
    expect([said(result), failed(result)]).toEqual([[`nvidia-gpu.format nvidia_format_failed GPU-0 ${code}`], []])
  })

  it.each([
    ['1.0 in the request', { request: octets([0x10, 0xe0, 1, 0xff]) }, '1.0'],
    ['1.2 in the request', { request: octets([0x12, 0xe0, 1, 0xff]) }, '1.2'],
    ['1.2 in the response', { response: octets([0x12, 0x60, 0, 0]) }, '1.2'],
  ])('of SPDM %s is named as such, and not read', async (_, knobs, version) => {
    const result = await one(knobs)
    expect(result.findings[0]).toMatchObject({ outcome: 'unchecked', theirs: true, code: 'report-version' })
    expect(result.findings[0]?.because).toEqual({ id: 'nvidia_format_newer', args: ['GPU-0', version] })
    expect(failed(result)).toEqual([])
  })

  it('may hold other measurements, other entries, and reserved parameters', async () => {
    expect(
      failed(
        await one({ measurements: [value, new Uint8Array(20)], opaqueData: { 36: octets([1]) }, response: octets([0x11, 0x60, 7, 3]) }),
      ),
    ).toEqual([])
  })

  it('is cut anywhere: not read', async () => {
    const { item, report } = HONEST
    for (const length of [0, 3, 4, 36, 37, 40, 41, 44, 45, 100, 3565, 3597, 3599, 4021, 4022, report.length - 1]) {
      const document = JSON.stringify({ ...item, evidence: Buffer.from(report.subarray(0, length)).toString('base64') })
      expect(unread(await verifyOne(inputOf(document)))).toEqual(['nvidia-gpu.format'])
    }
  })

  it('states no version that it does not hold in its form', async () => {
    const names = async (opaqueData: NonNullable<GpuKnobs['opaqueData']>) =>
      (await one({ opaqueData })).authentic?.measurements.map(({ name }) => name)
    expect(await names({ 3: undefined })).not.toContain('nvidia.driver-version')
    expect(await names({ 3: octets([0xff, 0x30]) })).not.toContain('nvidia.driver-version')
    expect(await names({ 3: octets([0x30, 0x0a]) })).not.toContain('nvidia.driver-version')
    expect(await names({ 3: octets([0, 0]) })).not.toContain('nvidia.driver-version')
    expect(await names({ 6: new Uint8Array(7) })).not.toContain('nvidia.vbios-version')
    expect(await names({ 6: undefined })).not.toContain('nvidia.vbios-version')
  })
})

describe('the document', () => {
  const { item } = HONEST
  it.each<[string, string, string]>([
    ['no JSON', '{', 'json-syntax'],
    ['a list', '[]', 'schema certificate'],
    ['no certificates', JSON.stringify({ evidence: item['evidence'] ?? '' }), 'schema certificate'],
    ['no report', JSON.stringify({ certificate: item['certificate'] ?? '' }), 'schema evidence'],
    ['a number as the nonce', JSON.stringify({ ...item, nonce: 1 }), 'schema nonce'],
    ['a member twice', `{"arch":"HOPPER",${JSON.stringify(item).slice(1)}`, 'json-duplicate-key'],
    ['a report that is too long', JSON.stringify({ ...item, evidence: 'A'.repeat(131_076) }), 'schema evidence'],
  ])('is malformed: %s', async (_, text, detail) => {
    const [line = '', ...more] = said(await verifyOne(inputOf(text)))
    expect(more).toEqual([])
    expect(line).toMatch(/^nvidia-gpu\.format nvidia_payload_failed /)
    expect(line).toContain(detail)
  })

  it.each<[string, JsonObject, string]>([
    ['a report in base64url', { evidence: '-_-_' }, 'base64-character evidence'],
    ['certificates that are no base64', { certificate: 'A' }, 'base64-length certificate'],
    ['certificates that are no text', { certificate: '/w==' }, 'utf8-invalid certificate'],
    ['no certificates in the text', { certificate: '' }, 'pem-malformed certificate'],
    ['a certificate in DER', { certificate: Buffer.from(makeGpuChain().leaf.der).toString('base64') }, 'utf8-invalid certificate'],
  ])('is malformed: %s', async (_, beside, detail) => {
    expect(said(await one({}, beside))).toEqual([`nvidia-gpu.format nvidia_format_failed GPU-0 ${detail}`])
  })

  it('is the same in a buffer that was handed over whole', async () => {
    const honest = await one()
    for (const count of [1, 65_536 - HONEST.report.length]) expect(await one({ trailing: new Uint8Array(count) })).toEqual(honest)
  })

  it.each<[string, (text: string) => string]>([
    ['text before them', (text) => `GPU 0\n${text}`],
    ['empty lines', (text) => text.replaceAll('-----BEGIN', '\n-----BEGIN')],
    ['CR LF', (text) => text.replaceAll('\n', '\r\n')],
    ['no last newline', (text) => text.trimEnd()],
    ['the zeros of their buffer', (text) => text + '\0'.repeat(1000)],
  ])('is the same for certificates with %s', async (_, pem) => expect(await one({ pem })).toEqual(await one()))

  it(
    'is any text, and nothing is thrown or believed',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
          for (const verify of [verifyOne, verifyPayload]) expect((await verify(inputOf(text))).authentic).toBeUndefined()
        }),
        RUNS,
      )
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
          const evidence = Buffer.from(bytes).toString('base64')
          expect(unread(await one({}, { evidence }))).toEqual(['nvidia-gpu.format'])
          expect(unread(await one({}, { certificate: evidence }))).toEqual(['nvidia-gpu.format'])
        }),
        RUNS,
      )
    },
    LONG,
  )

  it(
    'is a report or a certificate changed anywhere: never authentic, unless all is as it was; nothing thrown',
    async () => {
      const { item, report } = HONEST
      const honest = await one()
      const pem = Buffer.from(String(item['certificate']), 'base64')
      const changed = (octetsOf: Uint8Array, index: number, change: number) => {
        const copy = Uint8Array.from(octetsOf)
        copy[index] = (copy[index] ?? 0) ^ change
        return Buffer.from(copy).toString('base64')
      }
      const leafEnd = pem.indexOf('-----END')
      await fc.assert(
        fc.asyncProperty(fc.nat(report.length - 1), fc.nat(leafEnd - 1), fc.integer({ min: 1, max: 255 }), async (index, at, change) => {
          expect((await one({}, { evidence: changed(report, index, change) })).authentic).toBeUndefined()
          const respelt = await one({}, { certificate: changed(pem, at, change) })
          if (respelt.authentic !== undefined) expect(respelt).toEqual(honest)
        }),
        RUNS,
      )
    },
    LONG,
  )

  it(
    'is a report of any parts, rightly signed: read or refused, nothing thrown',
    async () => {
      const part = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => octets(bytes))
      await fc.assert(
        fc.asyncProperty(part(300), part(300), fc.nat(4), fc.nat(400), async (record, opaque, blockCount, opaqueLength) => {
          const signed = octets([
            0x11,
            0xe0,
            1,
            0xff,
            ...new Uint8Array(33),
            0x11,
            0x60,
            0,
            0,
            blockCount,
            record.length & 0xff,
            record.length >> 8,
            0,
            ...record,
          ])
          const tail = octets([...new Uint8Array(32), opaqueLength & 0xff, opaqueLength >> 8, ...opaque])
          const { authentic } = await one({ rewrite: () => octets([...signed, ...tail]) })
          if (authentic !== undefined) expect(opaqueLength).toBe(opaque.length)
        }),
        { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 5) },
      )
    },
    LONG,
  )
})

describe('the evidence of all GPUs of a service', () => {
  it('is each GPU’s own, named', async () => {
    const result = await all([{ index: 0 }, { index: 1 }])
    const withNonce = GENUINE.toSpliced(7, 0, 'nvidia-gpu.nonce passed')
    expect(outcomes(result)).toEqual([...withNonce, ...withNonce, 'nvidia-gpu.distinct passed', 'gpu.pairing unchecked'])
    expect(result.findings.filter(({ check }) => check === 'nvidia-gpu.signature').map(({ because, at }) => [because.args, at])).toEqual([
      [['GPU-0'], 'evidence.evidence_list[0]'],
      [['GPU-1'], 'evidence.evidence_list[1]'],
    ])
    expect(result.authentic?.commits).toEqual([
      { field: 'nonce', value: NONCE },
      { field: 'nonce', value: NONCE },
    ])
    expect(result.authentic?.measurements).toContainEqual({ name: 'nvidia.gpu-count', value: '2', kind: 'identity' })
  })

  it('states all values where GPUs differ, and none where one states none', async () => {
    const version = (text: string) => ({ 3: octets(Buffer.from(text)) })
    const two = await all([
      { index: 0, opaqueData: version('595.71.05') },
      { index: 1, opaqueData: { ...version('570.172.08'), 6: undefined } },
    ])
    const stated = Object.fromEntries(two.authentic?.measurements.map(({ name, value }) => [name, value]) ?? [])
    expect(stated['nvidia.driver-version']).toBe('570.172.08, 595.71.05')
    expect(stated['nvidia.vbios-version']).toBeUndefined()
    expect(stated['nvidia.gpu-model']).toBe('GH100 A01 GSP BROM')
  })

  it('is not authentic where one is not, and names it', async () => {
    const result = await all([{ index: 0 }, { index: 1, signature: 'flipped' }])
    expect(said(result)).toEqual(['nvidia-gpu.signature nvidia_signature_failed GPU-1 signature-invalid'])
    expect(result.authentic).toBeUndefined()
  })

  it.each<[string, (items: JsonObject[]) => unknown[]]>([
    ['certificates that cannot be read', (items) => items.with(3, { ...items[3], certificate: 'AAAA' })],
    ['a report that cannot be read', (items) => items.with(3, { ...items[3], evidence: 'AAAA' })],
    ['no report', (items) => items.with(3, { certificate: '' })],
    ['an entry that is none', (items) => (items as unknown[]).with(3, 'GPU')],
  ])('leaves seven of eight what they are, and one unread by its name: %s', async (_, change) => {
    const items = Array.from({ length: 8 }, (_, index) => makeGpuItem({ index }).item)
    const payload = JSON.parse(makeGpuPayload(items))
    const { findings, authentic } = await verifyPayload(inputOf(JSON.stringify({ ...payload, evidence_list: change(items) })))
    expect(findings.filter(({ check, outcome }) => check === 'nvidia-gpu.chain' && outcome === 'passed')).toHaveLength(7)
    expect(findings.filter(({ theirs }) => theirs === true)).toMatchObject([
      {
        check: 'nvidia-gpu.format',
        at: expect.stringContaining('evidence_list[3]'),
        because: { id: 'nvidia_format_failed', args: ['GPU-3'] },
      },
    ])
    expect([findings.filter(({ outcome }) => outcome === 'failed'), authentic]).toEqual([[], undefined])
  })

  it('is refused where one GPU stands for two', async () => {
    expect(failed(await all([{ index: 0 }, { index: 1 }, { index: 0 }]))).toEqual(['nvidia-gpu.distinct'])
  })

  it('is refused where a GPU answered another nonce than all are said to have answered', async () => {
    expect(said(await all([{ index: 0 }, { index: 1, nonce: new Uint8Array(32) }]))).toEqual(['nvidia-gpu.nonce nvidia_nonce_failed GPU-1'])
    const own = { ...HONEST.item, nonce: '00'.repeat(32) }
    expect(failed(await verifyPayload(inputOf(makeGpuPayload([own]))))).toEqual(['nvidia-gpu.nonce'])
  })

  it('is refused where all are said to be of another architecture', async () => {
    const { arch: _, ...bare } = HONEST.item
    expect(failed(await verifyPayload(inputOf(makeGpuPayload([bare], GPU_NONCE, 'BLACKWELL'))))).toEqual(['nvidia-gpu.architecture'])
    expect(failed(await verifyPayload(inputOf(makeGpuPayload([bare], GPU_NONCE, 'HOPPER'))))).toEqual([])
  })

  it('offers nothing where the list is empty, and that is said', async () => {
    const { findings, authentic } = await verifyPayload(inputOf(makeGpuPayload([])))
    expect(findings).toEqual([
      {
        check: 'nvidia-gpu.presence',
        role: 'device.state',
        hop: 2,
        outcome: 'unchecked',
        because: { id: 'nvidia_presence_none' },
        assumes: ['assume_gpu_unattested'],
      },
    ])
    expect(authentic).toBeUndefined()
  })

  it('is malformed with more GPUs than any machine has, and without a list', async () => {
    const many = makeGpuPayload(Array.from({ length: 129 }, () => ({ certificate: '', evidence: '' })))
    expect(said(await verifyPayload(inputOf(many)))[0]).toMatch(/^nvidia-gpu\.format nvidia_payload_failed schema evidence_list/)
    expect(said(await verifyPayload(inputOf('{}')))[0]).toMatch(/^nvidia-gpu\.format nvidia_payload_failed schema evidence_list/)
  })
})

function makeDigest(): Octets {
  return Uint8Array.from({ length: 48 }, (_, index) => index + 1)
}

/** Replaces the block by this number: the record begins at octet 45, each block has 55. */
function block(number: number, replacement: Octets): (signed: Octets) => Octets {
  const start = 45 + (number - 1) * 55
  return (signed) => octets([...signed.subarray(0, start), ...replacement, ...signed.subarray(start + 55)])
}
