/**
 * A copy of a JSON value with changes by path: `{ 'a.0.b': 1, c: undefined }` sets the one and takes the other out. Numbers lead into arrays;
 * taking an item out of an array closes the gap.
 */
export function changed(value: unknown, changes: Readonly<Record<string, unknown>> = {}): unknown {
  return Object.entries(changes).reduce((before, [path, to]) => changeAt(before, path.split('.'), to), value)
}

function changeAt(value: unknown, [step, ...deeper]: readonly string[], to: unknown): unknown {
  if (step === undefined) return to
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    const next = changeAt(items[Number(step)], deeper, to)
    if (next === undefined) return items.filter((_, index) => index !== Number(step))
    return [...items.slice(0, Number(step)), next, ...items.slice(Number(step) + 1)]
  }
  const members = typeof value === 'object' && value !== null ? value : {}
  const before: unknown = Object.entries(members).find(([name]) => name === step)?.[1]
  const next = changeAt(before, deeper, to)
  if (next !== undefined) return { ...members, [step]: next }
  return Object.fromEntries(Object.entries(members).filter(([name]) => name !== step))
}
