import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Dossier, MissingReason, ReceiptSeen } from '../dossier/types.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { sha256 } from '../verify/encoding/digest.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { encodeUtf8 } from '../verify/encoding/utf8.ts'
import type { Fetched } from './fetch.ts'

const server = vi.hoisted(() => ({ asked: [] as string[], answers: new Map<string, unknown>() }))
vi.mock('../platform/clock.ts', () => ({ now: async () => new Date('2026-11-22T10:00:00Z') }))
vi.mock('../platform/permissions.ts', () => ({ hasHosts: async () => true }))
vi.mock('./fetch.ts', async (original) => {
  const { fetchDocument } = await original<typeof import('./fetch.ts')>()
  return {
    /** The real list of what is allowed; behind it, no network. */
    fetchDocument: async (address: string, allowed: readonly string[]) => {
      vi.stubGlobal('fetch', async () => new Response('x'))
      const permitted = await fetchDocument(address, allowed)
      vi.unstubAllGlobals()
      server.asked.push(address)
      return permitted.ok ? (server.answers.get(address) ?? { ok: false, code: 'not-found' }) : permitted
    },
  }
})

import { ownEvidence } from './own-evidence.ts'
import { TRUSTEDROUTER } from './services/trustedrouter.ts'

const API = 'https://api.trustedrouter.com'
const KID = 'k'.repeat(43)
const DOCUMENT = 'header.the-pinned-one.signature'
const PIN = encodeBase64url(await sha256(encodeUtf8(DOCUMENT)))
const BY_HASH = `${API}/receipt-attestation?sha256=${PIN}`
const ATTESTATION = `${API}/receipt-attestation`
const KEY = `${API}/receipt-key`
const LOG = `https://trustedrouter.com/.well-known/inference-receipt-keys?kid=${KID}`
const MIRROR = `https://trustedrouter.com/trust/receipt-keys.json?kid=${KID}`
const JWK = { kty: 'OKP', crv: 'Ed25519', x: 'x' }

const part = (value: unknown) => encodeBase64url(encodeUtf8(JSON.stringify(value)))
const receipt = (header: object = { kid: KID }, claims: object = { att_sha256: PIN }): ReceiptSeen => ({
  format: 'inference-receipt',
  delivery: 'header',
  position: 'not-applicable',
  text: `${part(header)}.${part(claims)}.signature`,
  provenance: 'browser',
})

function answer(address: string, body: string | Bytes | MissingReason, kind?: string): void {
  const reasons: readonly unknown[] = ['offline', 'timeout', 'not-granted', 'http-status']
  const octets = typeof body === 'string' ? encodeUtf8(body) : body
  const headers = new Headers(kind === undefined ? {} : { 'x-receipt-att-kind': kind })
  const fetched: Result<Fetched, MissingReason> = reasons.includes(body)
    ? failure(body as MissingReason)
    : success({ body: octets, headers })
  server.answers.set(address, fetched)
}

const row = (document: string, more: object = {}) => ({ kid: KID, jwk: JWK, att: document, att_kind: 'gcp-cs-jwt', ...more })
const page = (keys: readonly unknown[], more: object = {}) =>
  JSON.stringify({ spec: 'inference-receipt/1', degraded: false, keys, next_cursor: null, ...more })

function gather(seen: ReceiptSeen | undefined = receipt()) {
  const body = { provenance: 'none', length: 0, capture: 'complete', digests: [] } as const
  const dossier: Dossier = {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'x',
    service: 'trustedrouter',
    exchange: {
      method: 'POST',
      url: 'https://trustedrouter.com/chat-proxy/v1/chat/completions',
      startedAt: '2026-11-22T10:00:00.000Z',
      headers: [],
      request: body,
      response: { ...body, ids: [] },
    },
    receipts: [],
    evidence: [],
    collateral: [],
    missing: [],
  }
  return ownEvidence(seen, { dossier, service: TRUSTEDROUTER, page: async () => undefined })
}

const found = (source: string, kind = 'gcp-cs-jwt', document = DOCUMENT) => [
  { kind, document, source, at: '2026-11-22T10:00:00.000Z', provenance: 'fetched' },
]

beforeEach(() => {
  server.asked = []
  server.answers.clear()
})

describe('the document that a receipt in a header pins', () => {
  it('is asked for by its hash, and nothing else is asked', async () => {
    answer(BY_HASH, DOCUMENT, 'gcp-cs-jwt')
    expect(await gather()).toEqual(found(BY_HASH))
    expect(server.asked).toEqual([BY_HASH])
  })

  it('is taken from an older instance, which serves its current one only', async () => {
    answer(BY_HASH, 'another', 'gcp-cs-jwt')
    answer(ATTESTATION, DOCUMENT, 'gcp-cs-jwt')
    expect(await gather()).toEqual(found(ATTESTATION))
  })

  it('is found in the log where another instance answered', async () => {
    answer(ATTESTATION, 'another-instances', 'gcp-cs-jwt')
    answer(LOG, page([row('first'), row(DOCUMENT), row('last')]))
    expect(await gather()).toEqual(found(LOG))
    expect(server.asked).toEqual([BY_HASH, ATTESTATION, LOG])
  })

  it.each<[string, object]>([
    ['without a hash of its own, as legacy rows are', {}],
    ['whatever hash the row says that it has', { att_sha256: 'x'.repeat(43) }],
    ['whatever the service says of having verified it', { verified: false, revoked: false }],
    ['for a kid that the row does not have', { kid: 'other' }],
  ])('is known by the hash made here: %s', async (_, more) => {
    answer(LOG, page([row(DOCUMENT, more)]))
    expect(await gather()).toEqual(found(LOG))
  })

  it.each<[string, readonly object[], boolean]>([
    ['by its own row', [row(DOCUMENT, { revoked: true })], true],
    ['by another row of the same key', [row('first', { revoked: true }), row(DOCUMENT)], true],
    ['by a row without a document', [{ kid: KID, revoked: true }, row(DOCUMENT)], true],
    ['not by a row of another key', [row('first', { kid: 'other', revoked: true }), row(DOCUMENT)], false],
    ['not by what is no yes', [row(DOCUMENT, { revoked: 'no' })], false],
  ])('says that its key was revoked: %s', async (_, rows, keyRevoked) => {
    answer(LOG, page(rows))
    expect(await gather()).toEqual(found(LOG).map((document) => ({ ...document, ...(keyRevoked ? { keyRevoked } : {}) })))
  })

  it('is not one that only says so', async () => {
    answer(LOG, page([row('another', { att_sha256: PIN, verified: true })]))
    expect(await gather()).toMatchObject([{ what: 'evidence', reason: 'not-found' }])
  })

  it('is hashed as octets where it is binary', async () => {
    const octets = new Uint8Array([0xff, 0, 1])
    const pinned = receipt({ kid: KID }, { att_sha256: encodeBase64url(await sha256(octets)) })
    answer(LOG, page([row(encodeBase64url(octets)), row(encodeBase64url(octets), { att_kind: 'aws-nitro-cose' })]))
    expect(await gather(pinned)).toEqual(found(LOG, 'aws-nitro-cose', encodeBase64url(octets)))
    server.answers.clear()
    answer(ATTESTATION, octets, 'aws-nitro-cose')
    expect(await gather(pinned)).toEqual(found(ATTESTATION, 'aws-nitro-cose', encodeBase64url(octets)))
  })

  it('is looked for from page to page, and a row that cannot be read is passed over', async () => {
    answer(LOG, page([row('first'), 7, { kid: KID }], { next_cursor: 'a&b=c/..' }))
    answer(`${LOG}&cursor=a%26b%3Dc%2F..`, page([row(DOCUMENT)]))
    expect(await gather()).toEqual(found(`${LOG}&cursor=a%26b%3Dc%2F..`))
  })

  it('is not looked for without end', async () => {
    answer(LOG, page([], { next_cursor: 'again' }))
    answer(`${LOG}&cursor=again`, page([], { next_cursor: 'again' }))
    expect(await gather()).toMatchObject([{ what: 'evidence', reason: 'too-large' }])
    expect(server.asked.filter((address) => address.startsWith(LOG))).toHaveLength(16)
  })

  it.each<[string, string]>([
    ['whose store is out of reach', page([], { degraded: true })],
    ['that is no log', '<html>'],
    ['that has no rows', '{"keys":{}}'],
    ['that is down', 'http-status'],
  ])('is looked for in the mirror of a log %s', async (_, body) => {
    answer(LOG, body)
    answer(MIRROR, page([row(DOCUMENT)]))
    expect(await gather()).toEqual(found(MIRROR))
  })

  it('is found among the earlier ones of the instance that answers', async () => {
    answer(LOG, page([]))
    const earlier = [7, { att: 'b', att_kind: 'gcp-cs-jwt' }, { att: DOCUMENT, att_kind: 'gcp-cs-jwt', att_sha256: PIN }]
    answer(KEY, JSON.stringify({ ...row('current'), att_history: earlier }))
    expect(await gather()).toEqual(found(KEY))
  })
})

describe('a pinned document that is nowhere', () => {
  it('is missing, and nothing else is taken for it', async () => {
    answer(ATTESTATION, 'another', 'gcp-cs-jwt')
    answer(LOG, page([row('another')]))
    answer(KEY, JSON.stringify(row('another')))
    expect(await gather()).toEqual([
      { what: 'evidence', source: 'https://trustedrouter.com/.well-known/inference-receipt-keys', reason: 'not-found' },
    ])
    expect(server.asked).toEqual([BY_HASH, ATTESTATION, LOG, KEY])
  })

  it.each<MissingReason>(['offline', 'timeout', 'not-granted'])('may be where nobody could look, which is said: %s', async (reason) => {
    answer(LOG, reason)
    answer(MIRROR, reason)
    expect(await gather()).toMatchObject([{ what: 'evidence', reason }])
  })
})

describe('what a receipt says before it is verified', () => {
  it.each<[string, ReceiptSeen]>([
    ['a kid that is none', receipt({ kid: '../../x' })],
    ['a hash that is none', receipt({ kid: KID }, { att_sha256: '?' })],
    ['no hash', receipt({ kid: KID }, {})],
    ['nothing', { ...receipt(), text: 'a.b.c' }],
  ])('becomes no address: %s', async (_, seen) => {
    answer(ATTESTATION, DOCUMENT, 'gcp-cs-jwt')
    expect(await gather(seen)).toEqual(found(ATTESTATION))
    expect(server.asked).toEqual([ATTESTATION])
  })
})
