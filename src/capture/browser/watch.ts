import type { BodySeen } from '../../dossier/types.ts'
import { matchesAddress } from '../../platform/match.ts'
import type { RequestEnd } from '../../platform/request-end.ts'
import { listenToRequests, type RequestIdentity } from '../../platform/web-request.ts'
import { encodeBase64url } from '../../verify/encoding/base64.ts'
import { type Bytes, concatBytes } from '../../verify/encoding/bytes.ts'
import { sha256 } from '../../verify/encoding/digest.ts'
import type { End, RequestFact } from './facts.ts'
import { keptHeaders } from './kept-headers.ts'

/** What to watch of a service. */
export type WatchedService = {
  readonly id: string
  /** Addresses, without query, at which a POST asks for an answer. */
  readonly addresses: readonly string[]
  /** Request header that asks for a receipt. */
  readonly optIn?: string
  /** Request header that names the enclave that a request is for. */
  readonly namedBy?: string
  /** Response headers that may be kept, in lower case. */
  readonly headers: readonly string[]
}

/** Takes a fact about a request, which may take a moment to come. */
export type TakeFact = (request: RequestIdentity, fact: () => Promise<RequestFact>) => void

/**
 * Watches requests through the browser's own events and passes them on as facts, in the order of the events. Call it synchronously when
 * the worker starts.
 */
export function watchRequests(services: readonly WatchedService[], take: TakeFact): void {
  const watchedAt = (url: string): WatchedService | undefined => {
    const [address = ''] = url.split(/[?#]/, 1)
    return services.find(({ addresses }) => addresses.some((pattern) => matchesAddress(pattern, address)))
  }
  const about = (request: RequestIdentity, fact: (service: WatchedService) => Promise<RequestFact>): void => {
    const service = request.method === 'POST' ? watchedAt(request.url) : undefined
    if (service !== undefined) take(request, () => fact(service))
  }
  /** A redirect to another watched address is not the end: the browser goes on telling of the same request. */
  const goesOn = (end: RequestEnd): boolean => end.outcome === 'redirected' && end.keepsMethod && watchedAt(end.to) !== undefined
  const addresses = services.flatMap((service) => service.addresses)
  listenToRequests(
    addresses.flatMap((address) => [address, `${address}?*`]),
    {
      onRequest: (request, body) =>
        about(request, async ({ id }) => ({ kind: 'requested', request, service: id, body: await requestBody(body) })),
      onSent: (request, headers) =>
        about(request, async (service) => {
          const sentAs = (name: string | undefined) => headers.find((header) => header.name.toLowerCase() === name)?.value
          const [optIn, enclave] = [sentAs(service.optIn), sentAs(service.namedBy)]
          return {
            kind: 'sent',
            request,
            service: service.id,
            ...(optIn === undefined ? {} : { optIn }),
            ...(enclave === undefined ? {} : { enclave }),
          }
        }),
      onHeaders: (request, status, headers) =>
        about(request, async (service) => ({
          kind: 'headers',
          request,
          service: service.id,
          status,
          headers: keptHeaders(headers, service.headers),
        })),
      onEnd: (request, end) => {
        if (!goesOn(end)) about(request, async ({ id }) => ({ kind: 'ended', request, service: id, end: endOf(end) }))
      },
    },
  )
}

function endOf(end: RequestEnd): End {
  return end.outcome === 'redirected' ? { outcome: 'redirected' } : end
}

/** The request's octets as the browser has them. They are exact for strings and typed arrays; a form or a file is not octets. */
async function requestBody(parts: readonly Bytes[] | undefined): Promise<BodySeen> {
  if (parts === undefined) return { provenance: 'none', length: 0, capture: 'unsupported-body', digests: [] }
  const octets = concatBytes(...parts)
  const value = encodeBase64url(await sha256(octets))
  return { provenance: 'browser', length: octets.length, capture: 'complete', digests: [{ alg: 'sha-256', of: 'body', value }] }
}
