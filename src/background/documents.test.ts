import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'
import { rowOf, SESSION } from '../../test/support/rows.ts'

vi.mock('../platform/browser.ts', () => import('../../test/support/fake-browser.ts'))

import { type Documents, documentOf, documentsIn } from './documents.ts'
import { memoryStore } from './memory-store.ts'
import type { Store } from './store.ts'

const TAB = 3
const KEY = `${SESSION}:${TAB}`

let store: Store
let left: unknown[]
let time: number
let documents: Documents

beforeEach(() => {
  fake.reset()
  store = memoryStore()
  left = []
  time = 0
  documents = documentsIn(
    store,
    async () => SESSION,
    async (tab, staying) => void left.push([tab, staying]),
    () => {
      time += 1
      return time
    },
  )
})

/** Has the tab show a document, whose script answers, or a page without one. */
function show(document?: string): void {
  fake.tabs.set(TAB, document === undefined ? {} : { document, answer: () => true })
}

describe('what a tab shows', () => {
  it('is the document whose script stands ready, since it does', async () => {
    await documents.ready(TAB, 'first')
    expect(await store.shownIn(KEY)).toEqual({ document: 'first', since: 1 })
    await documents.ready(TAB, 'first')
    expect(await store.shownIn(KEY)).toEqual({ document: 'first', since: 1 })
    await documents.ready(TAB, 'second')
    expect(await store.shownIn(KEY)).toEqual({ document: 'second', since: 2 })
    expect(left).toEqual([
      [KEY, 'first'],
      [KEY, 'first'],
      [KEY, 'second'],
    ])
  })

  it('is still that while its script answers', async () => {
    show('first')
    await documents.ready(TAB, 'first')
    left.length = 0
    expect(await documents.look(TAB)).toBe(true)
    expect(await store.shownIn(KEY)).toEqual({ document: 'first', since: 1 })
    expect(left).toEqual([])
  })

  it('is nothing known once it does not', async () => {
    await documents.ready(TAB, 'first')
    left.length = 0
    show()
    expect(await documents.look(TAB)).toBe(true)
    expect(await store.shownIn(KEY)).toEqual({ since: 2 })
    expect(left).toEqual([[KEY, undefined]])
    expect(await documents.look(TAB)).toBe(true)
    expect(left).toHaveLength(1)
  })

  it('is the next document, though the former one is looked for when that stands ready', async () => {
    await documents.ready(TAB, 'first')
    fake.tabs.set(TAB, {
      document: 'first',
      answer: async () => {
        await documents.ready(TAB, 'second')
        return false
      },
    })
    left.length = 0
    await documents.look(TAB)
    expect(await store.shownIn(KEY)).toMatchObject({ document: 'second' })
    expect(left).toEqual([[KEY, 'second']])
  })

  it('is forgotten with the tab', async () => {
    await documents.ready(TAB, 'first')
    await documents.closed(TAB)
    expect(await store.shownIn(KEY)).toBeUndefined()
    expect(left.at(-1)).toEqual([KEY, undefined])
  })

  it('is forgotten with the run of the browser', async () => {
    await store.changeShown('earlier-run:3', () => ({ document: 'other', since: 0 }))
    await documents.ready(TAB, 'first')
    await documents.forgetEarlierRuns()
    expect(await store.tabs()).toEqual([KEY])
  })

  it('is nobody’s business in a tab of which nothing is known', async () => {
    expect(await documents.look(TAB)).toBe(false)
    await store.changeRequest('x', () => rowOf('a'))
    expect(await documents.look(TAB)).toBe(true)
  })

  it('may be a document that the browser does not name', async () => {
    await documents.ready(TAB, '')
    fake.tabs.set(TAB, { answer: () => true })
    await documents.look(TAB)
    expect(await store.shownIn(KEY)).toEqual({ document: '', since: 1 })
  })
})

describe('the document of a request', () => {
  const of = (request: Partial<Parameters<typeof documentOf>[0]>) => documentOf({ tabId: TAB, frameId: 0, ...request }, KEY, store)

  it('is its own where the top frame asked, and that of the tab where another frame did', async () => {
    expect(await of({ documentId: 'a' })).toBe('a')
    expect(await of({ tabId: 0, documentId: 'a' })).toBe('a')
    expect(await of({ frameId: 7, documentId: 'frame', parentDocumentId: 'a' })).toBe('a')
    await documents.ready(TAB, 'b')
    expect(await of({ frameId: 7, documentId: 'frame', parentDocumentId: 'a' })).toBe('b')
  })

  it('is none for a worker’s, and where the browser names none', async () => {
    expect(await of({ tabId: -1, frameId: -1, documentId: 'worker' })).toBe('')
    expect(await of({})).toBe('')
    expect(await of({ frameId: 7 })).toBe('')
  })
})
