import { describe, expect, it } from 'vitest'
import { readOptions } from './options.ts'

describe('the command line', () => {
  it('names files, and what they are checked with', () => {
    expect(readOptions(['a.json', '--request', 'r', '--nonce', 'n', '--json'])).toEqual({
      ok: true,
      value: { files: ['a.json'], request: 'r', nonce: 'n', json: true, findings: false },
    })
    expect(readOptions(['a.json', 'b.json'])).toMatchObject({ ok: true, value: { files: ['a.json', 'b.json'], json: false } })
  })

  it('may name a moment, to the second or with its zone', () => {
    expect(readOptions(['a', '--at', '2026-11-22T10:00:00Z'])).toMatchObject({ value: { at: new Date('2026-11-22T10:00:00Z') } })
  })

  it.each([
    [[], 'usage'],
    [['--json'], 'usage'],
    [['a', '--no-such-option'], 'usage'],
    [['a', '--nonce'], 'usage'],
    [['a', '--at', 'yesterday'], 'usage'],
    [['a', '--at', '2026-11-22'], 'usage'],
    [['a', '--at', '2026-13-22T10:00:00Z'], 'usage'],
    [['--help'], 'help'],
    [['a', '-h'], 'help'],
  ] as const)('%j is refused', (argv, code) => expect(readOptions(argv)).toMatchObject({ ok: false, code }))
})
