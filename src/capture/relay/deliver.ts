import type { HookReport, OctetsMessage, ReadyMessage } from '../messages.ts'

/** Waits between attempts, in milliseconds. The background's worker may be stopped in the middle of any of them. */
const WAITS = [0, 200, 500, 1_000, 2_000, 5_000, 10_000] as const

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

/** Sends a message; no answer where the worker was stopped meanwhile, or where the extension is gone from under this page. */
async function send(message: OctetsMessage | ReadyMessage): Promise<unknown> {
  try {
    return await chrome.runtime.sendMessage(message)
  } catch {
    return undefined
  }
}

function isKept(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'kept' in answer && answer.kept === true
}
