import type { Exchange } from '../../../dossier/types.ts'
import { type Sentence, sentence } from '../../claims/sentence.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { sha256 } from '../../encoding/digest.ts'
import type { Observation, ResponseOctets } from '../types.ts'

/** Response header that names the receipt, section 5.2. A hint: nothing is bound by it. */
export const RECEIPT_HEADER = 'x-receipt-id'

/** ACI receipts are not in the response: they are looked up when it has ended. They hash the exact octets of both bodies. */
export async function observe({ body }: ResponseOctets): Promise<Observation> {
  const value = encodeBase64url(await sha256(body))
  return { receipts: [], digests: [{ alg: 'sha-256', of: 'body', value }], ids: [] }
}

/** An answer whose headers name a receipt that is not there. */
export function announced({ headers }: Exchange): Sentence | undefined {
  const header = headers.find(({ name, value }) => name === RECEIPT_HEADER && value !== '')
  return header === undefined ? undefined : sentence('aci_announced', header.value)
}
