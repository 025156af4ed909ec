import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HookLookup } from '../messages.ts'
import { lookUpIn } from './lookup.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('looking something up through the hook', () => {
  it('asks for the call by its ticket, and gives each answer to whoever asked', async () => {
    const posted: HookLookup[] = []
    const desk = lookUpIn((message) => posted.push(message))
    const [first, second] = [desk.remember(11), desk.remember(12)]
    expect(first).toMatch(/^[0-9a-f]{32}$/)
    const answers = [desk.lookUp(first, 'https://a.example/1'), desk.lookUp(second, 'https://a.example/2')]
    expect(posted).toEqual([
      { ticket: 11, lookup: 1, url: 'https://a.example/1' },
      { ticket: 12, lookup: 2, url: 'https://a.example/2' },
    ])
    desk.take({ lookup: 2, status: 404, body: new Uint8Array(0), length: 0 })
    desk.take({ lookup: 1, status: 200, body: new Uint8Array([1, 2, 3]), length: 2 })
    expect(await Promise.all(answers)).toEqual([
      { status: 200, body: new Uint8Array([1, 2]) },
      { status: 404, body: new Uint8Array(0) },
    ])
  })

  it('has nothing for a call that it does not know, or knows no longer', async () => {
    const desk = lookUpIn(() => undefined)
    expect(await desk.lookUp('00'.repeat(16), 'https://a.example/')).toBeUndefined()
    const oldest = desk.remember(1)
    for (let ticket = 2; ticket <= 65; ticket += 1) desk.remember(ticket)
    expect(await desk.lookUp(oldest, 'https://a.example/')).toBeUndefined()
  })

  it('gives up after a while', async () => {
    const desk = lookUpIn(() => undefined)
    const answer = desk.lookUp(desk.remember(1), 'https://a.example/')
    await vi.advanceTimersByTimeAsync(15_000)
    expect(await answer).toEqual({ status: 0, body: new Uint8Array(0) })
  })
})
