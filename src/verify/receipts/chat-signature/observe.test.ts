import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeBase64url } from '../../encoding/base64.ts'
import { sha256 } from '../../encoding/digest.ts'
import { octetsToCompleted } from './completed.ts'
import { observe, observeRequest } from './observe.ts'

const octets = (text: string) => new TextEncoder().encode(text)
const upTo = (text: string) => {
  const found = octetsToCompleted(octets(text))
  return found === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(found)
}

describe('a stream up to response.completed', () => {
  const first = 'event: response.created\ndata: {}\n\n'
  const completed = 'event: response.completed\ndata: {"type":"response.completed"}\n\n'

  it.each([
    ['ends with the empty line behind that event', first + completed, first + completed],
    ['leaves out what comes after', `${first}${completed}event: more\ndata: {}\n\n`, first + completed],
    ['ends with the first of several', completed + completed, completed],
    [
      'goes by the type in the data where events have no names',
      'data: {"type":"response.completed"}\n\ndata: 1\n\n',
      'data: {"type":"response.completed"}\n\n',
    ],
    ['counts CR LF', 'event: response.completed\r\ndata: {}\r\n\r\ndata: 1\r\n\r\n', 'event: response.completed\r\ndata: {}\r\n\r\n'],
    ['counts CR', 'event: response.completed\rdata: {}\r\rdata: 1\r\r', 'event: response.completed\rdata: {}\r\r'],
    ['passes over empty lines before', `\n\n${completed}x`, `\n\n${completed}`],
    ['keeps a byte order mark', `\ufeff${completed}`, `\ufeff${completed}`],
  ])('%s', (_, text, expected) => expect(upTo(text)).toBe(expected))

  it.each([
    ['without the event', first],
    ['with the event cut off', 'event: response.completed\ndata: {}\n'],
    ['with another event that only speaks of it', 'event: note\ndata: {"type":"response.completed"}\n\n'],
    ['with an event without a name whose data speaks of it', 'data: {"type":"note","text":"response.completed"}\n\n'],
    ['with an event of that name and no data', 'event: response.completed\n\n'],
    ['of nothing', ''],
  ])('is nothing %s', (_, text) => expect(upTo(text)).toBeUndefined())

  it('is a beginning of the stream, and the rest does not matter', () => {
    fc.assert(
      fc.property(fc.string(), (rest) => {
        expect(upTo(first + completed + rest)).toBe(first + completed)
      }),
    )
  })
})

describe('what is digested', () => {
  const digest = async (of: string, text: string) => ({ alg: 'sha-256', of, value: encodeBase64url(await sha256(octets(text))) })
  const see = (body: string, contentType: string) =>
    observe({ body: octets(body), contentType, headers: [], bodyProvenance: 'page-reported', headerProvenance: 'browser' })

  it('of JSON: the body, and the body as Python spaces it', async () => {
    const { digests } = await see('{"a":1,"b":"é"}', 'application/json; charset=utf-8')
    expect(digests).toEqual([await digest('body', '{"a":1,"b":"é"}'), await digest('json-python', '{"a": 1, "b": "\\u00e9"}')])
  })
  it('of a stream: the body, and the body up to its end', async () => {
    const stream = 'event: response.completed\ndata: {}\n\n'
    for (const type of ['text/event-stream', '']) {
      const { digests } = await see(`${stream}: bye\n\n`, type)
      expect(digests).toEqual([await digest('body', `${stream}: bye\n\n`), await digest('sse-to-completed', stream)])
    }
  })
  it('of anything else: the body', async () => {
    expect((await see('hello', 'text/plain')).digests).toEqual([await digest('body', 'hello')])
  })
  it('of a request: as Python spaces it', async () => {
    expect(await observeRequest({ body: octets('{"a":1}'), contentType: '' })).toEqual([await digest('json-python', '{"a": 1}')])
    expect(await observeRequest({ body: octets('a=1'), contentType: '' })).toEqual([])
  })
})
