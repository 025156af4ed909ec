import type { Json, JsonObject } from './json.ts'
import { type Octets, utf8 } from './octets.ts'
import type { ServerEvent } from './sse.ts'

/** What a model said, before it takes a shape on the wire. */
export type Utterance = {
  readonly id: string
  /** Seconds. */
  readonly created: number
  readonly model: string
  /** The text, token by token. */
  readonly tokens: readonly string[]
  readonly promptTokens: number
}

/** Words with the space before them, roughly as tokenisers cut. */
export function tokensOf(text: string): readonly string[] {
  return text.match(/\s*\S{1,12}|\s+$/g) ?? []
}

/** Chat completions, streamed: role chunk, one chunk a token, finish chunk, usage chunk. Members in the real service's order. */
export function chatStream(said: Utterance): readonly ServerEvent[] {
  const chunk = (rest: JsonObject, choices: readonly Json[]): ServerEvent => {
    const { id, created, model } = said
    return { name: '', data: JSON.stringify({ choices, created, id, model, object: 'chat.completion.chunk', ...rest }) }
  }
  const choice = (delta: JsonObject, finish: string | null) => [{ delta, finish_reason: finish, index: 0 }]
  return [
    chunk({}, choice({ content: '', role: 'assistant' }, null)),
    ...said.tokens.map((content) => chunk({}, choice({ content }, null))),
    chunk({}, choice({}, 'stop')),
    chunk({ usage: usageOf(said) }, []),
  ]
}

/** The event that carries the receipt, on either route. Its members are in the real service's order, and the receipt stands as signed. */
export function receiptEvent({ id, created, model }: Utterance, receiptText: string): ServerEvent {
  const after = JSON.stringify({ model, object: 'chat.completion.chunk' }).slice(1)
  const before = JSON.stringify({ choices: [], created, id }).slice(0, -1)
  return { name: '', data: `${before},"inference_receipt":${receiptText},${after}` }
}

/** Chat completions in one piece. */
export function chatBody(said: Utterance): Octets {
  const { id, created, model } = said
  const message = { content: said.tokens.join(''), role: 'assistant' }
  const choices = [{ finish_reason: 'stop', index: 0, message }]
  return utf8(JSON.stringify({ choices, created, id, model, object: 'chat.completion', usage: usageOf(said) }))
}

/** Responses API, streamed: named events. */
export function responsesStream(said: Utterance): readonly ServerEvent[] {
  const text = said.tokens.join('')
  const at = { item_id: `msg_${said.id.slice(5)}`, output_index: 0, content_index: 0 }
  const part = { type: 'output_text', text, annotations: [] }
  const item = { id: at.item_id, type: 'message', role: 'assistant' }
  const done = { ...item, status: 'completed', content: [part] }
  const events: readonly (readonly [string, JsonObject])[] = [
    ['response.created', { response: responseObject(said, 'in_progress', []) }],
    ['response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', content: [] } }],
    ['response.content_part.added', { ...at, part: { ...part, text: '' } }],
    ...said.tokens.map((delta) => ['response.output_text.delta', { ...at, delta }] as const),
    ['response.output_text.done', { ...at, text }],
    ['response.content_part.done', { ...at, part }],
    ['response.output_item.done', { output_index: 0, item: done }],
    ['response.completed', { response: responseObject(said, 'completed', [done]) }],
  ]
  return events.map(([name, rest], index) => ({ name, data: JSON.stringify({ type: name, sequence_number: index, ...rest }) }))
}

/** Responses API in one piece. */
export function responsesBody(said: Utterance): Octets {
  const content = [{ type: 'output_text', text: said.tokens.join(''), annotations: [] }]
  const item = { id: `msg_${said.id.slice(5)}`, type: 'message', role: 'assistant', status: 'completed', content }
  return utf8(JSON.stringify(responseObject(said, 'completed', [item])))
}

function responseObject({ id, created, model }: Utterance, status: string, output: readonly Json[]): JsonObject {
  return { id, object: 'response', created_at: created, status, model, output }
}

function usageOf({ tokens, promptTokens }: Utterance): JsonObject {
  const total = tokens.length + promptTokens
  return {
    completion_tokens: tokens.length,
    cost_microdollars: total,
    prompt_tokens: promptTokens,
    total_cost_microdollars: total,
    total_tokens: total,
    usage_estimated: false,
  }
}
