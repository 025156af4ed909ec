import { areNoDocument } from '../dossier/no-document.ts'
import type { MissingReason } from '../dossier/types.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { reasonOfStatus } from './status.ts'

/** Has the page that made a call look something up with the credential of that call. Undefined where it is gone. */
export type PageLookup = (url: string) => Promise<{ readonly status: number; readonly body: Uint8Array } | undefined>

/** The document at an address, as the page got it. */
export async function lookUpThrough(page: PageLookup, address: string): Promise<Result<Bytes, MissingReason>> {
  const answer = await page(address)
  if (answer === undefined) return failure('page-gone')
  if (answer.status === 0) return failure('offline')
  if (answer.status !== 200) return failure(reasonOfStatus(answer.status), String(answer.status))
  const body = new Uint8Array(answer.body)
  return areNoDocument(body) ? failure('no-document') : success(body)
}
