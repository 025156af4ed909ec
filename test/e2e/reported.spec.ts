import { expect, test } from 'playwright/test'
import type { Report } from '../../src/verify/report.ts'
import type { GpuKnobs } from '../simulator/nvidia-gpu.ts'
import { octets } from '../simulator/octets.ts'
import { gpuAnchor } from '../simulator/tinfoil.ts'
import { testBuild } from './builds.ts'
import { type Extension, launchExtension } from './extension.ts'
import { type Judged, judge } from './judged.ts'
import { type NearService, type NearSetting, serveNear, serveVenice } from './lookup-services.ts'
import { type Loopback, startLoopback } from './server.ts'

/**
 * Conversations with NEAR's model hosts, NEAR AI Cloud, Venice and NanoGPT in the shapes that were recorded of them in 2026: graphics cards whose
 * certificates end in NUL octets, several machines under one key, evidence that is handed on. Each row by the rules of docs/CLAIMS.md, by hand.
 */

let loopback: Loopback
let extension: Extension
let direct: NearService
let cloud: NearService
let venice: NearService
let nano: NearService

test.beforeAll(async () => {
  loopback = await startLoopback()
  direct = serveNear(loopback, { page: 'https://cloud.near.ai', api: 'https://demo-1.completions.near.ai', path: '/v1/chat/completions' })
  cloud = serveNear(loopback, { page: 'https://cloud.near.ai', api: 'https://cloud-api.near.ai', path: '/v1/chat/completions' })
  venice = serveNear(loopback, {
    page: 'https://venice.ai',
    api: 'https://api.venice.ai',
    path: '/api/v1/chat/completions',
    lookups: { report: '/api/v1/tee/attestation', signature: '/api/v1/tee/signature' },
  })
  nano = serveNear(loopback, {
    page: 'https://nano-gpt.com',
    api: 'https://nano-gpt.com',
    path: '/api/v1/chat/completions',
    lookups: { report: '/api/v1/tee/attestation', signature: '/api/v1/tee/signature/' },
  })
  extension = await launchExtension({ build: testBuild(), port: loopback.port })
  const [workload] = Object.values(cloud.workloads)
  if (workload === undefined) throw new Error('no workload')
  const text = (source: Uint8Array) => Buffer.from(source).toString('base64url')
  const anchor = (id: string, purpose: string, { name, spki }: { name: Uint8Array; spki: Uint8Array }) => ({
    id,
    purpose,
    name: text(name),
    spki: text(spki),
  })
  await extension.configure({
    'test:anchors': [anchor('processor', 'intel-sgx', workload.dstack.tdx.anchor), anchor('gpu', 'nvidia-gpu', gpuAnchor())],
  })
})

test.afterAll(async () => {
  await extension.close()
  await loopback.close()
})

/** Two cards whose certificates end as NEAR's and Venice's have since June 2026: five NUL octets behind the last one. */
const withNuls: GpuKnobs = { pem: (text) => `${text}${'\0'.repeat(5)}` }
const GPUS: readonly GpuKnobs[] = [withNuls, withNuls]

let questions = 0
const chat = () =>
  JSON.stringify({ model: 'demo/model-1', stream: true, messages: [{ role: 'user', content: `How long, the ${++questions}th time?` }] })
const CREDENTIAL = { authorization: 'Bearer simulated' } as const

function ask(service: NearService, setting: Partial<NearSetting>): Promise<Judged> {
  service.set({ form: 'stream', ...setting })
  return judge(extension, { page: service.page, completions: service.completions, body: chat(), headers: CREDENTIAL })
}

/** Who is named in the chain, from the page to the model. */
const named = ({ claims }: Report) => claims[0]?.hops.map(({ role }) => role)
const assumed = ({ claims }: Report) => claims[0]?.assumes ?? []
const finding = ({ findings }: Report, check: string) => findings.find((candidate) => candidate.check === check)
/** How many graphics cards were found to be genuine. */
const genuineCards = ({ findings }: Report) =>
  findings.filter(({ check, outcome }) => check === 'nvidia-gpu.signature' && outcome === 'passed').length

/** A card's evidence whose signature somebody changed. */
const forged: readonly GpuKnobs[] = [withNuls, { ...withNuls, signature: 'flipped' }]

test.describe('a model host of NEAR’s that is called directly', () => {
  const host = { kind: 'provider_tee', shape: 'direct' } as const

  test('signs, and shows its processor, its cards, its compose manager and its key for encrypted requests', async () => {
    const { report, rows, failed } = await ask(direct, { ...host, options: { gpus: GPUS, composeManager: {}, ohttp: {} } })
    expect(failed).toEqual([])
    expect(finding(report, 'dstack.compose-manager')?.because).toEqual({ id: 'dstack_manager_passed', args: ['1'] })
    expect(finding(report, 'chat-signature.ohttp-key')?.because.id).toBe('chat_ohttp_unbound')
    // Everything holds; nobody has said yet which code is expected, so that it is measured and not matched.
    expect(rows).toBe('v a a v v')
    expect(named(report)).toEqual(['service'])
    expect(genuineCards(report)).toBe(GPUS.length)
  })

  test('stands on two machines with cards of their own, and which one answered is not shown', async () => {
    const other = { instanceId: new Uint8Array(20).fill(2) }
    const { report, rows, failed } = await ask(direct, { ...host, options: { gpus: GPUS, gpuPayload: 'object', machines: [other] } })
    expect(failed).toEqual([])
    expect(rows).toBe('v a a v v')
    expect(finding(report, 'machines.each')?.because).toEqual({ id: 'machines_all', args: ['2'] })
    expect(assumed(report)).toContain('assume_one_of_machines')
  })

  test('is not believed where one card’s evidence is forged, nor where octets stand behind a report', async () => {
    const flipped = await ask(direct, { ...host, options: { gpus: forged } })
    expect(flipped.failed).toEqual(['nvidia-gpu.signature'])
    // Hardware that contradicts itself backs no key.
    expect(flipped.rows).toBe('f a a a a')
    const trailing = await ask(direct, { ...host, options: { gpus: [{ trailing: octets([1]) }] } })
    // What cannot be read is no contradiction, and backs nothing.
    expect([trailing.rows, trailing.failed]).toEqual(['? a a a a', []])
  })
})

test.describe('NEAR AI Cloud', () => {
  test('hands on what its model host signed: the gateway is attested, and nothing ties this answer to it', async () => {
    const { report, rows, failed } = await ask(cloud, { form: 'json', kind: 'provider_tee', options: { gpus: GPUS } })
    expect(failed).toEqual([])
    expect(named(report)).toEqual(['gateway', 'model-host'])
    expect(rows).toBe('a[av] a[aa] a v v')
    expect(genuineCards(report)).toBe(GPUS.length)
  })

  test('signs itself: its model host is attested with its cards, and nothing ties this answer to that', async () => {
    const { report, rows, failed } = await ask(cloud, { kind: 'gateway', options: { gpus: GPUS } })
    expect(failed).toEqual([])
    expect(named(report)).toEqual(['gateway', 'model-host'])
    expect(rows).toBe('a[va] a[aa] a v v')
  })

  test('fails where its host’s cards are forged, and says so of the host', async () => {
    const { report, rows, failed } = await ask(cloud, { kind: 'gateway', options: { gpus: forged } })
    expect(failed).toEqual(['nvidia-gpu.signature'])
    expect(report.claims[0]?.hops.map(({ role, standing }) => [role, standing])).toEqual([
      ['gateway', 'verified'],
      ['model-host', 'failed'],
    ])
    // The key that signed is the gateway's, and stays proven.
    expect(rows).toBe('f[vf] a[aa] a v v')
  })
})

test.describe('NanoGPT, which hands on what others show', () => {
  test('a host on three machines: itself a reader of what it passed on as it was', async () => {
    const machines = [2, 3].map((index) => ({ instanceId: new Uint8Array(20).fill(index) }))
    const { report, rows, failed } = await ask(nano, { shape: 'direct', options: { machines, gpus: GPUS } })
    expect(failed).toEqual([])
    expect(rows).toBe('v a a v v')
    expect(named(report)).toEqual(['service'])
    expect(finding(report, 'machines.each')?.because).toEqual({ id: 'machines_all', args: ['3'] })
    expect(assumed(report)).toContain('assume_party_reads')
  })

  test('a host’s answer that it changed: itself a party that shows nothing', async () => {
    const { report, rows, failed } = await ask(nano, { shape: 'direct', signedResponse: Buffer.from('{}'), options: { gpus: GPUS } })
    expect(failed).toEqual(['chat-signature.response-hash', 'parties.silent'])
    expect(named(report)).toEqual(['gateway', 'model-host'])
    expect(rows).toBe('-[-v] -[-a] a f v')
  })

  test('NEAR’s gateway, asked with a nonce of NanoGPT’s own: three parties, and no contradiction in the nonce', async () => {
    const { report, rows, failed } = await ask(nano, {
      kind: 'gateway',
      shape: 'cloud',
      options: { gpus: GPUS },
      faults: { nonce: 'other' },
    })
    expect(failed).toEqual([])
    expect(named(report)).toEqual(['gateway', 'model-host'])
    expect(rows).toBe('a[va] a[aa] a v v')
    // The gateway in the report is NEAR's: whoever handed it on stands in front of it.
    expect(assumed(report)).toContain('assume_party_reads')
    expect(finding(report, 'chat-signature.nonce')?.because.id).toBe('chat_nonce_resold')
  })

  test('instances of Chutes: attested, and no signature is offered for them', async () => {
    const { report, rows, failed } = await ask(nano, {
      shape: 'chutes',
      lookup: { status: 404 },
      faults: { nonce: 'other', instances: [{}, {}] },
    })
    expect(failed).toEqual([])
    expect(finding(report, 'chutes.key')?.outcome).toBe('passed')
    // The look-up was answered with "not found": could not be checked now.
    expect(rows).toBe('a a ? ? ?')
  })

  test('a document of Tinfoil’s: read, and fresh for nobody', async () => {
    const { report, rows, failed } = await ask(nano, { shape: 'tinfoil', refusal: 'SIGNATURE_UNSUPPORTED' })
    expect(failed).toEqual([])
    expect(finding(report, 'tdx.quote-signature')?.outcome).toBe('passed')
    expect(finding(report, 'chat-signature.nonce')?.because.id).toBe('aci_nonce_none')
    // Intel is asked about the quote inside, compressed as it is; nothing is signed.
    expect(rows).toBe('a a ? ? ?')
  })
})

test.describe('Venice', () => {
  test('a host in NEAR’s form: itself a reader of what it passed on as it was', async () => {
    const { report, rows, failed } = await ask(venice, { shape: 'reseller', options: { gpus: GPUS } })
    expect(failed).toEqual([])
    expect(rows).toBe('v a a v v')
    expect(named(report)).toEqual(['service'])
    expect(assumed(report)).toContain('assume_party_reads')
    expect(genuineCards(report)).toBe(GPUS.length)
  })

  test('a gateway that speaks ACI: proven, with a host behind it that shows nothing, and Venice in front', async () => {
    const { report, rows } = await ask(venice, { kind: 'gateway', shape: 'aci-venice' })
    expect(report.claims[0]?.hops.map(({ role, standing }) => [role, standing])).toEqual([
      ['gateway', 'verified'],
      ['model-host', 'absent'],
    ])
    expect(rows).toBe('-[v-] -[a-] a v v')
    expect(assumed(report)).toContain('assume_party_reads')
    expect(finding(report, 'dstack.compose')?.outcome).toBe('passed')
  })

  test('its own page, whose answers nothing names: the model’s environment is asked about, cards and all', async () => {
    const site = serveVenice(loopback, { gpus: GPUS })
    const body = JSON.stringify({ requestId: 'r-1', conversationType: 'text', modelId: 'demo-model', prompt: [] })
    const { report, rows, failed } = await judge(extension, { page: site.page, completions: site.completions, body })
    expect(failed.filter((check) => check !== 'receipt.presence')).toEqual([])
    expect(rows).toBe('a a - - -')
    expect(genuineCards(report)).toBe(GPUS.length)
    expect(assumed(report)).toContain('assume_relay_reads')
  })
})
