/** What may stand inside an element: other elements, text, or nothing. Text only ever becomes a text node, so markup in it stays text. */
export type Child = Node | string | undefined

/** Attributes by name. `true` sets the bare attribute; `false` and `undefined` leave it out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** The attributes a rendered tree may carry. No handlers, no styles, no addresses: none of them can come out of a report by mistake. */
const FORBIDDEN_ATTRIBUTE = /^(on|style$|srcdoc$|src$|href$|xlink:)/i

/** Makes an HTML element. */
export function html<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children)
}

/** Makes an SVG element. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children)
}

function filled<Made extends Element>(element: Made, attributes: Attributes, children: readonly Child[]): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (FORBIDDEN_ATTRIBUTE.test(name)) throw new TypeError(`attribute not allowed: ${name}`)
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value))
  }
  for (const child of children) if (child !== undefined) element.append(child)
  return element
}
