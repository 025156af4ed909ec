/** The database is closed, full or broken. Nothing of ours is wrong, and nothing can be recorded. */
export class StorageFault extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'StorageFault'
  }
}

/** Whether the last that was written could be written; `undefined` while nothing was. Whoever is to know is told when it turns. */
export type Health = {
  readonly works: () => void
  readonly fault: () => void
  readonly now: () => boolean | undefined
}

export function healthTold(turned: (works: boolean) => void): Health {
  let state: boolean | undefined
  const turn = (works: boolean): void => {
    const before = state
    state = works
    if (before === !works || (before === undefined && !works)) turned(works)
  }
  return { works: () => turn(true), fault: () => turn(false), now: () => state }
}
