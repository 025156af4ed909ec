import type { HookReport, OctetsMessage, ReadyMessage } from '../messages.ts'

/** Waits between attempts, in milliseconds. The background's worker may be stopped in the middle of any of them. */
const WAITS = [0, 200, 500, 1_000, 2_000, 5_000, 10_000] as const
/**
 * How long one attempt waits for its answer. A message that meets a worker on its way down may never be answered, not even by an error (Chromium 156: five in
 * a row were not). Longer than the background waits for the browser's own word on a request, so that one that is at work on it is not told twice.
 */
const ANSWER_MS = 7_000

/**
 * Hands a report to the background under a name of its own, and keeps its octets until the background says that they are written through. When the extension was
 * removed or nobody answers, the browser's own record still says that there was an exchange.
 */
export async function deliver(report: HookReport, capture: string): Promise<void> {
  // Not `performance.timeOrigin`: the page's clock stands still while the machine sleeps.
  const epoch = Date.now() - performance.now()
  const message: OctetsMessage = {
    type: 'capture/octets',
    capture,
    method: report.method,
    url: report.url,
    request: report.request,
    response: report.response.slice(0, report.length),
    state: report.capture,
    beganAt: epoch + report.began,
    endedAt: epoch + report.ended,
  }
  await insist(message)
}

/** Says that this document is captured, until the background knows: what a tab shows decides whose rows it has. */
export async function sendReady(): Promise<void> {
  await insist({ type: 'capture/ready' })
}

async function insist(message: OctetsMessage | ReadyMessage): Promise<void> {
  for (const wait of WAITS) {
    await new Promise((resume) => setTimeout(resume, wait))
    if (isKept(await send(message))) return
  }
}

/** Sends a message. No answer where the worker was stopped meanwhile, or where the extension is gone from under this page. */
async function send(message: OctetsMessage | ReadyMessage): Promise<unknown> {
  const late = new Promise<undefined>((resume) => setTimeout(resume, ANSWER_MS))
  try {
    return await Promise.race([chrome.runtime.sendMessage(message), late])
  } catch {
    return undefined
  }
}

function isKept(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'kept' in answer && answer.kept === true
}
