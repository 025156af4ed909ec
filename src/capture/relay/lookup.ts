import type { HookAnswer, HookLookup, LookupAnswer } from '../messages.ts'

/** Asks the hook to look something up, and hands each answer to whoever asked for it. */
export type LookupDesk = {
  /** Gives a report of the hook's the name by which the background knows it. */
  readonly remember: (ticket: number) => string
  readonly lookUp: (capture: string, url: string) => Promise<LookupAnswer | undefined>
  readonly take: (answer: HookAnswer) => void
}

/** So many of a frame's last reports can be looked up: as many as the hook keeps. */
const MOST_KEPT = 64
const TIMEOUT_MS = 15_000

export function lookUpIn(post: (message: HookLookup) => void): LookupDesk {
  const tickets = new Map<string, number>()
  const waiting = new Map<number, (answer: LookupAnswer | undefined) => void>()
  let last = 0
  return {
    remember(ticket) {
      const capture = newId()
      tickets.set(capture, ticket)
      const [oldest] = tickets.keys()
      if (tickets.size > MOST_KEPT && oldest !== undefined) tickets.delete(oldest)
      return capture
    },
    async lookUp(capture, url) {
      const ticket = tickets.get(capture)
      if (ticket === undefined) return undefined
      last += 1
      const lookup = last
      const answered = new Promise<LookupAnswer | undefined>((resolve) => {
        waiting.set(lookup, resolve)
        setTimeout(() => resolve({ status: 0, body: new Uint8Array(0) }), TIMEOUT_MS)
      })
      post({ ticket, lookup, url })
      const answer = await answered
      waiting.delete(lookup)
      return answer
    },
    take({ lookup, status, body, length }) {
      waiting.get(lookup)?.({ status, body: body.slice(0, length) })
    },
  }
}

function newId(): string {
  const octets = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('')
}
