import * as v from 'valibot'
import type { MissingReason } from '../dossier/types.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { parseForeignJsonBytes } from '../verify/encoding/json.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { parseWith } from '../verify/encoding/schema.ts'
import { fetchDocument } from './fetch.ts'
import type { Embedded } from './peek.ts'
import { isPinned, type Pin } from './pin.ts'
import type { KeyLog } from './services/types.ts'

/** A page has 250 rows or 1 MiB: one key's documents of about a fortnight, at one each half hour. */
const MOST_PAGES = 16

/**
 * What is read of a page. A row's own hash and the service's verdict on it (`att_sha256`, `verified`) are its word, and not asked. That a key was
 * revoked is its word too, and believed: it speaks against itself.
 */
const logPage = v.object({
  degraded: v.optional(v.boolean()),
  keys: v.array(v.unknown()),
  next_cursor: v.nullish(v.pipe(v.string(), v.minLength(1), v.maxLength(1024))),
})
const logRow = v.object({ att: v.string(), att_kind: v.pipe(v.string(), v.maxLength(100)) })
const revocation = v.object({ kid: v.string(), revoked: v.literal(true) })

/** `keyRevoked`: a row of the log says of the key that it was revoked. */
export type Found = Embedded & { readonly source: string; readonly keyRevoked?: true }

/**
 * Looks for a pinned document among all that a key ever had, in the first of the log's places that can be read. `not-found`: the log was read to its
 * end and does not have it; `too-large`: its end was not reached.
 */
export async function findInLog(log: KeyLog, pin: Pin, allowed: readonly string[]): Promise<Result<Found, MissingReason>> {
  let outcome: Result<Found, MissingReason> = failure('not-found')
  for (const address of log.addresses) {
    outcome = await findInPages(`${address}?kid=${pin.kid}`, pin, allowed)
    if (outcome.ok || outcome.code === 'not-found' || outcome.code === 'too-large') return outcome
  }
  return outcome
}

async function findInPages(address: string, pin: Pin, allowed: readonly string[]): Promise<Result<Found, MissingReason>> {
  let source = address
  let revoked = false
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const fetched = await fetchDocument(source, allowed)
    // A place that is not there says nothing of what the log holds.
    if (!fetched.ok) return fetched.code === 'not-found' ? failure('http-status', '404') : fetched
    const read = readPage(fetched.value.body)
    if (!read.ok) return read
    revoked ||= read.value.revoked.includes(pin.kid)
    const marks = revoked ? { keyRevoked: true as const } : {}
    for (const row of read.value.rows) if (await isPinned(row, pin)) return success({ ...row, source, ...marks })
    const { next } = read.value
    if (next === undefined) return failure('not-found')
    source = `${address}&cursor=${encodeURIComponent(next)}`
  }
  return failure('too-large')
}

type Page = { readonly rows: readonly Embedded[]; readonly revoked: readonly string[]; readonly next: string | undefined }

/** A log whose store was out of reach (`degraded`) is a log that could not be read. A row that cannot be read is passed over. */
function readPage(body: Bytes): Result<Page, MissingReason> {
  const json = parseForeignJsonBytes(body)
  const page = json.ok ? parseWith(logPage, json.value) : json
  if (!page.ok) return failure('malformed', page.detail)
  if (page.value.degraded === true) return failure('http-status', 'degraded')
  const rows = page.value.keys.flatMap((key): Embedded[] => {
    const row = parseWith(logRow, key)
    return row.ok ? [{ kind: row.value.att_kind, document: row.value.att }] : []
  })
  const revoked = page.value.keys.flatMap((key) => {
    const row = parseWith(revocation, key)
    return row.ok ? [row.value.kid] : []
  })
  return success({ rows, revoked, next: page.value.next_cursor ?? undefined })
}
