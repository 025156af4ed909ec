import * as v from 'valibot'
import type { Bytes } from '../../encoding/bytes.ts'
import { isWellFormed, parseForeignJson } from '../../encoding/json.ts'
import { optionalMembers, parseWith } from '../../encoding/schema.ts'
import { decodeUtf8, encodeUtf8 } from '../../encoding/utf8.ts'
import { dumpsSorted } from './python-json.ts'
import { toolCall } from './request.ts'

const text = v.optional(v.nullable(v.string()))
const call = optionalMembers({
  index: v.optional(v.number()),
  id: text,
  type: text,
  function: v.optional(optionalMembers({ name: text, arguments: text })),
})
const said = optionalMembers({ content: text, tool_calls: v.optional(v.nullable(v.array(call))) })
const chunk = optionalMembers({
  choices: v.optional(
    v.array(
      optionalMembers({
        index: v.optional(v.number()),
        delta: v.optional(said),
        message: v.optional(said),
        text,
        finish_reason: text,
      }),
    ),
  ),
})
type Call = v.InferOutput<typeof call>

/**
 * What the gateway hashes of an answer, in UTF-8: the text of its one choice, or, where the answer is calls of tools, these as Python writes them.
 * `chunks`: the answer's JSON body, or the data of its events, in order. Undefined for an answer with several choices, with both text and calls (the
 * text would not be hashed), in another form, or of a text that has no UTF-8 form.
 */
export function hashedOutput(chunks: readonly Bytes[]): Bytes | undefined {
  let content = ''
  let finish: string | undefined
  const calls = new Map<number, { id: string; type: string; name: string; args: string }>()
  for (const octets of chunks) {
    const decoded = decodeUtf8(octets)
    const json = decoded.ok ? parseForeignJson(decoded.value) : decoded
    const parsed = json.ok ? parseWith(chunk, json.value) : json
    if (!parsed.ok) return undefined
    const [choice, ...more] = parsed.value.choices ?? []
    if (more.length > 0 || (choice?.index ?? 0) !== 0) return undefined
    if (choice === undefined) continue
    const { delta, message, finish_reason } = choice
    content += delta?.content ?? message?.content ?? choice.text ?? ''
    finish = finish_reason ?? finish
    const list = delta?.tool_calls ?? message?.tool_calls ?? []
    for (const [place, item] of list.entries()) append(calls, item.index ?? place, item)
  }
  if (finish !== 'tool_calls' || calls.size === 0) return isWellFormed(content) ? encodeUtf8(content) : undefined
  if (content !== '') return undefined
  const ordered = [...calls].sort(([a], [b]) => a - b).map(([, { id, type, name, args }]) => toolCall(id, type, name, args))
  const dumped = dumpsSorted(ordered)
  return dumped === undefined ? undefined : encodeUtf8(dumped)
}

/** Calls come whole or in pieces; what is said twice of one is said last. */
function append(calls: Map<number, { id: string; type: string; name: string; args: string }>, index: number, item: Call): void {
  const known = calls.get(index) ?? { id: '', type: 'function', name: '', args: '' }
  calls.set(index, {
    id: item.id ?? known.id,
    type: item.type ?? known.type,
    name: item.function?.name ?? known.name,
    args: known.args + (item.function?.arguments ?? ''),
  })
}
