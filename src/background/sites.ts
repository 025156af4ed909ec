import { SITES, serviceAt } from '../gather/services/lookup.ts'
import { calledOrigins, hostAsks, type Service } from '../gather/services/types.ts'
import { registerCaptureScripts } from '../platform/content-scripts.ts'
import type { HostAsk } from '../platform/messages.ts'
import { hasHosts } from '../platform/permissions.ts'
import { allTabs } from '../platform/tabs.ts'
import { askForReceipts } from './opt-in.ts'
import { inSeries } from './serial.ts'

/** Whether the user has allowed what checking needs at a site: its pages and what they call. Without the rest, evidence is only missing. */
export async function isEnabled(service: Service): Promise<boolean> {
  return hasHosts([...service.pages, ...calledOrigins(service)].map((origin) => `${origin}/*`))
}

/** Whether the user has allowed what a page's exchanges with a service need; `page`: its origin, where the browser says it. */
export async function isWatched(serviceId: string, page = ''): Promise<boolean> {
  const service = serviceAt(serviceId, page)
  return service !== undefined && (await isEnabled(service))
}

/** What has to be asked for so that a service can be checked: of its hosts those that the user has not allowed, for another service say. */
export async function missingAsks(service: Service): Promise<readonly HostAsk[]> {
  const asks = hostAsks(service)
  const held = await Promise.all(asks.map(({ pattern }) => hasHosts([pattern])))
  return asks.filter((_, i) => held[i] !== true)
}

/** After access was given or taken back: scripts and header rules first, then `tell` of each tab that is open. */
export async function followPermissions(tell: (tabId: number) => Promise<void>): Promise<void> {
  await alignWithPermissions()
  await Promise.all((await allTabs()).map(tell))
}

/** A grant that wakes the worker has this done twice, and what is registered twice at once is refused. */
const series = inSeries()

/** Brings capture scripts and header rules in line with what the user has allowed. Done at each start: updates and restarts forget some. */
export function alignWithPermissions(): Promise<void> {
  return series(align)
}

async function align(): Promise<void> {
  const granted = await Promise.all(SITES.map(async (service) => ((await isEnabled(service)) ? [service] : [])))
  const enabled = granted.flat()
  await registerCaptureScripts([...new Set(enabled.flatMap((service) => service.pages))])
  await askForReceipts(enabled)
}
