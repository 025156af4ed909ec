import { type HookAnswer, LARGEST_LOOKUP } from '../messages.ts'
import { addressesOf } from './addresses.ts'
import type { Credential, Keep } from './credentials.ts'
import { takeResponse } from './octets.ts'
import { apply, getter, NativeUint8Array, NativeUrl, whenSettled } from './primordials.ts'

type Kept = Credential & { readonly origin: string }

/** So many of a page's last calls can be looked up. */
const MOST_KEPT = 64

const urlHref = getter<URL, string>(URL.prototype, 'href')
const urlOrigin = getter<URL, string>(URL.prototype, 'origin')
const responseStatus = getter<Response, number>(Response.prototype, 'status')

export type Lookups = {
  readonly keep: Keep
  /** Fetches an address as the maker of the call named by a ticket, and answers what came. Anything else is answered with nothing. */
  readonly lookUp: (ticket: unknown, lookup: unknown, url: unknown, answer: (answer: HookAnswer) => void) => void
}

/**
 * Keeps the credentials of the page's calls and uses them for look-ups: only at the origin that the page itself sent them to, and only under
 * the addresses that the build knows. `nativeFetch` is the browser's own.
 */
export function lookups(nativeFetch: typeof fetch, addresses: readonly string[]): Lookups {
  const kept: { [ticket: number]: Kept | undefined } = Object.create(null)
  const known = addressesOf(addresses)
  let last = 0

  return {
    keep(origin, { authorization, cookies }) {
      last += 1
      kept[last] = { origin, authorization, cookies }
      kept[last - MOST_KEPT] = undefined
      return last
    },
    lookUp(ticket, lookup, url, answer) {
      if (typeof ticket !== 'number' || typeof lookup !== 'number' || typeof url !== 'string') return
      const nothing = (): void => answer({ lookup, status: 0, body: new NativeUint8Array(0), length: 0 })
      const call = kept[ticket]
      const address = call === undefined ? undefined : new NativeUrl(url)
      if (call === undefined || address === undefined || urlOrigin(address) !== call.origin || !known.hasPrefixOf(address)) {
        nothing()
        return
      }
      const headers: Record<string, string> = Object.create(null)
      if (call.authorization !== null) headers['authorization'] = call.authorization
      const options: RequestInit = Object.create(null)
      options.method = 'GET'
      options.headers = headers
      options.credentials = call.cookies
      options.redirect = 'error'
      options.cache = 'no-store'
      const onResponse = (response: Response): void =>
        takeResponse(response, LARGEST_LOOKUP, (body, length, capture) => {
          if (capture === 'complete') answer({ lookup, status: responseStatus(response), body, length })
          else nothing()
        })
      whenSettled(apply(nativeFetch, window, [urlHref(address), options]), onResponse, nothing)
    },
  }
}
