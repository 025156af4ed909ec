import { browser } from './browser.ts'

/** Whether the user has granted access to all of these hosts (match patterns). */
export async function hasHosts(patterns: readonly string[]): Promise<boolean> {
  return browser.permissions.contains({ origins: [...patterns] })
}

/** Calls back whenever the user grants or takes back access. Call it synchronously when the worker starts. */
export function onPermissionsChanged(changed: () => void): void {
  browser.permissions.onAdded.addListener(changed)
  browser.permissions.onRemoved.addListener(changed)
}
