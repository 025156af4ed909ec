import { expect, it } from 'vitest'
import { type DstackEvent, encodeConfigId, replay, runtimeEvent, strip } from '../simulator/dstack.ts'
import { hex, octets } from '../simulator/octets.ts'
import { describeVectors, vectorText } from './files.ts'

const RUNTIME = 134_217_729
const bytes = (text: string) => octets(Buffer.from(text, 'hex'))

describeVectors('the simulator of dstack writes what was recorded', () => {
  it.each(['dstack/dstack/quote-report.json', 'dstack/dstack/tdx-lite-getquote.json'])('%s', (name) => {
    const { quote, event_log }: { quote: string; event_log: string } = JSON.parse(vectorText(name))
    const events: readonly DstackEvent[] = JSON.parse(event_log)
    const isStripped = events.some(({ event_type, digest }) => event_type === RUNTIME && digest === '')
    const written = events.map((event) => (event.event_type === RUNTIME ? runtimeEvent(event.event, bytes(event.event_payload)) : event))
    const shown = isStripped ? written.map((event) => (event.event_type === RUNTIME ? strip(event) : event)) : written
    expect(JSON.stringify(shown)).toBe(event_log)
    // By the offsets of the specification: RTMR0 to RTMR3 at 376, MRCONFIGID at 232.
    expect(replay(written).map(hex).join('')).toBe(quote.slice(2 * 376, 2 * 568))

    const payload = (event: string) => bytes(events.find((each) => each.event === event)?.event_payload ?? '')
    const configId = quote.slice(2 * 232, 2 * 280)
    if (/^0*$/.test(configId)) return
    const facts = { composeHash: payload('compose-hash'), appId: payload('app-id'), instanceId: payload('instance-id') }
    expect(hex(encodeConfigId(1, { ...facts, keyProvider: { name: 'none', id: '' } }))).toBe(configId)
  })
})
