import type { Bytes } from '../../src/verify/encoding/bytes.ts'

const SHORTEST = 200

/**
 * Every certificate in some evidence, whatever it is wrapped in: DER inside other octets, PEM (with line breaks escaped or percent-encoded),
 * base64 and hexadecimal text. Outside of PEM it finds what looks like one: SEQUENCE { SEQUENCE …, both of more than 255 octets.
 */
export function findCertificates(evidence: Uint8Array): Bytes[] {
  const found = new Map<string, Bytes>()
  const keep = (der: Uint8Array) => found.set(Buffer.from(der).toString('base64'), Uint8Array.from(der))
  const take = (octets: Uint8Array) => {
    for (const der of inDer(octets)) keep(der)
  }
  const unwrap = (octets: Buffer) => {
    take(octets)
    if (octets.includes('-----BEGIN') || octets.includes('MII')) for (const der of findCertificates(octets)) keep(der)
  }
  take(evidence)
  const text = Buffer.from(evidence).toString('latin1')
  const plain = text.replaceAll('\\n', '\n').replace(/%([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  for (const source of [text, plain]) {
    for (const [, body = ''] of source.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END/g))
      take(Buffer.from(body, 'base64'))
    for (const [body] of source.matchAll(/[A-Za-z0-9+/_-]{270,}/g)) unwrap(Buffer.from(body, 'base64'))
    for (const [body] of source.matchAll(/(?:[0-9a-f]{2}){200,}/gi)) unwrap(Buffer.from(body, 'hex'))
  }
  return [...found.values()]
}

function* inDer(octets: Uint8Array): Generator<Bytes> {
  for (let at = 0; at + SHORTEST < octets.length; at += 1) {
    if (octets[at] !== 0x30 || octets[at + 1] !== 0x82 || octets[at + 4] !== 0x30 || octets[at + 5] !== 0x82) continue
    const length = 4 + (octets[at + 2] ?? 0) * 256 + (octets[at + 3] ?? 0)
    if (length > SHORTEST && at + length <= octets.length) yield Uint8Array.from(octets.subarray(at, at + length))
  }
}
