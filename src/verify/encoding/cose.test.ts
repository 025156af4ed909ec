import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Cbor, cbor, Raw } from '../../../test/simulator/cbor.ts'
import { flipBit, join, octets } from '../../../test/simulator/octets.ts'
import { type CoseKey, parseCoseSign1, verifyCoseSign1 } from './cose.ts'

type Pair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
const PAYLOAD = octets([1, 2, 3])
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const P384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const ED25519 = generateKeyPairSync('ed25519')
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 })

const keyOf = (alg: CoseKey['alg'], { publicKey }: Pair): CoseKey => ({
  alg,
  spki: octets(publicKey.export({ type: 'spki', format: 'der' })),
})
const toBeSigned = (header: Uint8Array, aad: Uint8Array = octets([])) => cbor(['Signature1', header, aad, PAYLOAD])

function ecdsa(hash: string, { privateKey }: Pair) {
  return (message: Uint8Array) => sign(hash, message, { key: privateKey, dsaEncoding: 'ieee-p1363' })
}
function pss(message: Uint8Array): Uint8Array {
  return sign('sha256', message, { key: RSA.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
}
const eddsa = (message: Uint8Array) => sign(null, message, ED25519.privateKey)

function message(algorithm: number, signer: (message: Uint8Array) => Uint8Array, aad?: Uint8Array) {
  const header = cbor(new Map([[1, algorithm]]))
  return cbor([header, new Map(), PAYLOAD, octets(signer(toBeSigned(header, aad)))])
}

async function verified(input: Uint8Array, key: CoseKey, aad?: Uint8Array): Promise<string> {
  const parsed = parseCoseSign1(octets(input), 'either')
  if (!parsed.ok) return parsed.code
  const verdict = await verifyCoseSign1(parsed.value, key, aad === undefined ? undefined : octets(aad))
  return verdict.ok ? 'valid' : verdict.code
}

describe('COSE_Sign1', () => {
  const signers = [
    ['ES256', message(-7, ecdsa('sha256', P256)), keyOf('ES256', P256)],
    ['ES384', message(-35, ecdsa('sha384', P384)), keyOf('ES384', P384)],
    ['EdDSA', message(-8, eddsa), keyOf('EdDSA', ED25519)],
    ['PS256', message(-37, pss), keyOf('PS256', RSA)],
  ] as const

  it.each(signers)('%s verifies under its key, and with a flipped bit it does not', async (_, input, key) => {
    expect(await verified(input, key)).toBe('valid')
    expect(await verified(flipBit(input), key)).toBe('signature-invalid')
  })

  it('takes the algorithm from the key: a message that names another is refused', async () => {
    for (const [alg, , key] of signers) {
      for (const [other, input] of signers) {
        if (other !== alg) expect(await verified(input, key)).toBe('cose-algorithm')
      }
    }
  })

  it('takes ES256 on P-256 and ES384 on P-384 only', async () => {
    expect(await verified(message(-7, ecdsa('sha256', P384)), keyOf('ES256', P384))).toBe('key-does-not-fit')
    expect(await verified(message(-35, ecdsa('sha384', P256)), keyOf('ES384', P256))).toBe('key-does-not-fit')
    expect(await verified(message(-7, ecdsa('sha256', P256)), keyOf('ES256', RSA))).toBe('key-does-not-fit')
  })

  it('takes r ‖ s at full length, no DER', async () => {
    const der = message(-7, (input) => sign('sha256', input, P256.privateKey))
    expect(await verified(der, keyOf('ES256', P256))).toBe('signature-malformed')
  })

  it('signs what goes along from outside', async () => {
    const input = message(-7, ecdsa('sha256', P256), octets([9]))
    expect(await verified(input, keyOf('ES256', P256), octets([9]))).toBe('valid')
    expect(await verified(input, keyOf('ES256', P256))).toBe('signature-invalid')
  })

  it('covers the protected header as received, in whatever order it stands', async () => {
    const header = cbor(
      new Map<number, Cbor>([
        [4, octets([1])],
        [1, -7],
      ]),
    )
    const input = cbor([header, new Map(), PAYLOAD, octets(ecdsa('sha256', P256)(toBeSigned(header)))])
    expect(await verified(input, keyOf('ES256', P256))).toBe('valid')
  })

  it('finds no algorithm but in the protected header', async () => {
    for (const header of [octets([]), octets([0xa0])]) {
      const input = cbor([header, new Map([[1, -7]]), PAYLOAD, octets(ecdsa('sha256', P256)(toBeSigned(header)))])
      expect(await verified(input, keyOf('ES256', P256))).toBe('cose-algorithm')
    }
  })

  it('has its tag, or has it not, as the format says', () => {
    const untagged = message(-7, ecdsa('sha256', P256))
    const tagged = join(octets([0xd2]), untagged)
    const code = (input: Uint8Array, tag: 'tagged' | 'untagged' | 'either') => {
      const parsed = parseCoseSign1(octets(input), tag)
      return parsed.ok ? 'parsed' : parsed.code
    }
    expect([code(tagged, 'tagged'), code(tagged, 'either'), code(tagged, 'untagged')]).toEqual(['parsed', 'parsed', 'cose-tagged'])
    expect([code(untagged, 'untagged'), code(untagged, 'either'), code(untagged, 'tagged')]).toEqual(['parsed', 'parsed', 'cose-untagged'])
    expect(code(join(octets([0xd2]), tagged), 'either')).toBe('cbor-type')
    expect(code(join(octets([0xd8, 0x12]), untagged), 'either')).toBe('cbor-malformed')
    expect(code(join(octets([0xd1]), untagged), 'either')).toBe('cbor-type')
  })

  const empty = new Map()
  const header = cbor(new Map([[1, -7]]))
  const signature = new Uint8Array(64)
  it.each<[string, Cbor, string]>([
    ['a map', empty, 'cose-structure'],
    ['three parts', [header, empty, PAYLOAD], 'cose-structure'],
    ['five parts', [header, empty, PAYLOAD, signature, 0], 'cose-structure'],
    ['a protected header that is no octet string', [new Map([[1, -7]]), empty, PAYLOAD, signature], 'cose-structure'],
    ['a protected header that is no map', [cbor([1, -7]), empty, PAYLOAD, signature], 'cose-protected-header'],
    ['a protected header with octets behind it', [join(header, octets([0])), empty, PAYLOAD, signature], 'cose-protected-header'],
    ['a protected header with a label twice', [octets([0xa2, 1, 0x26, 1, 0x26]), empty, PAYLOAD, signature], 'cose-protected-header'],
    ['an unprotected header that is octets', [header, octets([]), PAYLOAD, signature], 'cose-structure'],
    ['a payload that is elsewhere', [header, empty, null, signature], 'cose-detached'],
    ['a payload that is text', [header, empty, 'text', signature], 'cose-structure'],
    ['a signature that is text', [header, empty, PAYLOAD, 'text'], 'cose-structure'],
    ['a label in both headers', [header, new Map([[1, -7]]), PAYLOAD, signature], 'cose-duplicate-label'],
    [
      'crit',
      [
        cbor(
          new Map<number, Cbor>([
            [1, -7],
            [2, [new Raw(octets([4]))]],
          ]),
        ),
        empty,
        PAYLOAD,
        signature,
      ],
      'cose-critical',
    ],
    ['crit where it is not protected', [header, new Map([[2, [4]]]), PAYLOAD, signature], 'cose-critical'],
  ])('refuses %s', (_, value, code) => {
    expect(parseCoseSign1(cbor(value), 'either')).toMatchObject({ ok: false, code })
  })
})
