import { describe, expect, it } from 'vitest'
import { commonName, oid, sequence, text, tlv } from '../../../test/support/der-writer.ts'
import { readDer } from '../encoding/der.ts'
import { type GeneralName, generalNameOf, mailboxOf } from './general-name.ts'
import { NameConstraintsState, nameConstraintsOf } from './name-constraints.ts'

const dns = (name: string) => text(0x82, name)
const mail = (name: string) => text(0x81, name)
const uri = (name: string) => text(0x86, name)
const ip = (...octets: number[]) => tlv(0x87, octets)
const directory = (name: Uint8Array) => tlv(0xa4, name)
const other = (id: string) => tlv(0xa0, oid(id), tlv(0xa0, text(0x0c, 'x')))
const registered = tlv(0x88, [0x2a, 0x03])

function value(encoding: Uint8Array) {
  const read = readDer(Uint8Array.from(encoding))
  if (!read.ok) throw new Error(read.code)
  return read.value
}

function name(encoding: Uint8Array): GeneralName {
  const read = generalNameOf(value(encoding))
  if (read === undefined) throw new Error('not a name')
  return read
}

function state(permitted: readonly Uint8Array[], excluded: readonly Uint8Array[]) {
  const list = (tag: number, bases: readonly Uint8Array[]) => (bases.length === 0 ? [] : tlv(tag, ...bases.map((base) => sequence(base))))
  const constraints = nameConstraintsOf(value(sequence(list(0xa0, permitted), list(0xa1, excluded))))
  if (constraints === undefined) throw new Error('not constraints')
  const made = new NameConstraintsState()
  made.add(constraints)
  return made
}

const under = (permitted: Uint8Array, tested: Uint8Array) => state([permitted], []).check([name(tested)])
const without = (excluded: Uint8Array, tested: Uint8Array) => state([], [excluded]).check([name(tested)])
const ok = { ok: true }
const violated = { ok: false, code: 'name-constraints-violated' }

const IN: readonly (readonly [string, Uint8Array, Uint8Array])[] = [
  ['the DNS name itself', dns('example.com'), dns('example.com')],
  ['a DNS name in other case', dns('EXAMPLE.com'), dns('Example.COM')],
  ['a DNS name below', dns('example.com'), dns('a.b.example.com')],
  ['any DNS name under the empty one', dns(''), dns('example.org')],
  ['a wildcard below', dns('example.com'), dns('*.example.com')],
  ['the mailbox', mail('a@example.com'), mail('a@EXAMPLE.com')],
  ['a mailbox of the host', mail('example.com'), mail('b@example.com')],
  ['a mailbox of a host in the domain', mail('.example.com'), mail('b@x.example.com')],
  ['an address in the network', ip(10, 1, 0, 0, 255, 255, 0, 0), ip(10, 1, 7, 9)],
  ['an address, host bits in the network', ip(10, 1, 9, 9, 255, 255, 0, 0), ip(10, 1, 7, 9)],
  [
    'a directory name below',
    directory(commonName('Top')),
    directory(sequence(commonName(' top ').subarray(2), commonName('low').subarray(2))),
  ],
]

const OUT: readonly (readonly [string, Uint8Array, Uint8Array])[] = [
  ['another DNS name with the same end', dns('example.com'), dns('notexample.com')],
  ['the parent of the DNS name', dns('a.example.com'), dns('example.com')],
  ['another local part', mail('a@example.com'), mail('A@example.com')],
  ['a mailbox of a host below the host', mail('example.com'), mail('b@x.example.com')],
  ['a mailbox of the domain itself', mail('.example.com'), mail('b@example.com')],
  ['an address beside the network', ip(10, 1, 0, 0, 255, 255, 0, 0), ip(10, 2, 7, 9)],
  ['an address of the other family', ip(10, 1, 0, 0, 255, 255, 0, 0), ip(...new Uint8Array(16))],
  ['a directory name beside', directory(commonName('top')), directory(commonName('other'))],
  [
    'a directory name above',
    directory(sequence(commonName('top').subarray(2), commonName('low').subarray(2))),
    directory(commonName('top')),
  ],
]

describe('name constraints', () => {
  it.each(IN)('permit and exclude %s', (_, subtree, tested) => {
    expect(under(subtree, tested)).toMatchObject(ok)
    expect(without(subtree, tested)).toMatchObject(violated)
  })

  it.each(OUT)('neither permit nor exclude %s', (_, subtree, tested) => {
    expect(under(subtree, tested)).toMatchObject(violated)
    expect(without(subtree, tested)).toMatchObject(ok)
  })

  it('leave names of other forms alone', () => {
    expect(under(dns('example.com'), ip(1, 2, 3, 4))).toMatchObject(ok)
    expect(under(ip(10, 0, 0, 0, 255, 0, 0, 0), dns('example.org'))).toMatchObject(ok)
  })

  it('take a wildcard for all that it might mean', () => {
    expect(without(dns('secret.example.com'), dns('*.example.com'))).toMatchObject(violated)
    expect(without(dns('secret.example.org'), dns('*.example.com'))).toMatchObject(ok)
    expect(under(dns('secret.example.com'), dns('*.example.com'))).toMatchObject(violated)
  })

  it('exclude even what is permitted', () => {
    expect(state([dns('example.com')], [dns('a.example.com')]).check([name(dns('a.example.com'))])).toMatchObject(violated)
  })

  it('want every certificate above to permit, and any one of a list', () => {
    const made = state([dns('a.example'), dns('b.example')], [])
    expect(made.check([name(dns('b.example'))])).toMatchObject(ok)
    const narrower = nameConstraintsOf(value(sequence(tlv(0xa0, sequence(dns('a.example'))))))
    if (narrower === undefined) throw new Error('not constraints')
    made.add(narrower)
    expect(made.check([name(dns('b.example'))])).toMatchObject(violated)
    expect(made.check([name(dns('a.example'))])).toMatchObject(ok)
  })

  it.each([
    ['other names', other('1.2.3')],
    ['registered identifiers', registered],
    ['URIs', uri('https://example.com/')],
  ])('on %s are not evaluated: a certificate with such a name is refused, others pass', (_, base) => {
    for (const made of [state([base], []), state([], [base])]) {
      expect(made.check([name(dns('example.com'))])).toMatchObject(ok)
      expect(made.check([name(base)])).toMatchObject({ ok: false, code: 'name-constraints-unsupported' })
    }
  })

  it('take a mailbox that cannot be read for any mailbox', () => {
    const unreadable: GeneralName = { kind: 'mailbox', local: '"odd one"@example.com', host: '' }
    expect(mailboxOf('"odd one"@example.com')).toBeUndefined()
    expect(state([mail('example.com')], []).check([unreadable])).toMatchObject(violated)
    expect(state([], [mail('example.com')]).check([unreadable])).toMatchObject(violated)
    expect(state([dns('example.com')], []).check([unreadable])).toMatchObject(ok)
  })

  it('give up beyond 65536 comparisons', () => {
    const subtrees = Array.from({ length: 256 }, (_, index) => dns(`n${index}.example`))
    const names = Array.from({ length: 256 }, () => name(dns('n0.example')))
    expect(state(subtrees, []).check(names)).toMatchObject(ok)
    expect(state(subtrees, []).check([...names, name(dns('n0.example'))])).toMatchObject({ code: 'name-constraints-too-many' })
  })
})
