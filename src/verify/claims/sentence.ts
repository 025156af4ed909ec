import type messages from '../../../public/_locales/en/messages.json'
import { short } from './short.ts'

/** The name of a text in `_locales`. A text that is missing there does not compile here. */
export type MessageId = keyof typeof messages

/**
 * A sentence that is not yet in any language: the verifier names it, the edge (popup, command line) says it.
 * Arguments fill `$1` … `$9`; one may itself be a sentence. Strings among them may come from an attacker: `say` cleans them.
 */
export type Sentence = { readonly id: MessageId; readonly args?: readonly (string | Sentence)[] }

/**
 * What may fill a gap of a sentence: another sentence, or text. A value of a literal type is a code of ours (`no-anchor`, `UpToDate`), and codes
 * are fields of a finding: passing one does not compile. A name that people know is given as text: `String(name)`.
 */
type Sayable<Argument> = Argument extends string ? (string extends Argument ? Argument : never) : Argument

/** Builds a sentence from its name and its arguments. */
export function sentence<const Args extends readonly (string | Sentence)[]>(
  id: MessageId,
  ...args: { readonly [Index in keyof Args]: Sayable<Args[Index]> }
): Sentence {
  return args.length === 0 ? { id } : { id, args }
}

/** Longest piece of foreign text shown inside a sentence, in characters. */
const LONGEST_ARGUMENT = 160

/** Everything that has no glyph or turns the reading direction: controls, bidi marks and isolates, zero-width and separators. */
const UNSAFE_CHARACTERS = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu

/** Foreign text made fit to stand in a sentence: invisible and direction-changing characters out, cut to a bearable length. */
export function cleanText(text: string): string {
  const visible = text.replace(UNSAFE_CHARACTERS, '\ufffd')
  return visible.length <= LONGEST_ARGUMENT ? visible : `${visible.slice(0, LONGEST_ARGUMENT - 1)}…`
}

/** Quotation marks of any kind: a name that stands between such must not be able to end them and go on in the sentence's own voice. */
const QUOTATION_MARKS = /[\u0022\u00ab\u00bb\u201c-\u201f\u2039\u203a\u300c-\u300f\uff02]/gu

/** ISO 8601 in UTC, as the verifier writes instants. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/

/** A day alone, in UTC. */
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** How a language says what is not text of its own: the template of a message id, with `$1` … `$9` for the arguments, instants and days. */
export type Tongue = {
  readonly template: (id: MessageId) => string
  readonly instant: (iso: string) => string
  readonly day: (iso: string) => string
}

/** Says a sentence in a language. Hashes and keys are said by their short form; whoever wants them whole finds them in the finding. */
export function say(spoken: Sentence, tongue: Tongue): string {
  const args = (spoken.args ?? []).map((arg) => {
    if (typeof arg !== 'string') return say(arg, tongue)
    if (INSTANT.test(arg)) return tongue.instant(arg)
    if (DAY.test(arg)) return tongue.day(arg)
    return short(cleanText(arg)).replace(QUOTATION_MARKS, '’')
  })
  return tongue.template(spoken.id).replace(/\$([1-9])/g, (_, digit: string) => args[Number(digit) - 1] ?? '')
}
