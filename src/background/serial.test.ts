import { describe, expect, it } from 'vitest'
import { inSeries, queue } from './serial.ts'

const turn = () => new Promise<void>((resume) => setTimeout(resume, 0))

describe('tasks in series', () => {
  it('run one after the other, in the order given', async () => {
    const series = inSeries()
    const log: string[] = []
    const task = (name: string, turns: number) => async () => {
      log.push(`${name} starts`)
      for (let left = turns; left > 0; left--) await turn()
      log.push(`${name} ends`)
    }
    await Promise.all([series(task('a', 3)), series(task('b', 0))])
    expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends'])
  })

  it('go on after one that failed, which says so itself', async () => {
    const series = inSeries()
    const failing = series(() => Promise.reject(new Error('no')))
    const following = series(async () => 'done')
    await expect(failing).rejects.toThrow('no')
    await expect(following).resolves.toBe('done')
  })
})

describe('a queue', () => {
  it('runs no more than its width at once, and no name twice at once', async () => {
    const running: string[] = []
    const worst = { width: 0, twice: false }
    const work = queue(2, async (name) => {
      worst.twice ||= running.includes(name)
      running.push(name)
      worst.width = Math.max(worst.width, running.length)
      await turn()
      running.splice(running.indexOf(name), 1)
    })
    await Promise.all(['a', 'b', 'c', 'a', 'a', 'd'].map((name) => work.add(name)))
    expect(worst).toEqual({ width: 2, twice: false })
  })

  it('runs a name again when it is added while it runs: the first run may have missed the news', async () => {
    let runs = 0
    const work = queue(3, async () => {
      runs++
      await turn()
    })
    await Promise.all([work.add('a'), work.add('a')])
    expect(runs).toBe(2)
  })

  it('goes on after a task that failed', async () => {
    const work = queue(1, (name) => (name === 'bad' ? Promise.reject(new Error('no')) : turn()))
    const bad = work.add('bad')
    const good = work.add('good')
    await expect(bad).rejects.toThrow('no')
    await expect(good).resolves.toBeUndefined()
  })
})
