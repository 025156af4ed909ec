import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HookReport, OctetsMessage } from '../messages.ts'
import { deliver, sendReady } from './deliver.ts'

const REPORT: HookReport = {
  method: 'POST',
  url: 'https://api.example/v1/chat',
  request: new Uint8Array([1]),
  response: new Uint8Array([2, 3, 0, 0]),
  length: 2,
  capture: 'complete',
  began: 10,
  ended: 20,
  ticket: 1,
}

let sent: unknown[]
let answer: () => unknown

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  answer = () => ({ kept: true })
  vi.stubGlobal('chrome', {
    runtime: {
      sendMessage: async (message: unknown) => {
        sent.push(message)
        return answer()
      },
    },
  })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a report', () => {
  it('is handed over under its name, with the octets that count, by the clock of this machine', async () => {
    const delivered = deliver(REPORT, 'name')
    await vi.runAllTimersAsync()
    await delivered
    expect(sent).toHaveLength(1)
    const [message] = sent as readonly OctetsMessage[]
    expect(message).toMatchObject({ type: 'capture/octets', capture: 'name', response: new Uint8Array([2, 3]), state: 'complete' })
    expect((message?.endedAt ?? 0) - (message?.beganAt ?? 0)).toBeCloseTo(10)
    expect(Math.abs((message?.beganAt ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  it('is handed over again until it is kept: the worker may be stopped at any moment', async () => {
    const answers = [
      () => undefined,
      () => ({ kept: false }),
      () => {
        throw new Error('The message port closed before a response was received.')
      },
      () => ({ kept: true }),
    ]
    answer = () => answers[sent.length - 1]?.()
    const delivered = deliver(REPORT, 'name')
    await vi.runAllTimersAsync()
    await delivered
    expect(sent).toHaveLength(4)
    expect(new Set(sent.map((message) => JSON.stringify(message))).size).toBe(1)
  })

  it('is handed over again where an attempt is never answered, not even by an error', async () => {
    answer = () => (sent.length < 3 ? new Promise(() => undefined) : { kept: true })
    const delivered = deliver(REPORT, 'name')
    await vi.advanceTimersByTimeAsync(6_000)
    expect(sent).toHaveLength(1)
    await vi.runAllTimersAsync()
    await delivered
    expect(sent).toHaveLength(3)
  })

  it('is given up after a while, when nobody answers any more', async () => {
    answer = () => undefined
    const delivered = deliver(REPORT, 'name')
    await vi.advanceTimersByTimeAsync(60_000)
    await delivered
    expect(sent).toHaveLength(7)
  })
})

describe('a page that stands ready', () => {
  it('says so until the background knows', async () => {
    answer = () => (sent.length < 3 ? undefined : { kept: true })
    const said = sendReady()
    await vi.runAllTimersAsync()
    await said
    expect(sent).toEqual(new Array(3).fill({ type: 'capture/ready' }))
  })
})
