import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CHECKS_DOC, checksDoc } from '../../scripts/checks-doc.ts'

/** Every table of checks in the source, whether the document knows of it or not. */
const SOURCES = readdirSync('src/verify', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join('src/verify', path), 'utf8') }))
  .filter(({ text }) => text.includes('satisfies Checks<'))
const IDS = SOURCES.flatMap(({ text }) => {
  const from = text.indexOf('const CHECKS = {')
  const listed = text.slice(from, text.indexOf('satisfies Checks<', from))
  return [...listed.matchAll(/'([a-z0-9-]+\.[a-z0-9-]+)': '/g)].map((match) => match[1] ?? '')
})

const rows = checksDoc()
  .split('\n')
  .filter((line) => /^\| `[a-z0-9-]+\.[a-z0-9-]+` \| [^`]/.test(line))
  .map((line) => line.slice(2, -2).split(' | '))

describe('the document of the checks', () => {
  it('is what the tables beside the checks make: run `npm run docs`', () => {
    expect(readFileSync(CHECKS_DOC, 'utf8')).toBe(checksDoc())
  })

  it('has every check of every table once', () => {
    expect(SOURCES.length).toBeGreaterThan(20)
    expect(rows.map(([id]) => id).sort()).toEqual(IDS.map((id) => `\`${id}\``).sort())
    expect(new Set(IDS).size).toBe(IDS.length)
  })

  it('says of each what is compared with what, and where that is asked for', () => {
    for (const [id, compares = '', section = '', role] of rows) {
      expect([id, compares.length > 20, section.length > 5, role]).toEqual([id, true, true, expect.stringMatching(/^`[a-z-]+\.[a-z-]+`$/)])
      expect([id, / with |: /.test(compares)]).toEqual([id, true])
      // A specification without a place in it is no section.
      if (/\b(?:RFC|ACI specification)\b/.test(section)) expect([id, section]).toEqual([id, expect.stringMatching(/sections? \d/)])
    }
  })

  it('refers to files and headings of this repository that are there', () => {
    const own = rows.map(([, , section = '']) => section).filter((section) => section.startsWith('docs/'))
    expect(own.length).toBeGreaterThan(10)
    for (const section of own) {
      const [path = '', heading, rule] = section.split(', ')
      const text = readFileSync(path, 'utf8')
      if (heading !== undefined) expect(text).toContain(`## ${heading}\n`)
      if (rule !== undefined) expect(text).toMatch(new RegExp(`^${rule}\\. `, 'm'))
    }
  })
})
