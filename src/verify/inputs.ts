import type { Dossier, EvidenceSeen } from '../dossier/types.ts'
import { encodeBase64url } from './encoding/base64.ts'
import { sha256 } from './encoding/digest.ts'
import { encodeUtf8 } from './encoding/utf8.ts'
import type { Policy } from './policy/types.ts'
import type { Report } from './report.ts'

/** Digests of every text that a verdict rests on, so that a reader of the report can tell what exactly was looked at. */
export async function digestInputs(dossier: Dossier, policy: Policy, evidence: readonly EvidenceSeen[]): Promise<Report['inputs']> {
  const texts = [
    ...dossier.receipts.map((receipt) => ({ name: 'receipt', text: receipt.text })),
    ...evidence.map(({ kind, document }) => ({ name: kind, text: document })),
    ...dossier.collateral.map((collateral) => ({ name: collateral.kind, text: collateral.document })),
    { name: 'policy', text: JSON.stringify(policy) },
  ]
  return Promise.all(texts.map(async ({ name, text }) => ({ name, sha256: encodeBase64url(await sha256(encodeUtf8(text))) })))
}
