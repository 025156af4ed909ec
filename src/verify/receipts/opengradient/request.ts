import type { Bytes } from '../../encoding/bytes.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { dumpsSorted, isList, isMap, isNumber, pythonFloat, readJson, type Value, type ValueMap } from './python-json.ts'

/**
 * What the gateway makes of a chat request before it hashes it (`_chat_request_to_dict` in OpenGradient/tee-gateway, `controllers/chat_controller.py`),
 * in UTF-8: some members, rebuilt, as Python writes them. The recipe is its own and has changed; undefined for a request that it is not known for.
 */
export function hashedRequest(body: Bytes): Bytes | undefined {
  const request = readJson(body)
  if (!request.ok || !isMap(request.value)) return undefined
  const rebuilt = rebuild(request.value)
  const text = rebuilt === undefined ? undefined : dumpsSorted(rebuilt)
  return text === undefined ? undefined : encodeUtf8(text)
}

function rebuild(request: ValueMap): ValueMap | undefined {
  const model = request.get('model')
  const messages = request.get('messages')
  if (typeof model !== 'string' || !isList(messages)) return undefined
  const rebuilt = messages.map(rebuildMessage).filter((message) => message !== undefined)
  const temperature = temperatureOf(request.get('temperature'))
  if (rebuilt.length !== messages.length || temperature === undefined) return undefined
  const members = new Map<string, Value>([
    ['model', model],
    ['messages', rebuilt],
    ['temperature', temperature],
  ])
  const limit = request.get('max_tokens') ?? null
  if (limit !== null) members.set('max_tokens', limit)
  for (const name of ['stop', 'tools', 'response_format']) {
    const value = request.get(name)
    if (isTruthy(value)) members.set(name, value)
  }
  if (isTruthy(request.get('web_search'))) members.set('web_search', true)
  return members
}

/** As a float, zero where there is none. */
function temperatureOf(value: Value | undefined): Value | undefined {
  if (value === undefined || value === null) return { number: '0.0' }
  const text = isNumber(value) ? pythonFloat(Number(value.number)) : undefined
  return text === undefined ? undefined : { number: text }
}

/** Each role keeps members of its own; a message of another form is not known. */
function rebuildMessage(message: Value): ValueMap | undefined {
  if (!isMap(message)) return undefined
  const content = message.get('content')
  const isText = typeof content === 'string'
  switch (message.get('role')) {
    case 'system':
      return isText ? map('system', content) : undefined
    case 'user': {
      const said = isText ? content : textParts(content)
      return said === undefined ? undefined : map('user', said)
    }
    case 'assistant': {
      const calls = message.get('tool_calls')
      if (!isText && content !== undefined && content !== null) return undefined
      const said = map('assistant', isText ? content : '')
      if (!isTruthy(calls)) return said
      const rebuilt = isList(calls) ? calls.map(rebuildToolCall) : [undefined]
      const known = rebuilt.filter((call) => call !== undefined)
      return known.length === rebuilt.length ? new Map([...said, ['tool_calls', known]]) : undefined
    }
    case 'tool':
    case 'function': {
      const [role, name] = message.get('role') === 'tool' ? (['tool', 'tool_call_id'] as const) : (['function', 'name'] as const)
      const value = message.get(name)
      return isText && typeof value === 'string' ? new Map<string, Value>([...map(role, content), [name, value]]) : undefined
    }
    default:
      return undefined
  }
}

function map(role: string, content: Value): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['role', role],
    ['content', content],
  ])
}

/** Only parts that are text: what of others is hashed has changed. */
function textParts(content: Value | undefined): readonly Value[] | undefined {
  if (!isList(content)) return undefined
  const parts: Value[] = []
  for (const part of content) {
    const text = isMap(part) && part.get('type') === 'text' ? part.get('text') : undefined
    if (typeof text !== 'string') return undefined
    parts.push(
      new Map<string, Value>([
        ['type', 'text'],
        ['text', text],
      ]),
    )
  }
  return parts
}

function rebuildToolCall(call: Value): ValueMap | undefined {
  if (!isMap(call)) return undefined
  const fn = call.get('function')
  const [id, type] = [call.get('id'), call.get('type')]
  if (!isMap(fn) || typeof id !== 'string' || typeof type !== 'string') return undefined
  const [name, args] = [fn.get('name'), fn.get('arguments')]
  return typeof name === 'string' && typeof args === 'string' ? toolCall(id, type, name, args) : undefined
}

/** A call of a tool, with the members that are hashed. */
export function toolCall(id: string, type: string, name: string, args: string): ValueMap {
  return new Map<string, Value>([
    ['id', id],
    ['type', type],
    [
      'function',
      new Map<string, Value>([
        ['name', name],
        ['arguments', args],
      ]),
    ],
  ])
}

/** As Python decides it. */
function isTruthy(value: Value | undefined): value is Value {
  if (value === undefined || value === null || value === false || value === '') return false
  if (isNumber(value)) return Number(value.number) !== 0
  if (isList(value)) return value.length > 0
  return isMap(value) ? value.size > 0 : true
}
