import { SERVICES } from './registry.ts'
import { type Service, sitesOf } from './types.ts'

/** Every service as it is at each of its sites. */
export const SITES: readonly Service[] = SERVICES.flatMap(sitesOf)

/**
 * The service whose pages live at an origin, as it is at that site; the first, where a page calls several. Which one an exchange is with, the called
 * address says.
 */
export function serviceOfPage(origin: string): Service | undefined {
  return SITES.find((site) => site.pages.includes(origin))
}

/** A service as it is at the site of a page that called it; as it usually is, where the page is none of its own. */
export function serviceAt(id: string, page: string): Service | undefined {
  return SITES.find((site) => site.id === id && site.pages.includes(page)) ?? serviceById(id)
}

export function serviceById(id: string): Service | undefined {
  return SERVICES.find((service) => service.id === id)
}

/** Origin and path of a URL: what may be stored of it, since queries can carry credentials. */
export function addressOf(url: string): string {
  if (!URL.canParse(url)) return ''
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
