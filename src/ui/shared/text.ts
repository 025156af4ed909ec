import { template as inBrowser } from '../../platform/texts.ts'
import { cleanText, type MessageId, type Sentence, say, sentence } from '../../verify/claims/sentence.ts'

/** A text that the locale lacks shows its name rather than nothing. */
function template(id: MessageId): string {
  return inBrowser(id) || id
}

/** Says a sentence of the verifier in the user's language, instants in it as the user writes them. */
export function speak(spoken: Sentence): string {
  return say(withLegibleTimes(spoken), template)
}

/** ISO 8601 in UTC, as the verifier writes instants. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/

function withLegibleTimes(spoken: Sentence): Sentence {
  if (spoken.args === undefined) return spoken
  return {
    id: spoken.id,
    args: spoken.args.map((arg) => (typeof arg !== 'string' ? withLegibleTimes(arg) : INSTANT.test(arg) ? fullTime(arg) : arg)),
  }
}

/** A text of the interface, its arguments cleaned like any foreign text. */
export function text(id: MessageId, ...args: (string | Sentence)[]): string {
  return speak(sentence(id, ...args))
}

/** Foreign text that stands alone (a host, a name, the id of a check). */
export { cleanText }

/** The language and direction of the texts themselves, which need not be the browser's. */
export function language(): { readonly tag: string; readonly direction: 'ltr' | 'rtl' } {
  return { tag: text('ui_language'), direction: text('ui_direction') === 'rtl' ? 'rtl' : 'ltr' }
}

/** Times are written as the user's browser writes them. "14:32" for today, with the date before it otherwise. An unreadable time is shown as it came. */
export function clockTime(iso: string, now: Date): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return cleanText(iso)
  const time = { hour: '2-digit', minute: '2-digit' } as const
  const today = date.toDateString() === now.toDateString()
  return date.toLocaleString(undefined, today ? time : { ...time, day: 'numeric', month: 'short' })
}

/** An instant to the second with its time zone: what a verdict is dated with. */
export function fullTime(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return cleanText(iso)
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' })
}
