/** The host that a match pattern asks for, and whether its subdomains are meant too. A pattern that is not understood is shown whole. */
export function hostOfPattern(pattern: string): { readonly host: string; readonly below: boolean } {
  const [, authority] = /^[a-z*]+:\/\/([^/]+)\//.exec(pattern) ?? []
  if (authority === undefined) return { host: pattern, below: false }
  return authority.startsWith('*.') ? { host: authority.slice(2), below: true } : { host: authority, below: false }
}
