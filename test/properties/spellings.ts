import type { Dossier } from '../../src/dossier/types.ts'

/*
 * Other ways to write what says the same, as producers and proxies write: containers with blank lines, other line ends or zero octets behind,
 * hexadecimal in either case, and, in JSON that is only read, white space, unknown members, numbers beyond 2^53 and lone surrogates.
 */

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** A spelling of all strings of a document that it applies to; `undefined` of one that it does not. */
export type Spelling = { readonly name: string; readonly of: (text: string) => string | undefined }

const PEM_END = '-----END CERTIFICATE-----'
const HEX = /^[0-9a-f]{64,}$/i
/** Evidence of GPUs in base64: requests and responses of SPDM 1.1 (GET_MEASUREMENTS), as NVIDIA's tools write them. */
const GPU_REPORT = /^EeA[A-Za-z0-9+/]{1000,}=*$/
/** TDX quotes, version 4 or 5, in hexadecimal. */
const QUOTE = /^0[45]000200[0-9a-f]{1000,}$/i

const inPem =
  (change: (pem: string) => string) =>
  (text: string): string | undefined => {
    if (text.includes(PEM_END)) return change(text)
    // NVIDIA's chains are base64 of PEM.
    if (!/^LS0tLS1CRUdJ[A-Za-z0-9+/]+=*$/.test(text)) return undefined
    return Buffer.from(change(Buffer.from(text, 'base64').toString('latin1')), 'latin1').toString('base64')
  }

export const OF_STRINGS: readonly Spelling[] = [
  { name: 'PEM with CR LF', of: inPem((pem) => pem.replace(/\r?\n/g, '\r\n')) },
  { name: 'PEM with blank lines between blocks', of: inPem((pem) => pem.replaceAll(PEM_END, `${PEM_END}\n\n`)) },
  { name: 'PEM with NULs behind', of: inPem((pem) => `${pem}\0\0\0`) },
  { name: 'PEM without a final line end', of: inPem((pem) => pem.trimEnd()) },
  { name: 'PEM with text between blocks', of: inPem((pem) => pem.replaceAll('-----BEGIN CERT', 'subject=CN = somebody\n-----BEGIN CERT')) },
  { name: 'hexadecimal in upper case', of: (text) => (HEX.test(text) ? text.toUpperCase() : undefined) },
  { name: 'hexadecimal with 0x before it', of: (text) => (HEX.test(text) ? `0x${text}` : undefined) },
  { name: 'reports of GPUs with zero octets behind', of: (text) => (GPU_REPORT.test(text) ? withZeros(text) : undefined) },
  { name: 'quotes with zero octets behind', of: (text) => (QUOTE.test(text) ? `${text}${'00'.repeat(200)}` : undefined) },
]

/** Writes JSON in another way. */
export type Writing = { readonly name: string; readonly write: (value: Json) => string }

/**
 * Members whose values are hashed as canonical JSON (RFC 8785): another spelling in them is another value (ACI 1, "Workload keyset" and "Workload
 * identity"; the test shows that it is refused).
 */
export const HASHED: ReadonlySet<string> = new Set(['workload_keyset', 'workload_identity'])
/** Documents that are named by the hash of their canonical form (ACI 1, section 8). */
const HASHED_WHOLE: ReadonlySet<string> = new Set(['aci-session'])

function withZeros(base64: string): string {
  return Buffer.concat([Buffer.from(base64, 'base64'), new Uint8Array(64)]).toString('base64')
}

/** Ways to write a chat signature (ECDSA over secp256k1, EIP-191) whose octets are the same. */
export const OF_CHAT_SIGNATURES: readonly Spelling[] = [
  { name: 'addresses in upper case', of: (text) => (/^0x[0-9a-f]{40}$/i.test(text) ? `0x${text.slice(2).toUpperCase()}` : undefined) },
  { name: 'addresses without 0x', of: (text) => (/^0x[0-9a-f]{40}$/i.test(text) ? text.slice(2) : undefined) },
  {
    name: 'a recovery id of 0 or 1',
    of: (text) => (/^0x[0-9a-f]{130}$/i.test(text) ? text.replace(/1b$/i, '00').replace(/1c$/i, '01') : undefined),
  },
  { name: 'signatures in upper case', of: (text) => (/^0x[0-9a-f]{130}$/i.test(text) ? `0x${text.slice(2).toUpperCase()}` : undefined) },
  { name: 'the name of the algorithm in upper case', of: (text) => (text === 'ecdsa' ? 'ECDSA' : undefined) },
]

/** Changes after which nothing may hold as it did. */
export const MEANING: readonly Spelling[] = [
  { name: 'quotes with an octet behind that is not zero', of: (text) => (QUOTE.test(text) ? `${text}0001` : undefined) },
  {
    name: 'one bit of what a quote signs',
    of: (text) => {
      if (!QUOTE.test(text)) return undefined
      // In MRTD: octets 184 to 231 of a quote of version 4; six more before the body in version 5.
      const at = 2 * 190
      return text.slice(0, at) + (Number.parseInt(text.charAt(at), 16) ^ 1).toString(16) + text.slice(at + 1)
    },
  },
]

/** Members that nothing reads, as text: no JSON writer of ours makes such values. */
const UNKNOWN = String.raw`"zz_since_2027":12345678901234567890,"zz_name":"\ud800"`

export const OF_JSON: readonly Writing[] = [
  { name: 'white space', write: (value) => JSON.stringify(value, undefined, 2) },
  { name: 'unknown members in every object', write: (value) => withUnknown(value) },
]

function withUnknown(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(withUnknown).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${[...Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${HASHED.has(name) ? JSON.stringify(inner) : withUnknown(inner)}`), UNKNOWN].join(',')}}`
}

/** A dossier with the texts of its receipts in another spelling; `undefined` where it applies to nothing in them. */
export function receiptsRespelled(dossier: Dossier, spelling: Spelling): Dossier | undefined {
  const evidence = dossier.receipts.map(
    ({ text }) => ({ kind: 'receipt', document: text, source: '', at: dossier.exchange.startedAt, provenance: 'recorded' }) as const,
  )
  const other = respelled({ ...dossier, evidence }, spelling)
  if (other === undefined) return undefined
  return {
    ...dossier,
    receipts: dossier.receipts.map((receipt, index) => ({ ...receipt, text: other.evidence[index]?.document ?? receipt.text })),
  }
}

/** A dossier with its documents of evidence in another spelling; `undefined` where it applies to nothing in them. */
export function respelled(dossier: Dossier, { of }: Spelling): Dossier | undefined {
  let applied = false
  const walk = (value: Json): Json => {
    if (typeof value === 'string') {
      const other = of(value)
      if (other !== undefined && other !== value) applied = true
      return other ?? nested(value) ?? value
    }
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, HASHED.has(name) ? inner : walk(inner)]))
  }
  /** JSON in a string, such as `nvidia_payload`. What is hashed as text is left alone: `app_compose`, the messages of a session. */
  const nested = (text: string): string | undefined => {
    const inner = /^\{"(evidence_list|nonce|arch)"/.test(text) ? parsed(text) : undefined
    return inner === undefined ? undefined : JSON.stringify(walk(inner))
  }
  const changed = inDocuments(dossier, (value) => JSON.stringify(walk(value)))
  return applied ? changed : undefined
}

export function rewritten(dossier: Dossier, { write }: Writing): Dossier {
  return inDocuments(dossier, write)
}

function inDocuments(dossier: Dossier, write: (value: Json) => string): Dossier {
  return {
    ...dossier,
    evidence: dossier.evidence.map((seen) => {
      const value = seen.document === undefined || HASHED_WHOLE.has(seen.kind) ? undefined : parsed(seen.document)
      return value === undefined ? seen : { ...seen, document: write(value) }
    }),
  }
}

function parsed(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  const value: Json = JSON.parse(text)
  return value
}
