import * as v from 'valibot'
import { readRun, writeRun } from '../platform/run.ts'
import { parseWith } from '../verify/encoding/schema.ts'

/** A request that could not be recorded: only that it was. */
const loss = v.strictObject({ request: v.string(), tab: v.string(), at: v.number() })
export type Loss = v.InferOutput<typeof loss>

/** Requests that could not be recorded, so that each is counted. They are kept apart from the database, which is what failed. */
export type Losses = {
  readonly add: (loss: Loss) => Promise<void>
  /** More was learnt of a request, and could be written. */
  readonly recover: (request: string) => Promise<void>
  readonly inTab: (tab: string) => Promise<readonly Loss[]>
  readonly forget: () => Promise<void>
}

/** Where they are kept. */
export type LossMemory = { readonly read: () => Promise<unknown>; readonly write: (losses: readonly Loss[]) => Promise<void> }

const MOST_LOSSES = 1_000
const KEY = 'losses'

/** They outlive the worker, and not the browser. */
export const runMemory: LossMemory = { read: () => readRun(KEY), write: (losses) => writeRun(KEY, losses) }

/** For private windows: they end with the worker rather than be where another background reads them. */
export function privateMemory(): LossMemory {
  let kept: readonly Loss[] = []
  return {
    read: async () => kept,
    write: async (losses) => {
      kept = losses
    },
  }
}

export function lossesIn(memory: LossMemory): Losses {
  const all = async (): Promise<readonly Loss[]> => {
    const kept = parseWith(v.array(loss), await memory.read())
    return kept.ok ? kept.value : []
  }
  return {
    async add(added) {
      const others = (await all()).filter(({ request }) => request !== added.request)
      await memory.write([...others, added].slice(-MOST_LOSSES))
    },
    async recover(recovered) {
      const losses = await all()
      const others = losses.filter(({ request }) => request !== recovered)
      if (others.length < losses.length) await memory.write(others)
    },
    forget: () => memory.write([]),
    inTab: async (tab) => (await all()).filter((one) => one.tab === tab),
  }
}
