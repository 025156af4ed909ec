import type { AnswerSeen } from '../dossier/types.ts'
import type { Bytes } from './encoding/bytes.ts'
import { isJsonObject, type JsonObject, parseForeignJson } from './encoding/json.ts'
import { parseEventStream, startsLikeEventStream } from './encoding/sse.ts'
import { decodeUtf8 } from './encoding/utf8.ts'

/*
 * How much of an answer a body holds. It is asked only where no receipt came: an answer that is there is one that a receipt was asked for,
 * whatever status it stands under and wherever its stream was cut. It is a reading of octets that nobody vouches for, so it errs on the
 * side of "there is an answer": what is not plainly an error counts as one.
 */

/** Members of the known interfaces' bodies that hold what a model said: chat completions, responses, messages, embeddings. */
const HOLDS_ANSWER = ['choices', 'output', 'content', 'completion', 'data', 'embedding', 'embeddings'] as const
/** Events after which nothing of the answer follows: OpenAI's responses, Anthropic's messages. */
const LAST_EVENTS: ReadonlySet<unknown> = new Set(['response.completed', 'response.incomplete', 'message_stop'])
const DONE = '[DONE]'
/** Octets of a character in UTF-8 (RFC 3629 section 3), at most. */
const LONGEST_CHARACTER = 4

/** Looks for an answer in a response's octets, which may be only the first of them. */
export function answerIn(body: Bytes, contentType: string): AnswerSeen {
  const isStream = /^\s*text\/event-stream\s*(?:;|$)/i.test(contentType) || startsLikeEventStream(body)
  return isStream ? inStream(body) : inDocument(body)
}

function inStream(body: Bytes): AnswerSeen {
  let seen: AnswerSeen = 'none'
  for (const { data } of parseEventStream(body).events) {
    const text = decodeUtf8(data)
    if (!text.ok) return 'begun'
    if (text.value === DONE) return seen === 'none' ? 'none' : 'whole'
    const json = parseForeignJson(text.value)
    if (json.ok && isJsonObject(json.value) && isError(json.value)) continue
    if (json.ok && isJsonObject(json.value) && isLast(json.value)) return 'whole'
    seen = 'begun'
  }
  return seen
}

function inDocument(body: Bytes): AnswerSeen {
  const start = textOf(body)
  const json = parseForeignJson(start)
  if (json.ok) return isJsonObject(json.value) && HOLDS_ANSWER.some((name) => hasMember(json.value, name)) ? 'whole' : 'none'
  return HOLDS_ANSWER.some((name) => start.includes(`"${name}"`)) ? 'begun' : 'none'
}

/** Text that may be cut within its last character. */
function textOf(body: Bytes): string {
  for (let cut = 0; cut < LONGEST_CHARACTER; cut += 1) {
    const text = decodeUtf8(body.subarray(0, body.length - cut))
    if (text.ok) return text.value
  }
  return ''
}

/** `null` and an empty list are how some interfaces say that there is no answer beside their error. */
function hasMember(object: unknown, name: string): boolean {
  if (!isJsonObject(object) || !Object.hasOwn(object, name)) return false
  const value = object[name]
  return value !== null && !(Array.isArray(value) && value.length === 0)
}

function isError(event: JsonObject): boolean {
  return (hasMember(event, 'error') || event['type'] === 'error') && !HOLDS_ANSWER.some((name) => hasMember(event, name))
}

function isLast(event: JsonObject): boolean {
  const choices = event['choices']
  const finished = (choice: unknown) => isJsonObject(choice) && typeof choice['finish_reason'] === 'string'
  return LAST_EVENTS.has(event['type']) || (Array.isArray(choices) && choices.some(finished))
}
