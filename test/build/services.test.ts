import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SERVICES } from '../../src/gather/services/registry.ts'
import { endpointsOf, hostPatterns, pageLookupUrls, type Service, sitesOf, watchedUrls } from '../../src/gather/services/types.ts'
import { presetFor } from '../../src/verify/policy/presets.ts'

const SECTIONS = readFileSync('docs/SERVICES.md', 'utf8').split(/^## /m)
const sectionOf = ({ name }: Service) => SECTIONS.find((text) => text.startsWith(`${name}\n`)) ?? ''
const each = SERVICES.map((service) => [service.id, service] as const)

/** What the first cells of a section's tables of hosts name. */
function hostsIn(section: string): readonly string[] {
  const [, ...tables] = section.split(/^\| host \|.*$/m)
  const rows = tables.flatMap((table) => (table.split('\n\n')[0] ?? '').split('\n'))
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''))
}

describe('the docs of the services of this build', () => {
  it.each(each)('name every host of %s, and none besides', (_, service) => {
    const hosts = hostPatterns(service).map((pattern) => pattern.slice('https://'.length, -'/*'.length))
    expect([...new Set(hostsIn(sectionOf(service)))].sort()).toEqual([...new Set(hosts)].sort())
  })

  it.each(each)('name every path that is fetched for %s, the makers’ apart', (_, service) => {
    const makers = (endpoint: string) => new URL(endpoint).pathname === '/*'
    const paths = sitesOf(service)
      .flatMap((site) => [...endpointsOf(site), ...pageLookupUrls(site)])
      .filter((endpoint) => !makers(endpoint))
      .map((endpoint) => endpoint.replace(/^https:\/\/[^/]+/, '').replace(/\??\*$/, ''))
    for (const path of new Set(paths)) expect(sectionOf(service)).toContain(path)
  })

  it.each(each)('name every relay that %s has', (_, service) => {
    const addresses = sitesOf(service).flatMap(({ relays = [] }) => relays.flatMap((relay) => relay.addresses))
    for (const address of addresses) expect(sectionOf(service)).toContain(new URL(address).pathname)
  })

  it.each(each)('say where the facts of %s come from', (_, service) => {
    const rows = service.sources.map(
      ({ topic, source, dated = '', read, known }) => `| ${topic} | ${source} | ${dated} | ${read} | ${known} |`,
    )
    expect(sectionOf(service)).toContain(['| of | source | dated | read on | known |', '|---|---|---|---|---|', ...rows].join('\n'))
  })
})

describe('the services of this build', () => {
  it.each(each)('%s says where it is known from, in days that have been', (_, { sources }) => {
    expect(sources.length).toBeGreaterThan(0)
    for (const { dated, read } of sources) {
      expect(read).toMatch(/^\d{4}-\d\d-\d\d$/)
      expect(Date.parse(read)).toBeLessThanOrEqual(Date.now())
      if (dated !== undefined) expect(dated).toMatch(/^\d{4}-\d\d(-\d\d)?$/)
      if (dated !== undefined) expect(Date.parse(dated)).toBeLessThanOrEqual(Date.parse(read))
    }
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

  it.each(SERVICES.map((service) => [service.id, service] as const))('%s has its chat among its pages', (_, { chat, pages }) => {
    if (chat !== undefined) expect(pages).toContain(new URL(chat).origin)
    expect(pages.length).toBeGreaterThan(0)
  })
})
