import type { MessageId } from '../verify/claims/sentence.ts'
import { browser } from './browser.ts'

/** The template of a text in the browser's language, with its `$1` … `$9` left as they are. */
export function template(id: MessageId): string {
  return browser.i18n.getMessage(id, ['$1', '$2', '$3', '$4', '$5', '$6', '$7', '$8', '$9'])
}
