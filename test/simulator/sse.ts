import { type Octets, utf8 } from './octets.ts'

/** One server-sent event (WHATWG HTML, section 9.2). `name` is empty for events without an `event:` field. */
export type ServerEvent = { readonly name: string; readonly data: string }

export const DONE: ServerEvent = { name: '', data: '[DONE]' }

/** An event on the wire, framed as the real service frames it. */
export function encodeEvent({ name, data }: ServerEvent): string {
  return `${name === '' ? '' : `event: ${name}\n`}data: ${data}\n\n`
}

export function encodeEvents(events: readonly ServerEvent[]): Octets {
  return utf8(events.map(encodeEvent).join(''))
}

/** Reads back what `encodeEvents` writes, and the real sample; no more of the format than that. */
export function decodeEvents(text: string): readonly ServerEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block.includes('data:'))
    .map((block) => {
      const field = (name: string) => {
        const line = block.split('\n').find((candidate) => candidate.startsWith(`${name}:`))
        return line?.slice(name.length + 1).replace(/^ /, '') ?? ''
      }
      return { name: field('event'), data: field('data') }
    })
}
