import type { Handler, Loopback } from '../e2e/server.ts'
import { COMPLETIONS, serve } from '../e2e/service.ts'
import { sendAll, simulate } from '../e2e/simulated.ts'
import type { Tab } from './person.ts'

/** Where a page asks: the service's interface, or, as TrustedRouter's own page does, a proxy at its own origin. */
export const WAYS = {
  'its interface': COMPLETIONS,
  'its page’s proxy': 'https://trustedrouter.com/chat-proxy/v1/chat/completions',
} as const
export type Way = keyof typeof WAYS

/** A chat service behind the loopback server: its page, and its answers. */
export type ChatService = {
  readonly page: string
  /** Every request that reached the machine. */
  readonly seen: Loopback['seen']
  /** Ids of the answers that were sent whole, oldest first. */
  readonly given: string[]
  /** Has the page ask as it does when a message is sent; gives the id of the answer that the page received. */
  readonly ask: (tab: Tab, way: Way) => Promise<string>
}

const PAGE = 'https://trustedrouter.com/chat'

/** A simulated service under roots that the shipped build does not know: its answers have rows, but none that is verified. */
export function chatService(loopback: Loopback): ChatService {
  const given: string[] = []
  const service = simulate(loopback)
  let questions = 0
  const complete: Handler = ({ headers }, body, response) => {
    const { events, said } = service.prepare(body, headers)
    sendAll(response, events)
    given.push(said.id)
  }
  serve(loopback, complete)
  loopback.on('trustedrouter.com/chat-proxy/v1/chat/completions', complete)
  return {
    page: PAGE,
    seen: loopback.seen,
    given,
    async ask(tab, way) {
      questions += 1
      const body = JSON.stringify({
        model: 'harborside/atlas-70b-instruct',
        messages: [{ role: 'user', content: `Question ${questions}?` }],
        stream: true,
      })
      const answer = String(await tab.run(`(${askInPage})(${JSON.stringify(WAYS[way])}, ${JSON.stringify(body)})`))
      const [id] = /chatcmpl-\d+/.exec(answer) ?? []
      if (id === undefined) throw new Error(`the page had no answer: ${answer}`)
      return id
    },
  }
}

/** Runs in the page: posts a question and reads the answer as it streams. */
async function askInPage(url: string, body: string): Promise<string> {
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let answer = ''
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) answer += part.value
  return answer
}
