import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'

vi.mock('./browser.ts', () => import('../../test/support/fake-browser.ts'))

import { answerMessages, type Sender, tellOwnPages } from './runtime.ts'

const OWN = `chrome-extension://${fake.id}`

let heard: Sender[]

beforeEach(() => {
  fake.reset()
  heard = []
  answerMessages((_, sender) => {
    heard.push(sender)
    return Promise.resolve('answer')
  })
})

const from = (sender: unknown): readonly unknown[] => fake.onMessage.happen('message', sender)

describe('the sender of a message', () => {
  it.each<[string, object, Sender]>([
    ['the popup', { url: `${OWN}/popup/popup.html?tab=3` }, { kind: 'own-page' }],
    ['a page of ours in a tab', { url: `${OWN}/welcome.html`, origin: OWN, tab: { id: 9 }, frameId: 0 }, { kind: 'own-page' }],
    [
      'a content script',
      { url: 'https://a.example/chat', origin: 'https://a.example', tab: { id: 3, incognito: true }, frameId: 0, documentId: 'D' },
      { kind: 'content', origin: 'https://a.example', tabId: 3, frameId: 0, incognito: true, documentId: 'D' },
    ],
    [
      'one in a frame without an address of its own',
      { url: 'about:srcdoc', origin: 'https://a.example', tab: { id: 3 }, frameId: 7 },
      { kind: 'content', origin: 'https://a.example', tabId: 3, frameId: 7, incognito: false },
    ],
    [
      'one whose origin the browser does not say',
      { url: 'https://a.example/chat', tab: { id: 3 }, frameId: 0 },
      { kind: 'content', origin: 'https://a.example', tabId: 3, frameId: 0, incognito: false },
    ],
  ])('is %s, as the browser says', async (_, sender, expected) => {
    expect(await Promise.all(from({ id: fake.id, ...sender }))).toEqual(['answer'])
    expect(heard).toEqual([expected])
  })

  it.each<[string, unknown]>([
    ['another extension', { id: 'another', url: 'chrome-extension://another/page.html' }],
    ['another extension in a page', { id: 'another', url: 'https://a.example/', tab: { id: 3 }, frameId: 0 }],
    ['nobody', undefined],
    ['a page without a tab', { id: fake.id, url: 'https://a.example/', origin: 'https://a.example' }],
    ['a content script without a frame', { id: fake.id, url: 'https://a.example/', tab: { id: 3 } }],
    ['no address', { id: fake.id, tab: { id: 3 }, frameId: 0 }],
  ])('that is %s is not heard', (_, sender) => {
    expect(from(sender)).toEqual([undefined])
    expect(heard).toEqual([])
  })

  it.each([
    { url: `${OWN}.evil.example/popup.html`, origin: `${OWN}.evil.example`, tab: { id: 3 }, frameId: 0 },
    { url: `${OWN}/popup/popup.html`, origin: 'https://a.example', tab: { id: 3 }, frameId: 0 },
  ])('is no page of ours because it looks like one (%#)', (sender) => {
    from({ id: fake.id, ...sender })
    expect(heard.map(({ kind }) => kind)).toEqual(['content'])
  })
})

describe('telling own pages', () => {
  it('reaches those that are open, and minds none that is not', async () => {
    await tellOwnPages('to nobody')
    fake.pages = []
    await tellOwnPages('to the popup')
    expect(fake.pages).toEqual(['to the popup'])
  })
})
