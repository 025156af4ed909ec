import type { Bytes } from '../../src/verify/encoding/bytes.ts'

/** Writes DER for tests, and what is nearly DER: nothing is checked. */
export function tlv(tag: number, ...parts: readonly (Uint8Array | readonly number[])[]): Bytes {
  const content = parts.flatMap((part) => [...part])
  return Uint8Array.from([tag, ...lengthOctets(content.length), ...content])
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}

export function sequence(...parts: readonly (Uint8Array | readonly number[])[]): Bytes {
  return tlv(0x30, ...parts)
}

export function oid(dotted: string): Bytes {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tlv(0x06, [first * 40 + second, ...rest].flatMap(base128))
}

function base128(arc: number): number[] {
  return arc < 128 ? [arc] : [...base128(Math.floor(arc / 128)).map((octet) => octet | 0x80), arc % 128]
}

export function text(tag: number, value: string): Bytes {
  return tlv(tag, new TextEncoder().encode(value))
}

/** A Name of one common name. */
export function commonName(value: string): Bytes {
  return sequence(tlv(0x31, sequence(oid('2.5.4.3'), text(0x0c, value))))
}
