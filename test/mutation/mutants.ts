/** One small change of a source file. */
export type Mutant = { readonly line: number; readonly before: string; readonly after: string; readonly text: string }

/** What a careless hand could do to a check: turn a comparison round, widen it, swap an outcome, or drop an early refusal. */
const CHANGES: readonly (readonly [RegExp, string])[] = [
  [/===/, '!=='],
  [/!==/, '==='],
  [/ < /, ' <= '],
  [/ <= /, ' < '],
  [/ >= /, ' > '],
  [/ > /, ' >= '],
  [/ && /, ' || '],
  [/ \|\| /, ' && '],
  [/'passed'/, "'failed'"],
  [/'failed'/, "'passed'"],
  [/'unchecked'/, "'passed'"],
  [/unchecked: 'verified'/, "unchecked: 'failed'"],
  [/unchecked: '(?:assumed|unchecked)'/, "unchecked: 'verified'"],
  [/failed: '(?:failed|absent)'/, "failed: 'verified'"],
  [/needed: true/, 'needed: false'],
  [/needed: false/, 'needed: true'],
  [/\bv\.strictObject\(/, 'v.object('],
  [/return false\b/, 'return true'],
  [/return true\b/, 'return false'],
  [/\.every\(/, '.some('],
  [/\.some\(/, '.every('],
  [/^(\s*)if \(.*\) return (?:failure|false|undefined|malformed|\{ kind).*$/, '$1'],
  [/^(\s*)(?:check[A-Z]\w*|compare)\(.*\)$/, '$1'],
]

/** Every mutant of a source text: each change on each line where it applies. Comments, imports and types are left alone. */
export function mutantsOf(source: string): readonly Mutant[] {
  const lines = source.split('\n')
  return lines.flatMap((before, index) => {
    if (/^\s*(?:\/?\*|\/\/|import |export type|type )/.test(before) || before.includes('readonly ')) return []
    return CHANGES.flatMap(([pattern, replacement]): Mutant[] => {
      const after = before.replace(pattern, replacement)
      if (after === before) return []
      return [
        {
          line: index + 1,
          before: before.trim(),
          after: after.trim(),
          text: [...lines.slice(0, index), after, ...lines.slice(index + 1)].join('\n'),
        },
      ]
    })
  })
}
