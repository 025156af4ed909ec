const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
}
/** What `json.dumps` escapes with `ensure_ascii`: quotation mark, backslash, and all but printable ASCII, unit by UTF-16 unit. */
const ESCAPED = /["\\]|[^ -~]/g

/** A text as Python's `json.dumps` writes it by default, quotation marks and all. */
export function pythonString(value: string): string {
  const escaped = value.replace(ESCAPED, (unit) => SHORT_ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `"${escaped}"`
}
