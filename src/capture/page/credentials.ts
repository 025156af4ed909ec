import { getter, headersFrom, method } from './primordials.ts'

/**
 * What a call of the page's carried to say who it is for. It stays in the page: the hook uses it to look up what the service hands only to
 * that party, and hands over what came back.
 */
export type Credential = { readonly authorization: string | null; readonly cookies: RequestCredentials }

/** Keeps a call's credential and gives the number by which it is found. */
export type Keep = (origin: string, credential: Credential) => number

export const NO_CREDENTIAL: Credential = { authorization: null, cookies: 'same-origin' }

const requestHeaders = getter<unknown, Headers>(Request.prototype, 'headers')
const requestCookies = getter<unknown, RequestCredentials>(Request.prototype, 'credentials')
const headerOf = method<Headers, [string], string | null>(Headers.prototype, 'get')

/** The credential of a call of `fetch`: the options' headers go before the request's, as in the call itself. */
export function credentialOf(request: unknown, { headers, credentials }: { headers?: unknown; credentials?: unknown }): Credential {
  return { authorization: authorizationOf(request, headers), cookies: cookiesOf(request, credentials) }
}

function authorizationOf(request: unknown, headers: unknown): string | null {
  try {
    if (typeof headers === 'object' && headers !== null) return headerOf(headersFrom(headers), 'authorization')
    return request === undefined ? null : headerOf(requestHeaders(request), 'authorization')
  } catch {
    // The call itself will fail on the same headers.
    return null
  }
}

function cookiesOf(request: unknown, credentials: unknown): RequestCredentials {
  if (credentials === 'include' || credentials === 'omit' || credentials === 'same-origin') return credentials
  return request === undefined ? 'same-origin' : requestCookies(request)
}
