import type { MissingReason } from '../dossier/types.ts'

/** What a status other than 200 means for somebody who asks for a document. */
export function reasonOfStatus(status: number): MissingReason {
  if (status === 404) return 'not-found'
  return status === 401 || status === 403 ? 'refused' : 'http-status'
}
