import { isJsonObject, parseJson } from '../verify/encoding/json.ts'
import { failure, type Result, renamed, success } from '../verify/encoding/result.ts'
import { parseWith } from '../verify/encoding/schema.ts'
import { dossierSchema } from './schema.ts'
import type { BodySeen, Dossier, Provenance } from './types.ts'

export type DossierError = 'dossier-json' | 'dossier-schema'

/** Longest dossier that is read, in characters. */
const MOST_CHARACTERS = 16 * 1024 * 1024

/**
 * Reads a dossier from JSON text: alone, or as the member `dossier` of a record that holds a report beside it, as the popup copies it. The
 * report there is somebody's word and is not read. `own-store`: written by this verifier where nobody else can write. `file`: whatever it says of where its
 * values come from is its author's word, so every provenance becomes `recorded`, which no row can be verified on.
 */
export function parseDossier(text: string, origin: 'own-store' | 'file'): Result<Dossier, DossierError> {
  const json = parseJson(text, { maxLength: MOST_CHARACTERS })
  if (!json.ok) return failure('dossier-json', json.code)
  const dossier = parseWith(dossierSchema, isJsonObject(json.value) && 'dossier' in json.value ? json.value['dossier'] : json.value)
  if (!dossier.ok) return renamed('dossier-schema', dossier)
  return success(origin === 'file' ? asRecorded(dossier.value) : dossier.value)
}

function asRecorded(dossier: Dossier): Dossier {
  const { exchange, asked } = dossier
  return {
    ...dossier,
    exchange: { ...exchange, request: recorded(exchange.request), response: recorded(exchange.response) },
    ...(asked === undefined ? {} : { asked: recorded(asked) }),
    receipts: dossier.receipts.map(recorded),
    evidence: dossier.evidence.map(recorded),
    collateral: dossier.collateral.map(recorded),
  }
}

function recorded<Value extends BodySeen | { readonly provenance: Provenance }>(value: Value): Value {
  return { ...value, provenance: 'recorded' }
}
