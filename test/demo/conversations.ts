import type { Receipt } from '../simulator/index.ts'
import { makeRecent } from './recent.ts'

const MOST_CONVERSATIONS = 1000

/** What a replaying service keeps: the last genuine receipt of each chat, as it was delivered. */
export type Conversations = {
  earlierReceipt(conversation: string | undefined, streamed: boolean): Receipt | undefined
  remember(conversation: string | undefined, streamed: boolean, receipt: Receipt): void
}

export function makeConversations(): Conversations {
  const receipts = makeRecent<Receipt>(MOST_CONVERSATIONS)
  // A streamed receipt and one from a header have different forms, so each is replayed in its own place only.
  const name = (conversation: string, streamed: boolean) => `${streamed ? 'stream' : 'header'}/${conversation}`
  return {
    earlierReceipt: (conversation, streamed) => (conversation === undefined ? undefined : receipts.get(name(conversation, streamed))),
    remember: (conversation, streamed, receipt) => {
      if (conversation !== undefined) receipts.set(name(conversation, streamed), receipt)
    },
  }
}
