import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../test/simulator/json.ts'
import { makeKey } from '../../../../test/simulator/keys.ts'
import {
  type HistoryKnobs,
  historyEntry,
  historyKey,
  type MapleOptions,
  makeMaple,
  NONCE,
  SESSION_KEY,
} from '../../../../test/simulator/maple.ts'
import { nitroPcrs } from '../../../../test/simulator/nitro.ts'
import { hex, octets } from '../../../../test/simulator/octets.ts'
import { verifyWhole } from '../../../../test/support/tinfoil.ts'
import type { CollateralSeen } from '../../../dossier/types.ts'
import { matchPolicy } from '../../policy/match.ts'
import { SHIPPED_ANCHORS } from '../../trust/anchors.ts'
import type { TrustAnchor } from '../../trust/types.ts'
import { ATTESTATION_KINDS } from '../registry.ts'
import type { AttestationResult } from '../types.ts'
import { lookUpImage } from './history.ts'

const AT = new Date('2026-11-20T12:00:00Z')
const PRODUCTION = 'https://raw.githubusercontent.com/MaplePrivacyLabs/Maple/master/services/opensecret/pcrProdHistory.json'
const DEVELOPMENT = 'https://raw.githubusercontent.com/MaplePrivacyLabs/Maple/master/services/opensecret/pcrDevHistory.json'
/** In dossiers of before the list moved. */
const FORMERLY = 'https://raw.githubusercontent.com/OpenSecretCloud/opensecret/master/pcrProdHistory.json'
const OTHER = 'ab'.repeat(48)

type Lists = { readonly production?: readonly JsonObject[] | string; readonly development?: readonly JsonObject[] }
type Told = { readonly nonce?: string | 'none'; readonly keyBy?: TrustAnchor['addedBy'] | 'nobody'; readonly answer?: string }

function listed(issuer: string, entries: readonly JsonObject[] | string): CollateralSeen {
  const document = typeof entries === 'string' ? entries : JSON.stringify(entries)
  return { kind: 'pcr-history', issuer, document, source: issuer, at: '', provenance: 'fetched' }
}

const keyAnchor = (addedBy: TrustAnchor['addedBy']): TrustAnchor => ({
  id: 'history',
  purpose: 'opensecret-pcr-history',
  name: Uint8Array.of(0x30, 0),
  spki: new Uint8Array(historyKey().spki),
  notBefore: new Date(0),
  notAfter: AT,
  addedBy,
  publishedAt: 'test',
})

function check(
  options: Omit<MapleOptions, 'at'> = {},
  lists: Lists = { production: [entry()] },
  told: Told = {},
): Promise<AttestationResult> {
  const { answer, chain } = makeMaple({ at: AT, ...options })
  const { nonce = NONCE, keyBy = 'shipped' } = told
  return verifyWhole(told.answer ?? answer, {
    kind: 'opensecret-attestation',
    usedAt: AT,
    anchors: [
      { ...chain.anchor, id: 'nitro', purpose: 'aws-nitro', addedBy: 'shipped', publishedAt: 'test' },
      ...(keyBy === 'nobody' ? [] : [keyAnchor(keyBy)]),
    ],
    collateral: [
      ...(lists.production === undefined ? [] : [listed(PRODUCTION, lists.production)]),
      ...(lists.development === undefined ? [] : [listed(DEVELOPMENT, lists.development)]),
    ],
    ...(nonce === 'none' ? {} : { nonce }),
  })
}

const PCR0 = hex(nitroPcrs().get(0) ?? octets([]))
function entry(knobs: HistoryKnobs & { readonly pcr0?: string } = {}): JsonObject {
  return historyEntry(knobs.pcr0 ?? PCR0, knobs)
}

const own = ({ findings }: AttestationResult) =>
  findings.filter(({ check: id }) => id.startsWith('opensecret.')).map(({ check: id, outcome }) => `${id.slice(11)} ${outcome}`)
const failed = ({ findings }: AttestationResult) => findings.filter(({ outcome }) => outcome === 'failed').map(({ check: id }) => id)
const because = ({ findings }: AttestationResult, id: string) => findings.find((finding) => finding.check === id)?.because.id
const release = ({ authentic }: AttestationResult) => authentic?.measurements.filter(({ name }) => name === 'opensecret.release')

describe('an OpenSecret service’s attestation', () => {
  it('passes with an image that its maker has in production', async () => {
    const result = await check()
    expect(failed(result)).toEqual([])
    expect(own(result)).toEqual(['format passed', 'nonce passed', 'session-key passed', 'pcr-history passed'])
    expect(release(result)).toEqual([{ name: 'opensecret.release', value: 'production', kind: 'code' }])
    expect(result.authentic?.unknown).toEqual([])
    expect(result.authentic?.measurements).toContainEqual({ name: 'opensecret.session-key', value: hex(SESSION_KEY), kind: 'identity' })
    expect(result.authentic?.measurements[0]?.name).toBe('nitro.pcr0')
    expect(result.findings.flatMap(({ assumes }) => assumes)).toEqual(
      expect.arrayContaining([
        'assume_opensecret_session',
        'assume_list_by_vendor',
        'assume_opensecret_list',
        'assume_nitro_no_revocation',
      ]),
    )
  })

  it.each<[string, string, Omit<MapleOptions, 'at'>, Lists | undefined, Told]>([
    ['another nonce', 'opensecret.nonce', { nonce: 'x' }, undefined, {}],
    ['no nonce', 'opensecret.nonce', { nitro: { fields: { nonce: null } } }, undefined, {}],
    ['the nonce in other letters', 'opensecret.nonce', { nonce: NONCE.toUpperCase() }, undefined, {}],
    ['no key', 'opensecret.session-key', { nitro: { fields: { public_key: null } } }, undefined, {}],
    ['a key that is too short', 'opensecret.session-key', { nitro: { fields: { public_key: octets([1]) } } }, undefined, {}],
    ['an image that is not listed', 'opensecret.pcr-history', {}, { production: [entry({ pcr0: OTHER })] }, {}],
    ['an empty list', 'opensecret.pcr-history', {}, { production: [] }, {}],
    [
      'an entry that another key signed',
      'opensecret.pcr-history',
      {},
      { production: [entry({ signWith: makeKey('ec-p384', 'stranger') })] },
      {},
    ],
    ['another image’s signature', 'opensecret.pcr-history', {}, { production: [entry({ over: OTHER })] }, {}],
    ['debug mode', 'nitro.debug', { nitro: { fields: { pcrs: new Map([...nitroPcrs(), [2, new Uint8Array(48)]]) } } }, undefined, {}],
    ['a forged document', 'nitro.signature', { nitro: { signature: 'flipped' } }, undefined, {}],
  ])('is refused for %s by %s alone', async (_, expected, options, lists, told) => {
    expect(failed(await check(options, lists, told))).toEqual([expected])
  })

  const NOTE = { note: 'an entry of another form' }
  it.each<[string, Lists]>([
    ['with members that nobody reads', { production: [entry({ entry: { more: 1 } })] }],
    ['without the registers that nobody signed', { production: [{ PCR0, signature: entry()['signature'] ?? '' }] }],
    ['in upper case, where that is what was signed', { production: [entry({ pcr0: PCR0.toUpperCase() })] }],
    ['with a line’s end behind the signature', { production: [entry({ entry: { signature: `${String(entry()['signature'])}\n` } })] }],
    ['among entries of another form', { production: [NOTE, { PCR0: 1 }, entry(), { ...entry({ pcr0: OTHER }), PCR1: null }] }],
    ['beside one for the same image whose signature does not hold', { production: [entry({ over: OTHER }), entry()] }],
  ])('finds the entry that is asked for %s', async (_, lists) => {
    const result = await check({}, lists)
    expect(failed(result)).toEqual([])
    expect(own(result)).toContain('pcr-history passed')
  })

  it.each<[string, Lists]>([
    ['the list', { production: '{' }],
    ['the list, which is an object', { production: '{"entries":[]}' }],
    ['the entry’s signature', { production: [entry({ entry: { signature: 'x' } })] }],
    ['the entry, which has no signature', { production: [{ PCR0 }] }],
    ['an entry that could be the one', { production: [entry({ pcr0: OTHER }), NOTE] }],
  ])('cannot read %s, and says that it came', async (_, lists) => {
    const result = await check({}, lists)
    expect(failed(result)).toEqual([])
    expect(result.findings.find(({ check: id }) => id === 'opensecret.pcr-history')).toMatchObject({ outcome: 'unchecked', theirs: true })
    expect(release(result)).toEqual([])
    expect(result.authentic?.unknown).toEqual(['opensecret.release'])
  })

  it('never takes an image for development for one in production', async () => {
    const result = await check({}, { production: [entry({ pcr0: OTHER })], development: [entry()] })
    expect(failed(result)).toEqual([])
    expect(own(result)).toContain('pcr-history unchecked')
    expect(because(result, 'opensecret.pcr-history')).toBe('opensecret_history_development')
    expect(release(result)).toEqual([{ name: 'opensecret.release', value: 'development', kind: 'code' }])
    const expected = { measurement: 'opensecret.release', anyOf: ['production'], source: 'vendor' } as const
    const policy = {
      format: 'inference-receipt-checker/policy',
      version: 1,
      id: '',
      name: '',
      service: '',
      expects: [expected],
      receiptKeys: [],
    } as const
    const matched = matchPolicy(
      policy,
      { index: 0, role: 'service', isSigner: true },
      { evidence: result.authentic?.measurements, receipt: undefined },
    )
    expect(matched.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  it('takes an image that is on both lists for one in production, whichever list came first', async () => {
    const { chain, answer } = makeMaple({ at: AT })
    const lists = [listed(DEVELOPMENT, [entry()]), listed(PRODUCTION, [entry()])]
    const anchors: readonly TrustAnchor[] = [
      { ...chain.anchor, id: 'n', purpose: 'aws-nitro', addedBy: 'shipped', publishedAt: '' },
      keyAnchor('shipped'),
    ]
    const result = await verifyWhole(answer, { kind: 'opensecret-attestation', usedAt: AT, anchors, collateral: lists, nonce: NONCE })
    expect(release(result)?.[0]?.value).toBe('production')
  })

  it.each<[string, Lists, Told, string]>([
    ['no list', {}, {}, 'opensecret_history_not_obtained'],
    ['only the list for development', { development: [] }, {}, 'opensecret_history_not_obtained'],
    ['no key', { production: [entry()] }, { keyBy: 'nobody' }, 'opensecret_history_no_key'],
  ])('cannot tell of an image with %s, and does not fail for it', async (_, lists, told, id) => {
    const result = await check({}, lists, told)
    expect(failed(result)).toEqual([])
    expect(because(result, 'opensecret.pcr-history')).toBe(id)
    expect(release(result)).toEqual([])
    expect(result.authentic?.unknown).toEqual(['opensecret.release'])
  })

  it('does not read lists from other addresses', async () => {
    const elsewhere = listed('https://example.com/pcrProdHistory.json', [entry()])
    expect(await lookUpImage(PCR0, [elsewhere], [keyAnchor('shipped')])).toEqual({ kind: 'unknown', why: 'not-obtained' })
  })

  it('says when the key of the list is one that the user added', async () => {
    const result = await check({}, undefined, { keyBy: 'user' })
    expect(result.findings.find(({ check: id }) => id === 'opensecret.pcr-history')?.assumes).toContain('assume_user_added_root')
  })

  it('is as old as it may be where no nonce of ours was sent', async () => {
    const result = await check({}, undefined, { nonce: 'none' })
    expect(failed(result)).toEqual([])
    expect(own(result)).toContain('nonce unchecked')
  })

  it.each(['', '{}', '{"attestation_document":1}', '{"attestation_document":"x"}', '{"attestation_document":"","more":1}', '[]'])(
    'is nothing else: %s',
    async (answer) => {
      const result = await check({}, undefined, { answer })
      expect(own(result)).toEqual(['format unchecked'])
      expect(result.findings[0]?.theirs).toBe(true)
      expect(result.authentic).toBeUndefined()
    },
  )

  it('gives nothing of a document whose signature does not hold', async () => {
    const result = await check({ nitro: { signature: 'flipped' } })
    expect(result.authentic).toBeUndefined()
    expect(own(result)).toEqual(['format passed'])
  })

  it('is unchecked where nobody reads Nitro documents', async () => {
    const { answer } = makeMaple({ at: AT })
    const kinds = ATTESTATION_KINDS.filter(({ names }) => !names.includes('aws-nitro-cose'))
    const result = await verifyWhole(answer, { kind: 'opensecret-attestation', usedAt: AT, anchors: [], kinds })
    expect(own(result)).toEqual(['format unchecked'])
  })

  it('never throws, whatever the lists say', async () => {
    const anchors = [keyAnchor('shipped')]
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (document) => {
        const verdict = await lookUpImage(PCR0, [listed(PRODUCTION, document)], anchors)
        expect(['unreadable', 'not-listed']).toContain(verdict.kind)
      }),
    )
  })

  // From OpenSecretCloud/opensecret `pcrProdHistory.json`, the first entry: facts of public record.
  it('knows the real key by a real entry', async () => {
    const real = {
      PCR0: '3637534c33a8bafc5034d5763e441a481f161bbbe888e375ce14b016c7497dc4e550afe866bd8e65969b409d54766481',
      PCR1: 'e45de6f4e9809176f6adc68df999f87f32a602361247d5819d1edf11ac5a403cfbb609943705844251af85713a17c83a',
      PCR2: 'fe0a6f7c29c7c4999571869f880b6d5086b377deaaf359e19ae824edacd6a9d90247b793a5f2d73c0e74e2f9630aeb4a',
      timestamp: 1743710235,
      signature:
        'GZTXC0Xt0+yAaAatmMUd37pUJpF0nRAOj3Df9qxDOvDvRkiTF8UbGlzlL4kIOi/nd7dXAaEqYnY7OlpyngHBED2CSTpRRwV0xGo109epfqUKWWudrFaXpMsJ+GRKJLFO',
    }
    expect(await lookUpImage(real.PCR0, [listed(PRODUCTION, [real])], SHIPPED_ANCHORS)).toMatchObject({
      kind: 'listed',
      release: 'production',
    })
    const changed = { ...real, PCR0: `${real.PCR0.slice(0, -1)}2` }
    expect(await lookUpImage(real.PCR0, [listed(FORMERLY, [real])], SHIPPED_ANCHORS)).toMatchObject({ release: 'production' })
    expect(await lookUpImage(changed.PCR0, [listed(PRODUCTION, [changed])], SHIPPED_ANCHORS)).toMatchObject({ kind: 'bad-signature' })
  })
})
