import type { Bytes } from '../encoding/bytes.ts'
import { type DerValue, readDer, TAG } from '../encoding/der.ts'
import { fieldsOf, readAscii, readOid, readText } from '../encoding/der-read.ts'
import { encodeHex } from '../encoding/hex.ts'
import { failure, type Result, success } from '../encoding/result.ts'

/** A distinguished name (RFC 5280 section 4.1.2.4). */
export type Name = {
  /** DER as received. */
  readonly der: Bytes
  /** Each relative distinguished name in the form in which names are compared, from the root of the directory on. */
  readonly rdns: readonly string[]
  /** All of `rdns` in one string: two names are the same exactly when their keys are. */
  readonly key: string
  /** Addresses in emailAddress attributes (RFC 2985), which name constraints on mailboxes cover as well. */
  readonly mailboxes: readonly string[]
  /** For people: `CN=…, O=…`, most specific first. Foreign text. */
  readonly text: string
}

const MAX_RDNS = 64
const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
])

/** Reads the DER of a Name, as a trust anchor carries it. */
export function parseName(der: Bytes): Result<Name, 'name-malformed'> {
  const value = readDer(der)
  return value.ok ? nameOf(value.value) : failure('name-malformed', value.code)
}

/** Reads a Name that stands inside something already read: SEQUENCE OF non-empty SET OF SEQUENCE { type, value }. */
export function nameOf(value: DerValue): Result<Name, 'name-malformed'> {
  if (value.tag !== TAG.sequence || value.children.length > MAX_RDNS) return failure('name-malformed')
  const rdns: string[] = []
  const mailboxes: string[] = []
  const text: string[] = []
  for (const rdn of value.children) {
    if (rdn.tag !== TAG.set || rdn.children.length === 0) return failure('name-malformed')
    const compared: string[] = []
    for (const child of rdn.children) {
      const attribute = attributeOf(child)
      if (attribute === undefined) return failure('name-malformed')
      const { type, shown } = attribute
      compared.push(delimited([type, attribute.compared]))
      text.push(`${SHORT_NAMES.get(type) ?? type}=${shown}`)
      if (type === EMAIL_ADDRESS) mailboxes.push(shown)
    }
    rdns.push(delimited(compared.sort()))
  }
  return success({ der: value.encoding, rdns, key: delimited(rdns), mailboxes, text: text.reverse().join(', ') })
}

type Attribute = { readonly type: string; readonly shown: string; readonly compared: string }

function attributeOf(value: DerValue): Attribute | undefined {
  if (value.tag !== TAG.sequence) return undefined
  const fields = fieldsOf(value)
  const type = readOid(fields.take(TAG.oid))
  const content = fields.any()
  if (type === undefined || content === undefined || !fields.done()) return undefined
  // An implicit tag could hide a string of another type; attribute values carry their own tag.
  const text = readText(content)
  if (text !== undefined) return { type, shown: text, compared: `text:${foldText(text)}` }
  // Other string types are rare and have more than one reading: they equal themselves only, octet by octet.
  return { type, shown: readAscii(content.content) ?? encodeHex(content.content), compared: `der:${encodeHex(content.encoding)}` }
}

/** Texts behind one another, each after its length, so that no two lists give the same. */
function delimited(texts: readonly string[]): string {
  let all = ''
  for (const text of texts) all += `${text.length}:${text}`
  return all
}

/** Printable ASCII, words one space apart: nearly every name there is. */
const PLAIN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/

/** RFC 5280 section 7.1 compares without regard to case and to how much white space there is. */
function foldText(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase()
  return text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ')
}

/** Whether `name` lies in the subtree under `base`: it begins with all of its relative names (RFC 5280 section 4.2.1.10). */
export function isWithin(name: Name, base: Name): boolean {
  return base.rdns.every((rdn, index) => name.rdns[index] === rdn)
}
