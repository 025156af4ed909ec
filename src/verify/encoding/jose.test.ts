import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { encodeBase64url } from './base64.ts'
import type { Bytes } from './bytes.ts'
import { type JoseAlgorithm, type JoseKey, type Jws, joseKey, parseCompactJws, parseFlattenedJws, parseJwk, verifyJws } from './jose.ts'
import { encodeUtf8 } from './utf8.ts'

// RFC 8037 appendix A.4: an Ed25519 signature of "Example of Ed25519 signing".
const RFC_8037_KEY = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
const RFC_8037_PARTS = [
  'eyJhbGciOiJFZERTQSJ9',
  'RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc',
  'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
] as const
const RFC_8037 = RFC_8037_PARTS.join('.')

const PARAMETERS: Readonly<
  Record<JoseAlgorithm, { generate: EcKeyGenParams | RsaHashedKeyGenParams | Algorithm; sign: EcdsaParams | RsaPssParams | Algorithm }>
> = {
  EdDSA: { generate: { name: 'Ed25519' }, sign: { name: 'Ed25519' } },
  Ed25519: { generate: { name: 'Ed25519' }, sign: { name: 'Ed25519' } },
  ES256: ecdsa('P-256', 'SHA-256'),
  ES384: ecdsa('P-384', 'SHA-384'),
  RS256: rsa('RSASSA-PKCS1-v1_5', 'SHA-256'),
  RS384: rsa('RSASSA-PKCS1-v1_5', 'SHA-384'),
  RS512: rsa('RSASSA-PKCS1-v1_5', 'SHA-512'),
  PS256: rsa('RSA-PSS', 'SHA-256', 32),
  PS384: rsa('RSA-PSS', 'SHA-384', 48),
  PS512: rsa('RSA-PSS', 'SHA-512', 64),
}
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const

function ecdsa(namedCurve: string, hash: string) {
  return { generate: { name: 'ECDSA', namedCurve }, sign: { name: 'ECDSA', hash } }
}

function rsa(name: string, hash: string, saltLength = 0) {
  return { generate: { name, hash, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) }, sign: { name, saltLength } }
}

type Signer = { readonly key: JoseKey; sign(header: object, payload: Bytes, salt?: number): Promise<string> }

/** Another key of the same kind: one that was imported before is not imported again. */
function unseen(key: JoseKey): JoseKey {
  const other = (octets: Bytes) => octets.map((octet, index) => (index === 7 ? octet ^ 1 : octet))
  switch (key.alg) {
    case 'EdDSA':
    case 'Ed25519':
      return { alg: key.alg, jwk: { ...key.jwk, x: other(key.jwk.x) } }
    case 'ES256':
    case 'ES384':
      return { alg: key.alg, jwk: { ...key.jwk, x: other(key.jwk.x) } }
    default:
      return { alg: key.alg, jwk: { ...key.jwk, n: other(key.jwk.n) } }
  }
}

async function makeSigner(alg: JoseAlgorithm): Promise<Signer> {
  const pair = await crypto.subtle.generateKey(PARAMETERS[alg].generate, true, ['sign', 'verify'])
  if (!('publicKey' in pair)) throw new Error('a pair was asked for')
  const { alg: _engineName, key_ops: _operations, ...exported } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const jwk = parseJwk(exported)
  const key = jwk.ok ? joseKey(jwk.value, alg) : undefined
  if (key === undefined) throw new Error('the exported key does not parse')
  return {
    key,
    async sign(header, payload, saltLength) {
      const input = `${part(JSON.stringify(header))}.${encodeBase64url(payload)}`
      const parameters = saltLength === undefined ? PARAMETERS[alg].sign : { ...PARAMETERS[alg].sign, saltLength }
      return `${input}.${encodeBase64url(new Uint8Array(await crypto.subtle.sign(parameters, pair.privateKey, encodeUtf8(input))))}`
    },
  }
}

function part(text: string): string {
  return encodeBase64url(encodeUtf8(text))
}

function parsed(compact: string): Jws {
  const jws = parseCompactJws(compact)
  if (!jws.ok) throw new Error(jws.code)
  return jws.value
}

function rfcKey(alg: 'EdDSA' | 'Ed25519'): JoseKey {
  const jwk = parseJwk(RFC_8037_KEY)
  const key = jwk.ok ? joseKey(jwk.value, alg) : undefined
  if (key === undefined) throw new Error('the key of RFC 8037 does not parse')
  return key
}

const signers = new Map<JoseAlgorithm, Signer>()
function signer(alg: JoseAlgorithm): Signer {
  const found = signers.get(alg)
  if (found === undefined) throw new Error(alg)
  return found
}

beforeAll(async () => {
  for (const alg of ALGORITHMS) signers.set(alg, await makeSigner(alg))
})
afterEach(() => vi.restoreAllMocks())

describe('parseCompactJws', () => {
  it('takes the example of RFC 8037 apart', () => {
    expect(parseCompactJws(RFC_8037)).toEqual({
      ok: true,
      value: {
        protectedText: '{"alg":"EdDSA"}',
        header: { alg: 'EdDSA' },
        payloadBytes: encodeUtf8('Example of Ed25519 signing'),
        signature: Uint8Array.from(Buffer.from(RFC_8037_PARTS[2], 'base64url')),
        signingInput: encodeUtf8(`${RFC_8037_PARTS[0]}.${RFC_8037_PARTS[1]}`),
      },
    })
  })

  it.each([
    ['', 'jws-parts'],
    ['a', 'jws-parts'],
    ['a.b', 'jws-parts'],
    [`${RFC_8037}.`, 'jws-parts'],
    [`${RFC_8037}.a.b`, 'jws-parts'],
    [`.${RFC_8037}`, 'jws-parts'],
    [` ${RFC_8037}`, 'jws-base64url'],
    [`${RFC_8037}\n`, 'jws-base64url'],
    [`${RFC_8037}=`, 'jws-base64url'],
    [RFC_8037.replace('.', '?.'), 'jws-base64url'],
    [`${RFC_8037_PARTS[0]}.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd.${RFC_8037_PARTS[2]}`, 'jws-base64url'],
    [`${RFC_8037.slice(0, -1)}h`, 'jws-base64url'],
    ['..', 'jws-header'],
    [`${encodeBase64url(Uint8Array.of(0x22, 0xff, 0x22))}..`, 'jws-header'],
    [`${part('\ufeff{"alg":"EdDSA"}')}..`, 'jws-header'],
    [`${part('{"alg":"EdDSA"')}..`, 'jws-header'],
    [`${part('[]')}..`, 'jws-header'],
    [`${part('"alg"')}..`, 'jws-header'],
    [`${part('{"alg":"EdDSA","alg":"EdDSA"}')}..`, 'jws-header-duplicate-key'],
    [`${part('{"alg":"none","\\u0061lg":"EdDSA"}')}..`, 'jws-header-duplicate-key'],
    [`${part('{"alg":"EdDSA","jwk":{"x":"a","x":"b"}}')}..`, 'jws-header-duplicate-key'],
    [`${part('{}')}..`, 'jws-alg'],
    [`${part('{"alg":7}')}..`, 'jws-alg'],
    [`${part('{"alg":["EdDSA"]}')}..`, 'jws-alg'],
    [`${part('{"alg":"EdDSA","crit":["exp"],"exp":1}')}..`, 'jws-crit'],
    [`${part('{"alg":"EdDSA","crit":[]}')}..`, 'jws-crit'],
    [`${part('{"alg":"EdDSA","crit":null}')}..`, 'jws-crit'],
    [`${part('{"alg":"EdDSA","b64":false}')}..`, 'jws-b64'],
    [`${part('{"alg":"EdDSA","b64":true}')}..`, 'jws-b64'],
    ['a'.repeat(1024 * 1024 + 1), 'jws-too-large'],
  ])('refuses %.60j', (text, code) => {
    expect(parseCompactJws(text)).toMatchObject({ ok: false, code })
  })

  it('never throws', () => {
    const likely = fc.string({ unit: fc.constantFrom('.', 'A', '_', '=', ...RFC_8037_PARTS), maxLength: 8 })
    fc.assert(fc.property(fc.oneof(fc.string(), likely), (text) => typeof parseCompactJws(text).ok === 'boolean'))
  })
})

describe('parseFlattenedJws', () => {
  const [protectedHeader, payload, signature] = RFC_8037_PARTS
  const flattened = { protected: protectedHeader, payload, signature }

  it('gives what the compact form gives, other members ignored', () => {
    expect(parseFlattenedJws(flattened)).toEqual(parseCompactJws(RFC_8037))
    expect(parseFlattenedJws({ ...flattened, comment: 'unsigned' })).toEqual(parseCompactJws(RFC_8037))
  })

  it.each([
    [null, 'jws-object'],
    [[flattened], 'jws-object'],
    [RFC_8037, 'jws-object'],
    [{ ...flattened, header: { alg: 'EdDSA' } }, 'jws-unprotected-header'],
    [{ ...flattened, header: {} }, 'jws-unprotected-header'],
    [{ ...flattened, header: undefined }, 'jws-unprotected-header'],
    [{ payload, signatures: [flattened] }, 'jws-member'],
    [{ ...flattened, signatures: [] }, 'jws-member'],
    [{ payload, signature }, 'jws-member'],
    [{ protected: protectedHeader, signature }, 'jws-member'],
    [{ protected: protectedHeader, payload }, 'jws-member'],
    [{ ...flattened, protected: { alg: 'EdDSA' } }, 'jws-member'],
    [{ ...flattened, payload: 7 }, 'jws-member'],
    [{ ...flattened, signature: null }, 'jws-member'],
    [{ ...flattened, payload: `${payload}=` }, 'jws-base64url'],
    [{ ...flattened, protected: `${protectedHeader}.x` }, 'jws-base64url'],
    [{ ...flattened, protected: part('{"alg":"EdDSA","crit":["b64"],"b64":false}') }, 'jws-crit'],
    [{ ...flattened, payload: 'A'.repeat(1024 * 1024) }, 'jws-too-large'],
  ])('refuses %.80j', (json, code) => {
    expect(parseFlattenedJws(json)).toMatchObject({ ok: false, code })
  })

  it('never throws', () => {
    const likely = fc.dictionary(
      fc.constantFrom('protected', 'payload', 'signature', 'header', 'signatures'),
      fc.oneof(fc.constantFrom(...RFC_8037_PARTS), fc.jsonValue()),
    )
    fc.assert(fc.property(fc.oneof(likely, fc.anything()), (json) => typeof parseFlattenedJws(json).ok === 'boolean'))
  })
})

describe('verifyJws', () => {
  it('accepts the example of RFC 8037, under the name that it uses', async () => {
    expect(await verifyJws(parsed(RFC_8037), rfcKey('EdDSA'))).toBe(true)
    expect(await verifyJws(parsed(RFC_8037), rfcKey('Ed25519'))).toBe(false)
  })

  it.each(ALGORITHMS)('accepts %s, and nothing with a bit flipped', async (alg) => {
    const { key, sign } = signer(alg)
    const compact = await sign({ alg }, encodeUtf8('payload'))
    expect(await verifyJws(parsed(compact), key)).toBe(true)
    const jws = parsed(compact)
    for (const position of [0, 1, jws.signature.length / 2, jws.signature.length - 1]) {
      const signature = jws.signature.map((byte, index) => (index === position ? byte ^ 1 : byte))
      expect(await verifyJws({ ...jws, signature }, key)).toBe(false)
    }
    expect(await verifyJws({ ...jws, signature: new Uint8Array(0) }, key)).toBe(false)
    expect(await verifyJws({ ...jws, signature: new Uint8Array(jws.signature.length) }, key)).toBe(false)
    expect(await verifyJws({ ...jws, signature: Uint8Array.of(...jws.signature, 0) }, key)).toBe(false)
    expect(await verifyJws({ ...jws, signature: Uint8Array.of(0, ...jws.signature) }, key)).toBe(false)
    const [header, , signature] = compact.split('.')
    expect(await verifyJws(parsed(`${header}.${part('other')}.${signature}`), key)).toBe(false)
    expect(await verifyJws(parsed(`${part(`{"alg":"${alg}" }`)}.${part('payload')}.${signature}`), key)).toBe(false)
  })

  it('lets the key, not the message, choose the algorithm', async () => {
    for (const signedAs of ALGORITHMS) {
      const { key, sign } = signer(signedAs)
      for (const claimed of [...ALGORITHMS.filter((alg) => alg !== signedAs), 'none', 'HS256', signedAs.toLowerCase()]) {
        expect(await verifyJws(parsed(await sign({ alg: claimed }, encodeUtf8('payload'))), key)).toBe(false)
      }
    }
  })

  it('takes no key out of the message', async () => {
    const attacker = signer('EdDSA')
    const compact = await attacker.sign(
      { alg: 'EdDSA', jwk: RFC_8037_KEY, kid: 'k', jku: 'https://attacker.example/jwks' },
      encodeUtf8('payload'),
    )
    expect(await verifyJws(parsed(compact), rfcKey('EdDSA'))).toBe(false)
  })

  it('demands a PSS salt as long as the hash', async () => {
    for (const [alg, length] of [
      ['PS256', 32],
      ['PS384', 48],
      ['PS512', 64],
    ] as const) {
      const { key, sign } = signer(alg)
      expect(await verifyJws(parsed(await sign({ alg }, encodeUtf8('payload'), length)), key)).toBe(true)
      for (const other of [0, 20, length - 1, length + 1]) {
        expect(await verifyJws(parsed(await sign({ alg }, encodeUtf8('payload'), other)), key)).toBe(false)
      }
    }
  })

  it('gives false for a key that is not on its curve', async () => {
    const { key, sign } = signer('ES256')
    if (key.alg !== 'ES256') throw new Error(key.alg)
    const offCurve: JoseKey = { alg: 'ES256', jwk: { ...key.jwk, y: key.jwk.y.map((byte, index) => (index === 31 ? byte ^ 1 : byte)) } }
    expect(await verifyJws(parsed(await sign({ alg: 'ES256' }, encodeUtf8('payload'))), offCurve)).toBe(false)
  })

  it('rejects, and does not say false, where the engine cannot check', async () => {
    const signed = new Map<JoseAlgorithm, Jws>()
    for (const alg of ALGORITHMS) signed.set(alg, parsed(await signer(alg).sign({ alg }, encodeUtf8('payload'))))
    vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new DOMException('no such algorithm', 'NotSupportedError'))
    for (const [alg, jws] of signed) await expect(verifyJws(jws, unseen(signer(alg).key))).rejects.toThrow('no such algorithm')
  })
})
