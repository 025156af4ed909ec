import messages from '../../public/_locales/en/messages.json' with { type: 'json' }
import { type Sentence, say } from '../../src/verify/claims/sentence.ts'
import type { Finding } from '../../src/verify/claims/types.ts'

/** What a sentence must not hold, and what to call it. Names that others gave stand in quotation marks, and are looked at for length alone. */
const FOREIGN = [
  ['an instant as machines write it', /\d{4}-\d{2}-\d{2}T\d{2}:/],
  ['a hash or key that nobody reads to its end', /[0-9a-f]{25,}|(?=[\w+/]*[0-9])(?=[\w+/]*[A-Z])(?=[\w+/]*[a-z])[\w+/]{44,}/i],
  ['a regular expression', /\\d|\[0-9a-f|\[A-Z|\(\?:|\]\{\d/i],
  [
    'a library’s own words',
    /Invalid (?:type|input|key|format|length|value)|Expected .* received|Unexpected (?:token|end)|JSON at position/,
  ],
  ['a gap that nothing fills', /\$\d/],
] as const

/** A code of ours: words joined by hyphens, underscores or full stops; capitals so joined; words run together (`UpToDate`). */
const CODE = /^(?:[a-z0-9]+(?:[-_.][a-z0-9]+)+|[A-Z0-9]+(?:_[A-Z0-9]+)+|[A-Z][a-z]+(?:[A-Z][a-z]*)+)$/

/** Days, which a language says its own way, and versions. */
const NUMBERS = /^(?:\d{4}-\d{2}-\d{2}|v?\d+(?:\.\d+)*)$/

/** Words that look like codes, stand outside quotation marks, and are what people call the thing. */
const NAMES: ReadonlySet<string> = new Set(['OpenGradient', 'OpenSecret', 'EphemeralML', 'GitHub', 'LS_10'])

function template(id: keyof typeof messages): string {
  return messages[id].message
}

/** Says a sentence in English, times as the command line says them. */
export function spoken(sentence: Sentence): string {
  const day = (iso: string) => new Date(iso).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
  return say(sentence, { template, instant: day, day })
}

/** What is wrong with a sentence as it is spoken: each fault in words. */
export function faultsOf(sentence: Sentence): readonly string[] {
  const words = spoken(sentence)
  return [
    ...FOREIGN.filter(([, pattern]) => pattern.test(words)).map(([fault]) => fault),
    ...gapsOf(sentence),
    ...bareArguments(sentence).filter((word) => CODE.test(word) && !NUMBERS.test(word) && !NAMES.has(word) && !isHost(word)),
  ].map((fault) => `${sentence.id}: ${fault} in “${words}”`)
}

/** The same of a finding: besides, neither its code nor the ids of its check and role are said. */
export function faultsOfFinding({ check, role, code, because }: Finding): readonly string[] {
  const outside = spoken(because).replace(/“[^”]*”/g, '')
  const own = [check, role, ...(code !== undefined && CODE.test(code) ? [code] : [])]
  return [...faultsOf(because), ...own.filter((id) => outside.split(/[\s,;:()]+/).includes(id)).map((id) => `${because.id}: says ${id}`)]
}

/** A template's gaps are `$1` to `$n`, and a sentence fills each. */
function gapsOf({ id, args = [] }: Sentence): readonly string[] {
  const gaps = new Set([...template(id).matchAll(/\$(\d)/g)].map(([, digit]) => Number(digit)))
  const isExact = gaps.size === args.length && args.every((_, index) => gaps.has(index + 1))
  return [
    ...(isExact ? [] : [`${args.length} arguments for ${gaps.size} gaps`]),
    ...args.flatMap((arg) => (typeof arg === 'string' ? [] : gapsOf(arg))),
  ]
}

/** The words of arguments that no quotation marks stand around. */
function bareArguments({ id, args = [] }: Sentence): readonly string[] {
  return args.flatMap((arg, index) => {
    if (typeof arg !== 'string') return bareArguments(arg)
    return template(id).includes(`“$${index + 1}”`) ? [] : arg.split(/[\s,;:()]+/)
  })
}

/** A name with an ending that hosts have. */
function isHost(word: string): boolean {
  return /\.(?:com|ai|net|org|dev|sh|io|example|test|local)$/.test(word)
}
