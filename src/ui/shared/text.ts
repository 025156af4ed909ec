import { ensureTexts, template as inBrowser } from '../../platform/texts.ts'
import { cleanText, type MessageId, type Sentence, say, sentence } from '../../verify/claims/sentence.ts'

/** A text that the locale lacks shows its name rather than nothing. */
function template(id: MessageId): string {
  return inBrowser(id) || id
}

/** Says a sentence of the verifier in the user's language, instants in it as the user writes them. */
export function speak(spoken: Sentence): string {
  return say(spoken, { template, instant: fullTime, day: dayInWords })
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

/** Gives a page of the extension its texts, with their language, their direction and its name. Called before anything is drawn. */
export async function speakPageLanguage(): Promise<void> {
  await ensureTexts()
  const { tag, direction } = language()
  document.documentElement.lang = tag
  document.documentElement.dir = direction
  document.title = text('ext_name')
}

/**
 * Times are written as the user's browser writes them. "14:32" for today, with the date before it otherwise. An
 * unreadable time is shown as it came.
 */
export function clockTime(iso: string, now: Date): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return cleanText(iso)
  const time = { hour: '2-digit', minute: '2-digit' } as const
  const today = date.toDateString() === now.toDateString()
  return date.toLocaleString(undefined, today ? time : { ...time, day: 'numeric', month: 'short' })
}

/** A day alone, of the UTC calendar, as the user writes days. */
export function dayInWords(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return cleanText(iso)
  return date.toLocaleDateString(undefined, { dateStyle: 'long', timeZone: 'UTC' })
}

/** An instant to the second with its time zone: what a verdict is dated with. */
export function fullTime(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return cleanText(iso)
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' })
}
