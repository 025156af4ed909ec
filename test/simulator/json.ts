export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export type JsonObject = { readonly [member: string]: Json }

/**
 * Changes to a JSON object, by path: `{ 'submods.container.image_digest': 'sha256:…', nonce: undefined }` sets the one and removes the other.
 * An overridden member keeps its place, a new one comes last.
 */
export type Edits = Readonly<Record<string, Json | undefined>>

export function edit(object: JsonObject, edits: Edits = {}): JsonObject {
  return Object.entries(edits).reduce((edited, [path, value]) => setAt(edited, path.split('.'), value), object)
}

function setAt(object: JsonObject, [member, ...deeper]: readonly string[], value: Json | undefined): JsonObject {
  if (member === undefined) return object
  const current = object[member]
  const next = deeper.length === 0 ? value : setAt(isObject(current) ? current : {}, deeper, value)
  if (next !== undefined) return { ...object, [member]: next }
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== member))
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The members that are there: what is `undefined` is left out. */
export function members(object: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

/** The JSON text of an object with one more member behind the others, which may well be there already: what no serialiser writes. */
export function withMember(text: string, member: string, value: Json): string {
  return text.replace(/\}$/, `,${JSON.stringify(member)}:${JSON.stringify(value)}}`)
}
