import { describe, expect, it } from 'vitest'
import { interfaceOf, relayOf } from './route.ts'
import { TRUSTEDROUTER } from './trustedrouter.ts'

const API = 'https://api.trustedrouter.com'

describe('the interface that answered', () => {
  it.each<[string, string | undefined]>([
    ['https://trustedrouter.com/chat-proxy/v1/chat/completions', API],
    ['https://www.trustedrouter.com/chat-proxy/v1/chat/completions', API],
    [`${API}/v1/chat/completions`, API],
    ['https://trustedrouter.com/v1/chat/completions', undefined],
    ['https://trustedrouter.com/chat-proxy/v1/chat/completions/', undefined],
    ['https://trustedrouter.com.example/chat-proxy/v1/chat/completions', undefined],
    ['http://trustedrouter.com/chat-proxy/v1/chat/completions', undefined],
    ['', undefined],
  ])('of %s is %s', (address, origin) => expect(interfaceOf(TRUSTEDROUTER, address)).toBe(origin))
})

describe('a relay', () => {
  it('is known by the address that was called, and reads along', () => {
    expect(relayOf(TRUSTEDROUTER, 'https://trustedrouter.com/chat-proxy/v1/chat/completions')?.handles).toBe('reads')
  })
  it('is none where the interface itself was called', () => {
    expect(relayOf(TRUSTEDROUTER, `${API}/v1/chat/completions`)).toBeUndefined()
  })
})
