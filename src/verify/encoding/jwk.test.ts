import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeBase64url } from './base64.ts'
import type { JoseAlgorithm } from './jwk.ts'
import { joseKey, parseJwk, parseJwks } from './jwk.ts'

// RFC 8037 appendix A.2.
const OKP = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
// RFC 7517 appendix A.1.
const EC = {
  kty: 'EC',
  crv: 'P-256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
}
const P384 = { kty: 'EC', crv: 'P-384', x: encodeBase64url(new Uint8Array(48).fill(1)), y: encodeBase64url(new Uint8Array(48).fill(2)) }
const RSA = { kty: 'RSA', n: rsaModulus(2048), e: 'AQAB' }

/** An odd number of so many bits. */
function rsaModulus(bits: number): string {
  const octets = new Uint8Array(Math.ceil(bits / 8)).fill(0xff)
  octets[0] = 0xff >> (octets.length * 8 - bits)
  return encodeBase64url(octets)
}

function code(value: unknown): string {
  const parsed = parseJwk(value)
  return parsed.ok ? 'accepted' : parsed.code
}

describe('parseJwk', () => {
  it('reads the three types', () => {
    expect(parseJwk(OKP)).toEqual({ ok: true, value: { kty: 'OKP', crv: 'Ed25519', x: Uint8Array.from(Buffer.from(OKP.x, 'base64url')) } })
    expect(parseJwk({ ...EC, kid: 'k', alg: 'ES256' })).toEqual({
      ok: true,
      value: {
        kty: 'EC',
        crv: 'P-256',
        x: Uint8Array.from(Buffer.from(EC.x, 'base64url')),
        y: Uint8Array.from(Buffer.from(EC.y, 'base64url')),
        kid: 'k',
        alg: 'ES256',
      },
    })
    expect(parseJwk({ ...RSA, use: 'sig', key_ops: ['verify'], 'x5t#S256': 'ignored' })).toEqual({
      ok: true,
      value: { kty: 'RSA', n: Uint8Array.from(Buffer.from(RSA.n, 'base64url')), e: Uint8Array.of(1, 0, 1) },
    })
  })

  it.each([
    [null, 'jwk-object'],
    [[], 'jwk-object'],
    ['{}', 'jwk-object'],
    [{}, 'jwk-member'],
    [{ kty: 7 }, 'jwk-member'],
    [{ kty: 'oct', k: 'AAAA' }, 'jwk-unsupported'],
    [{ kty: 'okp', crv: 'Ed25519', x: OKP.x }, 'jwk-unsupported'],
    [{ ...OKP, crv: 'X25519' }, 'jwk-unsupported'],
    [{ ...OKP, crv: 'Ed448' }, 'jwk-unsupported'],
    [{ ...EC, crv: 'P-521' }, 'jwk-unsupported'],
    [{ ...EC, crv: 'secp256k1' }, 'jwk-unsupported'],
    [{ ...OKP, d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' }, 'jwk-private'],
    [{ ...OKP, d: undefined }, 'jwk-private'],
    [{ ...EC, d: '' }, 'jwk-private'],
    [{ ...RSA, d: 'AQAB' }, 'jwk-private'],
    [{ ...RSA, p: 'AQAB' }, 'jwk-private'],
    [{ ...RSA, oth: [] }, 'jwk-private'],
    [{ ...OKP, use: 'enc' }, 'jwk-use'],
    [{ ...OKP, use: null }, 'jwk-use'],
    [{ ...OKP, key_ops: [] }, 'jwk-use'],
    [{ ...OKP, key_ops: ['encrypt'] }, 'jwk-use'],
    [{ ...OKP, key_ops: 'verify' }, 'jwk-use'],
    [{ ...OKP, use: 'sig', key_ops: ['encrypt'] }, 'jwk-use'],
    [{ ...OKP, kid: 7 }, 'jwk-member'],
    [{ ...OKP, alg: 7 }, 'jwk-member'],
    [{ ...OKP, alg: 'none' }, 'jwk-unsupported'],
    [{ ...OKP, alg: 'HS256' }, 'jwk-unsupported'],
    [{ ...OKP, alg: 'RS256' }, 'jwk-unsupported'],
    [{ ...RSA, alg: 'EdDSA' }, 'jwk-unsupported'],
    [{ ...RSA, alg: 'ES256' }, 'jwk-unsupported'],
    [{ ...EC, alg: 'RS256' }, 'jwk-unsupported'],
    [{ ...EC, alg: 'ES384' }, 'jwk-unsupported'],
    [{ ...OKP, x: undefined }, 'jwk-member'],
    [{ ...OKP, x: `${OKP.x}=` }, 'jwk-base64url'],
    [{ ...OKP, x: OKP.x.replace('_', '/') }, 'jwk-base64url'],
    [{ ...OKP, x: 'A'.repeat(5000) }, 'jwk-base64url'],
    [{ ...OKP, x: OKP.x.slice(0, 40) }, 'jwk-okp-length'],
    [{ ...OKP, x: `${OKP.x}A` }, 'jwk-okp-length'],
    [{ ...EC, x: EC.x.slice(0, 40) }, 'jwk-ec-length'],
    [{ ...EC, y: EC.y.slice(0, 40) }, 'jwk-ec-length'],
    [{ ...EC, crv: 'P-384' }, 'jwk-ec-length'],
    [{ ...EC, y: 1 }, 'jwk-member'],
    [{ ...RSA, n: `AA${RSA.n}`.slice(0, 343) }, 'jwk-base64url'],
    [{ ...RSA, n: encodeBase64url(Uint8Array.of(0, ...new Uint8Array(256).fill(0xff))) }, 'jwk-rsa-modulus'],
    [{ ...RSA, n: encodeBase64url(new Uint8Array(256).fill(0xfe)) }, 'jwk-rsa-modulus'],
    [{ ...RSA, n: '' }, 'jwk-rsa-modulus'],
    [{ ...RSA, n: rsaModulus(2047) }, 'jwk-rsa-size'],
    [{ ...RSA, n: rsaModulus(1024) }, 'jwk-rsa-size'],
    [{ ...RSA, n: rsaModulus(8193) }, 'jwk-rsa-size'],
    [{ ...RSA, n: rsaModulus(2048) }, 'accepted'],
    [{ ...RSA, n: rsaModulus(8192) }, 'accepted'],
    [{ ...RSA, e: 'Aw' }, 'accepted'],
    [{ ...RSA, e: '_____w' }, 'accepted'],
    [{ ...RSA, e: 'AQ' }, 'jwk-rsa-exponent'],
    [{ ...RSA, e: 'Ag' }, 'jwk-rsa-exponent'],
    [{ ...RSA, e: '' }, 'jwk-rsa-exponent'],
    [{ ...RSA, e: 'AAEAAQ' }, 'jwk-rsa-exponent'],
    [{ ...RSA, e: 'AQAAAAE' }, 'jwk-rsa-exponent'],
    [{ ...RSA, e: 65537 }, 'jwk-member'],
  ])('gives the right code for %j', (value, expected) => {
    expect(code(value)).toBe(expected)
  })

  it('never throws', () => {
    const member = fc.oneof(fc.constantFrom('OKP', 'EC', 'RSA', 'Ed25519', 'P-256', OKP.x, RSA.n, 'AQAB'), fc.jsonValue())
    const likely = fc.dictionary(fc.constantFrom('kty', 'crv', 'x', 'y', 'n', 'e', 'd', 'use', 'key_ops', 'alg', 'kid'), member)
    fc.assert(
      fc.property(fc.oneof(likely, fc.jsonValue(), fc.anything()), (value) => typeof parseJwk(value).ok === 'boolean'),
      { numRuns: 1000 },
    )
  })
})

describe('joseKey', () => {
  const bindings: readonly [object, JoseAlgorithm][] = [
    [OKP, 'EdDSA'],
    [OKP, 'Ed25519'],
    [EC, 'ES256'],
    [P384, 'ES384'],
    [RSA, 'RS256'],
    [RSA, 'RS384'],
    [RSA, 'RS512'],
    [RSA, 'PS256'],
    [RSA, 'PS384'],
    [RSA, 'PS512'],
  ]
  const algorithms = bindings.map(([, alg]) => alg)

  it('binds a key without alg to the algorithms of its type, and to no other', () => {
    for (const value of [OKP, EC, P384, RSA]) {
      const jwk = parseJwk(value)
      const bound = algorithms.filter((alg) => jwk.ok && joseKey(jwk.value, alg) !== undefined)
      expect(bound).toEqual(bindings.filter(([key]) => key === value).map(([, alg]) => alg))
    }
  })

  it('binds a key with alg to that alone', () => {
    for (const [value, named] of bindings) {
      const jwk = parseJwk({ ...value, alg: named })
      expect(algorithms.filter((alg) => jwk.ok && joseKey(jwk.value, alg)?.alg === alg)).toEqual([named])
    }
  })
})

describe('parseJwks', () => {
  function parse(...keys: unknown[]) {
    return parseJwks(JSON.stringify({ keys }))
  }

  it('leaves out keys that are not ours', () => {
    const others = [
      { kty: 'oct', k: 'AAAA' },
      { ...OKP, crv: 'X25519' },
      { ...RSA, use: 'enc' },
      { ...RSA, alg: 'RSA-OAEP' },
      { ...RSA, n: rsaModulus(1024) },
      { ...OKP, d: 'AAAA' },
      { ...OKP, x: 'AA' },
      { ...OKP, kid: 1 },
      7,
      null,
    ]
    const parsed = parse(...others, { ...EC, kid: 'a' }, { ...OKP, kid: 'b' })
    expect(parsed.ok && parsed.value.map((key) => key.kid)).toEqual(['a', 'b'])
    expect(parse()).toEqual({ ok: true, value: [] })
  })

  it('takes no key by a name that two have', () => {
    const parsed = parse({ ...OKP, kid: 'a' }, { ...EC, kid: 'b' }, { kty: 'oct', kid: 'a' }, { ...EC, kid: 'c' }, { ...OKP, kid: 'c' })
    expect(parsed.ok && parsed.value.map((key) => key.kid)).toEqual(['b'])
  })

  it('reads a set with numbers and texts that nobody reads', () => {
    expect(parseJwks(`{"keys":[${JSON.stringify({ ...OKP, kid: 'a' })}],"exp":18446744073709551615,"note":"\\ud800"}`)).toMatchObject({
      ok: true,
      value: [{ kid: 'a' }],
    })
  })

  it.each([
    ['{"keys":[],"keys":[]}', 'json-duplicate-key'],
    ['{"keys":', 'json-syntax'],
    ['[]', 'jwks-keys'],
    ['{}', 'jwks-keys'],
    ['{"keys":{}}', 'jwks-keys'],
    [JSON.stringify({ keys: Array.from({ length: 101 }, () => OKP) }), 'jwks-too-many'],
  ])('refuses %.60s', (text, expected) => {
    expect(parseJwks(text)).toMatchObject({ ok: false, code: expected })
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => typeof parseJwks(text).ok === 'boolean'))
  })
})
