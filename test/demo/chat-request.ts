import type { IncomingMessage } from 'node:http'
import * as v from 'valibot'
import { type OptIn, parseOptIn } from './opt-in.ts'

const LARGEST_BODY = 256 * 1024

/** A request for an answer that the demo can give. `body` is the exact octets: they are what the receipt is about. */
export type ChatRequest<Scenario extends string> = {
  readonly body: Uint8Array
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly streamed: boolean
  readonly optIn: OptIn
  readonly scenario: Scenario
  /** Names the chat whose earlier receipt a replay sends; the page makes it up. */
  readonly conversation?: string
}

export type ChatMessage = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }

export type Refusal = { readonly status: 400 | 413; readonly code: string; readonly message: string }

const schema = v.object({
  model: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  messages: v.pipe(
    v.array(v.object({ role: v.picklist(['system', 'user', 'assistant']), content: v.pipe(v.string(), v.maxLength(32_768)) })),
    v.minLength(1),
    v.maxLength(200),
  ),
  stream: v.optional(v.boolean(), false),
})

/** Reads a request to its end, or says why it is refused. Its scenario is one of these; the first, where it names none. */
export async function readChatRequest<Scenario extends string>(
  request: IncomingMessage,
  query: URLSearchParams,
  scenarios: readonly [Scenario, ...Scenario[]],
): Promise<ChatRequest<Scenario> | Refusal> {
  const optIn = parseOptIn(request.headers['x-inference-receipt'])
  if (optIn === undefined) {
    return refuse('invalid_receipt_header', 'x-inference-receipt must be "true" or a nonce of 1 to 88 characters of A-Z a-z 0-9 _ -')
  }
  const named = query.get('scenario') ?? scenarios[0]
  const scenario = scenarios.find((id) => id === named)
  if (scenario === undefined) return refuse('unknown_scenario', 'this demo knows no such scenario')
  const conversation = query.get('conversation') ?? undefined
  if (conversation !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(conversation)) {
    return refuse('invalid_conversation', 'conversation must be 1 to 64 characters of A-Z a-z 0-9 _ -')
  }
  const body = await readBody(request)
  if (body === undefined) return { status: 413, code: 'too_large', message: `the request body is larger than ${LARGEST_BODY} bytes` }
  const parsed = v.safeParse(schema, parseJson(body))
  if (!parsed.success) return refuse('invalid_request', 'expected JSON with "model", "messages" and perhaps "stream"')
  const { model, messages, stream: streamed } = parsed.output
  return { body, model, messages, streamed, optIn, scenario, ...(conversation === undefined ? {} : { conversation }) }
}

function refuse(code: string, message: string): Refusal {
  return { status: 400, code, message }
}

/** Reads on to the end where the body is too large, so that the client comes to see the refusal; what is too much is not kept. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request) {
    const octets = Buffer.from(part)
    length += octets.length
    if (length <= LARGEST_BODY) parts.push(octets)
  }
  return length <= LARGEST_BODY ? Buffer.concat(parts) : undefined
}

/** Not JSON gives `undefined`, which no schema accepts. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
