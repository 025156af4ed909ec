import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RULES } from './rules.ts'

/** `npm run mutate -- --rules` takes minutes. That each rule is still where it is said to be shows in an instant. */
describe('the rules that nobody may lose', () => {
  it.each(RULES.map(({ name, edits }) => [name, edits] as const))('%s', (_, edits) => {
    for (const { file, find } of edits) expect(readFileSync(file, 'utf8').split(find)).toHaveLength(2)
  })
})
