import { expect, test } from 'playwright/test'
import { MAPLE } from '../../src/gather/services/maple.ts'
import { TINFOIL } from '../../src/gather/services/tinfoil.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import type { Report } from '../../src/verify/report.ts'
import { type AirPlatform, makeAirEvidence } from '../simulator/air-evidence.ts'
import { AIR_MODEL, airKey, CLAIM, flippedSignature, rawKey } from '../simulator/air-receipt.ts'
import type { Cbor } from '../simulator/cbor.ts'
import type { HttpExchangeOptions } from '../simulator/http-signature.ts'
import { HTTP_KEYID, httpKey } from '../simulator/http-signature.ts'
import { makeKey } from '../simulator/keys.ts'
import { historyEntry, historyKey, NONCE } from '../simulator/maple.ts'
import { nitroPcrs } from '../simulator/nitro.ts'
import { base64url, flipBit, octets, utf8 } from '../simulator/octets.ts'
import { makeAtcBundle } from '../simulator/tinfoil.ts'
import { AIR_POLICY } from '../support/air.ts'
import { formatsBuild } from './builds.ts'
import { AIR_NITRO, AIR_PINNED, AIR_SPACE, OPENGRADIENT, SIGNING } from './doubles/services.ts'
import { type Extension, launchExtension } from './extension.ts'
import {
  type AirSetting,
  IMAGE,
  type MapleSetting,
  OPENGRADIENT_QUESTION,
  type OpenGradientSetting,
  SIGNED_QUESTION,
  type Simulated,
  serveAir,
  serveMaple,
  serveOpenGradient,
  serveSigning,
  serveTinfoil,
  type TinfoilSetting,
} from './format-services.ts'
import { type Judged, judge, letters } from './judged.ts'
import { type Loopback, startLoopback } from './server.ts'

/** Receipts that come with the answer, and evidence without receipts: AIR gateways, OpenGradient, signed responses, Tinfoil, Maple. */

let loopback: Loopback
let extension: Extension
let air: Readonly<Record<'nitro' | 'space' | 'pinned', Simulated<AirSetting>>>
let gradient: Simulated<OpenGradientSetting>
let signing: Simulated<HttpExchangeOptions>
let tinfoil: Simulated<TinfoilSetting>
let maple: Simulated<MapleSetting>

const PINNED = { profile: 'draft-02', keys: [base64url(rawKey(airKey()))] } as const

test.beforeAll(async () => {
  loopback = await startLoopback()
  air = {
    nitro: serveAir(loopback, AIR_NITRO, 'nitro-user-data'),
    space: serveAir(loopback, AIR_SPACE, 'cs-envelope'),
    pinned: serveAir(loopback, AIR_PINNED, 'nitro-user-data'),
  }
  gradient = serveOpenGradient(loopback, OPENGRADIENT)
  signing = serveSigning(loopback, SIGNING)
  tinfoil = serveTinfoil(loopback, TINFOIL)
  maple = serveMaple(loopback, MAPLE)
  extension = await launchExtension({ build: formatsBuild(), port: loopback.port })
  await extension.configure(await settings())
})

test.afterAll(async () => {
  await extension.close()
  await loopback.close()
})

/** The simulated roots, and policies that expect what the simulated services are. Tinfoil and Maple have their shipped presets. */
async function settings(): Promise<Readonly<Record<string, unknown>>> {
  const text = (source: Uint8Array) => Buffer.from(source).toString('base64url')
  const anchor = (id: string, purpose: string, { name, spki }: { name: Uint8Array; spki: Uint8Array }) => ({
    id,
    purpose,
    name: text(name),
    spki: text(spki),
  })
  const root = (platform: AirPlatform) => makeAirEvidence(platform, new Date()).anchor
  const { cpu, sigstore } = makeAtcBundle({ at: new Date() })
  if (cpu.snp === undefined) throw new Error('no processor')
  const code = (measurement: string, value: string): Partial<Policy> => ({
    expects: [{ measurement, anyOf: [value], source: 'user' }],
  })
  const nitroImage = code('nitro.pcr0', IMAGE)
  return {
    'test:anchors': [
      anchor('nitro', 'aws-nitro', root('nitro-user-data')),
      anchor('space', 'confidential-space', root('cs-envelope')),
      anchor('ark', 'sev-snp', cpu.snp.ark),
      anchor('ask', 'sev-snp', cpu.snp.ask),
      anchor('images', 'opensecret-pcr-history', { name: Uint8Array.of(0x30, 0), spki: historyKey().spki }),
    ],
    'test:sigstore-root': JSON.stringify(sigstore.trustedRoot),
    ...policies({
      [AIR_NITRO.id]: nitroImage,
      [AIR_PINNED.id]: { ...nitroImage, air: PINNED },
      [AIR_SPACE.id]: code('container.image-digest', CONTAINER),
      [OPENGRADIENT.id]: nitroImage,
      [SIGNING.id]: {
        httpKeys: [{ keyid: HTTP_KEYID, alg: 'ed25519', jwk: { ...httpKey('ed25519').publicKey.export({ format: 'jwk' }) } }],
      },
    }),
  }
}

/** The simulated workload's. */
const CONTAINER = 'sha256:3f0d5c9a7b1e42d86f9ac1573e8b20d4c6a97815f3b2e04d9c8a61752f4be093'

function policies(of: Readonly<Record<string, Partial<Policy>>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(of).map(([service, changes]) => [`policy:${service}`, JSON.stringify({ ...AIR_POLICY, service, ...changes })]),
  )
}

const chat = () => JSON.stringify({ model: AIR_MODEL, messages: [{ role: 'user', content: 'How long may we keep invoices?' }] })
const embeddings = () => JSON.stringify({ model: AIR_MODEL, input: 'How long may we keep invoices?' })

const outcomes = ({ report }: Judged, check: string) =>
  report.findings.filter((finding) => finding.check === check).map(({ outcome }) => outcome)
const because = ({ report }: Judged, check: string) => report.findings.find((finding) => finding.check === check)?.because.id
/** What failed, but for what is not there: the evidence of an AIR gateway, of OpenGradient's upstream, of a service that only signs; a receipt. */
const faults = ({ failed }: Judged) =>
  failed.filter(
    (check) =>
      !['air.gateway', 'opengradient.upstream', 'http-signature.evidence', 'evidence.presence', 'receipt.presence'].includes(check),
  )

/** Asks again for what could not be had, and waits until a check passes that did not. */
async function retried({ id, report: before }: Judged, check: string): Promise<string> {
  const checkedIn = (report: Report) => report.findings.find((finding) => finding.check === check)?.outcome
  expect(before.retry).toBe(true)
  expect(checkedIn(before)).not.toBe('passed')
  await extension.ask({ type: 'ui/retry', exchange: id })
  let report = before
  const again = async () => {
    report = (await extension.detail(id)).report ?? before
    return checkedIn(report)
  }
  await expect.poll(again, { timeout: 15_000 }).toBe('passed')
  return letters(report)
}

test.describe('an AIR gateway', () => {
  const askAir = (which: keyof typeof air, setting: AirSetting): Promise<Judged> => {
    const service = air[which]
    service.set(setting)
    const path = setting.route === undefined || setting.route === 'chat' ? '/v1/chat/completions' : `/v1/${setting.route}`
    const body = setting.route === 'embeddings' ? embeddings() : chat()
    return judge(extension, { page: service.page, completions: service.at(path), body })
  }
  /** Behind a gateway that shows nothing: the enclave and the request verified, the hash of the response over what nobody outside has. */
  const HONEST = '-[-v] -[-v] ? ? v'

  for (const [name, which, setting, binding] of [
    ['on Nitro, in a header', 'nitro', { delivery: 'header' }, 'air_binding_nitro_user_data'],
    ['on Nitro, in the body', 'nitro', { delivery: 'json' }, 'air_binding_nitro_user_data'],
    ['on Nitro, in a stream', 'nitro', { delivery: 'stream' }, 'air_binding_nitro_user_data'],
    ['on Nitro, with the key in its own place', 'nitro', { platform: 'nitro-public-key' }, 'air_binding_nitro_public_key'],
    ['in a Confidential Space, in a header', 'space', { delivery: 'header' }, 'air_binding_cs_envelope'],
    ['in a Confidential Space, in a stream', 'space', { delivery: 'stream' }, 'air_binding_cs_envelope'],
  ] as const satisfies readonly (readonly [string, keyof typeof air, AirSetting, string])[]) {
    test(name, async () => {
      const result = await askAir(which, setting)
      expect(faults(result)).toEqual([])
      expect(result.rows).toBe(HONEST)
      expect(because(result, 'air.key-binding')).toBe(binding)
      expect(because(result, 'air.response-hash')).toBe('air_response_tokens')
    })
  }

  for (const which of ['nitro', 'space'] as const) {
    test(`whose answer is numbers, which can be hashed again: ${which}`, async () => {
      const result = await askAir(which, { route: 'embeddings', delivery: 'header' })
      expect(faults(result)).toEqual([])
      expect(result.rows).toBe('-[-v] -[-v] v v v')
    })
  }

  const claim = (key: number, value: Cbor) => ({ receipt: { claims: new Map([[key, value]]) } })
  const anHourAgo = () => Math.floor(Date.now() / 1000) - 3600
  const zeros = new Uint8Array(48)
  const debug: AirSetting = {
    evidence: { nitro: { fields: { pcrs: new Map([...nitroPcrs()].map(([index]) => [index, zeros])) } } },
    receipt: { measurements: new Map(['pcr0', 'pcr1', 'pcr2', 'pcr3', 'pcr4', 'pcr8'].map((name) => [name, zeros])) },
  }
  const otherNumbers = (body: Uint8Array) => utf8(Buffer.from(body).toString().replace('"embedding":[', '"embedding":[0.5,'))

  for (const [name, which, setting, checks, rows] of [
    ['a flipped signature', 'nitro', () => ({ receipt: { signature: flippedSignature } }), ['air.signature'], 'a a f f f'],
    ['a flipped signature', 'space', () => ({ receipt: { signature: flippedSignature } }), ['air.signature'], 'a a f f f'],
    ['a mode of before the draft', 'nitro', () => claim(CLAIM.securityMode, 'GatewayOnly'), ['air.security-mode'], 'a a f f f'],
    ['evaluation', 'nitro', () => claim(CLAIM.securityMode, 'evaluation'), ['air.production'], '-[-v] f[-f] a ? v'],
    ['a receipt of another hour', 'nitro', () => claim(CLAIM.iat, anHourAgo()), ['air.freshness'], '-[-v] f[-f] a ? v'],
    ['a receipt of another hour', 'space', () => claim(CLAIM.iat, anHourAgo()), ['air.freshness'], '-[-v] f[-f] a ? v'],
    ['another question', 'nitro', () => ({ asked: JSON.parse(chat().replace('keep', 'burn')) }), ['air.request-hash'], '-[-v] -[-v] a f v'],
    [
      'other numbers',
      'nitro',
      () => ({ route: 'embeddings', delivery: 'header', deliver: { response: otherNumbers } }),
      ['air.response-hash'],
      '-[-v] -[-v] a f v',
    ],
    ['another model', 'nitro', () => claim(CLAIM.modelHash, new Uint8Array(32).fill(9)), ['model.artifact'], '-[-v] -[-v] f ? v'],
    [
      'evidence of another key',
      'pinned',
      () => ({ evidence: { key: octets(new Uint8Array(32).fill(7)) } }),
      ['air.key-binding'],
      'f[-f] -[-a] a ? v',
    ],
    [
      'an envelope of another nonce',
      'space',
      () => ({ evidence: { envelope: { nonce: new Uint8Array(32) } } }),
      ['air.key-binding'],
      'f[-f] -[-a] a ? a',
    ],
    ['a debug enclave', 'nitro', () => debug, ['nitro.debug', 'policy.measurement'], 'f[-f] f[-f] a ? a'],
    [
      'another digest than the announced one',
      'nitro',
      () => ({ delivery: 'header', digest: 'other' }),
      ['air.delivery'],
      '-[-a] -[-a] f f f',
    ],
  ] as const satisfies readonly (readonly [string, keyof typeof air, () => AirSetting, readonly string[], string])[]) {
    test(`fails by ${name}: ${which}`, async () => {
      const result = await askAir(which, setting())
      expect(faults(result)).toEqual(checks)
      expect(result.rows).toBe(rows)
    })
  }

  test('that announces a receipt and does not deliver it', async () => {
    const result = await askAir('nitro', { delivery: 'announced' })
    expect(result.rows).toBe('a a - - -')
    expect(result.report.claims[4]?.because.id).toBe('air_announced')
  })

  test('whose header is cut at its limit could not be checked', async () => {
    const result = await askAir('nitro', { delivery: 'header', receipt: { tail: new Uint8Array(6144) } })
    expect(faults(result)).toEqual([])
    expect(result.rows).toBe('a a ? ? ?')
    expect(result.report.claims[4]?.because).toEqual({ id: 'air_delivery_cut' })
  })

  test('whose evidence is not served could not be checked, until it is', async () => {
    const result = await askAir('nitro', { isDown: true })
    expect(faults(result)).toEqual([])
    expect(result.rows).toBe('? ? ? ? ?')
    air.nitro.set({})
    expect(await retried(result, 'air.key-binding')).toBe(HONEST)
  })
})

test.describe('OpenGradient', () => {
  const askGradient = (setting: OpenGradientSetting): Promise<Judged> => {
    gradient.set(setting)
    return judge(extension, { page: gradient.page, completions: gradient.at(), body: OPENGRADIENT_QUESTION })
  }

  for (const [name, setting] of [
    ['in one piece', {}],
    ['as a stream', { streamed: true }],
    ['with the older layout of the user data', { layout: 'text' }],
  ] as const satisfies readonly (readonly [string, OpenGradientSetting])[]) {
    test(name, async () => {
      const result = await askGradient(setting)
      expect(faults(result)).toEqual([])
      expect(result.rows).toBe('-[v-] -[v-] a v v')
      expect(outcomes(result, 'opengradient.evidence-nonce')).toEqual(['passed'])
    })
  }

  const image = new Map([...nitroPcrs(), [0, new Uint8Array(48).fill(5)]])
  for (const [name, setting, checks, rows] of [
    ['a flipped signature', { signature: 'flipped' }, ['opengradient.signature'], 'a a f f f'],
    ['another key', { signWith: makeKey('rsa-2048', 'stranger') }, ['opengradient.signature'], 'a a f f f'],
    ['another answer than was signed', { streamed: true, hashedOutput: 'other' }, ['opengradient.response-hash'], '-[v-] -[v-] a f v'],
    ['an enclave of another key', { userData: (data) => flipBit(data) }, ['opengradient.key-commitment'], 'f[f-] -[a-] a a a'],
    ['old evidence', { nitro: { fields: { nonce: octets([1]) } } }, ['opengradient.evidence-nonce'], '-[v-] f[f-] a v v'],
    ['another image', { nitro: { fields: { pcrs: image } } }, ['policy.measurement'], '-[v-] f[f-] a v v'],
    ['a flipped signature of its enclave', { nitro: { signature: 'flipped' } }, ['nitro.signature'], 'f[f-] -[a-] a a a'],
  ] as const satisfies readonly (readonly [string, OpenGradientSetting, readonly string[], string])[]) {
    test(`fails by ${name}`, async () => {
      const result = await askGradient(setting)
      expect(faults(result)).toEqual(checks)
      expect(result.rows).toBe(rows)
    })
  }

  test('of another request than it can be shown to have hashed is not blamed', async () => {
    const result = await askGradient({ hashedRequest: '{}' })
    expect(faults(result)).toEqual([])
    expect(result.rows).toBe('-[v-] -[v-] a ? v')
  })
})

test.describe('a service that signs its responses', () => {
  const askSigning = (setting: HttpExchangeOptions): Promise<Judged> => {
    signing.set(setting)
    return judge(extension, { page: signing.page, completions: signing.at(), body: SIGNED_QUESTION })
  }

  test('shows the exchange and the signature, and nothing of where it ran', async () => {
    const result = await askSigning({})
    expect(faults(result)).toEqual([])
    expect(result.rows).toBe('- - a v v')
    expect(result.report.claims[0]?.because.id).toBe('http_evidence_none')
  })

  const seconds = () => Math.floor(Date.now() / 1000)
  /** What this browser itself saw. Where the request is covered too, its digest was worked out here, and a mismatch is nobody's fault yet. */
  const SEEN = ['"@status"', '"content-type"', '"content-digest"']
  const flip = ({ input, signature }: { readonly input: string; readonly signature: string }) => ({
    input,
    signature: signature.replace(/:./, (start) => (start === ':A' ? ':B' : ':A')),
  })
  const otherDigest = `sha-256=:${Buffer.alloc(32).toString('base64')}:`

  for (const [name, setting, checks, rows] of [
    ['a digest of another body', () => ({ fields: { 'content-digest': otherDigest } }), ['http-signature.response'], '- - a f v'],
    ['another body', () => ({ deliver: { response: utf8('{"choices":[]}') } }), ['http-signature.response'], '- - a f v'],
    ['a signature that had expired', () => ({ parameters: { expires: String(seconds() - 600) } }), ['http-signature.expires'], '- - f f f'],
    ['a flipped signature', () => ({ components: SEEN, rewrite: flip }), ['http-signature.signature'], '- - f f f'],
    ['another status', () => ({ components: SEEN, deliver: { status: 203 } }), ['http-signature.signature'], '- - f f f'],
    ['an algorithm that the key is not for', () => ({ parameters: { alg: '"hmac-sha256"' } }), ['http-signature.algorithm'], '- - f f f'],
  ] as const satisfies readonly (readonly [string, () => HttpExchangeOptions, readonly string[], string])[]) {
    test(`fails by ${name}`, async () => {
      const result = await askSigning(setting())
      expect(faults(result)).toEqual(checks)
      expect(result.rows).toBe(rows)
    })
  }

  for (const [name, setting, reason] of [
    ['by a key that the policy does not have', { parameters: { keyid: '"other"' } }, 'http_signature_no_key'],
    ['over the request, flipped', { rewrite: flip }, 'http_signature_assumed'],
    ['over a field that was not kept', { components: [...SEEN, '"x-private"'], fields: { 'x-private': '1' } }, 'http_component_unseen'],
  ] as const satisfies readonly (readonly [string, HttpExchangeOptions, string])[]) {
    test(`could not be checked: ${name}`, async () => {
      const result = await askSigning(setting)
      expect(faults(result)).toEqual([])
      expect(result.rows).toBe('- - ? ? ?')
      expect(because(result, 'http-signature.signature')).toBe(reason)
    })
  }
})

test.describe('Tinfoil', () => {
  const askTinfoil = (setting: TinfoilSetting): Promise<Judged> => {
    tinfoil.set(setting)
    return judge(extension, { page: tinfoil.page, completions: tinfoil.at(), body: chat() })
  }

  test('shows an attested service, and signs no answer', async () => {
    const result = await askTinfoil({})
    expect(result.failed).toEqual(['receipt.presence'])
    expect(result.rows).toBe('a a - - -')
    expect(result.report.claims[4]?.because.id).toBe('receipt_not_offered')
    expect(outcomes(result, 'tinfoil.tls-key')).toEqual(['passed'])
    expect(outcomes(result, 'policy.measurement')).toEqual(['passed'])
  })

  for (const [name, setting, checks, rows] of [
    ['a report changed after it was signed', { snp: { afterSigning: (report) => flipAt(report, 0x90) } }, ['snp.signature'], 'f a - - -'],
    ['another TLS key', { certificate: { key: makeKey('ec-p384', 'stranger') } }, ['tinfoil.tls-key'], 'f a - - -'],
    [
      'another repository',
      { sigstore: { identity: { repository: 'tinfoilsh/confidential-model-routers' } } },
      ['policy.measurement'],
      'a f - - -',
    ],
    [
      'a release that measures something else',
      { predicate: (honest) => ({ ...honest, snp_measurement: '00'.repeat(48) }) },
      ['policy.identity', 'tinfoil.code-measurement'],
      'a f - - -',
    ],
  ] as const satisfies readonly (readonly [string, TinfoilSetting, readonly string[], string])[]) {
    test(`fails by ${name}`, async () => {
      const result = await askTinfoil(setting)
      expect(faults(result)).toEqual(checks)
      expect(result.rows).toBe(rows)
    })
  }

  test('shows the enclave’s own document where it holds a nonce of ours', async () => {
    const result = await askTinfoil({ own: 'v3' })
    expect(result.failed).toEqual(['receipt.presence'])
    expect(result.rows).toBe('a a - - -')
    expect(outcomes(result, 'tinfoil.nonce')).toEqual(['passed'])
    expect(loopback.seen.filter(({ path }) => path === '/.well-known/tinfoil-attestation').at(-1)?.host).toBe('inference.tinfoil.sh')
    await expect(askTinfoil({ own: 'v3-stale' })).resolves.toMatchObject({ rows: 'a f - - -' })
  })

  test('shows the bundle where the enclave’s own document holds no nonce', async () => {
    const result = await askTinfoil({ own: 'v2' })
    expect(result.rows).toBe('a a - - -')
    expect(outcomes(result, 'tinfoil.tls-key')).toEqual(['passed'])
  })

  test.describe('through the server for chats that can be recovered', () => {
    const throughServer = (setting: TinfoilSetting, enclave?: string): Promise<Judged> => {
      tinfoil.set(setting)
      loopback.seen.length = 0
      const headers: Record<string, string> = enclave === undefined ? {} : { 'X-Tinfoil-Enclave-Url': enclave }
      const completions = 'https://api.tinfoil.sh/v1/chat/completions'
      return judge(extension, { page: tinfoil.page, completions, body: chat(), headers })
    }
    const documentsAsked = () => loopback.seen.filter(({ path }) => path.includes('attestation')).map(({ host }) => host)

    test('asks the enclave that the page named, and names the server in the row', async () => {
      const result = await throughServer({ own: 'v3' }, 'https://inference.tinfoil.sh')
      expect(result.rows).toBe('a a - - -')
      expect(outcomes(result, 'tinfoil.nonce')).toEqual(['passed'])
      expect(result.report.claims[0]?.assumes).toContain('assume_relay_sealed')
      expect(documentsAsked()).toEqual(['inference.tinfoil.sh'])
    })

    test('asks the usual one where the page names none', async () => {
      expect((await throughServer({ own: 'v3' })).rows).toBe('a a - - -')
      expect(documentsAsked()).toEqual(['inference.tinfoil.sh'])
    })

    test('asks no host that the adapter does not know, and shows no other’s evidence for it', async () => {
      const result = await throughServer({ own: 'v3' }, 'https://evil.example')
      expect(result.rows).toBe('? ? - - -')
      expect(documentsAsked()).toEqual([])
    })
  })

  test('is unchecked without AMD’s revocation list, until it is there', async () => {
    const result = await askTinfoil({ crl: 'down' })
    expect(result.failed).toEqual(['receipt.presence'])
    expect(result.rows).toBe('? a - - -')
    tinfoil.set({})
    expect(await retried(result, 'snp.revocation')).toBe('a a - - -')
  })

  test('is unchecked without its bundle', async () => {
    const result = await askTinfoil({ isDown: true })
    expect(result.failed).toEqual(['receipt.presence'])
    expect(result.rows).toBe('? ? - - -')
    tinfoil.set({})
    expect(await retried(result, 'tinfoil.format')).toBe('a a - - -')
  })
})

test.describe('Maple', () => {
  const askMaple = (setting: MapleSetting): Promise<Judged> => {
    maple.set(setting)
    return judge(extension, { page: maple.page, completions: maple.at(), body: '{"encrypted":"AAAA"}' })
  }

  test('shows an attested enclave of an image in production, and signs no answer', async () => {
    const result = await askMaple({})
    expect(result.failed).toEqual(['receipt.presence'])
    expect(result.rows).toBe('a a - - -')
    expect(outcomes(result, 'opensecret.nonce')).toEqual(['passed'])
    expect(outcomes(result, 'opensecret.pcr-history')).toEqual(['passed'])
    expect(outcomes(result, 'policy.measurement')).toEqual(['passed'])
    expect(result.report.assumes).toContain('assume_opensecret_session')
  })

  const stranger = [historyEntry(IMAGE, { signWith: makeKey('ec-p384', 'stranger') })]
  const debug = new Map([...nitroPcrs(), [0, new Uint8Array(48)]])
  for (const [name, setting, checks, rows] of [
    ['a flipped signature', { nitro: { signature: 'flipped' } }, ['nitro.signature'], 'f a - - -'],
    ['a document for another nonce', { nonce: NONCE }, ['opensecret.nonce'], 'a f - - -'],
    ['an image for development', { production: [], development: [historyEntry(IMAGE)] }, ['policy.measurement'], 'a f - - -'],
    ['an image that no list has', { production: [], development: [] }, ['opensecret.pcr-history', 'policy.identity'], 'a f - - -'],
    ['an entry that somebody else signed', { production: stranger }, ['opensecret.pcr-history', 'policy.identity'], 'a f - - -'],
    [
      'a debug enclave that its maker signed',
      { nitro: { fields: { pcrs: debug } }, production: [historyEntry('00'.repeat(48))] },
      ['nitro.debug'],
      'f a - - -',
    ],
  ] as const satisfies readonly (readonly [string, MapleSetting, readonly string[], string])[]) {
    test(`fails by ${name}`, async () => {
      const result = await askMaple(setting)
      expect(faults(result)).toEqual(checks)
      expect(result.rows).toBe(rows)
    })
  }

  test('cannot be told what its image is for without the lists, until they are there', async () => {
    const result = await askMaple({ production: 'down', development: 'down' })
    expect(result.failed).toEqual(['receipt.presence'])
    // What cannot be told of an image leaves its release as the enclave has it: assumed, and nothing is matched.
    expect(result.rows).toBe('a a - - -')
    expect(outcomes(result, 'policy.identity')).toEqual(['unchecked'])
    maple.set({})
    expect(await retried(result, 'opensecret.pcr-history')).toBe('a a - - -')
  })
})

function flipAt(report: Uint8Array, index: number): void {
  report[index] = (report[index] ?? 0) ^ 1
}
