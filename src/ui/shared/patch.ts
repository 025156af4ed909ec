/**
 * Makes `current` look like `wanted`, touching only what differs, so that focus, opened details, scroll positions and a screen reader's
 * place survive an update. Siblings are matched by `data-key` where they have one, otherwise by position and tag.
 * What the user sets stays the user's: the `open` of a details element is never changed here.
 */
export function patch(current: Element, wanted: Element): void {
  patchAttributes(current, wanted)
  patchChildren(current, wanted)
}

const USERS_OWN = new Set(['open'])

function patchAttributes(current: Element, wanted: Element): void {
  for (const { name } of [...current.attributes]) {
    if (!USERS_OWN.has(name) && !wanted.hasAttribute(name)) current.removeAttribute(name)
  }
  for (const { name, value } of [...wanted.attributes]) {
    if (!USERS_OWN.has(name) && current.getAttribute(name) !== value) current.setAttribute(name, value)
  }
  // A radio that was ever clicked no longer follows its attribute.
  if (current instanceof HTMLInputElement && current.checked !== wanted.hasAttribute('checked')) {
    current.checked = wanted.hasAttribute('checked')
  }
}

function patchChildren(current: Element, wanted: Element): void {
  const kept = new Set<Node>()
  let place: ChildNode | null = current.firstChild
  for (const next of [...wanted.childNodes]) {
    const match = findMatch(current, place, next, kept)
    if (match === undefined) {
      current.insertBefore(next, place)
      kept.add(next)
      continue
    }
    kept.add(match)
    if (match instanceof Element && next instanceof Element) patch(match, next)
    else if (match.nodeValue !== next.nodeValue) match.nodeValue = next.nodeValue
    if (match === place) place = nextUnkept(place, kept)
    else current.insertBefore(match, place)
  }
  for (const child of [...current.childNodes]) if (!kept.has(child)) child.remove()
}

function findMatch(parent: Element, place: ChildNode | null, next: ChildNode, kept: ReadonlySet<Node>): ChildNode | undefined {
  const key = keyOf(next)
  if (key !== undefined) {
    return [...parent.childNodes].find((child) => !kept.has(child) && keyOf(child) === key && child.nodeName === next.nodeName)
  }
  const fits = place !== null && !kept.has(place) && keyOf(place) === undefined && place.nodeName === next.nodeName
  return fits ? place : undefined
}

function nextUnkept(place: ChildNode, kept: ReadonlySet<Node>): ChildNode | null {
  let next = place.nextSibling
  while (next !== null && kept.has(next)) next = next.nextSibling
  return next
}

function keyOf(node: Node): string | undefined {
  return node instanceof Element ? (node.getAttribute('data-key') ?? undefined) : undefined
}
