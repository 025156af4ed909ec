import * as v from 'valibot'
import { parseJson } from '../../../verify/encoding/json.ts'
import type { Result } from '../../../verify/encoding/result.ts'
import { parseWith } from '../../../verify/encoding/schema.ts'

/** What can be put in the place of the honest evidence: another program's, and one whose certificates end at another root. */
export const EVIDENCE_FAULTS = ['program', 'root'] as const
export type EvidenceFault = (typeof EVIDENCE_FAULTS)[number]

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4_000))
const encoded = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/), v.maxLength(40_000))
const hex = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2}){20,64}$/))
const instant = v.pipe(v.string(), v.isoTimestamp())
const faults = v.pipe(v.array(v.picklist(EVIDENCE_FAULTS)), v.maxLength(2))

/** What the build made for the sample, by the simulator: the texts of one exchange, and the evidence and the receipts that go with it. */
const ingredients = v.strictObject({
  format: v.literal('inference-receipt-checker/sample'),
  version: v.literal(1),
  startedAt: instant,
  endedAt: instant,
  url: v.pipe(v.string(), v.url()),
  model: text,
  nonce: encoded,
  question: text,
  answer: text,
  letter: v.strictObject({ index: v.pipe(v.number(), v.safeInteger(), v.minValue(0)), becomes: v.pipe(v.string(), v.length(1)) }),
  request: text,
  response: text,
  root: v.strictObject({ name: encoded, spki: encoded, notBefore: instant, notAfter: instant }),
  expects: v.strictObject({ image: hex, modelHash: hex, modelScheme: text, modelName: text }),
  evidence: v.pipe(v.array(v.strictObject({ faults, kind: text, document: encoded })), v.maxLength(8)),
  receipts: v.pipe(
    v.array(v.strictObject({ faults, nonce: v.picklist(['sent', 'other']), text: v.pipe(v.string(), v.minLength(1), v.maxLength(8_000)) })),
    v.maxLength(16),
  ),
})
export type Ingredients = v.InferOutput<typeof ingredients>

/** Reads the ingredients from the text of the file that lies in the extension. */
export function parseIngredients(source: string): Result<Ingredients, string> {
  const json = parseJson(source)
  return json.ok ? parseWith(ingredients, json.value) : json
}
