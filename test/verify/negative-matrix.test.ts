import { describe, expect, it } from 'vitest'
import { appraise } from '../../src/verify/appraise.ts'
import type { Report } from '../../src/verify/report.ts'
import { DEFAULT_AT, type ExchangeOptions, type Faults, freshSeed, makeExchange, makeKey, makeReceiptKey } from '../simulator/index.ts'
import { dossierOf, failedChecks, policyFor, rowsOf, trustOf, unreadable } from './dossiers.ts'

const HONEST = makeExchange()
const HONEST_ROWS = 'a[va] a[va] a v v'
const SIGNED_AT = Math.floor(DEFAULT_AT.getTime() / 1000)

async function judge(options: ExchangeOptions): Promise<Report> {
  const exchange = makeExchange(options)
  return appraise(await dossierOf(exchange), {
    policy: policyFor(HONEST.gateway.workload.imageDigest),
    trust: trustOf(HONEST),
    seen: () => undefined,
    moment: { now: exchange.endedAt, basis: 'captured-here' },
  })
}

function withToken(claims: Record<string, unknown>, header: Record<string, unknown> = {}): Faults {
  return { gateway: { token: { claims, header } } } as Faults
}

function withReceipt(claims: Record<string, unknown>, header: Record<string, unknown> = {}): Faults {
  return { receipt: { claims, header } } as Faults
}

function outcomes(report: Report, outcome: 'failed' | 'unchecked'): readonly string[] {
  return report.findings.filter((finding) => finding.outcome === outcome).map((finding) => finding.check)
}

/** What is never made in these exchanges: no weights are hashed, and the host is only vouched for. */
const NEVER_MADE = ['inference-receipt.upstream-vouched', 'inference-receipt.model-artifact']

/** Fault, rows, and the one check that fails. */
type Case = readonly [name: string, faults: Faults, rows: string, failed: readonly string[]]

const ENVIRONMENT_FAILED = 'f[fa] a[aa] a a a'
const ENVIRONMENT_UNREADABLE = '?[?a] a[aa] a a a'
const X5C: readonly string[] = JSON.parse(Buffer.from(HONEST.attestation.document.split('.')[0] ?? '', 'base64url').toString()).x5c
const SIGNATURE_FAILED = 'a a f f f'
const SIGNATURE_UNREADABLE = 'a a ? ? ?'

describe('every claim of the token', () => {
  it.each<Case>([
    ['another issuer', withToken({ iss: 'https://attestation.example' }), ENVIRONMENT_FAILED, ['confidential-space.issuer']],
    [
      'an issuer that looks alike',
      withToken({ iss: 'https://confidentialcomputing.googleapis.com/' }),
      ENVIRONMENT_FAILED,
      ['confidential-space.issuer'],
    ],
    ['debugging enabled', withToken({ dbgstat: 'enabled' }), ENVIRONMENT_FAILED, ['confidential-space.debug']],
    ['debugging disabled since a while only', withToken({ dbgstat: 'disabled' }), ENVIRONMENT_FAILED, ['confidential-space.debug']],
    ['no Secure Boot', withToken({ secboot: false }), ENVIRONMENT_FAILED, ['confidential-space.secure-boot']],
    ['a plain confidential VM', withToken({ swname: 'GCE' }), ENVIRONMENT_FAILED, ['confidential-space.software']],
    ['a shielded VM', withToken({ hwmodel: 'SHIELDED_VM' }), ENVIRONMENT_FAILED, ['confidential-space.hardware']],
    ['a shielded VM of Google’s', withToken({ hwmodel: 'GCP_SHIELDED_VM' }), ENVIRONMENT_FAILED, ['confidential-space.hardware']],
    ['hardware newer than known', withToken({ hwmodel: 'GCP_INTEL_TDX_2' }), ENVIRONMENT_UNREADABLE, []],
    ['hardware named like a member of every object', withToken({ hwmodel: 'constructor' }), ENVIRONMENT_UNREADABLE, []],
    [
      'an image out of support',
      withToken({ 'submods.confidential_space.support_attributes': ['USABLE'] }),
      ENVIRONMENT_FAILED,
      ['confidential-space.image-support'],
    ],
    [
      'an image of unknown support',
      withToken({ 'submods.confidential_space': undefined }),
      ENVIRONMENT_FAILED,
      ['confidential-space.image-support'],
    ],
    ['expired as it was used', withToken({ exp: SIGNED_AT }), ENVIRONMENT_FAILED, ['confidential-space.validity']],
    ['valid for one second more', withToken({ exp: SIGNED_AT + 1 }), HONEST_ROWS, []],
    ['valid from 60 seconds later', withToken({ nbf: SIGNED_AT + 60 }), HONEST_ROWS, []],
    ['valid from 61 seconds later', withToken({ nbf: SIGNED_AT + 61 }), ENVIRONMENT_FAILED, ['confidential-space.validity']],
    ['issued 61 seconds later', withToken({ iat: SIGNED_AT + 61 }), ENVIRONMENT_FAILED, ['confidential-space.validity']],
    ['no nonces', withToken({ eat_nonce: undefined }), ENVIRONMENT_FAILED, ['inference-receipt.key-commitment']],
    ['one nonce, as text', { gateway: { commits: 'own-key-alone' } }, HONEST_ROWS, []],
    ['another image', withToken({ 'submods.container.image_digest': 'sha256:00' }), 'a[va] f[fa] a v v', ['policy.measurement']],
    ['no container', withToken({ 'submods.container': undefined }), 'a[va] f[fa] a v v', ['policy.identity']],
  ])('%s', async (_, faults, rows, failed) => {
    const report = await judge({ faults })
    expect(rowsOf(report)).toBe(rows)
    expect(failedChecks(report)).toEqual(failed)
  })

  it.each<[string, Record<string, unknown>]>(
    ['iss', 'aud', 'sub', 'iat', 'nbf', 'exp', 'secboot', 'hwmodel', 'swname', 'dbgstat', 'submods'].flatMap((claim) => [
      [`${claim} missing`, { [claim]: undefined }],
      [`${claim} of another type`, { [claim]: [{}] }],
    ]),
  )('%s: malformed', async (_, claims) => {
    const report = await judge({ faults: withToken(claims) })
    expect(rowsOf(report)).toBe(ENVIRONMENT_UNREADABLE)
    expect([failedChecks(report), unreadable(report)]).toEqual([[], ['confidential-space.format']])
  })

  it.each<[string, Faults]>([
    ['alg none', withToken({}, { alg: 'none' })],
    ['alg HS256', withToken({}, { alg: 'HS256' })],
    ['alg ES256', withToken({}, { alg: 'ES256' })],
    ['a critical header', withToken({}, { crit: ['exp'], exp: 1 })],
    ['a member twice', { gateway: { token: { claimsText: '{"iss":"a","iss":"b"}' } } }],
    ['no JSON', { gateway: { token: { claimsText: 'iss' } } }],
    ['an empty x5c', withToken({}, { x5c: [] })],
  ])('%s: malformed', async (_, faults) => {
    const report = await judge({ faults })
    expect(rowsOf(report)).toBe(ENVIRONMENT_UNREADABLE)
    expect([failedChecks(report), unreadable(report)]).toEqual([[], ['confidential-space.format']])
  })
})

describe('the key of the token', () => {
  const other = makeKey('rsa-2048', freshSeed())
  it.each<readonly [string, ExchangeOptions, string, readonly string[], readonly string[]]>([
    [
      'a flipped signature, PKI',
      { faults: { gateway: { token: { signature: 'flipped' } } } },
      ENVIRONMENT_FAILED,
      ['confidential-space.signature'],
      [],
    ],
    [
      'a flipped signature, OIDC',
      { form: 'oidc', faults: { gateway: { token: { signature: 'flipped' } } } },
      ENVIRONMENT_FAILED,
      ['confidential-space.signature'],
      [],
    ],
    ['another key, PKI', { faults: { gateway: { token: { signWith: other } } } }, ENVIRONMENT_FAILED, ['confidential-space.signature'], []],
    [
      'another key, OIDC',
      { form: 'oidc', faults: { gateway: { token: { signWith: other } } } },
      ENVIRONMENT_FAILED,
      ['confidential-space.signature'],
      [],
    ],
    [
      'an unknown key id',
      { form: 'oidc', faults: withToken({}, { kid: 'unknown' }) },
      '?[?a] a[aa] a a a',
      [],
      ['confidential-space.signature'],
    ],
    ['no key id', { form: 'oidc', faults: withToken({}, { kid: undefined }) }, '?[?a] a[aa] a a a', [], ['confidential-space.signature']],
    ['certificates as PEM text', { faults: { gateway: { token: { x5c: 'pem' } } } }, HONEST_ROWS, [], []],
    ['another root', { seed: 'elsewhere' }, ENVIRONMENT_FAILED, ['confidential-space.key-source'], []],
    ['certificates that are none', { faults: withToken({}, { x5c: ['AAAA'] }) }, ENVIRONMENT_UNREADABLE, [], ['confidential-space.chain']],
    [
      'no certificate of the leaf’s issuer',
      { faults: withToken({}, { x5c: X5C.slice(0, 1) }) },
      ENVIRONMENT_UNREADABLE,
      [],
      ['confidential-space.chain'],
    ],
    [
      'certificates that are no base64',
      { faults: withToken({}, { x5c: ['-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n'] }) },
      ENVIRONMENT_UNREADABLE,
      [],
      ['confidential-space.chain'],
    ],
  ])('%s', async (_, options, rows, failed, unmade) => {
    const report = await judge(options)
    expect(rowsOf(report)).toBe(rows)
    expect(failedChecks(report)).toEqual(failed)
    const other = outcomes(report, 'unchecked').filter(
      (check) => !NEVER_MADE.includes(check) && !check.startsWith('policy.') && check !== 'evidence.binding',
    )
    expect(other).toEqual(unmade)
  })

  it.each<[string, NonNullable<Faults['gateway']>['authority'], string]>([
    ['leaf signed by somebody else', { leaf: { signature: 'flipped' } }, 'signature-invalid'],
    ['intermediate signed by somebody else', { intermediate: { signature: 'flipped' } }, 'signature-invalid'],
    ['leaf expired', { leaf: { notAfter: new Date(DEFAULT_AT.getTime() - 1000) } }, 'expired'],
    ['leaf not yet valid', { leaf: { notBefore: new Date(DEFAULT_AT.getTime() + 1000) } }, 'not-yet-valid'],
    ['intermediate expired', { intermediate: { notAfter: new Date(DEFAULT_AT.getTime() - 1000) } }, 'expired'],
    ['intermediate that is no authority', { intermediate: { basicConstraints: { ca: false } } }, 'not-a-ca'],
    ['intermediate that may not sign', { intermediate: { keyUsage: ['digitalSignature'] } }, 'key-usage'],
  ])('%s', async (_, authority, code) => {
    const report = await judge({ faults: { gateway: { authority } } as Faults })
    expect(rowsOf(report)).toBe(ENVIRONMENT_FAILED)
    const finding = report.findings.find((candidate) => candidate.outcome === 'failed')
    expect(finding?.check).toBe('confidential-space.key-source')
    expect(finding?.code).toBe(code)
  })
})

describe('every claim of the receipt', () => {
  it.each<Case>([
    ['another response’s id', withReceipt({ jti: 'chatcmpl-other' }), 'a[va] a[va] a f v', ['inference-receipt.response-id']],
    ['another request', withReceipt({ 'req.hash': 'A'.repeat(43) }), 'a[va] a[va] a f v', ['inference-receipt.request-hash']],
    ['another answer', withReceipt({ 'resp.hash': 'A'.repeat(43) }), 'a[va] a[va] a f v', ['inference-receipt.response-hash']],
    ['another number of events', withReceipt({ 'resp.events': 1 }), 'a[va] a[va] a f v', ['inference-receipt.response-hash']],
    ['no number of events', withReceipt({ 'resp.events': undefined }), HONEST_ROWS, []],
    ['another domain', withReceipt({ 'resp.of': 'body' }), 'a[va] a[va] a f v', ['inference-receipt.response-hash']],
    ['another nonce', withReceipt({ nonce: 'another' }), 'a[va] f[fa] a v v', ['inference-receipt.nonce']],
    ['no nonce', withReceipt({ nonce: undefined }), 'a[va] f[fa] a v v', ['inference-receipt.nonce']],
    ['signed 60 seconds after the answer ended', withReceipt({ iat: SIGNED_AT + 60 }), HONEST_ROWS, []],
    [
      'signed 61 seconds after the answer ended',
      withReceipt({ iat: SIGNED_AT + 61 }),
      'a[va] f[fa] a v v',
      ['inference-receipt.issued-at'],
    ],
    ['signed 62 seconds before the answer', withReceipt({ iat: SIGNED_AT - 62, 'upstream.verified_at': SIGNED_AT - 100 }), HONEST_ROWS, []],
    [
      'signed 63 seconds before the answer',
      withReceipt({ iat: SIGNED_AT - 63, 'upstream.verified_at': SIGNED_AT - 100 }),
      'a[va] f[fa] a v v',
      ['inference-receipt.issued-at'],
    ],
    [
      'a host checked too late',
      withReceipt({ 'upstream.verified_at': SIGNED_AT + 1 }),
      'f[vf] f[vf] a v v',
      ['inference-receipt.upstream-vouched'],
    ],
    ['a host checked just then', withReceipt({ 'upstream.verified_at': SIGNED_AT }), HONEST_ROWS, []],
    [
      'a check of the host that ran out',
      withReceipt({ 'upstream.verification_expires_at': SIGNED_AT }),
      'f[vf] f[vf] a v v',
      ['inference-receipt.upstream-vouched'],
    ],
    ['a check of the host about to run out', withReceipt({ 'upstream.verification_expires_at': SIGNED_AT + 1 }), HONEST_ROWS, []],
    ['another key id', withReceipt({}, { kid: 'A'.repeat(43) }), 'a[aa] a[aa] f f f', ['inference-receipt.key-id']],
    [
      'a key that did not sign',
      { receipt: { signWith: makeReceiptKey('another').key } },
      SIGNATURE_FAILED,
      ['inference-receipt.signature'],
    ],
    [
      'events behind the receipt',
      { behindReceipt: [{ name: '', data: '{"choices":[]}' }] },
      'a[aa] a[aa] f f f',
      ['inference-receipt.position', 'inference-receipt.response-hash'],
    ],
  ])('%s', async (_, faults, rows, failed) => {
    const report = await judge({ faults })
    expect(rowsOf(report)).toBe(rows)
    expect(failedChecks(report)).toEqual(failed)
  })

  const digest = { alg: 'sha256', hash: 'A'.repeat(43), of: 'body' }
  it.each<[string, Faults]>([
    ...['rv', 'iss', 'iat', 'jti', 'route', 'req', 'resp', 'model', 'upstream'].map((claim): [string, Faults] => [
      `${claim} missing`,
      withReceipt({ [claim]: undefined }),
    ]),
    ['rv as text', withReceipt({ rv: '1' })],
    ['iat with a fraction', withReceipt({ iat: SIGNED_AT + 0.5 })],
    ['a nonce that cannot have been sent', withReceipt({ nonce: 'a b' })],
    ['a hash too short', withReceipt({ 'req.hash': 'A'.repeat(42) })],
    ['a hash with spare bits', withReceipt({ 'req.hash': `${'A'.repeat(42)}B` })],
    ['a hash of another algorithm', withReceipt({ 'resp.alg': 'sha1' })],
    ['an unknown domain', withReceipt({ 'resp.of': 'text' })],
    ['a request hashed over an unknown domain', withReceipt({ req: { ...digest, of: 'sse-data-v1' } })],
    ['an unknown tier', withReceipt({ 'upstream.tier': 'trusted' })],
    ['a member twice', { receipt: { payloadText: '{"rv":1,"rv":1}' } }],
    ['no JSON', { receipt: { payloadText: 'rv' } }],
  ])('%s: unreadable, though signed', async (_, faults) => {
    const report = await judge({ faults })
    expect(rowsOf(report)).toBe(SIGNATURE_UNREADABLE)
    expect([failedChecks(report), unreadable(report)]).toEqual([[], ['inference-receipt.format']])
  })

  it('is newer, which is nobody’s fault', async () => {
    const report = await judge({ faults: withReceipt({ rv: 2 }) })
    expect(rowsOf(report)).toBe(SIGNATURE_UNREADABLE)
    expect([failedChecks(report), unreadable(report)]).toEqual([[], []])
    expect(report.claims[4]?.because).toEqual({ id: 'ir_version_newer', args: ['2'] })
  })

  it.each<[string, Faults]>([
    ['alg none', withReceipt({}, { alg: 'none' })],
    ['alg HS256', withReceipt({}, { alg: 'HS256' })],
    ['another type', withReceipt({}, { typ: 'JWT' })],
    ['a private key', withReceipt({}, { 'jwk.d': 'A'.repeat(43) })],
    ['another kind of key', withReceipt({}, { 'jwk.kty': 'EC' })],
    ['a critical header', withReceipt({}, { crit: ['x'], x: 1 })],
    ['evidence of no kind', withReceipt({}, { att_kind: undefined })],
    ['evidence of an unregistered kind', withReceipt({}, { att_kind: 'trust-me' })],
  ])('%s in the header: unreadable', async (_, faults) => {
    const report = await judge({ faults })
    expect(rowsOf(report)).toBe(SIGNATURE_UNREADABLE)
    expect([failedChecks(report), unreadable(report)]).toEqual([[], ['inference-receipt.format']])
  })

  it('an unprotected header beside it: what nobody signed', async () => {
    const report = await judge({ faults: { receipt: { unprotected: { kid: 'x' } } } })
    expect(rowsOf(report)).toBe(SIGNATURE_FAILED)
    expect(failedChecks(report)).toEqual(['inference-receipt.format'])
  })

  it.each(['gcp-cs-jwt', 'aws-nitro-cose', 'azure-maa-jwt'])('evidence called %s is read as what it is called', async (kind) => {
    const report = await judge({ faults: withReceipt({}, { att_kind: kind }) })
    expect(rowsOf(report)[0]).toBe(kind === 'gcp-cs-jwt' ? 'a' : '?')
    expect(report.claims[4]?.standing).toBe(kind === 'gcp-cs-jwt' ? 'verified' : 'assumed')
  })
})

describe('what was asked for', () => {
  it('a receipt without a nonce is not said to be fresh', async () => {
    const report = await judge({ ask: 'plain' })
    expect(rowsOf(report)).toBe(HONEST_ROWS)
    expect(report.claims[1]?.assumes).toContain('assume_not_fresh')
    expect(report.claims[4]?.assumes).toContain('assume_not_seen_elsewhere')
  })
  it('a nonce that left with several requests is said to be shared', async () => {
    const dossier = await dossierOf(HONEST)
    const asked = dossier.asked && { ...dossier.asked, sharedBy: 3 }
    const report = await appraise(
      { ...dossier, ...(asked ? { asked } : {}) },
      {
        policy: policyFor(HONEST.gateway.workload.imageDigest),
        trust: trustOf(HONEST),
        seen: () => undefined,
        moment: { now: HONEST.endedAt, basis: 'captured-here' },
      },
    )
    expect(rowsOf(report)).toBe(HONEST_ROWS)
    expect(report.claims[1]?.assumes).toContain('assume_nonce_shared')
  })
})
