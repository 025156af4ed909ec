import { areNoDocument } from '../dossier/no-document.ts'
import type { MissingReason } from '../dossier/types.ts'
import { matchesOrigin } from '../platform/match.ts'
import { hasHosts } from '../platform/permissions.ts'
import { type Bytes, concatBytes } from '../verify/encoding/bytes.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { reasonOfStatus } from './status.ts'

/** Longest evidence document and key set, in octets. */
const LARGEST_DOCUMENT = 4 * 1024 * 1024
const TIMEOUT_MS = 15_000

export type Fetched = { readonly body: Bytes; readonly headers: Headers }

/**
 * Fetches one public document: without the user's cookies, without saying from where, without following redirects, without the browser's
 * cache, up to a size and a time. An error or a page in its place is no document, whatever the status. `allowed` are the service's endpoints (`endpointsOf`); nothing else is ever fetched.
 */
export async function fetchDocument(address: string, allowed: readonly string[]): Promise<Result<Fetched, MissingReason>> {
  if (!allowed.some((endpoint) => matches(address, endpoint))) return failure('not-allowed')
  if (!(await hasHosts([`${new URL(address).origin}/*`]))) return failure('not-granted')
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const response = await fetch(address, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
      cache: 'no-store',
      signal,
    })
    if (response.status !== 200) return failure(reasonOfStatus(response.status), String(response.status))
    const body = await readUpTo(response, LARGEST_DOCUMENT)
    if (body === undefined) return failure('too-large')
    return areNoDocument(body) ? failure('no-document') : success({ body, headers: response.headers })
  } catch (error) {
    return failure(signal.aborted ? 'timeout' : 'offline', error instanceof Error ? error.message : undefined)
  }
}

/** Whether an address is an endpoint, or one of those that it stands for (`endpointsOf`). */
function matches(address: string, endpoint: string): boolean {
  if (!endpoint.endsWith('*')) return address === endpoint
  if (!URL.canParse(address)) return false
  const { href, origin, pathname, search } = new URL(address)
  const slash = endpoint.indexOf('/', endpoint.indexOf('://') + 3)
  if (href !== address || !matchesOrigin(endpoint.slice(0, slash), origin)) return false
  const path = endpoint.slice(slash)
  return path.endsWith('?*') ? pathname === path.slice(0, -2) && search !== '' : pathname.startsWith(path.slice(0, -1))
}

async function readUpTo(response: Response, largest: number): Promise<Bytes | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > largest) return undefined
    parts.push(part)
  }
  return concatBytes(...parts)
}
