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
    expect(parsed).toEqual({ ok: false, code: 'schema', path: 'hashes.1.alg' })
  })

  it('refuses a member that a closed schema does not know', () => {
    expect(parseWith(Receipt, { rv: 1, hashes: [], extra: true })).toMatchObject({ ok: false, code: 'schema' })
  })

  it('names no path when the fault is at the top, keeps paths short, and repeats nothing of the library’s or the sender’s', () => {
    expect(parseWith(v.picklist(['x'.repeat(500)]), 'y'.repeat(500))).toEqual({ ok: false, code: 'schema' })
    const parsed = parseWith(v.record(v.string(), v.number()), { ['y'.repeat(500)]: 'text' })
    expect(parsed).toEqual({ ok: false, code: 'schema', path: 'y'.repeat(100) })
  })
})
