import { SERVICES } from '../gather/services/registry.ts'
import type { Service } from '../gather/services/types.ts'
import { registerCaptureScripts } from '../platform/content-scripts.ts'
import { hasHosts } from '../platform/permissions.ts'
import { askForReceipts } from './opt-in.ts'

/** Whether the user has allowed what checking needs: the service's pages and its interface. Without the rest, evidence is only missing. */
export async function isEnabled(service: Service): Promise<boolean> {
  return hasHosts([...service.pages, ...service.apis].map((origin) => `${origin}/*`))
}

/** Brings capture scripts and header rules in line with what the user has allowed. Done at each start: updates and restarts forget some. */
export async function alignWithPermissions(): Promise<void> {
  const granted = await Promise.all(SERVICES.map(async (service) => ((await isEnabled(service)) ? [service] : [])))
  const enabled = granted.flat()
  await registerCaptureScripts([...new Set(enabled.flatMap((service) => service.pages))])
  await askForReceipts(enabled)
}
