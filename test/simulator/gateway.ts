import {
  type Authority,
  type AuthorityOptions,
  confidentialSpaceClaims,
  makeAuthority,
  signToken,
  type TokenForm,
  type TokenKnobs,
  WORKLOAD,
  type Workload,
} from './confidential-space.ts'
import { type Attestation, makeReceiptKey, type ReceiptKey } from './inference-receipt.ts'
import { hex } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

/** An attested gateway: its receipt key, and the token in which Google's verifier (here: the simulator's) commits to that key. */
export type Gateway = {
  readonly issuer: string
  readonly form: TokenForm
  readonly workload: Workload
  readonly receiptKey: ReceiptKey
  readonly authority: Authority
  readonly attestation: Attestation
}

export type GatewayOptions = {
  readonly seed?: string
  /** The instant around which everything is valid. */
  readonly at: Date
  readonly form?: TokenForm
  readonly issuer?: string
  readonly workload?: Partial<Workload>
  readonly authority?: Omit<AuthorityOptions, 'seed' | 'at'>
  readonly token?: TokenKnobs
  /** How long before `at` the token was issued, and how long it lives. */
  readonly tokenAgeSeconds?: number
  readonly tokenLifetimeSeconds?: number
  /** Whether `eat_nonce` contains the commitment to the receipt key, or to some other key. `alone`: nothing else, so that it is a string. */
  readonly commits?: 'own-key' | 'own-key-alone' | 'other-key'
}

export const GATEWAY_ISSUER = 'https://api.harbor-gateway.example'

export function makeGateway(options: GatewayOptions): Gateway {
  const { seed = DEFAULT_SEED, at, form = 'pki', issuer = GATEWAY_ISSUER, commits = 'own-key', tokenAgeSeconds = 1020 } = options
  const workload = { ...WORKLOAD, ...options.workload }
  const receiptKey = makeReceiptKey(seed)
  const authority = makeAuthority({ ...options.authority, seed, at })
  const issuedAt = new Date(at.getTime() - tokenAgeSeconds * 1000)
  const lifetime = options.tokenLifetimeSeconds === undefined ? {} : { lifetimeSeconds: options.tokenLifetimeSeconds }
  const claims = confidentialSpaceClaims({ issuedAt, ...lifetime }, noncesOf(seed, receiptKey, commits), workload)
  const document = signToken(authority, form, claims, options.token)
  return { issuer, form, workload, receiptKey, authority, attestation: { kind: 'gcp-cs-jwt', document } }
}

/** As in the real token: three values of the service's own (certificate, devices, …), then the commitment. */
function noncesOf(seed: string, key: ReceiptKey, commits: 'own-key' | 'own-key-alone' | 'other-key'): readonly string[] {
  const random = randomFrom(`${seed}/nonces`)
  const own = [hex(random(32)), hex(random(32)), hex(random(32))]
  switch (commits) {
    case 'own-key':
      return [...own, key.commitment]
    case 'own-key-alone':
      return [key.commitment]
    case 'other-key':
      return [...own, makeReceiptKey(`${seed}/other`).commitment]
  }
}

/** `GET /receipt-key` (wire format, section 2.3): one line of JSON, members in the fixed order. */
export function receiptKeyDocument({ receiptKey, attestation }: Gateway): string {
  return JSON.stringify({ kid: receiptKey.kid, jwk: receiptKey.jwk, att: attestation.document, att_kind: attestation.kind })
}
