import type { AirPolicy } from '../../../src/verify/policy/types.ts'
import { base64url, fromHex } from './evidence.ts'
import { judgeExchange } from './exchange.ts'
import type { Row, Said, VectorFiles } from './row.ts'

type Golden = {
  readonly receipt_hex: string
  readonly public_key_hex?: string
  readonly wrong_public_key_hex?: string
  readonly verify_policy?: {
    readonly expected_nonce_hex?: string
    readonly expected_model_hash_hex?: string
    readonly expected_platform?: string
    readonly max_age_secs?: number
  }
}

/** All golden receipts were issued within minutes of this; those that limit the age are judged a year later. */
const ISSUED = Date.parse('2025-02-25T16:13:20Z')
const MINUTE = 60_000
const YEAR = 366 * 24 * 60 * MINUTE

const fromHexText = (hex: string) => base64url(fromHex(hex))

/** A golden receipt under the policy inside its file. */
export function judgeAir({ id, files: [path = ''] }: Row, files: VectorFiles): Promise<Said> {
  const golden: Golden = JSON.parse(files.text(path))
  const {
    expected_model_hash_hex: hash,
    expected_platform: platform,
    expected_nonce_hex: nonce,
    max_age_secs: maxAge,
  } = golden.verify_policy ?? {}
  const profile: AirPolicy['profile'] = id.endsWith('-draft02') ? 'draft-02' : 'older'
  return judgeExchange({
    at: new Date(ISSUED + (maxAge === undefined ? 5 * MINUTE : YEAR)).toISOString(),
    basis: 'given',
    receipt: { format: 'air', text: fromHexText(golden.receipt_hex) },
    ...(nonce === undefined ? {} : { asked: { header: 'nonce', nonce: fromHexText(nonce) } }),
    policy: {
      air: {
        profile,
        keys: [fromHexText(golden.public_key_hex ?? golden.wrong_public_key_hex ?? '')],
        ...(maxAge === undefined ? {} : { maxAge }),
      },
      expects: platform === undefined ? [] : [{ measurement: 'receipt.measurement-type', anyOf: [platform], source: 'user' }],
      models: hash === undefined ? [] : [{ hash, scheme: 'sha256-single', name: 'expected', publishedAt: '', source: 'user' }],
    },
  })
}

/** A receipt of a published run with the quote made for a test beside it, under draft -02. */
export function judgeAirRun({ files: [quote = '', receipt = '', key = ''] }: Row, files: VectorFiles): Promise<Said> {
  return judgeExchange({
    at: '2026-03-01T00:00:00Z',
    basis: 'given',
    receipt: { format: 'air', text: base64url(files.bytes(receipt)) },
    evidence: [{ kind: 'tdx-quote', document: base64url(files.bytes(quote)) }],
    policy: { air: { profile: 'draft-02', keys: [fromHexText(files.text(key))] } },
  })
}
