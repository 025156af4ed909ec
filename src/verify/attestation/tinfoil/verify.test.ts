import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edit, type Json, type JsonObject } from '../../../../test/simulator/json.ts'
import { makeKey } from '../../../../test/simulator/keys.ts'
import { GPU_NONCE } from '../../../../test/simulator/nvidia-gpu.ts'
import { flipBit, hex, octets, utf8 } from '../../../../test/simulator/octets.ts'
import {
  DOMAIN,
  documentV2,
  gpuAnchor,
  labels,
  makeAtcBundle,
  makeDocumentV3,
  makeEarlyDocumentV3,
  makeEnclave,
  RELEASE_DIGEST,
  REPOSITORY,
  type SimulatedTinfoil,
  type TinfoilOptions,
} from '../../../../test/simulator/tinfoil.ts'
import { verifyWhole } from '../../../../test/support/tinfoil.ts'
import { parseSigstoreRoot } from '../../trust/sigstore-root.ts'
import type { TrustAnchor } from '../../trust/types.ts'
import { ATTESTATION_KINDS } from '../registry.ts'
import type { AttestationKind, AttestationResult } from '../types.ts'

const AT = new Date('2026-11-20T12:00:00Z')
const NONCE = hex(GPU_NONCE)
const DAY = 86_400_000

type Options = Omit<TinfoilOptions, 'at'>
type Told = {
  readonly nonce?: string
  readonly usedAt?: Date
  readonly root?: 'none'
  readonly kinds?: readonly AttestationKind[]
  /** Last word on the document's text. */
  readonly text?: (text: string) => string
}

function anchorsOf({ snp, tdx }: SimulatedTinfoil['cpu']): readonly TrustAnchor[] {
  const shipped = { addedBy: 'shipped', publishedAt: 'test' } as const
  return [
    ...(snp === undefined
      ? []
      : [
          { ...snp.ask, id: 'ask', purpose: 'sev-snp', ...shipped },
          { ...snp.ark, id: 'ark', purpose: 'sev-snp', ...shipped },
        ]),
    ...(tdx === undefined ? [] : [{ ...tdx.anchor, id: 'sgx', purpose: 'intel-sgx', ...shipped }]),
    { ...gpuAnchor(), id: 'gpu', purpose: 'nvidia-gpu', ...shipped },
  ]
}

/** Verifies what a simulated service shows, after some change to it. */
async function judge(simulated: SimulatedTinfoil, kind: string, change: Change = same, told: Told = {}): Promise<AttestationResult> {
  const root = parseSigstoreRoot(JSON.stringify(simulated.sigstore.trustedRoot), 'shipped')
  if (!root.ok) throw new Error(root.code)
  const text = JSON.stringify(change(simulated.document))
  return verifyWhole(told.text?.(text) ?? text, {
    kind,
    usedAt: told.usedAt ?? AT,
    anchors: anchorsOf(simulated.cpu),
    ...(told.root === 'none' ? {} : { root: root.value }),
    ...(told.nonce === undefined ? {} : { nonce: told.nonce }),
    ...(told.kinds === undefined ? {} : { kinds: told.kinds }),
  })
}

type Change = (document: JsonObject) => JsonObject
const same: Change = (document) => document
const set =
  (path: string, value: Json | undefined): Change =>
  (document) =>
    edit(document, { [path]: value })

const bundle = (options: Options = {}, change?: Change, told?: Told) =>
  judge(makeAtcBundle({ at: AT, ...options }), 'tinfoil-atc-bundle', change, told)
const v3 = (options: Options = {}, change?: Change, told: Told = {}) =>
  judge(makeDocumentV3({ at: AT, ...options }), 'tinfoil-attestation', change, { nonce: NONCE, ...told })
const early = (options: Options = {}, change?: Change, told: Told = {}) =>
  judge(makeEarlyDocumentV3({ at: AT, ...options }), 'tinfoil-attestation', change, { nonce: NONCE, ...told })

const failed = ({ findings }: AttestationResult) => findings.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check)
const open = ({ findings }: AttestationResult) => findings.filter(({ outcome }) => outcome === 'unchecked').map(({ check }) => check)
const own = ({ findings }: AttestationResult) =>
  findings.filter(({ check }) => check.startsWith('tinfoil.')).map(({ check, outcome }) => `${check.slice(8)} ${outcome}`)
const values = ({ authentic }: AttestationResult, name: string) =>
  authentic?.measurements.filter((measurement) => measurement.name === name).map(({ value }) => value)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const base64 = (source: Uint8Array | string) => Buffer.from(source).toString('base64')

describe('the bundle of the attestation cache', () => {
  it.each(['snp', 'tdx'] as const)('passes, and says what it measures (%s)', async (platform) => {
    const simulated = makeAtcBundle({ at: AT, platform })
    const collateral = simulated.cpu.tdx?.collateral
    const result = await judge(simulated, 'tinfoil-atc-bundle')
    expect(failed(result)).toEqual([])
    expect(own(result)).toEqual([
      'format passed',
      'nonce unchecked',
      'certificate passed',
      'tls-key passed',
      'hpke-key passed',
      'attestation-hash passed',
      'domain passed',
      'certificate-time passed',
      'source passed',
      'release-digest passed',
      'code-measurement passed',
    ])
    const code = result.authentic?.measurements.filter(({ kind }) => kind === 'code').map(({ name }) => name)
    expect(code).toEqual(
      platform === 'snp' ? ['snp.measurement', 'source.repository'] : ['tdx.rtmr1', 'tdx.rtmr2', 'tdx.rtmr3', 'source.repository'],
    )
    expect(values(result, 'source.repository')).toEqual([REPOSITORY])
    expect(values(result, 'source.tag')).toEqual(['v0.0.38'])
    expect(values(result, 'source.commit')).toEqual(['0123456789abcdef0123456789abcdef01234567'])
    expect(values(result, 'tinfoil.key.hpke')).toEqual([hex(makeEnclave({ at: AT }).hpke)])
    expect(result.authentic?.platform).toEqual({
      id: 'tinfoil_platform',
      args: [expect.objectContaining({ id: platform === 'snp' ? 'snp_platform' : 'tdx_platform' }), { id: 'tinfoil_version_2_bundle' }],
    })
    expect(collateral === undefined).toBe(platform === 'snp')
  })

  it('names what remains assumed', async () => {
    const assumed = (await bundle()).findings.flatMap(({ assumes }) => assumes)
    expect(assumed).toEqual(
      expect.arrayContaining([
        'assume_evidence_not_fresh',
        'assume_tls_binding',
        'assume_tinfoil_certificate_unsigned',
        'assume_tinfoil_page_key',
      ]),
    )
  })

  const other = makeKey('ec-p384', 'stranger')
  const parent = DOMAIN.split('.').slice(1).join('.')
  const replaced = (marker: string, value: Uint8Array) => (names: readonly string[]) => [
    ...names.filter((name) => !name.includes(`.${marker}.`)),
    ...labels(value, marker, parent),
  ]
  it.each<[string, string, Options, Change, Told]>([
    ['another TLS key', 'tinfoil.tls-key', { certificate: { key: other } }, same, {}],
    ['another HPKE key in the names', 'tinfoil.hpke-key', { names: replaced('hpke', new Uint8Array(32)) }, same, {}],
    ['no HPKE key in the names', 'tinfoil.hpke-key', { names: (names) => names.filter((name) => !name.includes('.hpke.')) }, same, {}],
    [
      'a name left out',
      'tinfoil.hpke-key',
      { names: (names) => names.filter((name) => !name.startsWith('01') || !name.includes('hpke')) },
      same,
      {},
    ],
    ['another document’s hash in the names', 'tinfoil.attestation-hash', { names: replaced('hatt', utf8(sha256('other'))) }, same, {}],
    ['a hash that is no text', 'tinfoil.attestation-hash', { names: replaced('hatt', new Uint8Array(32).fill(0xff)) }, same, {}],
    [
      'names under another domain',
      'tinfoil.hpke-key',
      { names: (names) => names.map((name) => (name.includes('.hpke.') ? name.replace(parent, 'elsewhere.example') : name)) },
      same,
      {},
    ],
    ['another host', 'tinfoil.domain', {}, set('domain', `other.${parent}`), {}],
    ['a certificate that had run out', 'tinfoil.certificate-time', {}, same, { usedAt: new Date(AT.getTime() + 81 * DAY) }],
    [
      'a certificate that was not valid yet',
      'tinfoil.certificate-time',
      { certificate: { notBefore: new Date(AT.getTime() + DAY) } },
      same,
      {},
    ],
    ['no certificate', 'tinfoil.certificate', {}, set('enclaveCert', 'x'), {}],
    ['a report whose data is others’ keys', 'tinfoil.tls-key', { reportData: (honest) => flipBit(honest, 0) }, same, {}],
    ['a report with another HPKE key', 'tinfoil.hpke-key', { reportData: (honest) => flipBit(honest, 63) }, same, {}],
    [
      'a release that measures something else',
      'tinfoil.code-measurement',
      { predicate: (honest) => ({ ...honest, snp_measurement: 'aa'.repeat(48) }) },
      same,
      {},
    ],
    ['a predicate without measurements', 'tinfoil.code-measurement', { predicate: () => ({}) }, same, {}],
    [
      'a measurement in upper case',
      'tinfoil.code-measurement',
      { predicate: (honest) => ({ ...honest, snp_measurement: 'AA'.repeat(48) }) },
      same,
      {},
    ],
  ])('is refused for %s by %s alone', async (_, expected, options, change, told) => {
    expect(failed(await bundle(options, change, told))).toEqual([expected])
  })

  it.each<[string, string, Options, Change]>([
    ['another release', 'sigstore.statement', {}, set('digest', '00'.repeat(32))],
    ['a release signed from a branch', 'sigstore.identity', { sigstore: { identity: { ref: 'refs/heads/main' } } }, same],
    [
      'a release built on somebody’s own machine',
      'sigstore.identity',
      { sigstore: { identity: { extensions: { 11: 'self-hosted' } } } },
      same,
    ],
    ['another predicate', 'sigstore.statement', { sigstore: { statement: otherPredicate() } }, same],
    ['a changed bundle', 'sigstore.log', {}, (document) => edit(document, { 'sigstoreBundle.dsseEnvelope.payload': base64('{}') })],
  ])('has no source for %s', async (_, expected, options, change) => {
    const result = await bundle(options, change)
    expect(failed(result)).toEqual([expected])
    expect(values(result, 'source.repository')).toEqual([])
  })

  it('says who signed, whoever it was: which repository it may be is the policy’s question', async () => {
    const result = await bundle({ sigstore: { identity: { repository: 'stranger/fork' } } })
    expect(failed(result)).toEqual([])
    expect(values(result, 'source.repository')).toEqual(['stranger/fork'])
  })

  it('asks that the first subject is the release, not any', async () => {
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [
        { name: 'other', digest: { sha256: '11'.repeat(32) } },
        { name: 'tinfoil-deployment.json', digest: { sha256: RELEASE_DIGEST } },
      ],
      predicateType: 'https://tinfoil.sh/predicate/snp-tdx-multiplatform/v1',
      predicate: {},
    }
    expect(failed(await bundle({ sigstore: { statement } }))).toEqual(['tinfoil.release-digest', 'tinfoil.code-measurement'])
  })

  it('offers no source unless it measures what runs', async () => {
    const result = await bundle({ predicate: (honest) => ({ ...honest, snp_measurement: 'aa'.repeat(48) }) })
    expect(values(result, 'source.repository')).toEqual([])
    expect(values(result, 'snp.measurement')).toHaveLength(1)
  })

  it.each<[string, (honest: JsonObject) => JsonObject]>([
    ['RTMR1', (honest) => edit(honest, { 'tdx_measurement.rtmr1': 'aa'.repeat(48) })],
    ['RTMR2', (honest) => edit(honest, { 'tdx_measurement.rtmr2': 'aa'.repeat(48) })],
  ])('is refused for another %s', async (_, predicate) => {
    expect(failed(await bundle({ platform: 'tdx', predicate }))).toEqual(['tinfoil.code-measurement'])
  })

  it('cannot tell the source without a root, and does not fail for it', async () => {
    const result = await bundle({}, same, { root: 'none' })
    expect(failed(result)).toEqual([])
    expect(open(result)).toContain('tinfoil.source')
    expect(values(result, 'source.repository')).toEqual([])
    expect(result.authentic?.unknown).toEqual(['source.repository', 'source.tag', 'source.commit'])
    expect((await bundle()).authentic?.unknown).toEqual([])
  })

  it('keeps the processor’s own faults its own', async () => {
    const debug = await bundle({ snp: { fields: { policy: octets([0x1f, 0, 0b1011, 0, 0, 0, 0, 0]) } } })
    expect(failed(debug)).toEqual(['snp.debug'])
    const forged = await bundle({ snp: { afterSigning: (report) => report.set([1], 0x90) } })
    expect(failed(forged)).toEqual(['snp.signature'])
    expect(forged.authentic).toBeUndefined()
    expect(own(forged)).toEqual(['format passed'])
    const unreadable = await bundle({}, set('vcek', base64('x')))
    expect([failed(unreadable), open(unreadable).includes('snp.chain')]).toEqual([[], true])
    expect(open(await bundle({}, set('vcek', undefined)))).toContain('snp.signature')
  })

  it('reads the same with members added by whoever hands it on', async () => {
    const added = await bundle({}, (document) => edit(document, { more: 1, 'enclaveAttestationReport.nonce': 'ab' }))
    expect(own(added)).toEqual(own(await bundle({}, (document) => document)))
  })
  it.each<[string, Change]>([
    ['a member missing', set('domain', undefined)],
    ['upper-case hexadecimal', set('digest', 'AA'.repeat(32))],
    ['base64 that is not canonical', (document) => edit(document, { vcek: `${document['vcek']}\n` })],
    ['something that is no bundle', set('sigstoreBundle', [])],
    ['no gzip', set('enclaveAttestationReport.body', base64('report'))],
    ['a bomb', set('enclaveAttestationReport.body', base64(gzipSync(new Uint8Array(10_000_000))))],
    ['octets behind the report', (document) => edit(document, { 'enclaveAttestationReport.body': trailing(document) })],
  ])('is no document with %s', async (_, change) => {
    const result = await bundle({}, change)
    expect(own(result)).toEqual(['format unchecked'])
    expect(result.authentic).toBeUndefined()
  })

  it('is no document with a member named twice', async () => {
    const result = await bundle({}, same, { text: (text) => text.replace('{', '{"domain":"other.example",') })
    expect(own(result)).toEqual(['format unchecked'])
  })
})

function otherPredicate(): JsonObject {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'tinfoil-deployment.json', digest: { sha256: RELEASE_DIGEST } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {},
  }
}

function trailing(document: JsonObject): string {
  const report = document['enclaveAttestationReport']
  const body = typeof report === 'object' && report !== null && 'body' in report ? String(report['body']) : ''
  return base64(Buffer.concat([Buffer.from(body, 'base64'), Buffer.from([0])]))
}

describe('the document of version 2', () => {
  const served = (options: Options = {}) => {
    const { document, cpu } = documentV2(makeEnclave({ at: AT, ...options }))
    return { ...makeAtcBundle({ at: AT }), document, cpu }
  }

  it('says whose keys they are, and that nothing is compared with them', async () => {
    const simulated = served()
    const result = await judge(simulated, 'tinfoil-attestation', same, {})
    expect(failed(result)).toEqual([])
    // The certificate of the chip’s key is not in it.
    expect(open(result)).toEqual(['snp.signature'])
  })

  it('cannot be checked further without certificate and source', async () => {
    const simulated = served()
    const { vcek } = simulated.cpu.snp ?? {}
    const result = await verifyWhole(JSON.stringify(simulated.document), {
      kind: 'tinfoil-attestation',
      usedAt: AT,
      anchors: anchorsOf(simulated.cpu),
      collateral: [
        {
          kind: 'amd-vcek',
          issuer: '',
          document: Buffer.from(vcek ?? []).toString('base64url'),
          source: '',
          at: '',
          provenance: 'fetched',
        },
      ],
    })
    expect(failed(result)).toEqual([])
    expect(own(result)).toEqual(['format passed', 'nonce unchecked', 'certificate unchecked', 'source unchecked'])
    expect(values(result, 'tinfoil.key.hpke')).toEqual([hex(makeEnclave({ at: AT }).hpke)])
  })

  it.each([
    'https://tinfoil.sh/predicate/sev-snp-guest/v1',
    'https://tinfoil.sh/predicate/tdx-guest/v1',
    'https://tinfoil.sh/predicate/else/v9',
  ])('says that %s is not supported', async (format) => {
    const result = await judge({ ...served(), document: { format, body: base64('x') } }, 'tinfoil-attestation')
    expect(own(result)).toEqual(['format unchecked'])
  })
})

describe('the document of version 3', () => {
  it.each([
    ['snp', 0],
    ['snp', 1],
    ['tdx', 0],
    ['tdx', 2],
  ] as const)('passes by itself, offline (%s, %i graphics cards)', async (platform, gpus) => {
    const result = await v3({ platform, gpus })
    expect(failed(result)).toEqual([])
    expect(own(result)).toEqual([
      'format passed',
      'collateral passed',
      'challenge passed',
      'report-data passed',
      'nonce passed',
      'crypto-material passed',
      'device-evidence passed',
      ...(gpus > 0 ? ['gpu-nonce passed'] : []),
      'source passed',
      'release-digest passed',
      'code-measurement passed',
    ])
    // Everything that a processor's evidence is asked is answered out of the document.
    expect(open(result).filter((check) => !check.startsWith('nvidia-gpu.'))).toEqual([])
    expect(result.findings.filter(({ check }) => check === 'gpu.pairing').map(({ outcome }) => outcome)).toEqual(gpus > 0 ? ['passed'] : [])
    expect(values(result, 'nvidia.gpu-count')).toEqual(gpus > 0 ? [String(gpus)] : [])
    expect(result.authentic?.commits).toContainEqual({ field: 'runtime-claim', name: 'hpke', value: hex(makeEnclave({ at: AT }).hpke) })
  })

  const flippedHex = (text: Json | undefined) => `${String(text).startsWith('0') ? '1' : '0'}${String(text).slice(1)}`
  const flip = (path: string): Change => {
    return (document) => {
      const value = path.split('.').reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), document)
      return edit(document, { [path]: flippedHex(value) })
    }
  }
  /** Another text of the same meaning. */
  const respelled = (name: string): Change => {
    return (document) => edit(document, { [name]: base64(`${Buffer.from(String(document[name]), 'base64').toString('utf8')} `) })
  }
  it.each<[string, readonly string[], Options, Change, Told]>([
    ['another nonce than ours', ['tinfoil.nonce'], {}, same, { nonce: '00'.repeat(32) }],
    ['a nonce put into the document', ['tinfoil.challenge', 'tinfoil.report-data'], {}, flip('challenge.nonce'), {}],
    ['other stated report data', ['tinfoil.challenge'], {}, flip('challenge.report_data'), {}],
    ['another report', ['tinfoil.report-data'], { reportData: (honest) => flipBit(honest, 0) }, same, {}],
    ['a report with something behind the hash', ['tinfoil.report-data'], { reportData: (honest) => flipBit(honest, 63) }, same, {}],
    [
      'another stated hash of the keys',
      ['tinfoil.challenge', 'tinfoil.report-data'],
      {},
      flip('cpu_evidence.endorsed.crypto_material_hash'),
      {},
    ],
    ['other keys', ['tinfoil.crypto-material'], {}, respelled('crypto_material'), {}],
    ['other devices', ['tinfoil.device-evidence'], {}, respelled('device_evidence'), {}],
    ['devices put beside a quote', ['tinfoil.device-evidence', 'gpu.pairing'], { gpus: 1 }, respelled('device_evidence'), {}],
    ['graphics cards that answered something else', ['tinfoil.gpu-nonce'], { gpus: 1, gpuNonce: octets(flipBit(GPU_NONCE)) }, same, {}],
    ['no certificate of the chip’s key', ['tinfoil.collateral'], {}, withoutCollateral('amd-vcek'), {}],
    ['no revocation list', ['tinfoil.collateral'], {}, withoutCollateral('amd-crl'), {}],
    ['no answers of Intel’s', ['tinfoil.collateral'], { platform: 'tdx' }, withoutCollateral('intel-pcs'), {}],
  ])('is refused for %s', async (_, expected, options, change, told) => {
    expect(failed(await v3(options, change, told))).toEqual(expected)
  })

  it('gives no keys that the report does not commit to', async () => {
    for (const result of [await v3({ reportData: (honest) => flipBit(honest, 0) }), await v3({}, respelled('crypto_material'))]) {
      expect(values(result, 'tinfoil.key.hpke')).toEqual([])
      expect(result.authentic?.commits.filter(({ field }) => field === 'runtime-claim')).toEqual([])
      expect(values(result, 'snp.measurement')).toHaveLength(1)
    }
  })

  it('is as old as it may be where no nonce of ours was sent', async () => {
    const result = await judge(makeDocumentV3({ at: AT }), 'tinfoil-attestation')
    expect(own(result)).toContain('nonce unchecked')
    expect(failed(result)).toEqual([])
  })

  it('takes a nonce in either case, as sent', async () => {
    expect(own(await v3({}, same, { nonce: NONCE.toUpperCase() }))).toContain('nonce passed')
  })

  it('cannot tell of a device that it does not know', async () => {
    const items = [
      { id: 'switch0', kind: 'switch', vendor: 'nvidia', format: 'https://tinfoil.sh/format/else/v1', evidence: { any: 'thing' } },
    ]
    const result = await v3({ deviceEvidence: (honest) => ({ ...honest, items }) })
    expect(failed(result)).toEqual([])
    expect(open(result)).toEqual(['tinfoil.device'])
  })

  it('cannot tell of graphics cards where nobody reads their evidence', async () => {
    const kinds = ATTESTATION_KINDS.filter(({ names }) => !names.includes('nvidia-payload'))
    expect(open(await v3({ gpus: 1 }, same, { kinds }))).toEqual(['tinfoil.device'])
    const blind = ATTESTATION_KINDS.filter(({ names }) => !names.includes('sev-snp-report'))
    expect(own(await v3({}, same, { kinds: blind }))).toEqual(['format passed', 'collateral passed', 'report unchecked'])
  })

  it('says that a report in a format of the future is not supported', async () => {
    expect(own(await v3({}, set('cpu_evidence.format', 'https://tinfoil.sh/format/sev-snp-report/v2')))).toEqual(['format unchecked'])
  })

  const keyItem = (data: Json, format = 'https://tinfoil.sh/key/else/v1', id = 'more') => ({
    cryptoMaterial: (honest: JsonObject) => ({
      ...honest,
      items: [...(Array.isArray(honest['items']) ? honest['items'] : []), { id, format, data }],
    }),
  })
  it('offers other keys by their ids', async () => {
    expect(values(await v3(keyItem('abcd', undefined, 'enclave-signing-key')), 'tinfoil.key.enclave-signing-key')).toEqual(['abcd'])
    expect(values(await v3(keyItem('abcd', undefined, 'Not A Name')), 'tinfoil.key.Not A Name')).toEqual([])
  })

  it.each<[string, Options, Change]>([
    ['an unknown member', {}, set('more', 1)],
    ['an unknown member in the challenge', {}, set('challenge.more', 1)],
    ['another algorithm', {}, set('challenge.report_data_algorithm', 'https://tinfoil.sh/report-data/v2')],
    ['a nonce in upper case', {}, set('challenge.nonce', 'AB'.repeat(32))],
    ['a short nonce', {}, set('challenge.nonce', 'ab'.repeat(31))],
    ['base64 with a line break', {}, (document) => edit(document, { crypto_material: `${document['crypto_material']}\n` })],
    ['keys that are no JSON', {}, set('crypto_material', base64('{'))],
    ['two keys of one id', keyItem('abcd', undefined, 'tls'), same],
    ['a key in upper case', keyItem('ABCD'), same],
    ['a key of half an octet', keyItem('abc'), same],
    ['an empty key', keyItem(''), same],
    ['a fingerprint that is too short', keyItem('abcd', 'https://tinfoil.sh/key/spki-fp-sha256/v1'), same],
    ['an unknown member in the keys', { cryptoMaterial: (honest) => ({ ...honest, more: 1 }) }, same],
    ['an unknown member in the devices', { deviceEvidence: (honest) => ({ ...honest, more: 1 }) }, same],
    ['another role of collateral', {}, collateralEdit({ role: 'whatever' })],
    ['two entries of one id', {}, (document) => edit(document, { collateral: [...list(document), ...list(document)] })],
    ['authorities that are no certificates', {}, collateralEdit({ data: { vcek_der_base64: base64('x'), cert_chain_pem: 'x' } })],
    ['AMD’s certificate in another form', {}, collateralEdit({ data: { der: 'x' } })],
  ])('is no document with %s', async (_, options, change) => {
    expect(own(await v3(options, change))).toEqual(['format unchecked'])
  })

  it.each<[string, (responses: readonly JsonObject[]) => Json]>([
    ['two answers of one kind', (responses) => [...responses, ...responses.slice(0, 1)]],
    ['an answer that is no text', ([first, ...others]) => [{ ...first, body_base64: base64(octets([0xff])) }, ...others]],
  ])('is no document with %s of Intel’s', async (_, change) => {
    const result = await v3({ platform: 'tdx' }, (document) => {
      const [entry, ...others] = list(document)
      const data = isObject(entry) ? entry['data'] : undefined
      const responses = isObject(data) && Array.isArray(data['responses']) ? data['responses'].filter(isObject) : []
      return edit(document, { collateral: [{ ...(isObject(entry) ? entry : {}), data: { responses: change(responses) } }, ...others] })
    })
    expect(own(result)).toEqual(['format unchecked'])
  })
})

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function list(document: JsonObject): readonly Json[] {
  const entries = document['collateral']
  return Array.isArray(entries) ? entries : []
}

function withoutCollateral(id: string): Change {
  return (document) => edit(document, { collateral: list(document).filter((entry) => !isObject(entry) || entry['id'] !== id) })
}

/** Changes the first entry. */
function collateralEdit(changes: JsonObject): Change {
  return (document) => {
    const [first, ...others] = list(document)
    return edit(document, { collateral: [{ ...(isObject(first) ? first : {}), ...changes }, ...others] })
  }
}

describe('the early document of version 3', () => {
  // The chip’s certificate is not in it.
  const tdx = { platform: 'tdx' } as const
  it.each([0, 1, 8])('holds together with %i graphics cards', async (gpus) => {
    const result = await early({ ...tdx, gpus })
    expect(failed(result)).toEqual([])
    expect(own(result)).toEqual([
      'format passed',
      'report-data passed',
      'nonce passed',
      ...(gpus > 0 ? ['gpu-evidence passed'] : []),
      ...(gpus === 8 ? ['switch-evidence passed'] : []),
      'certificate passed',
      'tls-key passed',
      'hpke-key passed',
      'certificate-time passed',
      ...(gpus > 0 ? ['gpu-nonce passed'] : []),
      'source unchecked',
    ])
  })

  it.each<[string, readonly string[], Change]>([
    ['another nonce', ['tinfoil.report-data'], set('report_data.nonce', '00'.repeat(32))],
    ['another HPKE key', ['tinfoil.report-data'], set('report_data.hpke_key', '00'.repeat(32))],
    ['a hash without graphics cards', ['tinfoil.gpu-evidence'], set('gpu', undefined)],
    ['graphics cards without a hash', ['tinfoil.report-data'], set('report_data.gpu_evidence_hash', undefined)],
  ])('is refused for %s', async (_, expected, change) => {
    expect(failed(await early({ ...tdx, gpus: 1 }, change))).toEqual(expected)
  })

  it('hashes the text as it stands, not what it means', async () => {
    const result = await early({ ...tdx, gpus: 1 }, same, { text: (text) => text.replace('{"evidences"', '{ "evidences"') })
    expect(failed(result)).toEqual(['tinfoil.gpu-evidence', 'gpu.pairing'])
  })

  it('cannot tell of switches in another spelling, and does not pass them', async () => {
    const result = await early({ ...tdx, gpus: 8 }, set('nvswitch.evidences', [{ switch: 1 }]))
    expect(failed(result)).toEqual([])
    expect(own(result)).toContain('switch-evidence unchecked')
  })

  it('does not take devices that nothing commits to', async () => {
    const alone = makeEarlyDocumentV3({ at: AT, ...tdx })
    const { document } = makeEarlyDocumentV3({ at: AT, ...tdx, gpus: 1 })
    const result = await judge({ ...alone, document: edit(alone.document, { gpu: document['gpu'] }) }, 'tinfoil-attestation', same, {
      nonce: NONCE,
    })
    expect(failed(result)).toEqual(['tinfoil.gpu-evidence', 'gpu.pairing'])
  })
})

describe('whatever somebody sends', () => {
  it('never throws, and is never authentic', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string(), fc.json()),
        fc.constantFrom('tinfoil-attestation', 'tinfoil-atc-bundle'),
        async (document, kind) => {
          const result = await verifyWhole(document, { kind, usedAt: AT, anchors: [] })
          expect(result.authentic).toBeUndefined()
          expect(own(result)).toHaveLength(1)
        },
      ),
    )
  })

  it('never passes with a character of the document changed, unless nothing rests on it', async () => {
    const simulated = makeDocumentV3({ at: AT, platform: 'snp' })
    const text = JSON.stringify(simulated.document)
    const upToCollateral = text.indexOf('"collateral"')
    const honest = own(await judge(simulated, 'tinfoil-attestation', same, { nonce: NONCE })).length
    await fc.assert(
      fc.asyncProperty(fc.nat(upToCollateral - 1), fc.constantFrom('a', 'B', '0', ' ', '"', '+'), async (index, character) => {
        fc.pre(text[index] !== character)
        const changed = text.slice(0, index) + character + text.slice(index + 1)
        const result = await judge(simulated, 'tinfoil-attestation', same, { nonce: NONCE, text: () => changed })
        const passed = own(result).filter((said) => said.endsWith(' passed')).length
        expect(passed).toBeLessThan(honest)
      }),
      { numRuns: 60 },
    )
  })
})
