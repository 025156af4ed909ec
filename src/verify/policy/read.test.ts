import { describe, expect, it } from 'vitest'
import { parsePolicy } from './read.ts'

const POLICY = {
  format: 'inference-receipt-checker/policy',
  version: 1,
  id: 'mine',
  name: 'Mine',
  service: 'redpill',
  expects: [{ measurement: 'tdx.mrtd', anyOf: ['ab'.repeat(48)], source: 'user' }],
  receiptKeys: [],
}

const read = (change: object, service?: string) => parsePolicy(JSON.stringify({ ...POLICY, ...change }), service)
const code = (change: object, service?: string) => {
  const parsed = read(change, service)
  return parsed.ok ? 'ok' : parsed.code
}

describe('a policy', () => {
  it('is for the service that it names, or for any', () => {
    expect(code({}, 'redpill')).toBe('ok')
    expect(code({}, 'venice')).toBe('policy-other-service')
    expect(code({ service: '' }, 'venice')).toBe('ok')
    // A file on the command line may belong to no known service.
    expect(code({}, '')).toBe('ok')
  })

  it.each(['tdx.mrdt', 'nitro.pcr32', 'nitro.pcr', 'receipt.pcr5', 'constructor', 'tinfoil.key', 'snp'])(
    'does not ask for %s, which nothing states',
    (measurement) => expect(code({ expects: [{ measurement, anyOf: ['x'], source: 'user' }] })).toBe('policy-unknown-measurement'),
  )

  it.each(['nitro.pcr0', 'nitro.pcr31', 'receipt.pcr8', 'tinfoil.key.tls', 'container.image-digest'])('may ask for %s', (measurement) =>
    expect(code({ expects: [{ measurement, anyOf: ['x'], source: 'user' }] })).toBe('ok'),
  )

  it.each([
    ['AB'.repeat(32), 'ab'.repeat(32)],
    [`0x${'Ab'.repeat(48)}`, 'ab'.repeat(48)],
    [`sha256:${'AB'.repeat(32)}`, `sha256:${'ab'.repeat(32)}`],
    ['UpToDate', 'UpToDate'],
    ['https://Example.com/ABC', 'https://Example.com/ABC'],
    ['DEADBEEF', 'DEADBEEF'],
  ])('writes %s as measurements are written', (given, written) => {
    const parsed = read({ expects: [{ measurement: 'tdx.mrtd', anyOf: [given], source: 'user' }] })
    expect(parsed.ok ? parsed.value.expects[0]?.anyOf : parsed.code).toEqual([written])
  })
})
