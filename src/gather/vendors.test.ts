import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { makeTdx } from '../../test/simulator/tdx.ts'
import { notPassed, tdxAnchor, tdxInput } from '../../test/support/tdx.ts'
import type { MissingReason } from '../dossier/types.ts'
import { verify } from '../verify/attestation/tdx/verify.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import { encodeUtf8 } from '../verify/encoding/utf8.ts'
import type { Cache, Kept } from './cache.ts'

const AT = new Date('2026-11-22T10:00:00Z')
const server = vi.hoisted(() => ({ asked: [] as string[], allowed: [] as (readonly string[])[], answers: new Map<string, unknown>() }))
vi.mock('../platform/clock.ts', () => ({ now: async () => AT }))
vi.mock('./fetch.ts', () => ({
  fetchDocument: async (address: string, allowed: readonly string[]) => {
    server.asked.push(address)
    server.allowed.push(allowed)
    return server.answers.get(address) ?? { ok: false, code: 'offline' }
  },
}))

import { amdCollateral } from './amd.ts'
import { intelCollateral } from './intel.ts'
import { platformsIn, productsIn } from './peek-quote.ts'
import { endpointsOf, hostAsks, reachableOrigins, type Service } from './services/types.ts'

const simulated = makeTdx({ at: AT, shape: 'fetched' })
const hex = Buffer.from(simulated.quote).toString('hex')
const PCS = 'https://api.trustedservices.intel.com'
const TCB = `${PCS}/tdx/certification/v4/tcb?fmspc=90C06F000000`
const ADDRESSES = [
  TCB,
  `${PCS}/tdx/certification/v4/qe/identity?update=standard`,
  `${PCS}/sgx/certification/v4/pckcrl?ca=platform&encoding=der`,
  'https://certificates.trustedservices.intel.com/IntelSGXRootCA.der',
] as const

const kept = new Map<string, Kept>()
const cache: Cache = { get: async (address) => kept.get(address), put: async (address, document) => void kept.set(address, document) }

function answer(address: string, body: Uint8Array, headers: Record<string, string> = {}): void {
  server.answers.set(address, { ok: true, value: { body, headers: new Headers(headers) } })
}

/** Intel as it answers: bodies as they are signed, chains in headers of several names, lists in DER. */
function serveIntel(): void {
  const parts: Record<string, { body: string; issuerChain?: string }> = JSON.parse(simulated.collateral)
  const part = (name: string) => parts[name] ?? { body: '' }
  answer(TCB, encodeUtf8(part('tcbInfo').body), { 'TCB-Info-Issuer-Chain': part('tcbInfo').issuerChain ?? '' })
  answer(ADDRESSES[1], encodeUtf8(part('qeIdentity').body), { 'SGX-Enclave-Identity-Issuer-Chain': part('qeIdentity').issuerChain ?? '' })
  answer(ADDRESSES[2], Buffer.from(part('pckCrl').body, 'base64'), { 'SGX-PCK-CRL-Issuer-Chain': part('pckCrl').issuerChain ?? '' })
  answer(ADDRESSES[3], Buffer.from(part('rootCaCrl').body, 'hex'))
}

beforeEach(() => {
  server.asked = []
  server.allowed = []
  server.answers.clear()
  kept.clear()
})

describe('the platform of a quote', () => {
  const platform = { fmspc: '90C06F000000', ca: 'platform' }
  it.each<[string, string]>([
    ['by itself', encodeBase64url(new Uint8Array(simulated.quote))],
    ['in hexadecimal, somewhere in a report', JSON.stringify({ a: [{ intel_quote: hex }] })],
    ['in base64', JSON.stringify({ quote: Buffer.from(simulated.quote).toString('base64') })],
    [
      'in a data URI',
      JSON.stringify({ data: `data:application/json;base64,${Buffer.from(JSON.stringify({ q: hex })).toString('base64')}` }),
    ],
    [
      'compressed, as in documents of Tinfoil’s',
      JSON.stringify({ format: 'https://tinfoil.sh/predicate/tdx-guest/v2', body: gzipSync(simulated.quote).toString('base64') }),
    ],
  ])('is found: %s', async (_, document) => expect(await platformsIn(document)).toEqual([platform]))
  it.each<[string, string]>([
    ['no quote', JSON.stringify({ quote: 'ab'.repeat(2000) })],
    ['a quote cut short', JSON.stringify({ quote: hex.slice(0, 2400) })],
    ['another kind of quote', JSON.stringify({ quote: hex.replace(/^04000200/, '03000200') })],
    ['something else, compressed', JSON.stringify({ body: gzipSync(randomBytes(2000)).toString('base64') })],
    ['more than a quote, compressed', JSON.stringify({ body: gzipSync(Buffer.alloc(5_000_000)).toString('base64') })],
    ['nothing', ''],
  ])('is not found: %s', async (_, document) => expect(await platformsIn(document)).toEqual([]))
})

describe('what Intel says', () => {
  const gather = (...documents: string[]) => intelCollateral(documents, [], cache)

  it('is fetched in four documents that a quote can be checked with', async () => {
    serveIntel()
    const [collateral, ...more] = await gather(hex)
    expect(server.asked).toEqual(ADDRESSES)
    expect(more).toEqual([])
    expect(collateral).toMatchObject({ kind: 'dcap', issuer: 'intel', at: AT.toISOString(), provenance: 'fetched' })
    const document = collateral !== undefined && 'document' in collateral ? collateral.document : ''
    expect(notPassed(await verify(tdxInput(simulated.quote, [document], [tdxAnchor(simulated)], AT)))).toEqual([])
  })
  it('is fetched once for a model of platform, and kept', async () => {
    serveIntel()
    const first = await gather(hex, JSON.stringify({ again: hex }))
    expect(first).toHaveLength(1)
    expect(await gather(hex)).toEqual(first)
    expect(server.asked).toHaveLength(4)
    expect(
      await intelCollateral(
        [hex],
        first.flatMap((item) => ('document' in item ? [item] : [])),
        cache,
      ),
    ).toEqual([])
  })
  it.each(ADDRESSES)('is missing as a whole without %s', async (address) => {
    serveIntel()
    server.answers.set(address, { ok: false, code: 'timeout' satisfies MissingReason })
    expect(await gather(hex)).toMatchObject([{ what: 'collateral', reason: 'timeout' }])
    expect(kept.size).toBe(0)
  })
  it('is asked of whoever stands in for Intel, and of nobody else', async () => {
    const [collateral] = await intelCollateral([hex], [], cache, ['https://pcs.example', 'https://certificates.example'])
    expect(server.asked).toEqual(
      ADDRESSES.map((address) =>
        address.replace(PCS, 'https://pcs.example').replace('certificates.trustedservices.intel.com', 'certificates.example'),
      ),
    )
    expect(new Set(server.allowed.flat())).toEqual(new Set(['https://pcs.example/*', 'https://certificates.example/*']))
    expect(collateral).toMatchObject({ what: 'collateral', source: `${TCB.replace(PCS, 'https://pcs.example')}#platform` })
  })
  it('is not asked for without a quote', async () => {
    expect(await gather('{}')).toEqual([])
    expect(server.asked).toEqual([])
  })
})

describe('a service whose hardware is simulated', () => {
  const service: Service = {
    id: 's',
    name: '',
    pages: [],
    apis: [],
    completions: [],
    headers: [],
    issuers: [],
    sources: [],
    vendors: ['amd', 'intel'],
  }
  const AMD = 'https://kdsintf.amd.com'

  it('is granted, and reaches, whoever stands in for a maker, in place of that maker alone', () => {
    const simulated: Service = { ...service, vendorOrigins: { intel: ['https://pcs.example', 'https://pcs.example'] } }
    expect(reachableOrigins(simulated)).toEqual([AMD, 'https://pcs.example'])
    expect(endpointsOf(simulated)).toEqual([`${AMD}/*`, 'https://pcs.example/*'])
    expect(hostAsks(simulated).map(({ pattern }) => pattern)).toEqual([`${AMD}/*`, 'https://pcs.example/*'])
  })
  it('is no other: without stand-ins the makers themselves are asked', () => {
    expect(reachableOrigins(service)).toEqual([AMD, PCS, 'https://certificates.trustedservices.intel.com'])
  })
})

describe('what AMD says', () => {
  const vcek = (product: string) => Buffer.concat([Buffer.from([0x30]), Buffer.from(`xxSEV-${product}xx`)]).toString('base64')
  const CRL = 'https://kdsintf.amd.com/vcek/v1/Genoa/crl'

  it('is asked for by the product that a certificate names', () => {
    expect(productsIn(JSON.stringify({ vcek: vcek('Genoa') }))).toEqual(['Genoa'])
    expect(productsIn(JSON.stringify({ domain: 'x', more: { vcek: vcek('Milan') } }))).toEqual(['Milan'])
    expect(productsIn(JSON.stringify({ text: 'SEV-Genoa' }))).toEqual([])
  })
  const CHAIN = 'https://kdsintf.amd.com/vcek/v1/Genoa/cert_chain'
  const documents = [JSON.stringify({ vcek: vcek('Genoa') })]
  const pem = (...ders: string[]) =>
    new TextEncoder().encode(ders.map((der) => `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`).join(''))
  const seen = (kind: string, document: string, source: string) => {
    return { kind, issuer: 'amd', document, source, at: AT.toISOString(), provenance: 'fetched' }
  }
  it('is the list of the product and the authority of its chips, fetched once and kept', async () => {
    answer(CRL, Uint8Array.of(1, 2, 3))
    answer(CHAIN, pem('BAUG', 'BwgJ'))
    const expected = [seen('amd-crl', 'AQID', CRL), seen('amd-ca', 'BAUG', CHAIN)]
    expect(await amdCollateral(documents, [], cache)).toEqual(expected)
    expect(await amdCollateral(documents, [], cache)).toEqual(expected)
    expect(server.asked).toEqual([CRL, CHAIN])
  })
  it('is missing one by one, with the reason', async () => {
    answer(CHAIN, pem('BAUG'))
    const missing = { what: 'collateral', source: CRL, reason: 'offline' } as const
    expect(await amdCollateral(documents, [], cache)).toEqual([missing, seen('amd-ca', 'BAUG', CHAIN)])
    expect(await amdCollateral(documents, [], cache)).toEqual([missing, seen('amd-ca', 'BAUG', CHAIN)])
    expect(server.asked).toEqual([CRL, CHAIN, CRL])
  })
  it.each(['', '<html>', '-----BEGIN CERTIFICATE-----\n'])('is malformed where the chain is none, which is not kept: %s', async (chain) => {
    answer(CRL, Uint8Array.of(1, 2, 3))
    answer(CHAIN, new TextEncoder().encode(chain))
    const collateral = await amdCollateral(documents, [], cache)
    expect(collateral).toEqual([seen('amd-crl', 'AQID', CRL), { what: 'collateral', source: CHAIN, reason: 'malformed' }])
    expect([...kept.keys()]).toEqual([CRL])
  })
})
