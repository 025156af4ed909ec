import { describe, expect, it } from 'vitest'
import { boolean, integer, objectIdentifier, octetString, sequence, tlv } from '../../../../test/simulator/der.ts'
import { octets } from '../../../../test/simulator/octets.ts'
import { encodePlatform, HONEST_PLATFORM, makeTdx } from '../../../../test/simulator/tdx.ts'
import { parsePemChain } from '../../trust/pem.ts'
import { readPck, SGX_EXTENSION } from './pck-certificate.ts'

const made = makeTdx({ at: new Date('2026-03-12T07:20:00Z') })
const chain = parsePemChain(made.pck.pem)
if (!chain.ok) throw new Error(chain.code)
const [certificate] = chain.value

/** The certificate with this in place of its extension. */
function readWith(value: Uint8Array<ArrayBuffer>) {
  const read = readPck({ ...certificate, extensions: new Map([[SGX_EXTENSION, { oid: SGX_EXTENSION, critical: false, value }]]) })
  return read.ok ? read.value : read.code
}

const member = (number: number, value: Uint8Array) => sequence(objectIdentifier(`${SGX_EXTENSION}.${number}`), value)
const component = (number: number, value: Uint8Array) => sequence(objectIdentifier(`${SGX_EXTENSION}.2.${number}`), value)
const tcb = (change: (number: number) => Uint8Array | undefined = () => undefined) =>
  sequence(
    ...Array.from({ length: 17 }, (_, index) => component(index + 1, change(index + 1) ?? integer(index + 1))),
    component(18, change(18) ?? octetString(new Uint8Array(16))),
  )
/** All members, some of them changed: `undefined` takes one out. */
const extension = (changes: Readonly<Record<number, Uint8Array | undefined>> = {}, ...more: readonly Uint8Array[]) => {
  const honest: Readonly<Record<number, Uint8Array>> = {
    1: octetString(new Uint8Array(16)),
    2: tcb(),
    3: octetString(octets([0xab, 0xcd])),
    4: octetString(octets([1, 2, 3, 4, 5, 6])),
    5: tlv(0x0a, octets([1])),
  }
  const all = Object.entries({ ...honest, ...changes }).flatMap(([number, value]) =>
    value === undefined ? [] : [member(Number(number), value)],
  )
  return sequence(...all, ...more)
}

describe('the extension of a PCK certificate', () => {
  it('says which platform it is', () => {
    expect(readWith(extension())).toEqual({
      fmspc: '010203040506',
      pceId: 'abcd',
      components: Array.from({ length: 16 }, (_, index) => index + 1),
      pceSvn: 17,
    })
    expect(readWith(encodePlatform(HONEST_PLATFORM))).toEqual(HONEST_PLATFORM)
  })

  it('may say more', () => {
    expect(readWith(extension({}, member(6, octetString(new Uint8Array(16))), member(7, sequence(boolean(true)))))).toMatchObject({
      pceId: 'abcd',
    })
  })

  it.each([
    ['without PPID', { 1: undefined }],
    ['without TCB', { 2: undefined }],
    ['without PCEID', { 3: undefined }],
    ['without FMSPC', { 4: undefined }],
    ['without SGX type', { 5: undefined }],
    ['with a long FMSPC', { 4: octetString(new Uint8Array(7)) }],
    ['with a PCEID that is a number', { 3: integer(1) }],
    ['with a component above 255', { 2: tcb((number) => (number === 3 ? integer(octets([1, 0])) : undefined)) }],
    ['with a negative component', { 2: tcb((number) => (number === 3 ? tlv(0x02, octets([0xff])) : undefined)) }],
    ['with a component that is octets', { 2: tcb((number) => (number === 16 ? octetString(octets([1])) : undefined)) }],
    ['with a PCESVN above 65535', { 2: tcb((number) => (number === 17 ? integer(octets([1, 0, 0])) : undefined)) }],
    ['with a short CPUSVN', { 2: tcb((number) => (number === 18 ? octetString(new Uint8Array(15)) : undefined)) }],
    ['with a TCB that is octets', { 2: octetString(new Uint8Array(1)) }],
  ])('%s is refused', (_, changes) => expect(readWith(extension(changes))).toBe('pck-extension-malformed'))

  it('with a member twice is refused', () => {
    expect(readWith(extension({}, member(4, octetString(octets([6, 5, 4, 3, 2, 1])))))).toBe('pck-extension-malformed')
    expect(readWith(octets([...extension(), 0]))).toBe('pck-extension-malformed')
    expect(readWith(octets([]))).toBe('pck-extension-malformed')
  })

  it('must be there', () => {
    expect(readPck({ ...certificate, extensions: new Map() })).toMatchObject({ ok: false, code: 'pck-extension-missing' })
  })
})
