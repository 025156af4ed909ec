import { type AnnounceMessage, HANDSHAKE, type LookupMessage, type PingMessage } from '../messages.ts'
import { deliver, sendReady } from './deliver.ts'
import { type LookupDesk, lookUpIn } from './lookup.ts'
import { parseAnswer, parseReport } from './parse.ts'

/**
 * Runs in the extension's isolated world of each watched frame: takes the hook's port once, checks what comes out of the page's world, and
 * hands it to the background. The background may have something looked up by the hook, as the maker of one of the page's calls.
 */
let desk: LookupDesk | undefined

window.addEventListener(
  HANDSHAKE,
  (event) => {
    event.stopImmediatePropagation()
    const port = event instanceof MessageEvent ? event.ports[0] : undefined
    if (port === undefined) return
    const lookups = lookUpIn((message) => port.postMessage(message))
    desk = lookups
    port.onmessage = ({ data }) => {
      const report = parseReport(data)
      const answer = report === undefined ? parseAnswer(data) : undefined
      if (report !== undefined) deliver(report, lookups.remember(report.ticket))
      else if (answer !== undefined) lookups.take(answer)
    }
  },
  { capture: true, once: true },
)

chrome.runtime.onMessage.addListener((message: unknown, _sender, answer) => {
  if (isPing(message)) {
    answer(true)
    return false
  }
  if (isAnnounce(message)) {
    answer(true)
    sendReady()
    return false
  }
  if (!isLookup(message) || desk === undefined) return false
  desk.lookUp(message.capture, message.url).then(answer, () => answer(undefined))
  return true
})

/** A document is what its tab shows from the start, from when it is no longer only prepared for that, or again when the user comes back to it. */
if (window.top === window) {
  if ('prerendering' in document && document.prerendering === true) {
    document.addEventListener('prerenderingchange', () => void sendReady(), { once: true })
  } else {
    sendReady()
  }
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) sendReady()
  })
}

function isPing(message: unknown): message is PingMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'capture/ping'
}

function isAnnounce(message: unknown): message is AnnounceMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'capture/announce'
}

function isLookup(message: unknown): message is LookupMessage {
  if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== 'capture/lookup') return false
  return 'capture' in message && typeof message.capture === 'string' && 'url' in message && typeof message.url === 'string'
}
