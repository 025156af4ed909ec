import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { appraise } from '../../src/verify/appraise.ts'
import type { Report } from '../../src/verify/report.ts'
import { base64url, join, makeExchange, makeGateway, utf8 } from '../simulator/index.ts'
import { makeNitroDocument, type NitroKnobs, nitroPcrs } from '../simulator/nitro.ts'
import { type Octets, octets } from '../simulator/octets.ts'
import { dossierOf, failedChecks, policyFor, rowsOf } from './dossiers.ts'

const AT = new Date('2026-11-16T10:20:30.000Z')
const MADE = new Date(AT.getTime() - 600_000)

/** C of the simulated gateway's key: SHA-256("inference-receipt-key-v1" ‖ 0x00 ‖ raw key). */
const COMMITMENT = octets(
  createHash('sha256')
    .update(join(utf8('inference-receipt-key-v1\0'), makeGateway({ at: AT }).receiptKey.raw))
    .digest(),
)
const FILLER = new Uint8Array(96).fill(0x5a)

/** An exchange of a gateway that shows a Nitro document instead of a token. */
async function appraiseWith(fields: NitroKnobs['fields'], streamed = true): Promise<Report> {
  const { document, chain } = makeNitroDocument(MADE, { fields: { ...fields } })
  const gateway = { ...makeGateway({ at: AT }), attestation: { kind: 'aws-nitro-cose', document: base64url(document) } }
  const exchange = makeExchange({
    at: AT,
    gateway,
    streamed,
    faults: streamed ? {} : { receipt: { claims: { att_sha256: digest(document) } } },
  })
  const image = Buffer.from(nitroPcrs().get(0) ?? octets([])).toString('hex')
  return appraise(await dossierOf(exchange), {
    policy: { ...policyFor(''), expects: [{ measurement: 'nitro.pcr0', anyOf: [image], source: 'user' }] },
    trust: {
      anchors: [{ ...chain.anchor, id: 'simulated', purpose: 'aws-nitro', addedBy: 'shipped', publishedAt: 'test' }],
      issuerKeys: [],
    },
    seen: () => undefined,
    moment: { now: exchange.endedAt, basis: 'captured-here' },
  })
}

const digest = (document: Octets) => createHash('sha256').update(document).digest('base64url')
const HONEST = { user_data: join(FILLER, COMMITMENT) }

describe('a receipt whose key stands in a Nitro document', () => {
  it('verifies the gateway: streamed with the document inside, and in the header with its digest', async () => {
    for (const streamed of [true, false]) {
      const report = await appraiseWith(HONEST, streamed)
      expect(failedChecks(report)).toEqual([])
      expect(rowsOf(report)).toBe('a[va] a[va] a v v')
      expect(report.claims[0]?.hops[0]?.because).toEqual({ id: 'nitro_platform' })
    }
  })

  it.each<[string, NitroKnobs['fields']]>([
    ['another key', { user_data: join(FILLER, octets(COMMITMENT.map((octet) => octet ^ 1))) }],
    ['the key at another place', { user_data: join(COMMITMENT, FILLER) }],
    ['too little user data', { user_data: join(FILLER.slice(1), COMMITMENT) }],
    ['too much user data', { user_data: join(octets([0]), FILLER, COMMITMENT) }],
    ['the commitment alone', { user_data: COMMITMENT }],
    ['no user data', {}],
    ['the commitment as the nonce, which anybody may ask an enclave to repeat', { nonce: COMMITMENT }],
    ['the whole layout as the public key', { public_key: join(FILLER, COMMITMENT) }],
  ])('fails for %s', async (_, fields) => {
    const report = await appraiseWith(fields)
    expect(failedChecks(report)).toEqual(['inference-receipt.key-commitment'])
    expect(rowsOf(report)).toBe('f[fa] a[aa] a a a')
  })

  it('fails for an enclave in debug mode', async () => {
    const pcrs = new Map([...nitroPcrs(), [0, new Uint8Array(48)] as const])
    const report = await appraiseWith({ ...HONEST, pcrs })
    expect(failedChecks(report)).toEqual(['nitro.debug', 'policy.measurement'])
    expect(report.headline.id).toBe('headline_debug')
  })
})
