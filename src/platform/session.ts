import * as v from 'valibot'
import { browser } from './browser.ts'
import { freshNonce } from './nonce.ts'

const KEY = 'session'

/** Names this run of the browser: ids of tabs and of requests mean something within one run only. */
export async function browserSession(): Promise<string> {
  const stored = v.safeParse(v.object({ [KEY]: v.string() }), await browser.storage.session.get(KEY))
  if (stored.success) return stored.output[KEY]
  const session = await freshNonce()
  await browser.storage.session.set({ [KEY]: session })
  return session
}
