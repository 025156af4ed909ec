import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { octets } from '../../../../test/simulator/octets.ts'
import { makeTdx, type TdxOptions } from '../../../../test/simulator/tdx.ts'
import { honestTd, zeros } from '../../../../test/simulator/tdx-quote.ts'
import { tdxAnchor, tdxInput } from '../../../../test/support/tdx.ts'
import { parseCollateral } from './collateral.ts'
import { parseQuote } from './quote.ts'
import { verify } from './verify.ts'

const AT = new Date('2026-03-12T07:20:00Z')
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300)
const seed = Number(process.env['FUZZ_SEED'] ?? 20261122)
const quoteOf = (quote: TdxOptions['quote'] = {}) => makeTdx({ at: AT, quote }).quote
const codeOf = (quote: Uint8Array<ArrayBuffer>) => {
  const parsed = parseQuote(quote)
  return parsed.ok ? 'read' : parsed.code
}

describe('a quote', () => {
  it.each([
    [{ version: 4 }, 632],
    [{ version: 5, body: 'td10' }, 638],
    [{ version: 5, body: 'td15' }, 702],
  ] as const)('%j has its fields where they belong', (knobs, signedLength) => {
    const parsed = parseQuote(quoteOf(knobs))
    if (!parsed.ok) throw new Error(parsed.code)
    const { report, signed, pckChain } = parsed.value
    const td = honestTd()
    expect(signed.length).toBe(signedLength)
    expect(report.mrTd).toEqual(td.mrTd)
    expect(report.rtmrs).toEqual(td.rtmrs)
    expect(report.reportData).toEqual(td.reportData)
    expect(report.teeTcbSvn).toEqual(td.teeTcbSvn)
    expect(report.tdAttributes).toEqual(td.tdAttributes)
    expect(report.mrServiceTd).toEqual('body' in knobs && knobs.body === 'td15' ? td.mrServiceTd : undefined)
    expect(new TextDecoder().decode(pckChain)).toMatch(/^-----BEGIN CERTIFICATE-----\n[^\0]*-----END CERTIFICATE-----\n$/)
  })

  it('may end in zero octets, and in nothing else', () => {
    expect(codeOf(quoteOf({ trailing: zeros(0) }))).toBe('read')
    expect(codeOf(quoteOf({ trailing: zeros(1000) }))).toBe('read')
    expect(codeOf(quoteOf({ trailing: octets([0, 0, 1]) }))).toBe('quote-trailing-bytes')
    expect(codeOf(quoteOf({ trailing: zeros(65_536) }))).toBe('quote-too-large')
  })

  it('is refused wherever it is cut', () => {
    const whole = quoteOf({ trailing: zeros(0) })
    for (let length = 0; length < whole.length; length += 1)
      expect([length, parseQuote(whole.slice(0, length)).ok]).toEqual([length, false])
  })

  it.each([
    [{ version: 3 }, 'quote-not-tdx'],
    [{ teeType: 0 }, 'quote-not-tdx'],
    [{ version: 2 }, 'quote-version'],
    [{ keyType: 3 }, 'quote-key-type'],
    [{ teeType: 0x80 }, 'quote-tee-type'],
    [{ vendor: zeros(16) }, 'quote-vendor'],
    [{ version: 5, body: 'td10', bodyType: 3 }, 'quote-body'],
    [{ version: 5, body: 'td15', bodyType: 2 }, 'quote-body'],
    [{ certified: false }, 'quote-uncertified'],
    [
      { certified: false, td: { mrTd: new Uint8Array(48).fill(0xaa), rtmrs: [1, 2, 3, 4].map((octet) => new Uint8Array(48).fill(octet)) } },
      'quote-synthetic',
    ],
  ] as const)('%j', (knobs, code) => expect(codeOf(quoteOf(knobs))).toBe(code))

  it.each([
    ['length of the signature data, 256 too long', 633, (quoteOf()[633] ?? 0) + 1],
    ['type of the QE report', 764, 5],
    ['size of the QE report', 766, 0],
    ['length of the authentication data', 1218, 33],
    ['type of the certificates', 1252, 6],
    ['size of the certificates', 1254, 1],
  ])('with a wrong %s is refused', (_, offset, value) => {
    const changed = quoteOf()
    expect(changed[offset]).not.toBe(value)
    changed[offset] = value
    expect(codeOf(changed)).toMatch(/^quote-(certification|truncated)$/)
  })

  it('never makes the parser throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (random) => typeof parseQuote(octets(random)).ok === 'boolean'),
      { numRuns, seed },
    )
  })

  it('changed anywhere is never authentic, unless all is as it was, and never makes the verifier throw', { timeout: 600_000 }, async () => {
    const made = makeTdx({ at: AT, quote: { trailing: zeros(0) } })
    const honest = await verify(tdxInput(made.quote, [], [tdxAnchor(made)], AT))
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: made.quote.length - 1 }), fc.integer({ min: 1, max: 255 }), async (index, mask) => {
        const changed = made.quote.slice()
        changed[index] = (changed[index] ?? 0) ^ mask
        const result = await verify(tdxInput(changed, [], [tdxAnchor(made)], AT))
        if (result.authentic !== undefined) expect(result).toEqual(honest)
      }),
      { numRuns, seed },
    )
  })
})

describe('collateral', () => {
  it('never makes the parser throw', () => {
    const { collateral } = makeTdx({ at: AT })
    fc.assert(
      fc.property(fc.nat({ max: collateral.length - 1 }), fc.string({ maxLength: 5 }), (at, text) => {
        const changed = collateral.slice(0, at) + text + collateral.slice(at + 1)
        return typeof parseCollateral(changed).ok === 'boolean'
      }),
      { numRuns, seed },
    )
    fc.assert(
      fc.property(fc.json(), (json) => typeof parseCollateral(json).ok === 'boolean'),
      { numRuns, seed },
    )
  })
})
