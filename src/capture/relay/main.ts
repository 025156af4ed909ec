import { HANDSHAKE, type PingMessage } from '../messages.ts'
import { deliver, sendReady } from './deliver.ts'
import { parseReport } from './parse.ts'

/**
 * Runs in the extension's isolated world of each watched frame: takes the hook's port once, checks what comes out of the page's world, and
 * hands it to the background.
 */
window.addEventListener(
  HANDSHAKE,
  (event) => {
    event.stopImmediatePropagation()
    const port = event instanceof MessageEvent ? event.ports[0] : undefined
    if (port === undefined) return
    port.onmessage = ({ data }) => {
      const report = parseReport(data)
      if (report !== undefined) deliver(report)
    }
  },
  { capture: true, once: true },
)

chrome.runtime.onMessage.addListener((message: unknown, _sender, answer) => {
  if (isPing(message)) answer(true)
})
if (window.top === window) sendReady()

function isPing(message: unknown): message is PingMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'capture/ping'
}
