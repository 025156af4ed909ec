import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'

vi.mock('../platform/browser.ts', () => import('../../test/support/fake-browser.ts'))

import { lossesIn, privateMemory, runMemory } from './losses.ts'

beforeEach(() => fake.reset())

const loss = (request: string, tab = 's:3') => ({ request, tab, at: 1 })

describe.each([
  ['kept for this run of the browser', () => runMemory],
  ['kept by a private background', privateMemory],
])('requests that could not be recorded, %s', (_, memory) => {
  it('are counted by tab, each once, until they are recorded after all', async () => {
    const losses = lossesIn(memory())
    await losses.add(loss('a'))
    await losses.add(loss('a'))
    await losses.add(loss('b'))
    await losses.add(loss('c', 's:4'))
    expect((await losses.inTab('s:3')).map(({ request }) => request)).toEqual(['a', 'b'])
    await losses.recover('a')
    await losses.recover('nobody')
    expect((await losses.inTab('s:3')).map(({ request }) => request)).toEqual(['b'])
  })

  it('are no more than a thousand', async () => {
    const losses = lossesIn(memory())
    for (let number = 0; number <= 1_000; number += 1) await losses.add(loss(String(number)))
    const kept = await losses.inTab('s:3')
    expect([kept.length, kept[0]?.request]).toEqual([1_000, '1'])
  })
})

describe('what is kept for this run', () => {
  it('outlives the worker, and is read as what others could have written', async () => {
    await lossesIn(runMemory).add(loss('a'))
    expect(await lossesIn(runMemory).inTab('s:3')).toHaveLength(1)
    fake.session.set('losses', [{ request: 1 }])
    expect(await lossesIn(runMemory).inTab('s:3')).toEqual([])
  })
})

describe('what a private background keeps', () => {
  it('is nowhere else', async () => {
    await lossesIn(privateMemory()).add(loss('a'))
    expect([fake.session.size, fake.local.size]).toEqual([0, 0])
  })
})
