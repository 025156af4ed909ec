import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { DONE, encodeEvent, type ServerEvent } from '../simulator/index.ts'
import type { Answer } from './answer.ts'

/** Sends an answer as server-sent events at the pace of somebody thinking, with the receipt last. Ends early when the reader goes away. */
export async function sendStream(response: ServerResponse, answer: Answer, tokenDelayMs: number): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  try {
    const cut = answer.delivery === 'broken-off' ? Math.ceil((answer.events.length * 2) / 3) : answer.events.length
    for (const event of answer.events.slice(0, cut)) {
      await pause(event, tokenDelayMs, gone.signal)
      await write(response, encodeEvent(event), gone.signal)
    }
    const torn = answer.events[cut]
    if (torn !== undefined) {
      await write(response, encodeEvent(torn).slice(0, 40), gone.signal)
      await flushed(response)
      response.destroy()
      return
    }
    const receipt = answer.receipt()
    if (receipt !== undefined) await write(response, encodeEvent(answer.receiptEvent(receipt)), gone.signal)
    await write(response, encodeEvent(DONE), gone.signal)
    response.end()
    answer.sent(receipt)
  } catch (error) {
    if (!gone.signal.aborted) throw error
  }
}

/** Sends an answer in one piece, with the receipt in the header. */
export async function sendWhole(response: ServerResponse, answer: Answer): Promise<void> {
  const receipt = answer.receipt()
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': answer.body.length,
    'cache-control': 'no-store',
    ...(receipt === undefined ? {} : { 'x-inference-receipt': receipt.text }),
  })
  if (answer.delivery === 'broken-off') {
    response.write(answer.body.slice(0, Math.floor(answer.body.length / 2)))
    await flushed(response)
    response.destroy()
    return
  }
  response.end(answer.body)
  answer.sent(receipt)
}

/** A sentence's end takes longer than a word. */
function pause({ data }: ServerEvent, tokenDelayMs: number, signal: AbortSignal): Promise<void> {
  return wait(tokenDelayMs * (/[.:!?]"/.test(data) ? 5 : 1), undefined, { signal })
}

async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (!response.write(text)) await once(response, 'drain', { signal })
}

/** A destroyed connection would take what was written last with it. */
function flushed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.write('', () => resolve()))
}
