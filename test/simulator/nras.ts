import { createHash, sign as nodeSign } from 'node:crypto'
import { type Edits, edit, type Json, type JsonObject } from './json.ts'
import { compact, signJws } from './jws.ts'
import { makeKey, type SigningKey } from './keys.ts'
import { base64url, flipBit, hex, octets } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

export const NRAS_ISSUER = 'https://nras.attestation.nvidia.com'

export type NrasKnobs = {
  readonly seed?: string
  /** What the devices are called. Default: one GPU. */
  readonly devices?: readonly string[]
  /** `3.0` tokens say of each chain of certificates whether it was withdrawn; `2.0` ones do not. */
  readonly version?: '2.0' | '3.0'
  readonly nonce?: string
  readonly header?: Edits
  readonly overall?: Edits
  /** Changes to the claims and header of the first device. */
  readonly device?: Edits
  readonly deviceHeader?: Edits
  /** Changes a device's token once its digest was taken. */
  readonly swap?: (token: string, name: string) => string
  /** Tokens beside the overall one, in place of the honest ones. */
  readonly beside?: (tokens: JsonObject) => JsonObject
  readonly signWith?: SigningKey
  readonly deviceSignWith?: SigningKey
  readonly signature?: 'intact' | 'flipped'
  readonly deviceSignature?: 'intact' | 'flipped'
}

export type NrasReply = { readonly text: string; readonly issuer: string; readonly jwksText: string; readonly nonce: string }

const LIFETIME_SECONDS = 3600

/** The reply of NVIDIA's service to `POST /v3/attest/gpu`, with the members of the real one in its order, and its keys of that hour. */
export function makeNrasReply(at: Date, knobs: NrasKnobs = {}): NrasReply {
  const { seed = DEFAULT_SEED, devices = ['GPU-0'], nonce = hex(randomFrom('nras/nonce')(32)) } = knobs
  const key = nrasKey(seed)
  const kid = `nv-eat-kid-prod-20261116051232363-${hex(randomFrom(`${seed}/nras/kid`)(8))}`
  const header: JsonObject = { kid, alg: 'ES384' }
  const sign = (signWith: SigningKey, how: NrasKnobs['signature']) => (input: Uint8Array) => {
    const signature = octets(nodeSign('sha384', input, { key: signWith.privateKey, dsaEncoding: 'ieee-p1363' }))
    return how === 'flipped' ? flipBit(signature) : signature
  }
  const tokens = devices.map((name, index): readonly [string, string] => {
    const edits = index === 0 ? knobs : {}
    const claims = edit(deviceClaims(at, name, nonce, seed, knobs.version ?? '3.0'), edits.device)
    const headerText = JSON.stringify(edit(header, edits.deviceHeader))
    return [name, compact(signJws(headerText, JSON.stringify(claims), sign(edits.deviceSignWith ?? key, edits.deviceSignature)))]
  })
  const digests = tokens.map(([name, token]): readonly [string, Json] => [name, ['DIGEST', ['SHA-256', sha256(token)]]])
  const overall = edit(overallClaims(at, nonce, Object.fromEntries(digests), knobs.version ?? '3.0', seed), knobs.overall)
  const overallToken = compact(
    signJws(JSON.stringify(edit(header, knobs.header)), JSON.stringify(overall), sign(knobs.signWith ?? key, knobs.signature)),
  )
  const shown: JsonObject = Object.fromEntries(tokens.map(([name, token]) => [name, knobs.swap?.(token, name) ?? token]))
  return {
    text: JSON.stringify([['JWT', overallToken], knobs.beside?.(shown) ?? shown]),
    issuer: NRAS_ISSUER,
    jwksText: jwksOf([
      { kid, key },
      { kid: 'nv-eat-kid-prod-another', key: makeKey('ec-p384', 'another-nras-key') },
    ]),
    nonce,
  }
}

/** The key of the simulated service, for those who sign something else with it. */
export function nrasKey(seed: string = DEFAULT_SEED): SigningKey {
  return makeKey('ec-p384', `${seed}/nras`)
}

/** RFC 7517 section 5; the certificates beside the keys are read by nobody. */
function jwksOf(keys: readonly { readonly kid: string; readonly key: SigningKey }[]): string {
  const jwks = keys.map(({ kid, key }): JsonObject => {
    const { x = '', y = '' } = key.publicKey.export({ format: 'jwk' })
    return { kty: 'EC', use: 'sig', crv: 'P-384', alg: 'ES384', kid, x5c: [base64url('certificate')], x, y }
  })
  return JSON.stringify({ keys: jwks })
}

function overallClaims(at: Date, nonce: string, submods: JsonObject, version: string, seed: string): JsonObject {
  const iat = Math.floor(at.getTime() / 1000)
  return {
    sub: 'NVIDIA-PLATFORM-ATTESTATION',
    'x-nvidia-ver': version,
    nbf: iat,
    iss: NRAS_ISSUER,
    'x-nvidia-overall-att-result': true,
    submods,
    eat_nonce: nonce,
    exp: iat + LIFETIME_SECONDS,
    iat,
    jti: hex(randomFrom(`${seed}/nras/jti`)(16)),
  }
}

function deviceClaims(at: Date, name: string, nonce: string, seed: string, version: '2.0' | '3.0'): JsonObject {
  return name.startsWith('GPU') ? gpuClaims(at, name, nonce, seed, version) : switchClaims(at, name, nonce, seed)
}

/** Version 2.0 and 3.0 differ in how they speak of certificates. */
function gpuClaims(at: Date, name: string, nonce: string, seed: string, version: '2.0' | '3.0'): JsonObject {
  const iat = Math.floor(at.getTime() / 1000)
  const gpu = (claim: string, value: Json): JsonObject => ({ [`x-nvidia-gpu-${claim}`]: value })
  const old = (claim: string): JsonObject => (version === '2.0' ? gpu(claim, true) : {})
  const recent = (claim: string, value: Json): JsonObject => (version === '3.0' ? gpu(claim, value) : {})
  const common = { iat, ...identity(name, seed) }
  return {
    ...gpu('driver-rim-schema-validated', true),
    iss: NRAS_ISSUER,
    ...old('attestation-report-cert-chain-validated'),
    eat_nonce: nonce,
    ...gpu('vbios-rim-signature-verified', true),
    ...gpu('vbios-rim-fetched', true),
    exp: iat + LIFETIME_SECONDS,
    ...recent('driver-rim-version-match', true),
    ...common,
    ...gpu('attestation-report-nonce-match', true),
    ...gpu('vbios-index-no-conflict', true),
    ...old('vbios-rim-cert-validated'),
    secboot: true,
    ...recent('driver-rim-cert-chain', certificates('2028-04-23T05:31:21Z')),
    ...recent('vbios-rim-cert-chain', certificates('2027-04-30T23:59:59Z')),
    ...gpu('attestation-report-parsed', true),
    ...recent('attestation-report-cert-chain', certificates('9999-12-31T23:59:59Z')),
    ...gpu('driver-rim-signature-verified', true),
    ...gpu('arch-check', true),
    ...recent('vbios-rim-version-match', true),
    'x-nvidia-attestation-warning': null,
    nbf: iat,
    ...gpu('driver-version', '570.172.08'),
    ...gpu('driver-rim-measurements-available', true),
    ...gpu('attestation-report-signature-verified', true),
    hwmodel: 'GH100 A01 GSP BROM',
    dbgstat: 'disabled',
    ...gpu('driver-rim-fetched', true),
    ...recent('attestation-report-cert-chain-fwid-match', true),
    oemid: '5703',
    ...gpu('vbios-rim-schema-validated', true),
    measres: 'success',
    ...old('driver-rim-cert-validated'),
    ...gpu('vbios-version', '96.00.CF.00.02'),
    ...gpu('vbios-rim-measurements-available', true),
  }
}

function switchClaims(at: Date, name: string, nonce: string, seed: string): JsonObject {
  const iat = Math.floor(at.getTime() / 1000)
  const of = (claim: string, value: Json): JsonObject => ({ [`x-nvidia-switch-${claim}`]: value })
  return {
    ...of('bios-rim-fetched', true),
    ...of('attestation-report-signature-verified', true),
    ...of('attestation-report-parsed', true),
    iss: NRAS_ISSUER,
    eat_nonce: nonce,
    ...of('attestation-report-nonce-match', true),
    ...of('attestation-report-cert-chain', certificates('9999-12-31T23:59:59Z')),
    exp: iat + LIFETIME_SECONDS,
    iat,
    ...identity(name, seed),
    secboot: true,
    'x-nvidia-attestation-warning': null,
    nbf: iat,
    hwmodel: 'LS_10 A01 FSP BROM',
    dbgstat: 'disabled',
    oemid: null,
    measres: 'success',
    ...of('bios-version', '96.10.55.00.01'),
  }
}

function identity(name: string, seed: string): JsonObject {
  const random = randomFrom(`${seed}/nras/${name}`)
  return { ueid: String(BigInt(`0x${hex(random(20))}`)), jti: hex(random(16)) }
}

function certificates(until: string): JsonObject {
  return {
    'x-nvidia-cert-status': 'valid',
    'x-nvidia-cert-ocsp-status': 'good',
    'x-nvidia-cert-expiration-date': until,
    'x-nvidia-cert-revocation-reason': null,
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
