import { SERVICES } from './registry.ts'
import type { Service } from './types.ts'

/** The service whose pages live at an origin; the first, where a page calls several. Which one an exchange is with, the called address says. */
export function serviceOfPage(origin: string): Service | undefined {
  return SERVICES.find((service) => service.pages.includes(origin))
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
