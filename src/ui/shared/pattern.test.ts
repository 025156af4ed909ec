import { describe, expect, it } from 'vitest'
import { hostOfPattern } from './pattern.ts'

describe('hostOfPattern', () => {
  it.each([
    ['https://api.example.com/*', { host: 'api.example.com', below: false }],
    ['https://*.example.com/*', { host: 'example.com', below: true }],
    ['*://example.com/v1/*', { host: 'example.com', below: false }],
    ['http://127.0.0.1:8080/*', { host: '127.0.0.1:8080', below: false }],
  ])('reads %s', (pattern, said) => {
    expect(hostOfPattern(pattern)).toEqual(said)
  })

  it('shows whole what it does not understand, so that nothing wide looks narrow', () => {
    expect(hostOfPattern('<all_urls>')).toEqual({ host: '<all_urls>', below: false })
    expect(hostOfPattern('*://*/*')).toEqual({ host: '*', below: false })
  })
})
