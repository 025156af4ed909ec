/** Octets backed by a plain ArrayBuffer. The simulator's own name for them: it shares no code with `src`. */
export type Octets = Uint8Array<ArrayBuffer>

export function octets(source: Uint8Array | readonly number[]): Octets {
  return Uint8Array.from(source)
}

export function utf8(text: string): Octets {
  return octets(Buffer.from(text, 'utf8'))
}

export function join(...parts: readonly Uint8Array[]): Octets {
  return octets(Buffer.concat(parts))
}

/** RFC 4648 section 5, without padding. */
export function base64url(source: Uint8Array | string): string {
  return Buffer.from(typeof source === 'string' ? utf8(source) : source).toString('base64url')
}

export function hex(source: Uint8Array): string {
  return Buffer.from(source).toString('hex')
}

/** A copy with one bit changed: the lowest bit of the octet at `index` (from the end when negative). */
export function flipBit(source: Uint8Array, index = -1): Octets {
  const copy = octets(source)
  const at = index < 0 ? copy.length + index : index
  const octet = copy[at]
  if (octet === undefined) throw new RangeError(`no octet at ${index}`)
  copy[at] = octet ^ 1
  return copy
}
