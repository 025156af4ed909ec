import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeChain } from '../../../test/simulator/index.ts'
import { equalBytes } from './bytes.ts'
import { decodePem } from './pem.ts'

const { root, leaf } = makeChain({ at: new Date('2026-11-16T10:20:30Z') })
const { pem } = leaf
const base64 = pem.split('\n').slice(1, -2).join('')
const count = (text: string) => {
  const blocks = decodePem(text, 'CERTIFICATE')
  return blocks.ok ? blocks.value.length : blocks.code
}

describe('PEM', () => {
  it.each([
    ['two', pem + root.pem],
    ['carriage returns', (pem + root.pem).replaceAll('\n', '\r\n')],
    ['no line feed at the end', (pem + root.pem).slice(0, -1)],
    ['empty lines in front, between, inside and at the end', `\n\n${pem}\n\n${root.pem.replace('\n', '\n\n')}\n\n`],
    ['text before, between and after', `Bag Attributes\n subject=CN=leaf\n${pem}# the root\n${root.pem}that is all\n`],
    ['a byte order mark', `\ufeff${pem}${root.pem}`],
    ['the zeros of a C string', `${pem}${root.pem}\0`],
    ['the zeros of a buffer', `${pem}${root.pem}${'\0'.repeat(5000)}`],
    ['blanks at the ends of lines', (pem + root.pem).replaceAll('\n', ' \t\n')],
    ['one long line each', `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n${root.pem}`],
    ['no line ends at all', (pem + root.pem).replaceAll('\n', '')],
    ['percent-encoding', encodeURIComponent(pem + root.pem)],
    ['percent-encoding in lower case', lowerEscapes(pem + root.pem)],
    ['blocks of another label between', `${pem}-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n${root.pem}`],
  ])('with %s is the same two certificates', (_, text) => {
    const blocks = decodePem(text, 'CERTIFICATE')
    expect(blocks.ok && blocks.value.length === 2 && equalBytes(blocks.value[0], leaf.der)).toBe(true)
    expect(blocks.ok && equalBytes(blocks.value[1] ?? leaf.der, root.der)).toBe(true)
  })

  it.each([
    ['nothing', ''],
    ['text alone', 'no certificate here'],
    ['another label', pem.replaceAll('CERTIFICATE', 'X509 CRL')],
    ['two labels', pem.replace('END CERTIFICATE', 'END X509 CRL')],
    ['no end', pem.split('-----END')[0] ?? ''],
    ['no beginning', pem.slice(5)],
    ['a boundary with a dash too few, beside a whole block', `${pem.replace('-----BEGIN', '----BEGIN')}${root.pem}`],
    ['a block that never ends, beside a whole one', `-----BEGIN CERTIFICATE-----\n${root.pem}`],
    ['an end alone, beside a whole block', `${root.pem}-----END CERTIFICATE-----\n`],
    ['padding inside', pem.replace(/(MI..)/, 'MI==')],
    ['a letter that is no base64', pem.replace('MI', 'M!')],
    ['headers, as encrypted keys have them', pem.replace('\n', '\nProc-Type: 4,ENCRYPTED\n\n')],
    ['an empty block', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n'],
    ['escapes that are none', encodeURIComponent(pem).replace('%0A', '%0G')],
  ])('with %s is refused', (_, text) => expect(count(text)).toBe('pem-malformed'))

  it('has at most eight blocks', () => {
    expect(count(pem.repeat(8))).toBe(8)
    expect(count(pem.repeat(9))).toBe('pem-too-many')
  })

  it('never loses a block, changed in any one place: it reads as it was, differently, or not at all', () => {
    const text = pem + root.pem
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.string({ unit: 'binary', maxLength: 3 }), (at, other) => {
        const blocks = decodePem(text.slice(0, at) + other + text.slice(at + 1), 'CERTIFICATE')
        expect(!blocks.ok || blocks.value.length >= 2).toBe(true)
      }),
      { seed: 20261127, numRuns: 2000 },
    )
  })
})

function lowerEscapes(text: string): string {
  return encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
}
