import { describe, expect, it } from 'vitest'
import { matchesAddress, matchesOrigin } from './match.ts'

describe('an origin', () => {
  it.each<[string, string, boolean]>([
    ['https://a.example', 'https://a.example', true],
    ['https://a.example', 'https://b.a.example', false],
    ['https://*.a.example', 'https://b.a.example', true],
    ['https://*.a.example', 'https://c.b.a.example', true],
    ['https://*.a.example', 'https://a.example', false],
    ['https://*.a.example', 'https://evila.example', false],
    ['https://*.a.example', 'http://b.a.example', false],
    ['https://*.a.example', 'https://b.a.example:8443', false],
  ])('%s for %s: %s', (pattern, origin, expected) => expect(matchesOrigin(pattern, origin)).toBe(expected))
})

describe('an address', () => {
  it.each<[string, string, boolean]>([
    ['https://a.example/v1', 'https://a.example/v1', true],
    ['https://a.example/v1', 'https://a.example/v1/', false],
    ['https://*.a.example/v1', 'https://b.a.example/v1', true],
    ['https://*.a.example/v1', 'https://b.a.example/v1/v1', false],
    ['https://*.a.example/v1', 'https://evil.example/b.a.example/v1', false],
    ['https://*.a.example/v1', 'https://evil.example/.a.example/v1', false],
    ['https://*.a.example/v1', 'not an address', false],
  ])('%s for %s: %s', (pattern, address, expected) => expect(matchesAddress(pattern, address)).toBe(expected))
})
