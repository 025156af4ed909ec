import { describe, expect, it } from 'vitest'
import type { BodySeen, Capture, Dossier, EvidenceSeen, Exchange, Missing, Provenance, ReceiptSeen } from '../dossier/types.ts'
import { CAPTURES, MISSING_REASONS } from '../dossier/types.ts'
import type { AttestationResult } from './attestation/types.ts'
import { makeFinding } from './claims/finding.ts'
import { sentence } from './claims/sentence.ts'
import type { Finding, HopFact } from './claims/types.ts'
import { checkBindings, checkDelivery, checkEvidence, checkOctets, checkRelay, checkReplay, type VerifiedHop } from './common-checks.ts'
import type { AuthenticReceipt, ReceiptResult } from './receipts/types.ts'

const RECEIPT: ReceiptSeen = { format: 'inference-receipt', delivery: 'stream', position: 'last', text: '', provenance: 'page-reported' }
const EVIDENCE: EvidenceSeen = { kind: 'something-new', document: '', source: '', at: '', provenance: 'fetched' }
const ASKED: Dossier['asked'] = { header: 'x', nonce: 'n', sharedBy: 1, provenance: 'browser' }
const BOUND = makeFinding({ 'test.binding': 'evidence.binding' }, 'test.binding', 'passed', sentence('ext_name'))

function body(capture: Capture = 'complete', provenance: Provenance = 'browser'): BodySeen {
  return { provenance, length: 1, capture, digests: [] }
}

function exchange(request = body(), response: Omit<Exchange['response'], 'ids'> = body(), status: number | undefined = 200): Exchange {
  return {
    method: 'POST',
    url: '',
    startedAt: '',
    headers: [],
    request,
    response: { ...response, ids: [] },
    ...(status === undefined ? {} : { status }),
  }
}

const { status: _, ...WITHOUT_HEADERS } = exchange()

function dossier(change: Partial<Dossier> = {}): Dossier {
  return {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'this',
    service: '',
    exchange: exchange(),
    receipts: [],
    evidence: [],
    collateral: [],
    missing: [],
    ...change,
  }
}

function missing(what: Missing['what'], reason: Missing['reason'] = 'offline'): Missing {
  return { what, source: '', reason }
}

/** "check outcome message" of each finding. */
function said(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ check, outcome, because }) => `${check} ${outcome} ${because.id}`)
}

describe('does somebody read along', () => {
  it('nobody that the adapter knows of', () => expect(checkRelay(exchange())).toEqual([]))
  it('a server of the site’s own', () => {
    const findings = checkRelay({ ...exchange(), relay: 'reads' })
    expect(said(findings)).toEqual(['exchange.relay unchecked relay_reads'])
    expect(findings.flatMap(({ assumes }) => assumes)).toEqual(['assume_relay_reads'])
  })
  it('a server that sees what the page encrypts', () => {
    const findings = checkRelay({ ...exchange(), relay: 'sealed' })
    expect(said(findings)).toEqual(['exchange.relay unchecked relay_sealed'])
    expect(findings.flatMap(({ assumes }) => assumes)).toEqual(['assume_relay_sealed'])
  })
})

describe('an answer that nothing names', () => {
  const unnamed = (change: Partial<Dossier> = {}, more: Partial<Exchange> = {}) =>
    said(checkDelivery(dossier({ exchange: { ...exchange(), unnamed: true, ...more }, ...change })))

  it('had nothing to look a receipt up by, however it was captured', () => {
    const expected = ['receipt.presence failed receipt_unnamed']
    expect(unnamed()).toEqual(expected)
    for (const capture of CAPTURES) expect(unnamed({}, { response: { ...body(capture), ids: [] } })).toEqual(expected)
  })
  it('is no excuse for a receipt that was asked for', () => {
    expect(unnamed({ asked: { header: 'x-inference-receipt', nonce: 'n', sharedBy: 1, provenance: 'browser' } })).toEqual([
      'receipt.delivery failed receipt_withheld',
    ])
  })
})

describe('was a receipt delivered', () => {
  const delivery = (change: Partial<Dossier>) => said(checkDelivery(dossier(change)))

  it.each<[string, Partial<Dossier>, readonly string[]]>([
    ['one', { receipts: [RECEIPT] }, ['receipt.delivery passed receipt_delivered']],
    ['two', { receipts: [RECEIPT, RECEIPT] }, ['receipt.delivery passed receipt_delivered', 'receipt.single failed receipt_several']],
    [
      'one of a kind that is not known',
      { receipts: [{ ...RECEIPT, format: 'other' }] },
      ['receipt.delivery passed receipt_delivered', 'receipt.known-format unchecked receipt_unknown_format'],
    ],
    ['none, and none asked for', {}, ['receipt.presence failed receipt_not_offered']],
    ['none, though asked for', { asked: ASKED }, ['receipt.delivery failed receipt_withheld']],
    [
      'none yet, for the look-up failed',
      { asked: ASKED, missing: [missing('receipt')] },
      ['receipt.presence unchecked receipt_not_fetched'],
    ],
    [
      'none, and its evidence was not obtained',
      { asked: ASKED, missing: [missing('evidence')] },
      ['receipt.delivery failed receipt_withheld'],
    ],
    ['none with an error', { asked: ASKED, exchange: exchange(body(), body(), 400) }, ['receipt.presence failed receipt_error_status']],
    [
      'none with a status below errors',
      { asked: ASKED, exchange: exchange(body(), body(), 399) },
      ['receipt.delivery failed receipt_withheld'],
    ],
    [
      'none under an error status, though there is an answer',
      { asked: ASKED, exchange: exchange(body(), { ...body(), answer: 'whole' }, 400) },
      ['receipt.delivery failed receipt_withheld'],
    ],
    [
      'none with an error that holds no answer',
      { asked: ASKED, exchange: exchange(body(), { ...body(), answer: 'none' }, 400) },
      ['receipt.presence failed receipt_error_status'],
    ],
    ['none, and the headers were not seen', { asked: ASKED, exchange: WITHOUT_HEADERS }, ['receipt.presence unchecked receipt_not_seen']],
    [
      'none in what was captured of it',
      { asked: ASKED, exchange: exchange(body(), body('too-large')) },
      ['receipt.presence unchecked receipt_not_seen'],
    ],
  ])('%s', (_, change, findings) => expect(delivery(change)).toEqual(findings))
})

describe('an answer that broke off before its receipt', () => {
  type Response = Exchange['response']
  const off = (answer: Response['answer'], brokenOff?: Response['brokenOff']) => {
    const more = { ...(answer === undefined ? {} : { answer }), ...(brokenOff === undefined ? {} : { brokenOff }) }
    return said(checkDelivery(dossier({ asked: ASKED, exchange: exchange(body(), { ...body('broken-off'), ...more }) })))
  }
  const STOPPED = ['receipt.presence unchecked receipt_stopped']
  const BROKEN = ['receipt.presence unchecked receipt_broken_off']
  const ONCE = ['receipt.delivery unchecked receipt_cut_once']
  const AGAIN = ['receipt.delivery failed receipt_cut_again']

  it.each<[string, readonly string[], readonly string[]]>([
    ['by its user', off('begun', { by: 'page' }), STOPPED],
    ['by its user, whatever happened before', off('begun', { by: 'page', again: true }), STOPPED],
    ['by the network here', off('begun', { by: 'network' }), BROKEN],
    ['by the network here, after its last word', off('whole', { by: 'network', again: true }), BROKEN],
    ['by the other end', off('begun', { by: 'service' }), ONCE],
    ['by the other end, and not for the first time', off('begun', { by: 'service', again: true }), AGAIN],
    ['by the other end, after its last word', off('whole', { by: 'service' }), ONCE],
    ['by the page, when there was nothing left to stop', off('whole', { by: 'page' }), ONCE],
    ['so once more', off('whole', { by: 'page', again: true }), AGAIN],
    ['before any of it came', off('none', { by: 'service', again: true }), BROKEN],
    ['by nobody knows whom', off(undefined), BROKEN],
    ['that nobody looked at', off(undefined, { by: 'service' }), ONCE],
  ])('%s', (_, findings, expected) => expect(findings).toEqual(expected))

  it('that nobody asked for is missed by nobody', () => {
    const exchanged = exchange(body(), { ...body('broken-off'), answer: 'whole', brokenOff: { by: 'service', again: true } })
    expect(said(checkDelivery(dossier({ exchange: exchanged })))).toEqual(BROKEN)
  })
})

describe('was the receipt seen before', () => {
  const receipt: AuthenticReceipt = {
    id: 'r',
    keyId: 'k',
    issuedAt: new Date(0),
    issuedInTime: true,
    hops: [],
    signer: 0,
    measurements: [],
  }
  const check = (seen: (id: string) => string | undefined, change: Partial<Dossier> = {}) =>
    checkReplay(dossier(change), receipt, { seen, lasting: true })
  it('is not asked of a receipt that is not authentic', () =>
    expect(checkReplay(dossier(), undefined, { seen: () => 'other', lasting: true })).toEqual([]))
  it('by another exchange', () => expect(said(check(() => 'other'))).toEqual(['receipt.replay failed receipt_replayed']))
  it('by this one, at an earlier try', () => expect(said(check(() => 'this'))).toEqual(['receipt.replay passed receipt_not_replayed']))
  it('by nobody that this verifier knows of', () => {
    expect(check(() => undefined)[0]).toMatchObject({ outcome: 'passed', assumes: ['assume_not_seen_elsewhere'] })
    expect(check(() => undefined, { asked: ASKED })[0]).toMatchObject({ outcome: 'passed', assumes: [] })
  })
  it('is asked by the receipt’s own id', () => {
    expect(said(check((id) => (id === 'r' ? 'other' : undefined)))[0]).toContain('failed')
  })
  it('is not known where nothing remembers earlier runs, and told where the run itself has it twice', () => {
    const [finding] = checkReplay(dossier({ asked: ASKED }), receipt, { seen: () => undefined, lasting: false })
    expect(finding).toMatchObject({
      outcome: 'unchecked',
      because: { id: 'receipt_replay_not_remembered' },
      assumes: ['assume_not_replayed'],
    })
    expect(said(checkReplay(dossier(), receipt, { seen: () => 'other', lasting: false }))).toEqual([
      'receipt.replay failed receipt_replayed',
    ])
  })
})

describe('who is told what', () => {
  const nothing = body('not-captured', 'none')
  const capture = (request: BodySeen, response: BodySeen) => checkOctets(exchange(request, response))[0]?.because.id
  it('blames no page for what a file lacks', () => {
    expect(capture(nothing, body('complete', 'browser'))).toBe('capture_not_captured')
    expect(capture(nothing, body('complete', 'given'))).toBe('capture_request_not_given')
    expect(capture(body('not-captured', 'recorded'), body('complete', 'recorded'))).toBe('capture_not_recorded')
  })
  it('blames no service for the evidence that a file lacks', () => {
    const none = (provenance: Provenance) =>
      checkEvidence(dossier({ exchange: exchange(body('complete', provenance), body('complete', provenance)) }), [], undefined)[0]?.because
        .id
    expect([none('browser'), none('given'), none('recorded')]).toEqual(['evidence_none', 'evidence_not_in_file', 'evidence_not_in_file'])
  })
  it('names the way to give a receipt that came in a header', () => {
    const { status: _, ...noHeaders } = exchange(nothing, body('complete', 'given'))
    expect(checkDelivery(dossier({ exchange: noHeaders }))[0]?.because.id).toBe('receipt_not_given')
  })
})

const AUTHENTIC: AttestationResult = { findings: [], authentic: { commits: [], measurements: [], platform: sentence('ext_name') } }
const about = (hop: number, result?: AttestationResult): VerifiedHop => ({
  hop,
  document: EVIDENCE,
  binds: () => [{ ...BOUND, hop }],
  ...(result === undefined ? {} : { result }),
})
const GATEWAY: HopFact = { role: 'gateway', name: '', backing: 'evidence' }

describe('is there evidence', () => {
  const result: ReceiptResult = { findings: [], evidence: [] }
  const saying = (role: Finding['role'], hop = 0): ReceiptResult => ({ ...result, findings: [{ ...BOUND, role, hop }] })
  const NONE = ['evidence.presence failed evidence_none']

  it('that was verified', () => expect(checkEvidence(dossier(), [about(0, AUTHENTIC)], result)).toEqual([]))
  it('of a kind that is not known', () =>
    expect(said(checkEvidence(dossier(), [about(0)], result))).toEqual(['evidence.known-kind unchecked evidence_unknown_kind']))
  it('none', () => expect(said(checkEvidence(dossier(), [], undefined))).toEqual(NONE))
  it.each(MISSING_REASONS)('none, for the reason %s', (reason) => {
    const [finding] = checkEvidence(dossier({ missing: [missing('evidence', reason)] }), [], result)
    expect(finding).toMatchObject({ check: 'evidence.presence', outcome: 'unchecked', because: { id: 'evidence_not_fetched' } })
    expect(finding?.because.args?.[0]).toEqual({ id: `missing_${reason.replaceAll('-', '_')}` })
  })
  it('none, but the receipt has said why', () => expect(checkEvidence(dossier(), [], saying('evidence.presence'))).toEqual([]))
  it('none, and the receipt speaks of other things or of other hops', () => {
    expect(said(checkEvidence(dossier(), [], saying('receipt.format')))).toEqual(NONE)
    expect(said(checkEvidence(dossier(), [], saying('evidence.presence', 1)))).toEqual(NONE)
  })
  it('of every hop that should have some', () => {
    const hops: readonly HopFact[] = [GATEWAY, GATEWAY, { ...GATEWAY, backing: 'vouched' }]
    const authentic: AuthenticReceipt = { id: 'r', keyId: 'k', issuedInTime: false, hops, signer: 1, measurements: [] }
    const lacking = checkEvidence(dossier(), [about(1, AUTHENTIC)], { ...result, authentic })
    expect(lacking.map(({ check, hop, outcome }) => ({ check, hop, outcome }))).toEqual([
      { check: 'evidence.presence', hop: 0, outcome: 'failed' },
    ])
  })
})

describe('is the evidence about the receipt', () => {
  const receipt: ReceiptResult = { findings: [], evidence: [] }
  it('is asked of both together only', async () => {
    expect(await checkBindings(receipt, [about(0)])).toEqual([])
    expect(said(await checkBindings(undefined, [about(0, AUTHENTIC)]))).toEqual(['evidence.binding unchecked binding_no_receipt'])
    expect(said(await checkBindings(receipt, [about(0, { findings: [] })]))).toEqual(['evidence.binding unchecked binding_not_authentic'])
    expect(await checkBindings(receipt, [about(0, AUTHENTIC)])).toEqual([BOUND])
  })
  it('is asked of every hop, and answered for that hop', async () => {
    const findings = await checkBindings(receipt, [about(0, { findings: [] }), about(1, AUTHENTIC)])
    expect(findings.map(({ hop, outcome }) => ({ hop, outcome }))).toEqual([
      { hop: 0, outcome: 'unchecked' },
      { hop: 1, outcome: 'passed' },
    ])
  })
})

describe('the octets', () => {
  const octets = (request: BodySeen, response: BodySeen) => said(checkOctets(exchange(request, response)))

  it.each(CAPTURES.filter((capture) => capture !== 'complete'))('%s of the response, or of the request', (capture) => {
    const expected = `exchange.capture unchecked capture_${capture.replaceAll('-', '_')}`
    expect(octets(body(), body(capture))[0]).toBe(expected)
    expect(octets(body(capture), body())[0]).toBe(expected)
    expect(octets(body('ambiguous'), body(capture))[0]).toBe(expected)
  })
  it.each([
    ['browser', 'browser', 'exchange.source passed source_browser'],
    ['browser', 'browser-filter', 'exchange.source passed source_browser'],
    ['browser', 'page-reported', 'exchange.source passed source_page'],
    ['given', 'given', 'exchange.source passed source_given'],
    ['browser', 'recorded', 'exchange.source unchecked source_recorded'],
    ['recorded', 'page-reported', 'exchange.source unchecked source_recorded'],
    ['given', 'none', 'exchange.source unchecked source_none'],
    ['none', 'browser', 'exchange.source unchecked source_none'],
  ] as const)('of a request from %s and a response from %s', (request, response, expected) => {
    expect(octets(body('complete', request), body('complete', response))).toEqual(['exchange.capture passed capture_complete', expected])
  })
})

describe('a capture that broke off with nothing to be alarmed about', () => {
  const code = (change: Partial<Exchange['response']>) =>
    checkOctets(exchange(body(), { ...body('broken-off'), ...change })).find(({ check }) => check === 'exchange.capture')?.code

  it('says so in its code', () => {
    expect(code({ brokenOff: { by: 'page' } })).toBe('stopped')
    expect(code({ answer: 'none', brokenOff: { by: 'service' } })).toBe('no-answer')
    expect(code({ answer: 'begun', brokenOff: { by: 'service' } })).toBe('broken-off')
    expect(code({})).toBe('broken-off')
    expect(code({ capture: 'too-large', brokenOff: { by: 'page' } })).toBe('too-large')
  })
})
