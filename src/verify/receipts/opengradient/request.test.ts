import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8, encodeUtf8 } from '../../encoding/utf8.ts'
import { hashedRequest } from './request.ts'

function rebuilt(request: string): string | undefined {
  const octets = hashedRequest(encodeUtf8(request))
  const text = octets === undefined ? undefined : decodeUtf8(octets)
  return text?.ok === true ? text.value : undefined
}

describe('what the gateway hashes of a request', () => {
  // Each from the gateway's own `_chat_request_to_dict` and CPython's `json.dumps(…, sort_keys=True)`.
  it.each([
    [
      'a plain one',
      '{"model":"gpt-4.1","messages":[{"role":"user","content":"Hello!"}],"temperature":0.7}',
      '{"messages": [{"content": "Hello!", "role": "user"}], "model": "gpt-4.1", "temperature": 0.7}',
    ],
    [
      'every kind of character, and members that it drops',
      '{"model":"m","messages":[{"role":"user","content":"Grüß \\u007f\\u0000\\u2028 \\"q\\" \\\\ / 👋\\n\\t"}],"temperature":1,"max_tokens":10,"stream":true}',
      '{"max_tokens": 10, "messages": [{"content": "Gr\\u00fc\\u00df \\u007f\\u0000\\u2028 \\"q\\" \\\\ / \\ud83d\\udc4b\\n\\t", "role": "user"}], "model": "m", "temperature": 1.0}',
    ],
    [
      'calls, tools and every kind of number',
      '{"model": "m", "messages": [{"role": "system", "content": "s"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\\"a\\": 1}"}, "index": 0}]}, {"role": "tool", "content": "r", "tool_call_id": "c1", "name": "x"}], "stop": ["a"], "tools": [{"type": "function", "function": {"name": "f", "parameters": {"b": 1.0, "a": 1e2, "\\ud83d\\udc4b": 1, "\\uffee": 2, "c": 1e-7, "f": 123456789012345.5, "g": -0.0, "h": 0.0001, "i": 0.00001, "j": -0}}}]}',
      '{"messages": [{"content": "s", "role": "system"}, {"content": "", "role": "assistant", "tool_calls": [{"function": {"arguments": "{\\"a\\": 1}", "name": "f"}, "id": "c1", "type": "function"}]}, {"content": "r", "role": "tool", "tool_call_id": "c1"}], "model": "m", "stop": ["a"], "temperature": 0.0, "tools": [{"function": {"name": "f", "parameters": {"a": 100.0, "b": 1.0, "c": 1e-07, "f": 123456789012345.5, "g": -0.0, "h": 0.0001, "i": 1e-05, "j": 0, "\\uffee": 2, "\\ud83d\\udc4b": 1}}, "type": "function"}]}',
    ],
    [
      'what is empty',
      '{"model":"m","messages":[],"temperature":null,"max_tokens":null,"stop":"","tools":[],"web_search":false,"response_format":{}}',
      '{"messages": [], "model": "m", "temperature": 0.0}',
    ],
    [
      'what it has learnt since',
      '{"model":"m","messages":[{"role":"function","content":"r","name":"f"}],"web_search":1,"response_format":{"type":"json_object"}}',
      '{"messages": [{"content": "r", "name": "f", "role": "function"}], "model": "m", "response_format": {"type": "json_object"}, "temperature": 0.0, "web_search": true}',
    ],
    [
      'text in parts',
      '{"model":"m","messages":[{"role":"user","content":[{"text":"a","type":"text","x":1}]}]}',
      '{"messages": [{"content": [{"text": "a", "type": "text"}], "role": "user"}], "model": "m", "temperature": 0.0}',
    ],
  ])('is rebuilt: %s', (_, request, expected) => expect(rebuilt(request)).toBe(expected))

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no model', '{"messages":[]}'],
    ['a model that is no text', '{"model":1,"messages":[]}'],
    ['no messages', '{"model":"m"}'],
    ['a temperature that is no number', '{"model":"m","messages":[],"temperature":"1"}'],
    ['a message that is none', '{"model":"m","messages":["x"]}'],
    ['a role that is not known', '{"model":"m","messages":[{"role":"developer","content":"x"}]}'],
    ['an image', '{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}'],
    ['a user who says nothing', '{"model":"m","messages":[{"role":"user","content":null}]}'],
    ['an answer in parts', '{"model":"m","messages":[{"role":"assistant","content":[]}]}'],
    ['a call without a name', '{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{}}]}]}'],
    ['a call that is none', '{"model":"m","messages":[{"role":"assistant","tool_calls":["x"]}]}'],
    ['calls that are no list', '{"model":"m","messages":[{"role":"assistant","tool_calls":{"a":1}}]}'],
    ['a tool’s answer to nothing', '{"model":"m","messages":[{"role":"tool","content":"x"}]}'],
    ['a number that overflows', '{"model":"m","messages":[],"tools":[1e400]}'],
  ])('is not known for %s', (_, request) => expect(rebuilt(request)).toBeUndefined())

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (octets) => void hashedRequest(octets)))
    fc.assert(fc.property(fc.json(), (text) => void rebuilt(`{"model":"m","messages":[${text}],"tools":${text}}`)))
  })
})
