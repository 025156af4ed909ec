import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { encodeBase64url } from '../encoding/base64.ts'
import { encodeUtf8 } from '../encoding/utf8.ts'
import { openToken } from './token.ts'

const header = v.object({ alg: v.literal('ES384'), kid: v.string() })
const claims = v.object({ iss: v.string() })

function tokenOf(headerText: string, payloadText: string, signature = 'AAAA'): string {
  return `${[headerText, payloadText].map((text) => encodeBase64url(encodeUtf8(text))).join('.')}.${signature}`
}

const HEADER = '{"alg":"ES384","kid":"1"}'
const PAYLOAD = '{"iss":"somebody","more":{"x":1}}'
const open = (text: string) => openToken(text, header, claims)

describe('a token', () => {
  it('is opened: its parts typed, its whole payload kept', () => {
    const opened = open(tokenOf(HEADER, PAYLOAD))
    expect(opened).toMatchObject({
      ok: true,
      value: { header: { alg: 'ES384', kid: '1' }, claims: { iss: 'somebody' }, payload: { iss: 'somebody', more: { x: 1 } } },
    })
    expect(opened.ok && opened.value.jws.signature).toEqual(new Uint8Array(3))
  })

  it.each([
    ['no token', 'abc', 'jws-parts', undefined],
    ['another algorithm', tokenOf('{"alg":"none","kid":"1"}', PAYLOAD), 'token-header', 'alg'],
    ['no key id', tokenOf('{"alg":"ES384"}', PAYLOAD), 'token-header', 'kid'],
    ['a header with a member twice', tokenOf('{"alg":"ES384","kid":"1","kid":"1"}', PAYLOAD), 'jws-header-duplicate-key', undefined],
    ['a payload that is no JSON', tokenOf(HEADER, '{'), 'json-syntax', undefined],
    ['a payload with a member twice', tokenOf(HEADER, '{"iss":"a","iss":"b"}'), 'json-duplicate-key', undefined],
    ['claims of another type', tokenOf(HEADER, '{"iss":1}'), 'token-claims', 'iss'],
    ['claims that are a list', tokenOf(HEADER, '[]'), 'token-claims', 'iss'],
  ])('is refused by name: %s', (_, text, code, path) => {
    const opened = open(text)
    expect(opened).toMatchObject({ ok: false, code })
    if (!opened.ok) expect(opened.path).toBe(path)
  })

  it('is refused, not thrown over, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => open(text).ok === false))
    fc.assert(fc.property(fc.json(), fc.json(), (a, b) => typeof open(tokenOf(a, b)).ok === 'boolean'))
  })
})
