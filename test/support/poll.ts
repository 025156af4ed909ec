/** Asks again and again until there is something, and says what was waited for when it never comes. */
export async function poll<Value>(
  what: string,
  look: () => Value | Promise<Value>,
  { within = 15_000, every = 50 }: { readonly within?: number; readonly every?: number } = {},
): Promise<Exclude<Value, undefined | false>> {
  const until = performance.now() + within
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found as Exclude<Value, undefined | false>
    if (performance.now() > until) throw new Error(`waited ${within} ms in vain for ${what}`)
    await new Promise((resume) => setTimeout(resume, every))
  }
}
