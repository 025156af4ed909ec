import { createHash } from 'node:crypto'
import { type Edits, edit, type Json, type JsonObject } from './json.ts'
import { compact, signJws } from './jws.ts'
import { makeKey, type SigningKey, sign } from './keys.ts'
import { base64url, flipBit, hex, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

export const MAA_ISSUER = 'https://harborgateway.weu.attest.azure.net'

export type MaaKnobs = {
  readonly seed?: string
  readonly issuer?: string
  /** What the containers claim about themselves: `x-ms-runtime`. */
  readonly runtime?: JsonObject
  /** Report data in place of the honest one, made from the text of the runtime claims: hexadecimal. */
  readonly reportData?: string
  readonly header?: Edits
  readonly claims?: Edits
  /** Changes the payload's text before it is signed: spaces, members that come twice, no JSON at all. */
  readonly payload?: (text: string) => string
  readonly signWith?: SigningKey
  readonly signature?: 'intact' | 'flipped'
}

export type MaaToken = { readonly token: string; readonly issuer: string; readonly jwksText: string }

const LIFETIME_SECONDS = 28_800
/** Length of a certificate with an SGX quote in it, as the real signer's: about 30 KB. */
const CERTIFICATE_OCTETS = 30_540

/**
 * A token of Microsoft Azure Attestation about confidential containers on AMD SEV-SNP, with the members of the real one in its order, and the
 * keys of the instance that signed it.
 */
export function makeMaaToken(at: Date, knobs: MaaKnobs = {}): MaaToken {
  const { seed = DEFAULT_SEED, issuer = MAA_ISSUER } = knobs
  const key = maaKey(seed)
  const kid = `${base64url(randomFrom(`${seed}/maa/kid`)(32))}=`
  const header = edit({ alg: 'RS256', jku: `${issuer}/certs`, kid, typ: 'JWT' }, knobs.header)
  const text = JSON.stringify(edit(maaClaims(at, issuer, seed, knobs), knobs.claims))
  const token = compact(
    signJws(JSON.stringify(header), knobs.payload?.(text) ?? text, (input) => {
      const signature = sign(knobs.signWith ?? key, 'sha256', input)
      return knobs.signature === 'flipped' ? flipBit(signature) : signature
    }),
  )
  const other = { kid: `${base64url(randomFrom('maa/other')(32))}=`, key: makeKey('rsa-2048', 'another-maa-key') }
  return { token, issuer, jwksText: maaJwks([{ kid, key }, other]) }
}

/** The key of the simulated instance, for those who sign something else with it. */
export function maaKey(seed: string = DEFAULT_SEED): SigningKey {
  return makeKey('rsa-2048', `${seed}/maa`)
}

/** `GET <instance>/certs`: RFC 7517 section 5, with certificates that nobody reads. */
function maaJwks(keys: readonly { readonly kid: string; readonly key: SigningKey }[]): string {
  const jwks = keys.map(({ kid, key }): JsonObject => {
    const { n = '', e = '' } = key.publicKey.export({ format: 'jwk' })
    const certificate = Buffer.alloc(CERTIFICATE_OCTETS, 0x30).toString('base64')
    return { alg: 'RS256', kty: 'RSA', use: 'sig', x5c: [certificate], n, e, kid }
  })
  return JSON.stringify({ keys: jwks })
}

/** Runtime claims of a gateway, in the real order; `receipt_key_fp` comes on top where a receipt key is committed to. */
export function maaRuntime(receiptKeyCommitment?: string): JsonObject {
  const random = randomFrom('maa/runtime')
  return {
    channel_binding: hex(random(32)),
    device_hash: hex(random(32)),
    leaf_fp: hex(random(32)),
    nonce: hex(random(16)),
    ...(receiptKeyCommitment === undefined ? {} : { receipt_key_fp: receiptKeyCommitment }),
  }
}

function maaClaims(at: Date, issuer: string, seed: string, { runtime = maaRuntime(), reportData }: MaaKnobs): JsonObject {
  const iat = Math.floor(at.getTime() / 1000)
  const random = randomFrom(`${seed}/maa/claims`)
  const snp = (name: string, value: Json): JsonObject => ({ [`x-ms-sevsnpvm-${name}`]: value })
  const measurement = hex(random(48))
  return {
    exp: iat + LIFETIME_SECONDS,
    iat,
    iss: issuer,
    jti: hex(random(32)),
    nbf: iat,
    nonce: '4037200794235010051',
    'x-ms-attestation-type': 'sevsnpvm',
    'x-ms-compliance-status': 'azure-compliant-uvm',
    'x-ms-policy-hash': base64url(random(32)),
    'x-ms-runtime': runtime,
    ...snp('authorkeydigest', '0'.repeat(96)),
    ...snp('bootloader-svn', 10),
    ...snp('chip-family', 'Genoa'),
    ...snp('chipid', hex(random(64))),
    ...snp('ciphertext-hiding-dram-enabled', false),
    ...snp('cxl-allowed', false),
    ...snp('familyId', '01'.padEnd(32, '0')),
    ...snp('guestsvn', 2),
    ...snp('hostdata', hex(random(32))),
    ...snp('idkeydigest', hex(random(48))),
    ...snp('imageId', '02'.padEnd(32, '0')),
    ...snp('is-debuggable', false),
    ...snp('launchmeasurement', measurement),
    ...snp('mem-aes256-xts-required', false),
    ...snp('microcode-svn', 88),
    ...snp('migration-allowed', false),
    ...snp('page-swap-disabled', false),
    ...snp('rapl-disabled', false),
    ...snp('reportdata', reportData ?? reportDataOf(JSON.stringify(runtime))),
    ...snp('reportid', hex(random(32))),
    ...snp('singlesocket', false),
    ...snp('smt-allowed', true),
    ...snp('snpfw-svn', 27),
    ...snp('tee-svn', 0),
    ...snp('uvm-endorsement', { ...snp('guestsvn', '104'), ...snp('guestsvn-int', 104), ...snp('launchmeasurement', measurement) }),
    ...snp('uvm-endorsement-headers', { feed: 'ContainerPlat-AMD-UVM', iss: 'did:x509:0:sha256:simulated::eku:1.3.6.1.4.1.311.76.59.1.2' }),
    ...snp('vmpl', 0),
    'x-ms-ver': '1.0',
  }
}

/** SHA-256 of the text, and 32 octets of zeros. */
export function reportDataOf(text: string): string {
  return hex(octets(createHash('sha256').update(utf8(text)).digest())).padEnd(128, '0')
}
