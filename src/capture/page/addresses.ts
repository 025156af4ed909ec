import { getter, method } from './primordials.ts'

/** Addresses of services that are watched, prepared for asking: in full, or with `*.` for every host below one. */
export type Addresses = {
  /** Whether a URL is one of them, query and fragment apart. */
  readonly has: (url: URL) => boolean
  /** Whether a URL begins like one of them. */
  readonly hasPrefixOf: (url: URL) => boolean
}

type Pattern = { readonly scheme: string; readonly host: string; readonly below: boolean; readonly path: string }

const urlOrigin = getter<URL, string>(URL.prototype, 'origin')
const urlPath = getter<URL, string>(URL.prototype, 'pathname')
const startsWith = method<string, [string], boolean>(String.prototype, 'startsWith')
const endsWith = method<string, [string], boolean>(String.prototype, 'endsWith')

/** Splits the addresses while the page's scripts have not run yet; from then on nothing of the page's is used. */
export function addressesOf(texts: readonly string[]): Addresses {
  const patterns = texts.map((text): Pattern => {
    const [scheme = '', rest = ''] = text.split('://', 2)
    const slash = rest.indexOf('/')
    const host = rest.slice(0, slash)
    return { scheme: `${scheme}://`, host: host.replace(/^\*/, ''), below: host.startsWith('*.'), path: rest.slice(slash) }
  })
  const some = (url: URL, isPath: (path: string, pattern: Pattern) => boolean): boolean => {
    const origin = urlOrigin(url)
    const path = urlPath(url)
    for (let index = 0; index < patterns.length; index += 1) {
      const pattern = patterns[index]
      if (pattern === undefined || !isPath(path, pattern)) continue
      const isOrigin = pattern.below
        ? startsWith(origin, pattern.scheme) && endsWith(origin, pattern.host)
        : origin === pattern.scheme + pattern.host
      if (isOrigin) return true
    }
    return false
  }
  return {
    has: (url) => some(url, (path, pattern) => path === pattern.path),
    hasPrefixOf: (url) => some(url, (path, pattern) => startsWith(path, pattern.path)),
  }
}
