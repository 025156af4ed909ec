import type { BodySeen } from '../../dossier/types.ts'
import { serviceOfRequest } from '../../gather/services/lookup.ts'
import { SERVICES } from '../../gather/services/registry.ts'
import { completionUrls, type Service } from '../../gather/services/types.ts'
import { type Header, listenToRequests, type RequestIdentity } from '../../platform/web-request.ts'
import { encodeBase64url } from '../../verify/encoding/base64.ts'
import { type Bytes, concatBytes } from '../../verify/encoding/bytes.ts'
import { sha256 } from '../../verify/encoding/digest.ts'
import type { RequestFact } from './facts.ts'

/** Longest response header value that is kept; receipts in headers are a few thousand characters. */
const LONGEST_HEADER = 256 * 1024

/**
 * Watches the known services' requests through the browser's own events and passes them on as facts, in the order of the events. Call it
 * synchronously when the worker starts.
 */
export function watchRequests(take: (fact: () => Promise<RequestFact>) => void): void {
  const about = (request: RequestIdentity, fact: (service: Service) => Promise<RequestFact>): void => {
    const service = serviceOfRequest(request.method, request.url)
    if (service !== undefined) take(() => fact(service))
  }
  listenToRequests(
    SERVICES.flatMap(completionUrls).flatMap((address) => [address, `${address}?*`]),
    {
      onRequest: (request, body) =>
        about(request, async (service) => ({ kind: 'requested', request, service: service.id, body: await requestBody(body) })),
      onSent: (request, headers) =>
        about(request, async (service) => {
          const optIn = headers.find((header) => header.name.toLowerCase() === service.optIn?.header)
          return { kind: 'sent', request, service: service.id, ...(optIn === undefined ? {} : { optIn: optIn.value }) }
        }),
      onHeaders: (request, status, headers) =>
        about(request, async (service) => ({ kind: 'headers', request, service: service.id, status, headers: allowed(headers, service) })),
      onEnd: (request, outcome) => about(request, async (service) => ({ kind: 'ended', request, service: service.id, outcome })),
    },
  )
}

/** The request's octets as the browser has them. They are exact for strings and typed arrays; a form or a file is not octets. */
async function requestBody(parts: readonly Bytes[] | undefined): Promise<BodySeen> {
  if (parts === undefined) return { provenance: 'none', length: 0, capture: 'unsupported-body', digests: [] }
  const octets = concatBytes(...parts)
  const value = encodeBase64url(await sha256(octets))
  return { provenance: 'browser', length: octets.length, capture: 'complete', digests: [{ alg: 'sha-256', of: 'body', value }] }
}

/** Only what the service's data names is ever kept of a response's header. */
function allowed(headers: readonly Header[], service: Service): readonly Header[] {
  return headers
    .map(({ name, value }) => ({ name: name.toLowerCase(), value }))
    .filter(({ name, value }) => service.headers.includes(name) && value.length <= LONGEST_HEADER)
}
