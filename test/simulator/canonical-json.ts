import { createHash } from 'node:crypto'
import { isObject, type Json } from './json.ts'

/**
 * The canonical text of JSON with ASCII names and integers, which is all that ACI has: members sorted, nothing between them (ACI, appendix A).
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`)
  return `{${members.join(',')}}`
}

/** Lower-case hex. */
export function canonicalDigest(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
