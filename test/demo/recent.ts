/** A map that keeps the entries written last, so many of them. */
export type Recent<T> = { get(name: string): T | undefined; set(name: string, value: T): void }

export function makeRecent<T>(most: number): Recent<T> {
  const entries = new Map<string, T>()
  return {
    get: (name) => entries.get(name),
    set: (name, value) => {
      entries.delete(name)
      entries.set(name, value)
      const [oldest] = entries.keys()
      if (entries.size > most && oldest !== undefined) entries.delete(oldest)
    },
  }
}
