import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { BodySeen, Dossier, EvidenceSeen } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import { draftFault } from '../../src/verify/receipts/air/draft.ts'
import type { Report } from '../../src/verify/report.ts'
import { rowsOf } from '../verify/dossiers.ts'
import { describeVectors, vectorBytes, vectorText } from './files.ts'

type Golden = {
  readonly receipt_hex: string
  readonly public_key_hex?: string
  readonly wrong_public_key_hex?: string
  readonly expected_failure?: { readonly layer: number; readonly check: string; readonly code: string }
  readonly verify_policy?: {
    readonly expected_nonce_hex?: string
    readonly expected_model_hash_hex?: string
    readonly expected_platform?: string
    readonly max_age_secs?: number
  }
}

const INVALID = [
  'v1-bad-measurement-length',
  'v1-model-hash-mismatch',
  'v1-nonce-mismatch',
  'v1-platform-mismatch',
  'v1-stale-iat',
  'v1-wrong-alg',
  'v1-wrong-key',
  'v1-zero-model-hash',
]
const VALID = ['v1-nitro-no-nonce', 'v1-tdx-with-nonce']
/** All golden receipts were issued within minutes of this. */
const ISSUED = Date.parse('2025-02-25T16:13:20Z')
const MINUTE = 60_000

type Given = {
  readonly receipt: string
  readonly keys: readonly string[]
  readonly profile: 'draft-02' | 'older'
  readonly at: Date
  readonly nonce?: string
  readonly evidence?: readonly EvidenceSeen[]
  readonly request?: string
  readonly policy?: Partial<Policy>
  readonly maxAge?: number
}

async function judge({ receipt, keys, profile, at, nonce, evidence = [], request, policy = {}, maxAge }: Given): Promise<Report> {
  const body: BodySeen = { provenance: 'none', length: 0, capture: 'not-captured', digests: [] }
  const hashed: BodySeen = {
    ...body,
    capture: 'complete',
    provenance: 'given',
    digests: request === undefined ? [] : [{ alg: 'sha-256', of: 'body', value: request }],
  }
  const dossier: Dossier = {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'vector',
    service: '',
    exchange: {
      method: 'POST',
      url: '',
      startedAt: at.toISOString(),
      headers: [],
      request: request === undefined ? body : hashed,
      response: { ...body, ids: [] },
    },
    ...(nonce === undefined ? {} : { asked: { header: 'nonce', nonce, sharedBy: 1, provenance: 'given' as const } }),
    receipts: [{ format: 'air', delivery: 'lookup', position: 'not-applicable', text: receipt, provenance: 'given' }],
    evidence,
    collateral: [],
    missing: [],
  }
  return appraise(dossier, {
    policy: {
      format: 'inference-receipt-checker/policy',
      version: 1,
      id: 'vector',
      name: '',
      service: '',
      expects: [],
      receiptKeys: [],
      air: { profile, keys: keys.map(hexToBase64url), ...(maxAge === undefined ? {} : { maxAge }) },
      ...policy,
    },
    trust: { anchors: [], issuerKeys: [] },
    seen: () => undefined,
    moment: { now: at, basis: 'given' },
  })
}

async function judgeGolden(file: string, profile: 'draft-02' | 'older'): Promise<{ readonly golden: Golden; readonly report: Report }> {
  const golden: Golden = JSON.parse(vectorText(file))
  const { verify_policy: asked = {} } = golden
  const { expected_model_hash_hex: hash, expected_platform: platform, expected_nonce_hex: nonce, max_age_secs: maxAge } = asked
  const report = await judge({
    receipt: hexToBase64url(golden.receipt_hex),
    keys: [golden.public_key_hex ?? golden.wrong_public_key_hex ?? ''],
    profile,
    at: new Date(ISSUED + (maxAge === undefined ? 5 * MINUTE : 366 * 24 * 60 * MINUTE)),
    ...(nonce === undefined ? {} : { nonce: hexToBase64url(nonce) }),
    ...(maxAge === undefined ? {} : { maxAge }),
    policy: {
      expects: platform === undefined ? [] : [{ measurement: 'receipt.measurement-type', anyOf: [platform], source: 'user' }],
      models: hash === undefined ? [] : [{ hash, scheme: 'sha256-single', name: 'expected', publishedAt: '', source: 'user' }],
    },
  })
  return { golden, report }
}

const hexToBase64url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url')
/** What failed, in the draft's terms; findings that it has no name for under their own. */
const faults = (report: Report) =>
  report.findings
    .filter(({ outcome, role }) => outcome === 'failed' && role !== 'evidence.presence')
    .map((finding) => draftFault(finding) ?? finding.check)

describeVectors('AIR golden vectors', () => {
  const sets = [
    ['golden-draft02', 'draft-02'],
    ['golden-frozen-v1.0.1', 'older'],
  ] as const

  describe.each(sets)('%s', (set, profile) => {
    it.each(INVALID)('refuses %s with the published code, in the published layer, and for nothing else', async (name) => {
      const { golden, report } = await judgeGolden(`air/${set}/invalid/${name}.json`, profile)
      const { layer, check, code } = golden.expected_failure ?? {}
      expect(code).toBeDefined()
      expect(faults(report)).toEqual([{ layer, check, code }])
    })

    it.each(VALID)('accepts %s', async (name) => {
      const { report } = await judgeGolden(`air/${set}/valid/${name}.json`, profile)
      expect(faults(report)).toEqual([])
      // The key is pinned, nothing was captured, and there is no evidence.
      expect(rowsOf(report)).toBe('- - a ? v')
    })
  })

  it.each(VALID)('refuses frozen %s under draft -02 for its security mode alone', async (name) => {
    const { report } = await judgeGolden(`air/golden-frozen-v1.0.1/valid/${name}.json`, 'draft-02')
    expect(faults(report)).toEqual([{ layer: 3, check: 'SECURITY_MODE', code: expect.stringMatching(/^UNKNOWN_SECURITY_MODE:\w+$/) }])
    expect(report.claims[4]?.because.id).toBe('air_mode_unknown')
  })
})

/** Receipts of real runs, published without their platform's evidence; those of Google's platform with a quote made for a test beside them. */
describeVectors('AIR receipts of published runs', () => {
  const FOLDER = 'air/evidence/publication-airv1-20260228'
  const AFTER = new Date('2026-03-01T00:00:00Z')
  const UNKNOWN_MODE = { layer: 3, check: 'SECURITY_MODE', code: 'UNKNOWN_SECURITY_MODE:GatewayOnly' }
  const ORDER = { layer: 1, check: 'MAP_ORDER', code: 'MAP_ORDER' }
  const base64url = (octets: Uint8Array) => Buffer.from(octets).toString('base64url')
  const sha256 = (octets: Uint8Array) => createHash('sha256').update(octets).digest('base64url')

  const given = (run: string, profile: Given['profile']): Given => ({
    receipt: base64url(vectorBytes(`${FOLDER}/${run}/receipt.cbor`)),
    keys: [vectorText(`${FOLDER}/${run}/receipt.pubkey`).trim()],
    profile,
    at: AFTER,
    request: sha256(vectorBytes('air/derived/gcp-evidence-request.json')),
    evidence: [
      {
        kind: 'tdx-quote',
        document: base64url(vectorBytes(`${FOLDER}/${run}/attestation.bin`)),
        source: 'attestation.bin',
        at: '',
        provenance: 'given',
      },
    ],
  })

  describe.each(['gcp-cpu-tdx', 'gcp-gpu-h100cc'])('%s', (run) => {
    it('is refused under draft -02, for the order of its keys and for its security mode', async () => {
      const report = await judge(given(run, 'draft-02'))
      expect(faults(report)).toEqual([ORDER, UNKNOWN_MODE, 'tdx.format'])
      expect(rowsOf(report)).toBe('f a f f f')
    })

    it('has a signature that holds under the older profile, a request that is the published one, and evidence made for a test', async () => {
      const report = await judge(given(run, 'older'))
      expect(faults(report)).toEqual(['tdx.format'])
      expect(report.claims[0]).toMatchObject({ standing: 'failed', because: { id: 'tdx_synthetic' } })
      const passed = report.findings.filter(({ outcome }) => outcome === 'passed').map(({ check }) => check)
      expect(passed).toEqual(expect.arrayContaining(['air.signature', 'air.attestation-document', 'air.request-hash']))
      expect(report.findings.find(({ check }) => check === 'air.map-order')?.because.id).toBe('air_order_older')
      expect(report.claims[4]).toMatchObject({ standing: 'verified', assumes: expect.arrayContaining(['assume_air_older_profile']) })
      // A hash without a scheme is opaque.
      expect(report.claims[2]?.because.id).toBe('model_hash_opaque')
      expect(rowsOf(report)).toBe('f a a ? v')
    })

    it('does not hold under the other run’s key', async () => {
      const other = run === 'gcp-cpu-tdx' ? 'gcp-gpu-h100cc' : 'gcp-cpu-tdx'
      const report = await judge({ ...given(run, 'older'), keys: given(other, 'older').keys })
      expect(faults(report)).toEqual([{ layer: 2, check: 'SIG', code: 'SIG_FAILED' }, 'tdx.format'])
    })
  })

  it('refuses the Nitro run under draft -02 for its security mode, without a key to check its signature with', async () => {
    const receipt = base64url(vectorBytes(`${FOLDER}/aws-nitro/receipt.cbor`))
    const report = await judge({ receipt, keys: [], profile: 'draft-02', at: AFTER })
    expect(faults(report)).toEqual([UNKNOWN_MODE])
    const older = await judge({ receipt, keys: [], profile: 'older', at: AFTER })
    expect(faults(older)).toEqual([])
    expect(older.claims[4]).toMatchObject({ standing: 'unchecked', because: { id: 'air_key_none' } })
  })
})
