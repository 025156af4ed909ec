import { decodeBase64, decodeBase64url } from '../verify/encoding/base64.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { gunzip } from '../verify/encoding/gzip.ts'
import { decodeHexText, encodeHex } from '../verify/encoding/hex.ts'
import { parseForeignJson } from '../verify/encoding/json.ts'
import { decodePem } from '../verify/encoding/pem.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'

/*
 * A look, without verifying anything, for what evidence will be checked with: the model of platform in a TDX quote, the product of an AMD
 * certificate. It decides what to fetch and nothing else.
 */

/** Intel's name for a model of platform, and which of its authorities certified it. */
export type Platform = { readonly fmspc: string; readonly ca: 'platform' | 'processor' }

const MOST_STRINGS = 5_000
const SHORTEST_QUOTE = 1_000
/** RFC 1952, section 2.3.1; and what a quote with its certificates may come to. */
const GZIP = [0x1f, 0x8b] as const
const LONGEST_UNPACKED = 65_536
/** Version 4 or 5, attestation key type 2, TEE type 0x81 (Intel TDX DCAP Quoting Library API, appendix A.3). */
const QUOTE_HEADER = /^0[45]00020081000000/
/** DER of the extension 1.2.840.113741.1.13.1.4 (FMSPC) up to its six octets. */
const FMSPC = '060a2a864886f84d010d01040406'

/**
 * The platforms whose quotes are in a document: a quote by itself in base64url, or strings in JSON in hexadecimal or base64, compressed or not
 * (Tinfoil's documents have base64 of gzip).
 */
export async function platformsIn(document: string): Promise<readonly Platform[]> {
  const texts = stringsIn(document).filter((text) => text.length >= SHORTEST_QUOTE)
  const platforms = await Promise.all(texts.map(platformInText))
  return platforms.flatMap((platform) => (platform === undefined ? [] : [platform]))
}

async function platformInText(text: string): Promise<Platform | undefined> {
  const octets = octetsOf(text)
  if (octets === undefined) return undefined
  if (octets[0] !== GZIP[0] || octets[1] !== GZIP[1]) return platformOf(octets)
  const unpacked = await gunzip(octets, LONGEST_UNPACKED)
  return unpacked.ok ? platformOf(unpacked.value) : undefined
}

function platformOf(quote: Bytes): Platform | undefined {
  if (!QUOTE_HEADER.test(encodeHex(quote.subarray(0, 8)))) return undefined
  const text = latin1(quote)
  const chain = decodePem(text.slice(text.indexOf('-----BEGIN')), 'CERTIFICATE')
  if (!chain.ok) return undefined
  const [leaf] = chain.value
  const hex = encodeHex(leaf)
  const at = hex.indexOf(FMSPC)
  const fmspc = hex.slice(at + FMSPC.length, at + FMSPC.length + 12)
  if (at < 0 || fmspc.length < 12) return undefined
  return { fmspc: fmspc.toUpperCase(), ca: latin1(leaf).includes('PCK Platform CA') ? 'platform' : 'processor' }
}

const PRODUCTS = ['Milan', 'Genoa', 'Turin'] as const

/** The products whose certificates are in a document: certificates in base64 among the strings of JSON. */
export function productsIn(document: string): readonly string[] {
  const texts = stringsIn(document)
    .map((text) => octetsOf(text))
    .map((octets) => (octets?.[0] === 0x30 ? latin1(octets) : ''))
  return PRODUCTS.filter((product) => texts.some((text) => text.includes(`SEV-${product}`)))
}

/** All strings in JSON, those in data URIs of JSON among them; a document that is no JSON is one string. */
function stringsIn(document: string): readonly string[] {
  const found: string[] = []
  const walk = (value: unknown): void => {
    if (found.length >= MOST_STRINGS) return
    if (typeof value === 'string') {
      const inner = jsonInDataUri(value)
      if (inner === undefined) found.push(value)
      else walk(inner)
    } else if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) walk(member)
  }
  const json = parseForeignJson(document)
  walk(json.ok ? json.value : document)
  return found
}

const DATA_URI = /^data:application\/json;base64,/

function jsonInDataUri(text: string): unknown {
  if (!DATA_URI.test(text)) return undefined
  const octets = decodeBase64(text.replace(DATA_URI, ''))
  const decoded = octets.ok ? decodeUtf8(octets.value) : octets
  const json = decoded.ok ? parseForeignJson(decoded.value) : decoded
  return json.ok ? json.value : undefined
}

function octetsOf(text: string): Bytes | undefined {
  for (const decode of [decodeHexText, decodeBase64, decodeBase64url]) {
    const octets = decode(text)
    if (octets.ok) return octets.value
  }
  return undefined
}

function latin1(octets: Uint8Array): string {
  let text = ''
  for (const octet of octets) text += String.fromCharCode(octet)
  return text
}
