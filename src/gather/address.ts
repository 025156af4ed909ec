import type { Dossier } from '../dossier/types.ts'
import { interfaceOf } from './services/route.ts'
import type { Service, Template } from './services/types.ts'

/** What may stand in a template. */
export type Values = { readonly id?: string; readonly model?: string; readonly nonce?: string }

/**
 * The address that a template comes to for an exchange: under its own origin, or under that of the interface which answered. Undefined
 * where a part of the path is not known, and where the exchange was with none of the service's interfaces.
 */
export function addressFor(template: Template, values: Values, { exchange }: Dossier, service: Service): string | undefined {
  const origin = template.origin ?? interfaceOf(service, exchange)
  const path = fill(template.path, values)
  if (origin === undefined || path === undefined) return undefined
  const query = Object.entries(template.query ?? {}).flatMap(([name, value]) => {
    const filled = fill(value, values)
    return filled === undefined ? [] : [`${name}=${filled}`]
  })
  const address = origin + path + (query.length === 0 ? '' : `?${query.join('&')}`)
  // Ids come from outside: one such as `..` would lead elsewhere.
  return URL.canParse(address) && new URL(address).href === address ? address : undefined
}

function fill(text: string, values: Values): string | undefined {
  let known = true
  const filled = text.replace(/\{(id|model|nonce)\}/g, (_, name: keyof Values) => {
    const value = values[name]
    known &&= value !== undefined && value !== ''
    return encodeURIComponent(value ?? '')
  })
  return known ? filled : undefined
}
