import { describe, expect, it } from 'vitest'
import { addressesOf } from './addresses.ts'

describe('watched addresses', () => {
  const { has, hasPrefixOf } = addressesOf([
    'https://api.example/v1/chat',
    'https://*.hosts.example/v1/chat',
    'http://127.0.0.1:8000/v1/chat',
  ])

  it.each<[string, boolean]>([
    ['https://api.example/v1/chat?x=1#y', true],
    ['https://api.example/v1/chat/', false],
    ['https://api.example/v1', false],
    ['http://api.example/v1/chat', false],
    ['https://other.api.example/v1/chat', false],
    ['https://a.hosts.example/v1/chat', true],
    ['https://a.b.hosts.example/v1/chat', true],
    ['https://hosts.example/v1/chat', false],
    ['https://evilhosts.example/v1/chat', false],
    ['https://evil.example/a.hosts.example/v1/chat', false],
    ['http://127.0.0.1:8000/v1/chat', true],
    ['http://127.0.0.1:8001/v1/chat', false],
  ])('%s: %s', (url, expected) => expect(has(new URL(url))).toBe(expected))

  it('may be asked by how they begin', () => {
    expect(hasPrefixOf(new URL('https://a.hosts.example/v1/chat/7'))).toBe(true)
    expect(hasPrefixOf(new URL('https://a.hosts.example/v2/v1/chat'))).toBe(false)
  })
})
