import * as v from 'valibot'
import type { MessageId } from '../verify/claims/sentence.ts'
import { browser } from './browser.ts'
import { packagedText } from './packaged.ts'

/** A file of texts as browsers read it. Ours have no named placeholders: `$1` … `$9` stand in the message itself (a test holds that). */
const Catalogue = v.record(v.string(), v.object({ message: v.string() }))

/** A text that every language has, by which one sees whether the browser gives texts at all. */
const PROBE: MessageId = 'ext_name'

let own: Readonly<Record<string, { readonly message: string }>> = {}

/** The template of a text in the browser's language, with its `$1` … `$9` left as they are. Empty where there is none. */
export function template(id: MessageId): string {
  const given = browser.i18n.getMessage(id, ['$1', '$2', '$3', '$4', '$5', '$6', '$7', '$8', '$9'])
  return given !== '' || !Object.hasOwn(own, id) ? given : (own[id]?.message ?? '')
}

/**
 * Makes sure that there are texts before anything is said. Chromium asks for an extension's texts once for each process, within the first
 * `getMessage`, and keeps what it got: a worker that is ended within that call leaves its process, the popup's as well, without any text
 * until it ends (extensions/renderer/shared_l10n_map.cc; seen in tests that stop workers). The texts are then read from the package. Never
 * fails: what cannot be read is missing as before, and the next call tries again.
 */
export async function ensureTexts(): Promise<void> {
  if (template(PROBE) !== '') return
  for (const locale of locales()) {
    const read = await catalogue(locale)
    // A language that has only some of the texts is completed by the next one, as browsers do.
    if (read !== undefined) own = { ...read, ...own }
  }
}

/** The user's language, the same without its country, and the language that has every text: in the order in which browsers look. */
function locales(): readonly string[] {
  const asked = browser.i18n.getUILanguage().replaceAll('-', '_')
  const fallback = browser.runtime.getManifest().default_locale
  return [...new Set([asked, asked.replace(/_.*$/, ''), ...(fallback === undefined ? [] : [fallback])])]
}

async function catalogue(locale: string): Promise<v.InferOutput<typeof Catalogue> | undefined> {
  try {
    const parsed = v.safeParse(Catalogue, JSON.parse(await packagedText(`_locales/${locale}/messages.json`)))
    return parsed.success ? parsed.output : undefined
  } catch {
    // There is no such language, which is how one finds out.
    return undefined
  }
}
