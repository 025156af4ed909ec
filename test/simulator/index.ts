/**
 * The simulator: evidence of every kind, made under keys of its own.
 *
 * It is written from the specifications and imports nothing from `src`, so that an error there and an error here do not cancel each other.
 * `real-sample.test.ts` pins each encoder to recorded evidence. The same seed gives the same octets, except for
 * the ECDSA signatures of NVIDIA's and Maple's evidence, of HTTP messages, and for RSASSA-PSS.
 *
 *     makeExchange({ scenario: 'debug' })                         one whole exchange, one of SCENARIO_IDS
 *     makeExchange({ faults: { receipt: { claims: { rv: 2 } } } }) any claim set, or removed by `undefined`; paths go by dots
 *     makeExchange({ form: 'oidc', streamed: false })              OIDC token with `jwksText`; receipt in the response header
 *     makeChain({ at, leaf: { notAfter } })                        certificates, every field a knob
 *     signToken(authority, 'pki', claims, { x5c: 'pem' })          Confidential Space tokens
 *
 * A verifier is given `exchange.anchor` (name and key of the root) or `exchange.jwksText`, and `exchange.issuedAt` as the time.
 */
export * from './answers.ts'
export * from './certificates.ts'
export * from './confidential-space.ts'
export * from './exchange.ts'
export * from './gateway.ts'
export * from './hash-domains.ts'
export * from './inference-receipt.ts'
export * from './json.ts'
export * from './jws.ts'
export * from './keys.ts'
export * from './octets.ts'
export * from './random.ts'
export * from './scenarios.ts'
export * from './sse.ts'
