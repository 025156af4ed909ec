import { createPublicKey, createVerify, verify, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chatStream, receiptEvent, type Utterance } from './answers.ts'
import { makeExchange } from './exchange.ts'
import { makeGateway } from './gateway.ts'
import { hashBody, hashSseData } from './hash-domains.ts'
import { keyCommitment, keyId } from './inference-receipt.ts'
import { decodeEvents, encodeEvents } from './sse.ts'

/** Recorded evidence; see docs. Set: a missing file is a failure. Not set: nothing here is pinned, and the run says so. */
const vectors = process.env['VECTORS_DIR']
const pinned = vectors === undefined ? describe.skip : describe
const why = vectors === undefined ? ' (skipped: VECTORS_DIR is not set)' : ''

const read = (...path: string[]): Buffer => readFileSync(join(vectors ?? '', ...path))
const decode = (segment: string | undefined): string => Buffer.from(segment ?? '', 'base64url').toString('utf8')

/** Member names in order, all the way down, without the values: two documents of the same make have the same shape. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])]
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.entries(value).map(([name, member]) => [name, shape(member)])
}

function realReceipt() {
  const events = decodeEvents(read('inference-receipt', 'stream.sse').toString('utf8'))
  const at = events.findIndex(({ data }) => data.includes('"inference_receipt"'))
  const event = events[at]
  if (event === undefined) throw new Error('the real stream has no receipt')
  const { inference_receipt: jws } = JSON.parse(event.data)
  return { events, at, jws, header: JSON.parse(decode(jws.protected)), claims: JSON.parse(decode(jws.payload)) }
}

pinned(`inference-receipt/1 against the real exchange${why}`, () => {
  it('hashes the real request and stream to what the real receipt says', () => {
    const { events, at, claims } = realReceipt()
    expect(hashBody(read('inference-receipt', 'request.json'))).toEqual(claims.req)
    expect(hashSseData(events.slice(0, at))).toEqual(claims.resp)
  })

  it('names the real key and commits to it as the real token does', () => {
    const { header } = realReceipt()
    const raw = Buffer.from(header.jwk.x, 'base64url')
    expect(keyId(raw)).toBe(header.kid)
    expect(JSON.parse(decode(header.att.split('.')[1])).eat_nonce).toContain(keyCommitment(raw))
  })

  it('has the members of the real header and claims, in the same order', () => {
    const real = realReceipt()
    const { receipt } = makeExchange({ form: 'oidc' })
    expect(shape(JSON.parse(receipt?.headerText ?? ''))).toEqual(shape(real.header))
    expect(shape(JSON.parse(receipt?.payloadText ?? ''))).toEqual(shape(real.claims))
    expect(decode(real.jws.payload)).toBe(JSON.stringify(real.claims))
  })

  it('writes the real stream, byte by byte, from what the model said', () => {
    const { events, at, claims, jws } = realReceipt()
    const said: Utterance = { id: claims.jti, created: 1788679966, model: claims.model.selected, tokens: ['OK', '.'], promptTokens: 7 }
    const written = chatStream(said)
    expect(written.slice(0, -1)).toEqual(events.slice(0, at - 1))
    // What a token costs is the service's own business: the members of the usage chunk are pinned, not their values.
    expect(shape(JSON.parse(written.at(-1)?.data ?? ''))).toEqual(shape(JSON.parse(events[at - 1]?.data ?? '')))
    expect(receiptEvent(said, JSON.stringify(jws))).toEqual(events[at])
    expect(Buffer.from(encodeEvents(events))).toEqual(read('inference-receipt', 'stream.sse'))
  })
})

pinned(`Confidential Space tokens against the real ones${why}`, () => {
  const at = new Date('2026-11-16T10:20:30Z')
  /** The environment variables are the workload's own: only that they are texts by name is pinned. */
  const claimsShape = (token: string) => {
    const claims = JSON.parse(decode(token.split('.')[1]))
    claims.submods.container.env = claims.submods.container.env_override = {}
    return shape(claims)
  }

  it('OIDC: header and claims have the members of the real token, in the same order', () => {
    const real: string = realReceipt().header.att
    const { document } = makeGateway({ at, form: 'oidc' }).attestation
    expect(shape(JSON.parse(decode(document.split('.')[0])))).toEqual(shape(JSON.parse(decode(real.split('.')[0]))))
    expect(claimsShape(document)).toEqual(claimsShape(real))
  })

  it('JWKS: the real token verifies under the real keys as ours does under ours, and the documents have the same members', () => {
    const { googleJwks } = JSON.parse(read('inference-receipt', 'meta.json').toString('utf8'))
    const ours = makeGateway({ at, form: 'oidc' })
    const names = (keys: object[]) => keys.map((key) => Object.keys(key).sort())
    const jwks = JSON.parse(ours.authority.jwksText)
    expect(names(jwks.keys)[0]).toEqual(names(googleJwks.keys)[0])
    expect(verifiesUnderJwks(realReceipt().header.att, googleJwks)).toBe(true)
    expect(verifiesUnderJwks(ours.attestation.document, jwks)).toBe(true)
  })

  it('PKI: header and claims have the members of the real token; x5c can stand as its PEM texts do', () => {
    const real = read('confidential-space', 'flare', 'pki.txt').toString('utf8').trim()
    const debug = { claims: { dbgstat: 'enabled', 'submods.confidential_space.support_attributes': undefined } }
    // The real one is an SEV machine of 2024: it has neither a TCB nor the tdx member.
    const sev = { ...debug.claims, hwmodel: 'GCP_AMD_SEV', attester_tcb: undefined, tdx: undefined }
    const ours = makeGateway({ at, form: 'pki', commits: 'own-key-alone', token: { x5c: 'pem', claims: sev } }).attestation.document
    const header = JSON.parse(decode(ours.split('.')[0]))
    const realHeader = JSON.parse(decode(real.split('.')[0]))
    expect(shape(header)).toEqual(shape(realHeader))
    expect(header.x5c).toHaveLength(realHeader.x5c.length)
    for (const pem of [...header.x5c, ...realHeader.x5c])
      expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE-----\n$/)
    expect(claimsShape(ours)).toEqual(claimsShape(real))
  })

  it('PKI: each certificate has the extensions of the real one, and both chains and tokens verify in the same way', () => {
    const real = read('confidential-space', 'flare', 'pki.txt').toString('utf8').trim()
    const ours = makeGateway({ at, form: 'pki', token: { x5c: 'pem' } }).attestation.document
    const [ourChain, realChain] = [chainOf(ours), chainOf(real)]
    expect(ourChain.map(extensionIds)).toEqual(realChain.map(extensionIds))
    for (const chain of [ourChain, realChain]) {
      const [leaf, intermediate, root] = chain
      if (leaf === undefined || intermediate === undefined || root === undefined) throw new Error('a chain is three certificates')
      expect([leaf.verify(intermediate.publicKey), intermediate.verify(root.publicKey), root.verify(root.publicKey)]).toEqual([
        true,
        true,
        true,
      ])
      expect([leaf.checkIssued(intermediate), intermediate.checkIssued(root), leaf.ca, intermediate.ca, root.ca]).toEqual([
        true,
        true,
        false,
        true,
        true,
      ])
    }
    expect([verifiesUnder(ours, ourChain[0]), verifiesUnder(real, realChain[0])]).toEqual([true, true])
    expect(verifiesUnder(ours, realChain[0])).toBe(false)
  })

  it('Ed25519: the real receipt and ours verify with the key in their header', () => {
    const real = realReceipt()
    const { receipt } = makeExchange()
    if (receipt === undefined) throw new Error('an honest exchange has a receipt')
    for (const [jws, header] of [
      [real.jws, real.header],
      [receipt.jws, JSON.parse(receipt.headerText)],
    ]) {
      const key = createPublicKey({ format: 'jwk', key: header.jwk })
      expect(verify(null, Buffer.from(`${jws.protected}.${jws.payload}`), key, Buffer.from(jws.signature, 'base64url'))).toBe(true)
    }
  })
})

function verifiesUnderJwks(token: string, jwks: { keys: { kid: string }[] }): boolean {
  const { kid } = JSON.parse(decode(token.split('.')[0]))
  const key = jwks.keys.find((candidate) => candidate.kid === kid)
  return key !== undefined && verifiesRs256(token, createPublicKey({ format: 'jwk', key }))
}

function verifiesUnder(token: string, certificate: X509Certificate | undefined): boolean {
  return certificate !== undefined && verifiesRs256(token, certificate.publicKey)
}

function verifiesRs256(token: string, key: ReturnType<typeof createPublicKey>): boolean {
  const [header, payload, signature = ''] = token.split('.')
  return createVerify('sha256').update(`${header}.${payload}`).verify(key, signature, 'base64url')
}

function chainOf(token: string): readonly X509Certificate[] {
  const { x5c }: { x5c: string[] } = JSON.parse(decode(token.split('.')[0]))
  return x5c.map((pem) => new X509Certificate(pem))
}

/** Which of the usual extensions the DER contains, by their object identifiers. */
function extensionIds({ raw }: X509Certificate): readonly string[] {
  const known = {
    keyUsage: [0x55, 0x1d, 0x0f],
    subjectKey: [0x55, 0x1d, 0x0e],
    basic: [0x55, 0x1d, 0x13],
    authorityKey: [0x55, 0x1d, 0x23],
  }
  const more = { extendedUsage: [0x55, 0x1d, 0x25], crl: [0x55, 0x1d, 0x1f], authorityInfo: [0x2b, 6, 1, 5, 5, 7, 1, 1] }
  const all: Record<string, number[]> = { ...known, ...more }
  return Object.keys(all).filter((name) => raw.includes(Buffer.of(0x06, all[name]?.length ?? 0, ...(all[name] ?? []))))
}
