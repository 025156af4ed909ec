/**
 * What a parser gives back: the value, or a stable code that says what is wrong with the input. Parsers never throw on bad input.
 * `detail` is for a developer's eyes: it may quote the input and is never shown as a verdict. `path` leads to the faulty member.
 */
export type Result<Value, Code extends string> = { readonly ok: true; readonly value: Value } | Failure<Code>

export type Failure<Code extends string> = { readonly ok: false; readonly code: Code; readonly detail?: string; readonly path?: string }

export function success<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value }
}

export function failure<Code extends string>(code: Code, detail?: string): Failure<Code> {
  return detail === undefined ? { ok: false, code } : { ok: false, code, detail }
}

/** The same fault by another name, for a caller that need not tell the parsers beneath it apart. */
export function renamed<Code extends string>(code: Code, { detail, path }: Failure<string>): Failure<Code> {
  return { ok: false, code, ...(detail === undefined ? {} : { detail }), ...(path === undefined ? {} : { path }) }
}
