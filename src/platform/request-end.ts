import type { Breaker } from '../dossier/types.ts'

/** How a request ended, by the browser's word. `redirected`: it goes on under another address, which may be watched or not. */
export type RequestEnd =
  | { readonly outcome: 'completed' }
  | { readonly outcome: 'failed'; readonly by: Breaker }
  | { readonly outcome: 'redirected'; readonly to: string; readonly keepsMethod: boolean }

/*
 * Names of errors as browsers give them. Chromium: `net/base/net_error_list.h`; Firefox: `js/xpc` messages, `xpcom/base/ErrorList.py`.
 * Everything else (refused, reset, closed early, malformed) is somebody at the other end or on the way there. `ERR_FAILED` is what Chromium says
 * as often as `ERR_ABORTED` when a page lets go of an answer that is on its way (measured: 8 of 12 aborts of a fetch, and none of 12 streams
 * that the server cut, which are `ERR_INCOMPLETE_CHUNKED_ENCODING`).
 */
const BY_PAGE: ReadonlySet<string> = new Set([
  'net::ERR_ABORTED',
  'net::ERR_BLOCKED_BY_CLIENT',
  'net::ERR_FAILED',
  'NS_BINDING_ABORTED',
  'NS_ERROR_ABORT',
])
const BY_NETWORK: ReadonlySet<string> = new Set([
  'net::ERR_INTERNET_DISCONNECTED',
  'net::ERR_NETWORK_ACCESS_DENIED',
  'net::ERR_NETWORK_CHANGED',
  'net::ERR_NETWORK_IO_SUSPENDED',
  'NS_ERROR_OFFLINE',
])

/** Who broke a request off, by the name of its error. */
export function breakerOf(error: string): Breaker {
  if (BY_PAGE.has(error)) return 'page'
  return BY_NETWORK.has(error) ? 'network' : 'service'
}

/** Statuses after which the method stays (RFC 9110 sections 15.4.8 and 15.4.9); after the others a POST becomes a GET. */
export function keepsMethod(status: number): boolean {
  return status === 307 || status === 308
}
