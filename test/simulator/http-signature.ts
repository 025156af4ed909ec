import { constants, createHash, sign as nodeSign } from 'node:crypto'
import { makeKey, type SigningKey } from './keys.ts'
import { type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED } from './random.ts'

export const HTTP_ALGORITHMS = ['ed25519', 'ecdsa-p256-sha256', 'ecdsa-p384-sha384', 'rsa-pss-sha512', 'rsa-v1_5-sha256'] as const
export type HttpAlgorithm = (typeof HTTP_ALGORITHMS)[number]

export type HttpExchangeOptions = {
  readonly seed?: string
  readonly at?: Date
  readonly alg?: HttpAlgorithm
  /** Components as they stand in the field, quotes and parameters included. */
  readonly components?: readonly string[]
  /** Parameters as they stand behind the list; `undefined` leaves one out. */
  readonly parameters?: Readonly<Record<string, string | undefined>>
  readonly digest?: 'sha-256' | 'sha-512' | 'both' | 'md5' | 'absent'
  /** Further fields of the response. */
  readonly fields?: Readonly<Record<string, string>>
  readonly label?: string
  readonly signWith?: SigningKey
  /** The two fields after signing. */
  readonly rewrite?: (fields: { readonly input: string; readonly signature: string }) => {
    readonly input: string
    readonly signature: string
  }
  /** What is received in place of what was sent and signed. */
  readonly deliver?: { readonly request?: Uint8Array; readonly response?: Uint8Array; readonly status?: number }
}

export type HttpExchange = {
  readonly url: string
  readonly method: 'POST'
  readonly request: Octets
  readonly status: number
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly response: Octets
  readonly key: SigningKey
  readonly alg: HttpAlgorithm
  readonly keyid: string
  readonly startedAt: Date
  readonly endedAt: Date
}

export const HTTP_AT = new Date('2026-11-16T10:20:30.000Z')
export const HTTP_KEYID = 'answers-2026'
const ADDRESS = 'https://api.harbor-gateway.example/v1/chat/completions'
const REQUEST = utf8('{"model":"atlas-8b","messages":[{"role":"user","content":"How long may we keep invoices?"}]}')
const RESPONSE = utf8('{"id":"chatcmpl-7","model":"atlas-8b","choices":[{"message":{"role":"assistant","content":"Eight years."}}]}')

const KINDS = {
  ed25519: 'ed25519',
  'ecdsa-p256-sha256': 'ec-p256',
  'ecdsa-p384-sha384': 'ec-p384',
  'rsa-pss-sha512': 'rsa-2048',
  'rsa-v1_5-sha256': 'rsa-2048',
} as const

export function httpKey(alg: HttpAlgorithm, seed: string = DEFAULT_SEED): SigningKey {
  return makeKey(KINDS[alg], `${seed}/http`)
}

/** What covers the exchange: status, body, and the request with its digest. */
export const FULL = [
  '"@status"',
  '"content-type"',
  '"content-digest"',
  '"@method";req',
  '"@target-uri";req',
  '"content-digest";req',
] as const

/** A service that signs its answers. */
export function makeHttpExchange(options: HttpExchangeOptions = {}): HttpExchange {
  const { seed = DEFAULT_SEED, at = HTTP_AT, alg = 'ed25519', components = FULL, digest = 'sha-512', label = 'sig1' } = options
  const key = options.signWith ?? httpKey(alg, seed)
  const seconds = Math.floor(at.getTime() / 1000)
  const fields = new Map<string, string>([
    ['content-type', 'application/json'],
    ['content-length', String(RESPONSE.length)],
    ...(digest === 'absent' ? [] : [['content-digest', contentDigest(RESPONSE, digest)] as const]),
    ...Object.entries(options.fields ?? {}),
  ])
  const parameters = { created: String(seconds), keyid: `"${HTTP_KEYID}"`, ...options.parameters }
  const list = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [`;${name}=${value}`]))
  const signed = `(${components.join(' ')})${list.join('')}`
  const lines = components.map((component) => `${component}: ${componentValue(component, fields)}`)
  const base = [...lines, `"@signature-params": ${signed}`].join('\n')
  const value = signBase(key, alg, utf8(base))
  const written = { input: `${label}=${signed}`, signature: `${label}=:${Buffer.from(value).toString('base64')}:` }
  const { input, signature } = options.rewrite?.(written) ?? written
  return {
    url: ADDRESS,
    method: 'POST',
    request: octets(options.deliver?.request ?? REQUEST),
    status: options.deliver?.status ?? 200,
    headers: [
      ...[...fields].map(([name, value]) => ({ name, value })),
      { name: 'signature-input', value: input },
      { name: 'signature', value: signature },
    ],
    response: octets(options.deliver?.response ?? RESPONSE),
    key,
    alg,
    keyid: HTTP_KEYID,
    startedAt: new Date(at.getTime() - 2000),
    endedAt: new Date(at.getTime() + 100),
  }
}

/** RFC 9530 section 2. */
export function contentDigest(body: Uint8Array, of: 'sha-256' | 'sha-512' | 'both' | 'md5'): string {
  const one = (name: string, hash: string) => `${name}=:${createHash(hash).update(body).digest('base64')}:`
  switch (of) {
    case 'sha-256':
      return one('sha-256', 'sha256')
    case 'sha-512':
      return one('sha-512', 'sha512')
    case 'both':
      return `${one('sha-256', 'sha256')}, ${one('sha-512', 'sha512')}`
    case 'md5':
      return one('md5', 'md5')
  }
}

/** The values of the components that the simulated service knows. */
function componentValue(component: string, fields: ReadonlyMap<string, string>): string {
  const url = new URL(ADDRESS)
  switch (component) {
    case '"@status"':
      return '200'
    case '"@method";req':
      return 'POST'
    case '"@target-uri";req':
      return ADDRESS
    case '"@authority";req':
      return url.host
    case '"@scheme";req':
      return 'https'
    case '"@path";req':
      return url.pathname
    case '"@query";req':
      return '?'
    case '"content-digest";req':
      return contentDigest(REQUEST, 'sha-256')
    case '"content-length";req':
      return String(REQUEST.length)
    default:
      return fields.get(component.slice(1, -1)) ?? 'not seen'
  }
}

/** RFC 9421 section 3.3. */
export function signBase({ privateKey }: SigningKey, alg: HttpAlgorithm, base: Uint8Array): Octets {
  switch (alg) {
    case 'ed25519':
      return octets(nodeSign(null, base, privateKey))
    case 'ecdsa-p256-sha256':
      return octets(nodeSign('sha256', base, { key: privateKey, dsaEncoding: 'ieee-p1363' }))
    case 'ecdsa-p384-sha384':
      return octets(nodeSign('sha384', base, { key: privateKey, dsaEncoding: 'ieee-p1363' }))
    case 'rsa-pss-sha512':
      return octets(nodeSign('sha512', base, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }))
    case 'rsa-v1_5-sha256':
      return octets(nodeSign('sha256', base, privateKey))
  }
}
