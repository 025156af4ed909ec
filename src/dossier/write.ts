import type { Dossier } from './types.ts'

/** The JSON text of a dossier, for a file: two-space indented, members in the order of the type. */
export function writeDossier(dossier: Dossier): string {
  return `${JSON.stringify(dossier, null, 2)}\n`
}

/** A URL fit to be kept: origin and path only. Query, fragment and user info may carry secrets. Empty when it is no URL. */
export function keepableUrl(url: string): string {
  const match = /^(https?:\/\/)(?:[^/?#@]*@)?([^/?#]+)([^?#]*)/i.exec(url)
  return match === null ? '' : `${match[1] ?? ''}${match[2] ?? ''}${match[3] ?? ''}`
}
