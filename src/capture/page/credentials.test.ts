import { describe, expect, it } from 'vitest'
import { credentialOf } from './credentials.ts'

const ADDRESS = 'https://api.example/v1/chat'
const bearer = (name: string) => ({ authorization: `Bearer ${name}` })

describe('the credential of a call', () => {
  it('is what the options say', () => {
    expect(credentialOf(undefined, { headers: bearer('a'), credentials: 'include' })).toEqual({ ...bearer('a'), cookies: 'include' })
    expect(credentialOf(undefined, { headers: new Headers(bearer('a')) }).authorization).toBe('Bearer a')
    expect(credentialOf(undefined, { headers: [['Authorization', 'Bearer a']] }).authorization).toBe('Bearer a')
  })

  it('is the request’s where the options say nothing', () => {
    const request = new Request(ADDRESS, { headers: bearer('r'), credentials: 'omit' })
    expect(credentialOf(request, {})).toEqual({ ...bearer('r'), cookies: 'omit' })
    expect(credentialOf(request, { headers: bearer('o') }).authorization).toBe('Bearer o')
    expect(credentialOf(request, { headers: {} }).authorization).toBeNull()
    expect(credentialOf(request, { credentials: 'include' }).cookies).toBe('include')
  })

  it('is none where nothing was said', () => {
    expect(credentialOf(undefined, {})).toEqual({ authorization: null, cookies: 'same-origin' })
    expect(credentialOf(undefined, { headers: { 'content-type': 'text/plain' }, credentials: 'whatever' })).toEqual({
      authorization: null,
      cookies: 'same-origin',
    })
  })

  it('is none where the headers are none that fetch would take', () => {
    expect(credentialOf(undefined, { headers: { 'not a name': 'x' } }).authorization).toBeNull()
  })
})
