import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SERVICES } from '../../src/gather/services/registry.ts'
import { hostPatterns, sitesOf, watchedUrls } from '../../src/gather/services/types.ts'
import { presetFor } from '../../src/verify/policy/presets.ts'

const SECTIONS = readFileSync('docs/SERVICES.md', 'utf8').split(/^## /m)

describe('the services of this build', () => {
  it.each(SERVICES.map((service) => [service.id, service] as const))('%s has all its hosts in the docs', (_, service) => {
    const section = SECTIONS.find((text) => text.startsWith(`${service.name}\n`)) ?? ''
    for (const pattern of hostPatterns(service)) {
      const host = pattern.slice('https://'.length, -'/*'.length)
      expect(section, host).toContain(`\`${host}\``)
    }
  })

  it.each(SERVICES.map((service) => [service.id, service] as const))('%s says in the docs who reads along', (_, service) => {
    const section = SECTIONS.find((text) => text.startsWith(`${service.name}\n`)) ?? ''
    for (const { addresses } of service.relays ?? []) for (const address of addresses) expect(section).toContain(new URL(address).pathname)
  })

  it('share neither ids, nor pages, nor addresses at which answers are asked for', () => {
    for (const values of [
      SERVICES.map(({ id }) => id),
      SERVICES.flatMap(sitesOf).flatMap(({ pages }) => pages),
      SERVICES.flatMap(watchedUrls),
    ]) {
      expect(new Set(values).size).toBe(values.length)
    }
  })

  it.each(SERVICES.map(({ id }) => id))('%s starts from a policy without a digest of code', (id) => {
    const preset = presetFor(id)
    expect(preset.expects.every(({ source }) => source === 'vendor')).toBe(true)
    expect(preset.expects.some(({ anyOf }) => anyOf.some((value) => /[0-9a-f]{64}/.test(value)))).toBe(false)
  })
})
