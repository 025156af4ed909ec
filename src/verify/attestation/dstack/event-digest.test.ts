import { describe, expect, it } from 'vitest'
import { eventPreimage } from '../../../../test/simulator/dstack.ts'
import { decodeHex, encodeHex } from '../../encoding/hex.ts'
import { parseWith } from '../../encoding/schema.ts'
import { digestEvents, preimageOf } from './event-digest.ts'
import { type Event, eventLogSchema, RUNTIME_EVENT } from './event-log.ts'
import { PRODUCTION_OS_IMAGES } from './os-images.ts'

const event = (name: string, payload: string, version: 1 | 2 = 1): Event => {
  const octets = decodeHex(payload)
  if (!octets.ok) throw new Error(octets.code)
  return { imr: 3, event_type: RUNTIME_EVENT, digest: new Uint8Array(0), event: name, event_payload: octets.value, version, preimage: null }
}
const text = (preimage: Uint8Array | undefined) => new TextDecoder().decode(preimage)

describe('the digest of a runtime event', () => {
  it('is made over what dstack’s own vectors say', () => {
    expect(text(preimageOf(event('compose-hash', 'abcd', 2)))).toBe('{"name":"compose-hash","payload":"abcd","type":134217729}')
    expect(text(preimageOf(event('a"b\\c\nd\u0001🦀', '00', 2)))).toBe('{"name":"a\\"b\\\\c\\nd\\u0001🦀","payload":"00","type":134217729}')
    expect(encodeHex(preimageOf(event('app-id', 'deadbeef')) ?? new Uint8Array())).toBe('010000083a6170702d69643adeadbeef')
  })

  it('is what the simulator writes', () => {
    for (const version of [1, 2] as const) {
      const written = eventPreimage('key-provider', Uint8Array.of(1, 2, 3), version)
      expect(preimageOf(event('key-provider', '010203', version))).toEqual(written)
    }
  })

  it('is the one that dstack’s makers publish for each production image', async () => {
    const published = [
      'c936f709860155a455c519b505fe29bde21d1b778534a8f0b41b706b0f789eae2ea899e224fedb2331c18324aab4db93',
      '87cd7e9dd097fa5ccdadf01c77ae4d86eb69debae40c7c9ecd2b0e0ff8ddb37ceeafd3607a0f49c7cfb81eeeaffa17c1',
      'dc15768ace33ac7ecd2f86dc032917ed0674d8218a8e138db68e16a4985b2fc4c4576a4b2c8697b83d2a88c990b6f855',
      '040e24a4f644add401d92cedf588eef268bce2089298feac2e54a0f63af63fef47028c2915af65b61ab6161294251614',
    ]
    const digested = await digestEvents(PRODUCTION_OS_IMAGES.map(({ hash }) => event('os-image-hash', hash)))
    expect(digested.map(({ digest }) => encodeHex(digest))).toEqual(published)
  })

  it('of a name that has no canonical form is a contradiction, and no digest', async () => {
    const [digested] = await digestEvents([event('\ud800', '', 2)])
    expect([digested?.isContradicted, digested?.digest.length]).toEqual([true, 0])
  })

  it('of other events is the stated one', async () => {
    const log = parseWith(eventLogSchema, [{ imr: 0, event_type: 10, digest: 'aabb', event: 'acpi-rsdp', event_payload: '00' }])
    const [digested] = await digestEvents(log.ok ? log.value : [])
    expect(digested && [encodeHex(digested.digest), digested.isContradicted]).toEqual(['aabb', false])
  })
})
