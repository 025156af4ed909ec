import type { Fetched } from './fetch.ts'

/** Documents as fetched before, by address: key sets and collateral, which are the same for everybody. */
export type Cache = {
  readonly get: (address: string) => Promise<Kept | undefined>
  readonly put: (address: string, document: Kept) => Promise<void>
}
export type Kept = { readonly document: string; readonly at: string; readonly freshUntil: string }

const LONGEST_FRESH_SECONDS = 24 * 60 * 60
const USUAL_FRESH_SECONDS = 60 * 60

export function isFresh({ freshUntil }: Kept, at: Date): boolean {
  return at < new Date(freshUntil)
}

/** Until when a document may be used again: what its server says (RFC 9111 `max-age`), within bounds. */
export function freshUntil({ headers }: Fetched, at: Date): string {
  const maxAge = /(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])/i.exec(headers.get('cache-control') ?? '')?.[1]
  const seconds = Math.min(maxAge === undefined ? USUAL_FRESH_SECONDS : Number(maxAge), LONGEST_FRESH_SECONDS)
  return new Date(at.getTime() + seconds * 1000).toISOString()
}
