import { browser } from './browser.ts'

/**
 * Whether this is the background of private windows alone, as Chromium runs one beside the other (`incognito: split`). Its databases are in
 * memory and go with the last private window; the settings areas are the other background's too, and nothing of a private window may go there.
 */
export function isPrivateProcess(): boolean {
  return browser.extension.inIncognitoContext === true
}
