import type { Dossier, MissingReason, Provenance } from '../dossier/types.ts'
import { decodeBase64, encodeBase64url } from '../verify/encoding/base64.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'
import { addressFor, type Values } from './address.ts'
import { fetchDocument } from './fetch.ts'
import { lookUpThrough, type PageLookup } from './page.ts'
import { relayOf } from './services/route.ts'
import { endpointsOf, type Served, type Service, type Template } from './services/types.ts'

/** A document as a dossier keeps it, from where, and who fetched it. */
export type TextSeen = { readonly text: string; readonly source: string; readonly provenance: Provenance }
export type NotObtained = { readonly source: string; readonly reason: MissingReason }

/** Who fetches: this verifier, and for what only the caller may have, the page. */
export type Desk = { readonly dossier: Dossier; readonly service: Service; readonly page: PageLookup }

/** Fetches the document that a template comes to: text as it came, octets as base64url. */
export async function fetchText(
  template: Template & { readonly served?: Served },
  values: Values,
  desk: Desk,
): Promise<Result<TextSeen, MissingReason> & { source: string }> {
  const { dossier, service, page } = desk
  const address = addressFor(template, values, dossier, service)
  const source = address ?? (template.origin ?? '') + template.path
  if (address === undefined) return { ...failure('not-allowed'), source }
  const plain = template.credential === 'page' ? undefined : await fetchDocument(address, endpointsOf(service))
  // The page's credential goes where its call took it, and nowhere else: a relay's is not for the interface behind it.
  const pageMayAsk = template.credential !== 'none' && relayOf(service, dossier.exchange.url) === undefined
  const asPage = pageMayAsk && (plain === undefined || (!plain.ok && plain.code === 'refused'))
  const fetched = asPage ? await lookUpThrough(page, address) : (plain ?? failure<MissingReason>('refused'))
  if (!fetched.ok) return { ...fetched, source }
  const text = textOf('body' in fetched.value ? fetched.value.body : fetched.value, template.served)
  if (!text.ok) return { ...failure('malformed'), source }
  return { ...success({ text: text.value, source, provenance: asPage ? 'page-reported' : 'fetched' }), source }
}

function textOf(octets: Bytes, served: Served = 'text'): Result<string, string> {
  if (served === 'octets') return success(encodeBase64url(octets))
  const text = decodeUtf8(octets)
  if (!text.ok || served === 'text') return text
  const decoded = decodeBase64(text.value.trimEnd())
  return decoded.ok ? success(encodeBase64url(decoded.value)) : decoded
}
