import { type Chain, type ChainOptions, makeChain } from './certificates.ts'
import { type Edits, edit, type Json, type JsonObject } from './json.ts'
import { compact, signJws } from './jws.ts'
import { makeKey, type SigningKey, sign } from './keys.ts'
import { base64url, flipBit, hex } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

/** The issuer of Google's tokens; both forms name it. */
export const CONFIDENTIAL_SPACE_ISSUER = 'https://confidentialcomputing.googleapis.com'

/** What runs, and where: everything that the claims about the workload are made from. */
export type Workload = {
  readonly audience: string
  readonly project: string
  readonly projectNumber: string
  readonly zone: string
  readonly instance: string
  readonly instanceId: string
  readonly imageRepository: string
  readonly imageTag: string
  readonly imageDigest: string
  readonly imageId: string
  readonly env: Readonly<Record<string, string>>
  readonly args: readonly string[]
}

/** Made up, and plausible. */
export const WORKLOAD: Workload = {
  audience: 'harbor-gateway',
  project: 'harbor-gateway-prod',
  projectNumber: '402719385516',
  zone: 'europe-west4-a',
  instance: 'harbor-gateway-mig-ew4-x7qd',
  instanceId: '5120893347716402331',
  imageRepository: 'europe-west4-docker.pkg.dev/harbor-gateway-prod/gateway/enclave',
  imageTag: 'release-1.14.2',
  imageDigest: 'sha256:3f0d5c9a7b1e42d86f9ac1573e8b20d4c6a97815f3b2e04d9c8a61752f4be093',
  imageId: 'sha256:b81c6f27d4a05e93c7f21e8a60d3954be2f87190a6c4d35b8e07f1294dca5360',
  env: { GATEWAY_RECEIPTS: 'on', GATEWAY_REGION: 'europe-west4' },
  args: ['/gateway'],
}

/** The signing side: an OIDC key behind a JWKS, and a PKI key behind a certificate chain. */
export type Authority = {
  readonly oidc: { readonly kid: string; readonly key: SigningKey }
  readonly pki: { readonly kid: string; readonly chain: Chain }
  /** The JWKS document as Google serves it: the signing key among others. */
  readonly jwksText: string
}

export type AuthorityOptions = Omit<ChainOptions, 'seed'> & { readonly seed?: string }

export function makeAuthority(options: AuthorityOptions): Authority {
  const { seed = DEFAULT_SEED } = options
  const random = randomFrom(`${seed}/kid`)
  const oidc = { kid: hex(random(20)), key: makeKey('rsa-2048', `${seed}/oidc`) }
  const other = { kid: hex(random(20)), key: makeKey('rsa-2048', 'another-token-key') }
  const pki = { kid: base64url(random(32)), chain: makeChain(options) }
  return { oidc, pki, jwksText: jwksOf([oidc, other]) }
}

/** RFC 7517 section 5, with the members that Google's document has. */
export function jwksOf(keys: readonly { readonly kid: string; readonly key: SigningKey }[]): string {
  const jwks = keys.map(({ kid, key }) => {
    const { n = '', e = '' } = key.publicKey.export({ format: 'jwk' })
    return { use: 'sig', n, e, alg: 'RS256', kty: 'RSA', kid }
  })
  return JSON.stringify({ keys: jwks })
}

export type TokenTimes = { readonly issuedAt: Date; readonly lifetimeSeconds?: number }

/** The claims of a Confidential Space token, in the order of the real one. `nonces`: one alone is a string, as in the real token. */
export function confidentialSpaceClaims(
  { issuedAt, lifetimeSeconds = 3600 }: TokenTimes,
  nonces: readonly string[],
  workload = WORKLOAD,
): JsonObject {
  const iat = Math.floor(issuedAt.getTime() / 1000)
  const { project, zone, instance, env } = workload
  const [only] = nonces
  return {
    aud: workload.audience,
    exp: iat + lifetimeSeconds,
    iat,
    iss: CONFIDENTIAL_SPACE_ISSUER,
    nbf: iat,
    sub: `https://www.googleapis.com/compute/v1/projects/${project}/zones/${zone}/instances/${instance}`,
    eat_nonce: nonces.length === 1 && only !== undefined ? only : nonces,
    eat_profile: 'https://cloud.google.com/confidential-computing/confidential-space/docs/reference/token-claims',
    secboot: true,
    oemid: 11129,
    hwmodel: 'GCP_INTEL_TDX',
    swname: 'CONFIDENTIAL_SPACE',
    swversion: ['260701'],
    attester_tcb: ['INTEL'],
    dbgstat: 'disabled-since-boot',
    submods: {
      confidential_space: { support_attributes: ['LATEST', 'STABLE', 'USABLE'], monitoring_enabled: { memory: false } },
      container: {
        image_reference: `${workload.imageRepository}:${workload.imageTag}`,
        image_digest: workload.imageDigest,
        restart_policy: 'Always',
        image_id: workload.imageId,
        env_override: env,
        env: { HOSTNAME: instance, PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env },
        args: workload.args,
      },
      gce: {
        zone,
        project_id: project,
        project_number: workload.projectNumber,
        instance_name: instance,
        instance_id: workload.instanceId,
      },
    },
    tdx: { gcp_attester_tcb_status: 'UpToDate', gcp_attester_tcb_date: '2025-05-14T00:00:00Z' },
    google_service_accounts: [`gateway@${project}.iam.gserviceaccount.com`],
  }
}

/** What a debug image of Confidential Space says of itself: it has no support attributes. */
export const DEBUG_BUILD: Edits = { dbgstat: 'enabled', 'submods.confidential_space.support_attributes': undefined }

export type TokenForm = 'oidc' | 'pki'

export type TokenKnobs = {
  readonly header?: Edits
  readonly claims?: Edits
  /** Signed in place of the serialised header or claims: duplicate members, trailing text, no JSON at all. */
  readonly headerText?: string
  readonly claimsText?: string
  /** How a certificate stands in `x5c`: base64 DER as RFC 7515 section 4.1.6 wants it, or a whole PEM text as the real token of 2024 has it. */
  readonly x5c?: 'der' | 'pem'
  readonly signWith?: SigningKey
  readonly signature?: 'intact' | 'flipped'
}

/** Signs claims as a token (RS256) and gives its compact form. */
export function signToken(authority: Authority, form: TokenForm, claims: JsonObject, knobs: TokenKnobs = {}): string {
  const header = edit(headerOf(authority, form, knobs.x5c ?? 'der'), knobs.header)
  const key = knobs.signWith ?? (form === 'oidc' ? authority.oidc.key : authority.pki.chain.leaf.key)
  const texts = [knobs.headerText ?? JSON.stringify(header), knobs.claimsText ?? JSON.stringify(edit(claims, knobs.claims))] as const
  return compact(
    signJws(...texts, (input) => {
      const signature = sign(key, 'sha256', input)
      return knobs.signature === 'flipped' ? flipBit(signature) : signature
    }),
  )
}

function headerOf({ oidc, pki }: Authority, form: TokenForm, x5c: 'der' | 'pem'): JsonObject {
  if (form === 'oidc') return { alg: 'RS256', kid: oidc.kid, typ: 'JWT' }
  const { leaf, intermediate, root } = pki.chain
  const certificates: readonly Json[] = [leaf, intermediate, root].map(({ der, pem }) =>
    x5c === 'pem' ? pem : Buffer.from(der).toString('base64'),
  )
  return { alg: 'RS256', kid: pki.kid, typ: 'JWT', x5c: certificates }
}
