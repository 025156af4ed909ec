import type { Dossier, MissingReason, Provenance } from '../dossier/types.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'
import { addressFor, type Values } from './address.ts'
import { fetchDocument } from './fetch.ts'
import { lookUpThrough, type PageLookup } from './page.ts'
import { endpointsOf, type Service, type Template } from './services/types.ts'

/** A text as it came, from where, and who fetched it. */
export type TextSeen = { readonly text: string; readonly source: string; readonly provenance: Provenance }
export type NotObtained = { readonly source: string; readonly reason: MissingReason }

/** Who fetches: this verifier, and for what only the caller may have, the page. */
export type Desk = { readonly dossier: Dossier; readonly service: Service; readonly page: PageLookup }

/** Fetches the text that a template comes to. */
export async function fetchText(
  template: Template,
  values: Values,
  desk: Desk,
): Promise<Result<TextSeen, MissingReason> & { source: string }> {
  const { dossier, service, page } = desk
  const address = addressFor(template, values, dossier, service)
  const source = address ?? (template.origin ?? '') + template.path
  if (address === undefined) return { ...failure('not-allowed'), source }
  const own = template.credential === 'none'
  const fetched = own ? await fetchDocument(address, endpointsOf(service)) : await lookUpThrough(page, address)
  if (!fetched.ok) return { ...fetched, source }
  const text = decodeUtf8('body' in fetched.value ? fetched.value.body : fetched.value)
  if (!text.ok) return { ...failure('malformed'), source }
  return { ...success({ text: text.value, source, provenance: own ? 'fetched' : 'page-reported' }), source }
}
