import { describe, expect, it } from 'vitest'
import { serviceAt, serviceOfPage } from './lookup.ts'
import { interfaceOf, relayOf, siteCalled } from './route.ts'
import { TRUSTEDROUTER } from './trustedrouter.ts'
import { endpointsOf, hostAsks, hostPatterns, sitesOf, watchedUrls } from './types.ts'

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
  ])('of %s is %s', (address, origin) => expect(interfaceOf(TRUSTEDROUTER, { url: address })).toBe(origin))
})

describe('a relay', () => {
  it('is known by the address that was called, and reads along', () => {
    expect(relayOf(TRUSTEDROUTER, 'https://trustedrouter.com/chat-proxy/v1/chat/completions')?.handles).toBe('reads')
  })
  it('is none where the interface itself was called', () => {
    expect(relayOf(TRUSTEDROUTER, `${API}/v1/chat/completions`)).toBeUndefined()
  })
})

describe('a site that stands in for another', () => {
  const hosts = (origin: string) => {
    const site = serviceOfPage(origin)
    return site === undefined ? [] : [...new Set(hostAsks(site).map(({ pattern }) => new URL(pattern).host))].sort()
  }

  it('is the same service, and asks for what its own page uses', () => {
    expect(serviceOfPage('https://allyrouter.com')?.id).toBe('trustedrouter')
    expect(hosts('https://allyrouter.com')).toEqual([
      'allyrouter.com',
      'api.allyrouter.com',
      'trustedrouter.com',
      'www.allyrouter.com',
      'www.googleapis.com',
    ])
  })

  it('adds nothing to what the usual one asks for, nor does a host that no page calls', () => {
    expect(hosts('https://trustedrouter.com')).toEqual([
      'api.trustedrouter.com',
      'trustedrouter.com',
      'www.googleapis.com',
      'www.trustedrouter.com',
    ])
  })

  it('has its evidence asked of its own interface', () => {
    expect(interfaceOf(TRUSTEDROUTER, { url: 'https://www.allyrouter.com/chat-proxy/v1/chat/completions' })).toBe(
      'https://api.allyrouter.com',
    )
  })

  it('is not confused with its neighbour: nothing is fetched for one that only another uses', () => {
    const site = siteCalled(TRUSTEDROUTER, 'https://uptimerouter.com/chat-proxy/v1/chat/completions')
    const endpoints = site === undefined ? [] : endpointsOf(site)
    expect(endpoints).toContain('https://api.uptimerouter.com/receipt-key')
    expect(endpoints.filter((endpoint) => endpoint.includes('allyrouter') || endpoint.includes('api.trustedrouter'))).toEqual([])
  })
})

describe('a host that answers when the usual one does not', () => {
  const ADDRESS = 'https://api-us-east4.quillrouter.com/v1/chat/completions'

  it('is watched, and asked for its own evidence', () => {
    expect(watchedUrls(TRUSTEDROUTER)).toContain(ADDRESS)
    expect(interfaceOf(TRUSTEDROUTER, { url: ADDRESS })).toBe('https://api-us-east4.quillrouter.com')
    const site = siteCalled(TRUSTEDROUTER, ADDRESS)
    expect(site === undefined ? [] : endpointsOf(site)).toContain('https://api-us-east4.quillrouter.com/receipt-key')
  })

  it('may be allowed by the user, and is asked for by no prompt', () => {
    const pattern = 'https://api-us-east4.quillrouter.com/*'
    expect(hostPatterns(TRUSTEDROUTER)).toContain(pattern)
    expect(sitesOf(TRUSTEDROUTER).flatMap((site) => hostAsks(site).map((ask) => ask.pattern))).not.toContain(pattern)
  })
})

it('a service is the one at the page that called it, and the usual one elsewhere', () => {
  expect(serviceAt('trustedrouter', 'https://uptimerouter.com')?.apis).toEqual(['https://api.uptimerouter.com'])
  expect(serviceAt('trustedrouter', 'https://elsewhere.example')).toBe(TRUSTEDROUTER)
  expect(serviceAt('unknown', 'https://uptimerouter.com')).toBeUndefined()
})
