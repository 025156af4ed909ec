import { describe, expect, it } from 'vitest'
import { SERVICES as FORMAT_SERVICES } from '../../../test/e2e/doubles/services.ts'
import { SERVICES } from '../../gather/services/registry.ts'
import { keptHeaders, mayBeKept } from './kept-headers.ts'

/** Headers of responses that set, carry or name a credential. */
const CREDENTIALS = [
  'set-cookie',
  'set-cookie2',
  'cookie',
  'authorization',
  'proxy-authorization',
  'www-authenticate',
  'proxy-authenticate',
  'authentication-info',
  'x-api-key',
  'x-auth-token',
  'x-csrf-token',
  'x-session-id',
  'x-amz-security-token',
  'client-secret',
] as const

describe('a response header', () => {
  it('is kept where the service’s data names it, under its name in lower case', () => {
    const headers = [
      { name: 'Content-Type', value: 'text/event-stream' },
      { name: 'X-Other', value: 'x' },
      { name: 'content-length', value: '7' },
    ]
    expect(keptHeaders(headers, ['content-type', 'absent'])).toEqual([{ name: 'content-type', value: 'text/event-stream' }])
  })

  it('is kept always where it is the date, by which the clocks are compared', () => {
    expect(keptHeaders([{ name: 'Date', value: 'Fri, 27 Nov 2026 10:00:00 GMT' }], [])).toEqual([
      { name: 'date', value: 'Fri, 27 Nov 2026 10:00:00 GMT' },
    ])
  })

  it('that is very long is not kept', () => {
    const named = (length: number) => keptHeaders([{ name: 'receipt', value: 'x'.repeat(length) }], ['receipt'])
    expect([named(256 * 1024).length, named(256 * 1024 + 1).length]).toEqual([1, 0])
  })

  it.each(CREDENTIALS)('"%s" is not kept even where a service’s data names it', (name) => {
    const planted = [name, name.toUpperCase()].map((spelt) => ({ name: spelt, value: 'planted' }))
    expect(keptHeaders(planted, [name])).toEqual([])
  })

  it.each([...SERVICES, ...FORMAT_SERVICES].map((service) => [service.id, service.headers] as const))(
    'of %s is none that may hold a credential, and is named in lower case',
    (_, headers) => {
      expect(headers.filter((name) => !mayBeKept(name) || name !== name.toLowerCase())).toEqual([])
    },
  )
})
