import type { Bytes } from '../../encoding/bytes.ts'
import { readAscii } from '../../encoding/der-read.ts'
import { encodeHex } from '../../encoding/hex.ts'

/** Types of entries in a report's opaque data, as NVIDIA numbers them; there are more, which nothing here rests on. */
const TYPE = { driverVersion: 3, vbiosVersion: 6, firmwareId: 20 } as const

/** Digest of the firmware that the key was made for (SHA-384). Undefined: older firmware does not state it. */
export function firmwareIdOf(entries: ReadonlyMap<number, Bytes>): Bytes | undefined {
  return entries.get(TYPE.firmwareId)
}

/** `570.172.08`: ASCII, ended by zero octets. */
export function driverVersionOf(entries: ReadonlyMap<number, Bytes>): string | undefined {
  const value = entries.get(TYPE.driverVersion)
  const text = value === undefined ? undefined : readAscii(value)?.replace(/\0+$/, '')
  return text !== undefined && /^[0-9A-Za-z._-]{1,64}$/.test(text) ? text : undefined
}

/** `96.00.D0.00.03`: eight octets, two numbers with the least octet first, of which the second has its least octet shown. */
export function vbiosVersionOf(entries: ReadonlyMap<number, Bytes>): string | undefined {
  const value = entries.get(TYPE.vbiosVersion)
  if (value?.length !== 8) return undefined
  const octets = [...value.subarray(0, 4).toReversed(), ...value.subarray(4, 5)]
  return octets.map((octet) => encodeHex(Uint8Array.of(octet)).toUpperCase()).join('.')
}
