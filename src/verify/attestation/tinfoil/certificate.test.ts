import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeKey } from '../../../../test/simulator/keys.ts'
import { utf8 } from '../../../../test/simulator/octets.ts'
import { enclaveCertificate, labels, makeEnclave } from '../../../../test/simulator/tinfoil.ts'
import { isNamed, labelledOctets, parseEnclaveCertificate } from './certificate.ts'

const AT = new Date('2026-11-20T12:00:00Z')
const HOST = 'a.example.com'

/** A certificate with these names; its key is nobody's concern here. */
function named(names: readonly string[]) {
  const parsed = parseEnclaveCertificate(enclaveCertificate(makeEnclave({ at: AT, names: () => names }), { format: '', body: '' }))
  if (!parsed.ok) throw new Error(parsed.code)
  return parsed.value
}

describe('an enclave’s certificate', () => {
  it.each([
    [['a.example.com'], 'a.example.com', true],
    [['A.Example.com'], 'a.EXAMPLE.com', true],
    [['*.example.com'], 'a.example.com', true],
    [['*.example.com'], 'example.com', false],
    [['*.example.com'], 'b.a.example.com', false],
    [['example.com'], 'a.example.com', false],
    [['a.example.com.evil.test'], 'a.example.com', false],
    [['*.com'], 'example.com', false],
  ])('with the names %j: is it for %s? %s', (names, host, expected) => expect(isNamed(named(names), host)).toBe(expected))

  it('gives back any octets from its names, in whatever order these stand', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.boolean(), (octets, isReversed) => {
        const spread = [...labels(octets, 'hpke', 'example.com')]
        const names = isReversed ? spread.reverse() : spread
        expect(labelledOctets(named([HOST, ...names]), 'hpke')).toEqual({ ok: true, value: octets })
      }),
      { numRuns: 30 },
    )
  })

  const spread = labels(utf8('x'.repeat(64)), 'hatt', 'example.com')
  it.each<[string, readonly string[], string]>([
    ['none', [], 'labels-absent'],
    ['others', labels(utf8('x'), 'hpke', 'example.com'), 'labels-absent'],
    ['the first one missing', spread.slice(1), 'labels-numbering'],
    ['one in the middle missing', [...spread.slice(0, 1), ...spread.slice(2)], 'labels-numbering'],
    ['one twice', [...spread, ...spread.slice(0, 1)], 'labels-numbering'],
    ['two domains', [...spread.slice(0, 1), ...labels(utf8('x'.repeat(64)), 'hatt', 'example.org').slice(1)], 'labels-domain'],
    ['a domain of nobody here', labels(utf8('x'), 'hatt', 'example.org'), 'labels-domain'],
    ['a domain that only ends like the host’s', labels(utf8('x'), 'hatt', 'ample.com'), 'labels-domain'],
    ['a top-level domain', labels(utf8('x'), 'hatt', 'com'), 'labels-domain'],
    ['no base32', ['00a1.hatt.example.com'], 'labels-encoding'],
    ['base32 that is not canonical', ['00mz.hatt.example.com'], 'labels-encoding'],
    ['no number', ['xxmy.hatt.example.com'], 'labels-absent'],
    ['a number only', ['00.hatt.example.com'], 'labels-absent'],
  ])('with such labels has nothing to say: %s', (_, names, code) => {
    expect(labelledOctets(named([HOST, ...names]), 'hatt')).toMatchObject({ ok: false, code })
  })

  it('is one certificate, with names', () => {
    const pem = enclaveCertificate(makeEnclave({ at: AT }), { format: '', body: '' })
    expect(parseEnclaveCertificate(pem.trimEnd()).ok).toBe(true)
    expect(parseEnclaveCertificate(pem + pem)).toMatchObject({ code: 'certificate-several' })
    expect(parseEnclaveCertificate('')).toMatchObject({ code: 'certificate-pem' })
    expect(parseEnclaveCertificate(`the enclave’s\n${pem}`).ok).toBe(true)
    expect(parseEnclaveCertificate(pem.slice(1))).toMatchObject({ code: 'certificate-pem' })
    const nameless = enclaveCertificate(makeEnclave({ at: AT, certificate: { extensions: [], key: makeKey('ec-p256', 'x') } }), {
      format: '',
      body: '',
    })
    expect(parseEnclaveCertificate(nameless)).toMatchObject({ code: 'certificate-names' })
  })
})
