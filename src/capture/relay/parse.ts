import { type HookAnswer, type HookReport, LARGEST_LOOKUP, LARGEST_REQUEST, LARGEST_RESPONSE, type PageCapture } from '../messages.ts'

const LONGEST_URL = 8192

const PAGE_CAPTURES: { readonly [capture in PageCapture]: true } = {
  complete: true,
  'broken-off': true,
  'too-large': true,
  'unsupported-body': true,
  're-encoded': true,
}

/** Checks a report out of the page's world: kinds and sizes. `undefined` when anything is not as it has to be. */
export function parseReport(data: unknown): HookReport | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const { method, url, request, response, length, capture, began, ended, ticket }: { readonly [name in keyof HookReport]?: unknown } = data
  if (method !== 'POST' || typeof url !== 'string' || url.length > LONGEST_URL) return undefined
  if (request !== null && !(request instanceof Uint8Array)) return undefined
  if (!(response instanceof Uint8Array) || typeof length !== 'number' || !Number.isSafeInteger(length)) return undefined
  if (length < 0 || length > response.length || length > LARGEST_RESPONSE) return undefined
  if (typeof began !== 'number' || typeof ended !== 'number' || !Number.isFinite(ended) || !(began >= 0 && began <= ended)) return undefined
  if (!isPageCapture(capture) || typeof ticket !== 'number' || !Number.isSafeInteger(ticket)) return undefined
  return {
    method,
    url,
    request: request === null || request.length > LARGEST_REQUEST ? null : request,
    response,
    length,
    capture,
    began,
    ended,
    ticket,
  }
}

/** Checks the hook's answer to a look-up, likewise. */
export function parseAnswer(data: unknown): HookAnswer | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const { lookup, status, body, length }: { readonly [name in keyof HookAnswer]?: unknown } = data
  if (typeof lookup !== 'number' || typeof status !== 'number' || !Number.isSafeInteger(status) || status < 0 || status > 999)
    return undefined
  if (!(body instanceof Uint8Array) || typeof length !== 'number' || !Number.isSafeInteger(length)) return undefined
  if (length < 0 || length > body.length || length > LARGEST_LOOKUP) return undefined
  return { lookup, status, body, length }
}

function isPageCapture(value: unknown): value is PageCapture {
  return typeof value === 'string' && Object.hasOwn(PAGE_CAPTURES, value)
}
