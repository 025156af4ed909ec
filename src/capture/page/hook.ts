import { type HookReport, LARGEST_RESPONSE, type PageCapture } from '../messages.ts'
import { addressesOf } from './addresses.ts'
import { type Credential, credentialOf, type Keep, NO_CREDENTIAL } from './credentials.ts'
import { byteLength, takeBody, takeResponse } from './octets.ts'
import { apply, clock, getter, method, NativeUint8Array, NativeUrl, now, whenSettled, wrap } from './primordials.ts'

export type SendReport = (report: HookReport) => void

/**
 * One watched request under way. It is reported once both its bodies are known. All members are there from the start: to assign one that is
 * not would ask the prototype, which belongs to the page.
 */
type Watched = {
  readonly method: string
  readonly url: string
  readonly began: number
  readonly origin: string
  credential: Credential
  request: Uint8Array | null | undefined
  response: Ended | undefined
}
type Ended = { readonly octets: Uint8Array; readonly length: number; readonly capture: PageCapture; readonly ended: number }

const requestUrl = getter<unknown, string>(Request.prototype, 'url')
const requestMethod = getter<unknown, string>(Request.prototype, 'method')
const urlHref = getter<unknown, string>(URL.prototype, 'href')
const urlOrigin = getter<URL, string>(URL.prototype, 'origin')
const urlHash = getter<URL, string>(URL.prototype, 'hash')
const baseUri = getter<Node, string>(Node.prototype, 'baseURI')
const upperCase = method<string, [], string>(String.prototype, 'toUpperCase')
const lowerCase = method<string, [], string>(String.prototype, 'toLowerCase')
const slice = method<string, [number, number], string>(String.prototype, 'slice')
const page = document

/**
 * Puts a look-out around `fetch` and `XMLHttpRequest` for POST requests to the watched addresses. The page gets the very promise and the
 * very response that the browser made, at the same moment; a copy of the octets goes to `send` when the response has ended. Whatever goes
 * wrong here is ours alone: the page's call goes through, and the browser's own record shows an exchange that was not captured. What the call
 * carried as its credential goes to `keep`, and no further.
 */
export function installHook(watchedAddresses: readonly string[], send: SendReport, keep: Keep): void {
  const addresses = addressesOf(watchedAddresses)

  const begin = (httpMethod: unknown, address: string): Watched | undefined => {
    if (typeof httpMethod !== 'string' || upperCase(httpMethod) !== 'POST') return undefined
    const url = new NativeUrl(address, baseUri(page))
    if (!addresses.has(url)) return undefined
    const href = urlHref(url)
    return {
      method: 'POST',
      url: slice(href, 0, href.length - urlHash(url).length),
      began: now(clock),
      origin: urlOrigin(url),
      credential: NO_CREDENTIAL,
      request: undefined,
      response: undefined,
    }
  }

  const report = (watched: Watched): void => {
    const { request, response } = watched
    if (request === undefined || response === undefined) return
    send({
      method: watched.method,
      url: watched.url,
      request,
      response: response.octets,
      length: response.length,
      capture: response.capture,
      began: watched.began,
      ended: response.ended,
      ticket: keep(watched.origin, watched.credential),
    })
  }
  const takeRequestOf =
    (watched: Watched) =>
    (octets: Uint8Array | null): void => {
      watched.request = octets
      report(watched)
    }
  const takeResponseOf =
    (watched: Watched) =>
    (octets: Uint8Array, length: number, capture: PageCapture): void => {
      watched.response = { octets, length, capture, ended: now(clock) }
      report(watched)
    }

  const beginFetch = (args: readonly unknown[]): Watched | undefined => {
    const input = args[0]
    const init = args.length > 1 ? args[1] : undefined
    const options: { method?: unknown; body?: unknown; headers?: unknown; credentials?: unknown } =
      typeof init === 'object' && init !== null ? init : Object.create(null)
    const fromRequest = isRequest(input)
    const address = typeof input === 'string' ? input : fromRequest ? requestUrl(input) : attempt(urlHref, input)
    if (address === undefined) return undefined
    const watched = begin(options.method ?? (fromRequest ? requestMethod(input) : undefined), address)
    if (watched === undefined) return undefined
    watched.credential = credentialOf(fromRequest ? input : undefined, options)
    const body = options.body
    if (!fromRequest || (body !== undefined && body !== null)) takeBody(body, takeRequestOf(watched))
    // Reading a clone of a Request would have the browser send its body as a stream, of which it then keeps no octets itself.
    else watched.request = null
    return watched
  }

  window.fetch = wrap(window.fetch, (native, self, args) => {
    const watched = attempt(beginFetch, args)
    const answer: Promise<Response> = apply(native, self, args)
    if (watched !== undefined) {
      const take = takeResponseOf(watched)
      const onResponse = (response: Response): void => {
        attempt((whole: Response) => takeResponse(whole, LARGEST_RESPONSE, take), response)
      }
      attempt((promise) => whenSettled(promise, onResponse, () => take(new NativeUint8Array(0), 0, 'broken-off')), answer)
    }
    return answer
  })

  installXhrHook(begin, takeRequestOf, takeResponseOf)
}

function isRequest(input: unknown): input is Request {
  return attempt(requestUrl, input) !== undefined
}

/** Calls, and gives nothing where the call throws. */
function attempt<Argument, Value>(call: (argument: Argument) => Value, argument: Argument): Value | undefined {
  try {
    return call(argument)
  } catch {
    return undefined
  }
}

const listen = method<object, [string, () => void], void>(EventTarget.prototype, 'addEventListener')
const xhrResponse = getter<object, unknown>(XMLHttpRequest.prototype, 'response')
const xhrType = getter<object, string>(XMLHttpRequest.prototype, 'responseType')
const xhrCookies = getter<object, boolean>(XMLHttpRequest.prototype, 'withCredentials')
const xhrStatus = getter<object, number>(XMLHttpRequest.prototype, 'status')
const remember = method<WeakMap<object, Watched>, [object, Watched], void>(WeakMap.prototype, 'set')
const recall = method<WeakMap<object, Watched>, [object], Watched | undefined>(WeakMap.prototype, 'get')
const forget = method<WeakMap<object, Watched>, [object], void>(WeakMap.prototype, 'delete')

function installXhrHook(
  begin: (httpMethod: unknown, address: string) => Watched | undefined,
  takeRequestOf: (watched: Watched) => (octets: Uint8Array | null) => void,
  takeResponseOf: (watched: Watched) => (octets: Uint8Array, length: number, capture: PageCapture) => void,
): void {
  const opened = new WeakMap<object, Watched>()
  const prototype = XMLHttpRequest.prototype

  prototype.open = wrap(prototype.open, (native, self, args) => {
    const value: unknown = apply(native, self, args)
    attempt((xhr) => {
      forget(opened, xhr)
      const address = typeof args[1] === 'string' ? args[1] : urlHref(args[1])
      const watched = begin(args[0], address)
      if (watched !== undefined) remember(opened, xhr, watched)
    }, self)
    return value
  })

  prototype.setRequestHeader = wrap(prototype.setRequestHeader, (native, self, args) => {
    const value: unknown = apply(native, self, args)
    attempt((xhr) => {
      const watched = recall(opened, xhr)
      const name = args[0]
      const said = args[1]
      if (watched === undefined || typeof name !== 'string' || lowerCase(name) !== 'authorization' || typeof said !== 'string') return
      watched.credential = { authorization: said, cookies: watched.credential.cookies }
    }, self)
    return value
  })

  prototype.send = wrap(prototype.send, (native, self, args) => {
    attempt((xhr) => {
      const watched = recall(opened, xhr)
      if (watched === undefined) return
      forget(opened, xhr)
      watched.credential = { authorization: watched.credential.authorization, cookies: xhrCookies(xhr) ? 'include' : 'same-origin' }
      takeBody(args.length > 0 ? args[0] : undefined, takeRequestOf(watched))
      listen(xhr, 'loadend', () => attempt((ended) => takeXhrResponse(ended, takeResponseOf(watched)), xhr))
    }, self)
    return apply(native, self, args)
  })
}

function takeXhrResponse(xhr: object, take: (octets: Uint8Array, length: number, capture: PageCapture) => void): void {
  const none = new NativeUint8Array(0)
  if (xhrStatus(xhr) === 0) {
    take(none, 0, 'broken-off')
    return
  }
  const type = xhrType(xhr)
  const exact = type === 'arraybuffer' || type === 'blob'
  if (!exact && type !== '' && type !== 'text') {
    take(none, 0, 'unsupported-body')
    return
  }
  takeBody(xhrResponse(xhr), (octets) => {
    if (octets === null) take(none, 0, 'unsupported-body')
    else if (byteLength(octets) > LARGEST_RESPONSE) take(none, 0, 'too-large')
    else take(octets, byteLength(octets), exact ? 'complete' : 're-encoded')
  })
}
