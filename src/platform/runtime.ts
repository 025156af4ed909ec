import * as v from 'valibot'
import { browser } from './browser.ts'

/** Who sent a message, as the browser says. */
export type Sender =
  /** A page of this extension. */
  | { readonly kind: 'own-page' }
  /** A content script of this extension in a web page. */
  | {
      readonly kind: 'content'
      readonly origin: string
      readonly tabId: number
      readonly frameId: number
      readonly documentId?: string
      /** Whether its tab is in a private window. */
      readonly incognito: boolean
    }

const MessageSender = v.object({
  id: v.string(),
  url: v.string(),
  origin: v.exactOptional(v.string()),
  frameId: v.optional(v.number()),
  documentId: v.exactOptional(v.string()),
  tab: v.optional(v.object({ id: v.optional(v.number()), incognito: v.optional(v.boolean(), false) })),
})

/**
 * Answers messages from this extension's own pages and content scripts; others are not heard. The handler gives `undefined` for what it
 * does not know. Call it synchronously when the worker starts.
 */
export function answerMessages(handle: (message: unknown, sender: Sender) => Promise<unknown> | undefined): void {
  browser.runtime.onMessage.addListener((message: unknown, sender: unknown) => {
    const known = senderOf(sender)
    return known === undefined ? undefined : handle(message, known)
  })
}

function senderOf(sender: unknown): Sender | undefined {
  const parsed = v.safeParse(MessageSender, sender)
  if (!parsed.success || parsed.output.id !== browser.runtime.id) return undefined
  const { url, origin, frameId, documentId, tab } = parsed.output
  const own = browser.runtime.getURL('').replace(/\/$/, '')
  if (url.startsWith(`${own}/`) && (origin ?? own) === own) return { kind: 'own-page' }
  if (tab?.id === undefined || frameId === undefined) return undefined
  const from = origin ?? (URL.canParse(url) ? new URL(url).origin : '')
  const document = documentId === undefined ? {} : { documentId }
  return { kind: 'content', origin: from, tabId: tab.id, frameId, incognito: tab.incognito, ...document }
}

/** Tells this extension's open pages something. */
export async function tellOwnPages(message: unknown): Promise<void> {
  try {
    await browser.runtime.sendMessage(message)
  } catch {
    // No page is open: nobody has to be told.
  }
}
