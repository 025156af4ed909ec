import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { parseWith } from './schema.ts'

const Receipt = v.strictObject({ rv: v.literal(1), hashes: v.array(v.object({ alg: v.string() })) })

describe('parseWith', () => {
  it('gives the narrowed value', () => {
    const value = { rv: 1, hashes: [{ alg: 'sha256' }] }
    expect(parseWith(Receipt, value)).toEqual({ ok: true, value })
  })

  it('names the path of the first fault', () => {
    const parsed = parseWith(Receipt, { rv: 1, hashes: [{ alg: 'sha256' }, { alg: 7 }] })
    expect(parsed).toMatchObject({ ok: false, code: 'schema' })
    expect(!parsed.ok && parsed.detail).toMatch(/^hashes\.1\.alg: .*string/)
  })

  it('refuses a member that a closed schema does not know', () => {
    expect(parseWith(Receipt, { rv: 1, hashes: [], extra: true })).toMatchObject({ ok: false, code: 'schema' })
  })

  it('says so when the fault is at the top, and keeps the detail short', () => {
    const parsed = parseWith(v.picklist(['x'.repeat(500)]), 'y'.repeat(500))
    expect(!parsed.ok && parsed.detail).toMatch(/^\(root\): /)
    expect(!parsed.ok && parsed.detail?.length).toBe(200)
  })
})
