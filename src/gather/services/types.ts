import type { HostAsk } from '../../platform/messages.ts'

/**
 * A service as data: where its pages and its interface are, which requests ask for an answer, how a receipt is asked for, and where its
 * evidence is. Adding a service is adding such a value; no code asks for a service by name.
 */
export type Service = {
  readonly id: string
  readonly name: string
  /** Origins of the pages that are watched. */
  readonly pages: readonly string[]
  /** Origins of the programming interface that the pages call. */
  readonly apis: readonly string[]
  /** Paths under an interface's origin where a POST asks for an answer. */
  readonly completions: readonly string[]
  /** Request header that asks for a receipt; its value is a fresh nonce. */
  readonly optIn?: { readonly header: string }
  /** Response headers that may be stored, in lower case. Nothing else of a response's header is kept. */
  readonly headers: readonly string[]
  /** The receipt format's own documents, under an interface's origin. */
  readonly evidence?: EvidenceEndpoints
  readonly issuers: readonly TokenIssuer[]
}

export type EvidenceEndpoints = {
  /** Where the attestation document is served raw, and the response header that names its kind. */
  readonly attestation: { readonly path: string; readonly kindHeader: string }
  /** Where the current receipt key is served as JSON together with its attestation. */
  readonly key: { readonly path: string }
}

/** Who signs the evidence tokens of a kind, and where that party publishes its keys (RFC 7517). */
export type TokenIssuer = { readonly evidenceKind: string; readonly issuer: string; readonly jwks: string }

/** Everything that one prompt has to ask for, so that a service can be checked, each with what it is for. */
export function hostAsks(service: Service): readonly HostAsk[] {
  return [
    ...service.pages.map((origin): HostAsk => ({ pattern: `${origin}/*`, purpose: 'purpose_page' })),
    ...service.apis.map((origin): HostAsk => ({ pattern: `${origin}/*`, purpose: 'purpose_api' })),
    ...issuerOrigins(service).map((origin): HostAsk => ({ pattern: `${origin}/*`, purpose: 'purpose_issuer_keys' })),
  ]
}

/** Where the extension itself may connect on behalf of a service. */
export function reachableOrigins(service: Service): readonly string[] {
  return [...(service.evidence === undefined ? [] : service.apis), ...issuerOrigins(service)]
}

/** Addresses, without query, at which a POST asks this service for an answer. */
export function completionUrls(service: Service): readonly string[] {
  return service.apis.flatMap((origin) => service.completions.map((path) => origin + path))
}

function issuerOrigins(service: Service): readonly string[] {
  return [...new Set(service.issuers.map((issuer) => new URL(issuer.jwks).origin))]
}
