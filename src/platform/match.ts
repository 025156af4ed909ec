/**
 * Whether an origin is the one of a pattern: an origin, or one with `*.` before its host for every host below it (but not that host itself), as
 * in the browser's match patterns.
 */
export function matchesOrigin(pattern: string, origin: string): boolean {
  const [scheme, host] = pattern.split('://*.', 2)
  return host === undefined ? pattern === origin : origin.startsWith(`${scheme}://`) && origin.endsWith(`.${host}`)
}

/** Whether an address without query is at the origin of a pattern and has its path. */
export function matchesAddress(pattern: string, address: string): boolean {
  if (!pattern.includes('://*.')) return pattern === address
  if (!URL.canParse(address)) return false
  const { origin, pathname } = new URL(address)
  return origin + pathname === address && pattern.endsWith(pathname) && matchesOrigin(pattern.slice(0, -pathname.length), origin)
}
