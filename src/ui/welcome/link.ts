import { type Attributes, type Child, html } from '../shared/element.ts'

/** A part of this page, or a web page. Nothing else becomes an address, wherever the text comes from. */
const PART = /^#[a-z]+$/

/** Makes a link to a part of this page (`#sample`). */
export function partLink(part: string, ...children: Child[]): HTMLAnchorElement {
  if (!PART.test(part)) throw new TypeError(`no part of this page: ${part}`)
  const link = html('a', {}, ...children)
  link.href = part
  return link
}

/** Makes a link to a web page, which opens in a tab of its own and is not told where it was opened from. */
export function pageLink(address: string, attributes: Attributes, ...children: Child[]): HTMLAnchorElement {
  const { protocol, href } = new URL(address)
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError(`no web page: ${address}`)
  const link = html('a', { target: '_blank', rel: 'noreferrer', ...attributes }, ...children)
  link.href = href
  return link
}
