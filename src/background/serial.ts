/** Runs tasks one after the other, in the order given. A task that fails rejects its own promise and does not stop those after it. */
export function inSeries(): <Value>(task: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const run = last.then(task, task)
    last = run
    return run
  }
}

/**
 * Runs a task for each name that is added, at most `width` at once and never twice at once for the same name. What is added while its name
 * runs runs again after that. `add` resolves when the task that it asked for is done.
 */
export function queue(width: number, task: (name: string) => Promise<void>): { readonly add: (name: string) => Promise<void> } {
  const waiting: { readonly name: string; readonly start: () => Promise<void> }[] = []
  const running = new Set<string>()

  const startNext = (): void => {
    const index = running.size < width ? waiting.findIndex(({ name }) => !running.has(name)) : -1
    const [next] = index < 0 ? [] : waiting.splice(index, 1)
    if (next === undefined) return
    running.add(next.name)
    void next.start().finally(() => {
      running.delete(next.name)
      startNext()
    })
    startNext()
  }

  return {
    add: (name) =>
      new Promise((resolve, reject) => {
        waiting.push({ name, start: () => task(name).then(resolve, reject) })
        startNext()
      }),
  }
}
