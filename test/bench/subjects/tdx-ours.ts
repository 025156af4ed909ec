import { verify } from '../../../src/verify/attestation/tdx/verify.ts'
import { base64url, inputOf, verdictOf } from './ours.ts'
import type { Subject } from './subject.ts'

export const prepare: Subject = async (files) => {
  const document = base64url(files.bytes('dstack/dcap/tdx_quote'))
  const collateral = [{ kind: 'dcap', issuer: 'intel', document: files.text('dstack/dcap/tdx_quote_collateral.json') }] as const
  return async () => verdictOf(await verify(inputOf('tdx-quote', { document, collateral, at: '2025-06-19T11:32:27Z' })))
}
