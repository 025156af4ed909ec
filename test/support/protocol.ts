import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import * as v from 'valibot'

/**
 * The browser's debugging protocol over its pipe, and no more of it than is asked for. Test libraries attach to everything there is; a worker
 * that something is attached to is never stopped for being idle, and a popup stays open behind the permission prompt. Neither is what users have.
 */
export type Protocol = {
  readonly send: (method: string, params?: object, session?: string) => Promise<unknown>
  readonly targets: () => Promise<readonly Target[]>
  /** Attaches to a target for as long as `use` takes. */
  readonly attached: <Value>(targetId: string, use: (session: string) => Promise<Value>) => Promise<Value>
  /** Runs an expression in a target's page, awaits what it gives, and gives that. */
  readonly evaluate: (targetId: string, expression: string) => Promise<unknown>
}

const Targets = v.object({
  targetInfos: v.array(v.object({ targetId: v.string(), type: v.string(), url: v.string(), browserContextId: v.optional(v.string()) })),
})
export type Target = v.InferOutput<typeof Targets>['targetInfos'][number]

const Message = v.union([
  v.object({ id: v.number(), result: v.unknown() }),
  v.object({ id: v.number(), error: v.object({ message: v.string() }) }),
  v.object({ method: v.string() }),
])
const Attached = v.object({ sessionId: v.string() })
const Evaluated = v.object({
  result: v.object({ value: v.optional(v.unknown()) }),
  exceptionDetails: v.optional(v.object({ text: v.string(), exception: v.optional(v.object({ description: v.optional(v.string()) })) })),
})

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void }

/** Speaks with a browser that was started with `--remote-debugging-pipe` and pipes at 3 and 4. */
export function protocolOf(browser: ChildProcess): Protocol {
  const [to, from] = [browser.stdio[3] as Writable, browser.stdio[4] as Readable]
  const waiting = new Map<number, Waiting>()
  let last = 0
  let rest = ''
  let isGone = false
  from.setEncoding('utf8')
  from.on('data', (text: string) => {
    const messages = `${rest}${text}`.split('\0')
    rest = messages.pop() ?? ''
    for (const message of messages) take(v.parse(Message, JSON.parse(message)))
  })
  const gone = (): void => {
    isGone = true
    for (const { reject } of waiting.values()) reject(new Error('the browser is gone'))
    waiting.clear()
  }
  from.on('close', gone)
  to.on('error', gone)

  function take(message: v.InferOutput<typeof Message>): void {
    if (!('id' in message)) return
    const asker = waiting.get(message.id)
    waiting.delete(message.id)
    if ('error' in message) asker?.reject(new Error(message.error.message))
    else asker?.resolve(message.result)
  }

  const send: Protocol['send'] = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      if (isGone) throw new Error('the browser is gone')
      last += 1
      waiting.set(last, { resolve, reject })
      to.write(`${JSON.stringify({ id: last, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`)
    })
  const attached: Protocol['attached'] = async (targetId, use) => {
    const { sessionId } = v.parse(Attached, await send('Target.attachToTarget', { targetId, flatten: true }))
    try {
      return await use(sessionId)
    } finally {
      // A target that is gone meanwhile needs no detaching.
      await send('Target.detachFromTarget', { sessionId }).catch(() => undefined)
    }
  }
  return {
    send,
    attached,
    targets: async () => v.parse(Targets, await send('Target.getTargets')).targetInfos,
    evaluate: (targetId, expression) =>
      attached(targetId, async (session) => {
        const params = { expression, awaitPromise: true, returnByValue: true }
        const { result, exceptionDetails } = v.parse(Evaluated, await send('Runtime.evaluate', params, session))
        if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
        return result.value
      }),
  }
}
