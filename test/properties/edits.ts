import type { Dossier } from '../../src/dossier/types.ts'
import type { Dice } from '../support/mutate.ts'

/*
 * Changes that whoever stands between can make to what nobody signed: members of JSON documents removed, doubled, moved, given a value that was
 * seen elsewhere, or taken over from another service's document; headers and ids; documents and collateral left out, doubled, put in another
 * order, added from another exchange. What is signed may be hit too: then the signature fails, which lowers.
 */
type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
type Path = readonly (string | number)[]

/** What is put in place of something else: values of all documents, by chance. */
export type Pool = { readonly values: readonly Json[]; readonly dossiers: readonly Dossier[] }

export function poolOf(dossiers: readonly Dossier[]): Pool {
  const values = dossiers.flatMap((dossier) =>
    documentsOf(dossier).flatMap((document) => (document === undefined ? [] : valuesIn(document))),
  )
  return { dossiers, values: [...values, null, '', 'direct', 'gateway', 'model', true, false, 0, 1, [], {}] }
}

export type Edit = { readonly what: string; readonly dossier: Dossier }

/** One change, by the dice. */
export function edited(dossier: Dossier, pool: Pool, dice: Dice): Edit {
  switch (dice.below(8)) {
    case 0:
      return inHeaders(dossier, pool, dice)
    case 1:
      return inLists(dossier, pool, dice)
    default:
      return inDocument(dossier, pool, dice)
  }
}

function one<Item>(items: readonly Item[], dice: Dice): Item | undefined {
  return items.length === 0 ? undefined : items[dice.below(items.length)]
}

function inHeaders(dossier: Dossier, pool: Pool, dice: Dice): Edit {
  const { headers } = dossier.exchange
  const picked = one(headers, dice)
  const foreign = one(
    pool.dossiers.flatMap(({ exchange }) => exchange.headers),
    dice,
  )
  const kept = dice.below(2) === 0 ? headers : headers.filter((header) => header !== picked)
  const changed = foreign === undefined ? kept : [...kept, foreign]
  return {
    what: `headers: without ${picked?.name ?? 'any'}, with ${foreign?.name ?? 'none'}`,
    dossier: { ...dossier, exchange: { ...dossier.exchange, headers: changed } },
  }
}

function inLists(dossier: Dossier, pool: Pool, dice: Dice): Edit {
  const other = one(pool.dossiers, dice) ?? dossier
  const slot = dice.below(2) === 0 ? 'evidence' : 'collateral'
  switch (dice.below(4)) {
    case 0:
      return { what: `${slot}: another exchange’s behind`, dossier: { ...dossier, [slot]: [...dossier[slot], ...other[slot]] } }
    case 1:
      return { what: `${slot}: another exchange’s before`, dossier: { ...dossier, [slot]: [...other[slot], ...dossier[slot]] } }
    case 2:
      return { what: `${slot}: doubled`, dossier: { ...dossier, [slot]: [...dossier[slot], ...dossier[slot]] } }
    default:
      return { what: `${slot}: none`, dossier: { ...dossier, [slot]: [] } }
  }
}

function documentsOf(dossier: Dossier): readonly (Json | undefined)[] {
  return [...dossier.receipts.map(({ text }) => text), ...dossier.evidence.map(({ document }) => document)].map(parsed)
}

function parsed(text: string): Json | undefined {
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function inDocument(dossier: Dossier, pool: Pool, dice: Dice): Edit {
  const documents = documentsOf(dossier)
  const readable = documents.flatMap((document, index) => (document === undefined ? [] : [index]))
  const index = one(readable, dice)
  const document = index === undefined ? undefined : documents[index]
  if (index === undefined || document === undefined) return inHeaders(dossier, pool, dice)
  const { what, value } = inJson(document, pool, dice)
  const text = JSON.stringify(value)
  const ofReceipts = index < dossier.receipts.length
  const at = ofReceipts ? index : index - dossier.receipts.length
  return {
    what: `${ofReceipts ? 'receipt' : 'evidence'} ${at}: ${what}`,
    dossier: ofReceipts
      ? { ...dossier, receipts: dossier.receipts.map((item, i) => (i === at ? { ...item, text } : item)) }
      : { ...dossier, evidence: dossier.evidence.map((item, i) => (i === at ? { ...item, document: text } : item)) },
  }
}

function inJson(document: Json, pool: Pool, dice: Dice): { readonly what: string; readonly value: Json } {
  const path = one(pathsIn(document), dice) ?? []
  const said = path.join('.')
  switch (dice.below(5)) {
    case 0:
      return { what: `${said} removed`, value: replaceAt(document, path, undefined) }
    case 1:
    case 2: {
      const value = one(pool.values, dice) ?? null
      return { what: `${said} set to ${JSON.stringify(value).slice(0, 60)}`, value: replaceAt(document, path, value) }
    }
    case 3: {
      const from = one(pathsIn(document), dice) ?? []
      return { what: `${said} set to what ${from.join('.')} holds`, value: replaceAt(document, path, valueAt(document, from) ?? null) }
    }
    default: {
      const other = one(
        pool.dossiers.flatMap((dossier) => documentsOf(dossier).filter((each) => each !== undefined)),
        dice,
      )
      return { what: 'members of another document', value: isObject(document) && isObject(other) ? { ...other, ...document } : document }
    }
  }
}

function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const DEEPEST = 4

function pathsIn(value: Json, before: Path = []): readonly Path[] {
  if (before.length >= DEEPEST || typeof value !== 'object' || value === null) return []
  const entries: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? value.slice(0, 6).map((item: Json, index) => [index, item] as const)
    : Object.entries(value)
  return entries.flatMap(([name, inner]) => [[...before, name], ...pathsIn(inner, [...before, name])])
}

function valuesIn(document: Json): readonly Json[] {
  return pathsIn(document).flatMap((path) => {
    const value = valueAt(document, path)
    return value === undefined ? [] : [value]
  })
}

function valueAt(value: Json | undefined, [step, ...deeper]: Path): Json | undefined {
  if (step === undefined) return value
  if (Array.isArray(value)) return valueAt(value[Number(step)], deeper)
  return isObject(value) ? valueAt(value[String(step)], deeper) : undefined
}

/** The value with what stands at the path replaced; taken out where `to` is undefined. */
function replaceAt(value: Json, [step, ...deeper]: Path, to: Json | undefined): Json {
  if (step === undefined) return to ?? null
  if (Array.isArray(value)) {
    const items: readonly Json[] = value
    if (deeper.length === 0 && to === undefined) return items.filter((_, index) => index !== step)
    return items.map((item, index) => (index === step ? replaceAt(item, deeper, to) : item))
  }
  if (!isObject(value)) return value
  const name = String(step)
  if (deeper.length === 0 && to === undefined) {
    return Object.fromEntries(Object.entries(value).filter(([other]) => other !== name))
  }
  return { ...value, [name]: replaceAt(value[name] ?? null, deeper, to) }
}
