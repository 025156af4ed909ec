import { endOfString } from './json.ts'

/**
 * The text of a member's value exactly as it stands in a JSON object, for what is signed as text. The caller has made sure that `text` is
 * one valid JSON object that names no member twice; undefined when the object has no such member.
 */
export function rawMember(text: string, name: string): string | undefined {
  let depth = 0
  let valueStart: number | undefined
  let key: string | undefined
  for (let index = 0; index < text.length; index += 1) {
    switch (text[index]) {
      case '"': {
        const end = endOfString(text, index)
        // At depth 1 a string is a name unless a value was begun.
        if (depth === 1 && valueStart === undefined) key = text.slice(index + 1, end)
        index = end
        break
      }
      case ':':
        if (depth === 1 && valueStart === undefined) valueStart = index + 1
        break
      case '{':
      case '[':
        depth += 1
        break
      case '}':
      case ']':
        depth -= 1
        if (depth === 0 && key === name && valueStart !== undefined) return text.slice(valueStart, index).trim()
        break
      case ',':
        if (depth !== 1 || valueStart === undefined) break
        if (key === name) return text.slice(valueStart, index).trim()
        valueStart = undefined
        key = undefined
        break
    }
  }
  return undefined
}
