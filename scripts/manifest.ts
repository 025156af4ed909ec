import * as v from 'valibot'
import type { Service } from '../src/gather/services/types.ts'
import { hostPatterns, reachableOrigins, sitesOf } from '../src/gather/services/types.ts'

export const BROWSERS = ['chromium', 'firefox'] as const
export type Browser = (typeof BROWSERS)[number]

export type Manifest = { readonly [key: string]: unknown }

/** What a test build adds so that a real browser can be driven without a person to answer its prompts. Never in a shipped build. */
export type TestKeys = { readonly key: string; readonly host_permissions: readonly string[] }

const SourceManifest = v.record(v.string(), v.unknown())

/**
 * Makes one browser's manifest from the common source. A key `name@browser` counts for that browser only. What follows from the services
 * is derived here, so that there is one place to add a host: the hosts a user may be asked for, and where the extension may connect.
 */
export function manifestFor(source: unknown, browser: Browser, services: readonly Service[], test?: TestKeys): Manifest {
  const manifest: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(v.parse(SourceManifest, source))) {
    const [key = name, only] = name.split('@')
    if (only === undefined || only === browser) manifest[key] = value
  }
  const held = v.parse(v.optional(v.array(v.string()), []), manifest['host_permissions'])
  const patterns = [...new Set(services.flatMap(hostPatterns))].sort()
  if (test === undefined) manifest['optional_host_permissions'] = patterns.filter((pattern) => !held.includes(pattern))
  else Object.assign(manifest, test)
  manifest['content_security_policy'] = { extension_pages: policyFor(services) }
  return manifest
}

/** The content security policy of the extension's own pages and of its background. */
function policyFor(services: readonly Service[]): string {
  const connect = [...new Set(services.flatMap(sitesOf).flatMap(reachableOrigins))].sort()
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    `connect-src 'self' ${connect.join(' ')}`.trim(),
  ].join('; ')
}
