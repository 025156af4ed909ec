import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candidate, joinReport, mayBeSame, type PageTrace, type Trace } from './join.ts'

const BROWSER: Trace = { tabId: 1, frameId: 0, documentId: 'D', method: 'POST', urlDigest: 'U', requestDigest: 'R', beganAt: 1_000 }
const PAGE: PageTrace = { ...BROWSER, beganAt: 999, endedAt: 1_500 }

describe('two traces', () => {
  it('are of one exchange when everything agrees', () => {
    expect(mayBeSame(BROWSER, PAGE)).toBe(true)
  })

  it.each<[string, Partial<Trace>]>([
    ['tab', { tabId: 2 }],
    ['frame', { frameId: 3 }],
    ['document', { documentId: 'E' }],
    ['method', { method: 'PUT' }],
    ['address', { urlDigest: 'V' }],
    ['request octets', { requestDigest: 'S' }],
    ['time, before the call', { beganAt: 993 }],
    ['time, after the answer', { beganAt: 1_501 }],
  ])('are not when they differ in %s', (_, difference) => {
    expect(mayBeSame({ ...BROWSER, ...difference }, PAGE)).toBe(false)
  })

  it('allow for two readings of one clock', () => {
    expect(mayBeSame({ ...BROWSER, beganAt: 995 }, PAGE)).toBe(true)
  })

  it('may lack the octets of the request on either side', () => {
    const { requestDigest: _, ...without } = BROWSER
    expect(mayBeSame(without, PAGE)).toBe(true)
    expect(mayBeSame(BROWSER, { ...without, beganAt: 999, endedAt: 1_500 })).toBe(true)
  })
})

describe('a report', () => {
  const candidate = (id: string, change: Partial<Trace> = {}, report?: string, endedAt?: number): Candidate => ({
    id,
    trace: { ...BROWSER, ...change },
    ...(report === undefined ? {} : { report }),
    ...(endedAt === undefined ? {} : { endedAt }),
  })

  it('joins the only request that it can be about', () => {
    expect(joinReport('a', PAGE, [candidate('1'), candidate('2', { tabId: 9 })])).toEqual({ kind: 'joined', id: '1' })
  })

  it('joins none when the browser has not noted one', () => {
    expect(joinReport('a', PAGE, [candidate('1', { frameId: 9 })])).toEqual({ kind: 'none' })
  })

  it('is ambiguous between two requests', () => {
    expect(joinReport('a', PAGE, [candidate('1'), candidate('2')])).toEqual({ kind: 'ambiguous', ids: ['1', '2'] })
  })

  it('is ambiguous when another report took its request', () => {
    expect(joinReport('b', PAGE, [candidate('1', {}, 'a', 1_400)])).toEqual({ kind: 'ambiguous', ids: ['1'] })
  })

  it('passes over a request whose answer was there before the call', () => {
    const earlier = candidate('1', { beganAt: 998 }, 'a', 999)
    expect(joinReport('b', PAGE, [earlier, candidate('2')])).toEqual({ kind: 'joined', id: '2' })
  })

  it('finds its own request again when it is repeated, whatever came since', () => {
    expect(joinReport('a', PAGE, [candidate('2'), candidate('1', { tabId: 9 }, 'a', 1_400)])).toEqual({ kind: 'joined', id: '1' })
  })

  it('never joins while two requests fit', () => {
    const traces = fc.record({ beganAt: fc.integer({ min: 999, max: 1_500 }) })
    fc.assert(
      fc.property(fc.array(traces, { minLength: 2, maxLength: 6 }), (changes) => {
        const candidates = changes.map((change, index) => candidate(String(index), change))
        expect(joinReport('a', PAGE, candidates)).toEqual({ kind: 'ambiguous', ids: candidates.map(({ id }) => id) })
      }),
    )
  })
})
