import type { Bytes } from '../encoding/bytes.ts'
import { type DerValue, TAG } from '../encoding/der.ts'
import { readAscii } from '../encoding/der-read.ts'
import { type Name, nameOf } from './name.ts'

/**
 * A GeneralName (RFC 5280 section 4.2.1.6). DNS names are in lower case. Forms that nothing here reads are kept as `other`, so that a
 * constraint on them is not overlooked.
 */
export type GeneralName =
  | { readonly kind: 'dns'; readonly name: string }
  | { readonly kind: 'mailbox'; readonly local: string; readonly host: string }
  | { readonly kind: 'ip'; readonly address: Bytes }
  | { readonly kind: 'uri'; readonly uri: string }
  | { readonly kind: 'directory'; readonly name: Name }
  | { readonly kind: 'other'; readonly form: number }

/** Identifier octets of the alternatives that are read. */
export const GENERAL_NAME_TAG = { mailbox: 0x81, dns: 0x82, directory: 0xa4, uri: 0x86, ip: 0x87 } as const
/** otherName, x400Address, ediPartyName, registeredID. */
const OTHER_FORMS: ReadonlySet<number> = new Set([0xa0, 0xa3, 0xa5, 0x88])

/** Most names read from one extension. */
export const MAX_GENERAL_NAMES = 1_024

/** Reads GeneralNames: SEQUENCE SIZE (1..MAX) OF GeneralName. */
export function generalNamesOf(value: DerValue): readonly GeneralName[] | undefined {
  if (value.children.length === 0 || value.children.length > MAX_GENERAL_NAMES) return undefined
  const names: GeneralName[] = []
  for (const child of value.children) {
    const name = generalNameOf(child)
    if (name === undefined) return undefined
    names.push(name)
  }
  return names
}

/** Reads one GeneralName as it names somebody; undefined when it is malformed. */
export function generalNameOf(value: DerValue): GeneralName | undefined {
  switch (value.tag) {
    case GENERAL_NAME_TAG.dns: {
      const name = readAscii(value.content)?.toLowerCase()
      return name !== undefined && isDnsName(name.startsWith('*.') ? name.slice(2) : name) ? { kind: 'dns', name } : undefined
    }
    case GENERAL_NAME_TAG.mailbox:
      return mailboxOf(readAscii(value.content) ?? '')
    case GENERAL_NAME_TAG.ip:
      return value.content.length === 4 || value.content.length === 16 ? { kind: 'ip', address: value.content } : undefined
    case GENERAL_NAME_TAG.uri: {
      const uri = readAscii(value.content)
      return uri !== undefined && /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(uri) ? { kind: 'uri', uri } : undefined
    }
    case GENERAL_NAME_TAG.directory: {
      const name = directoryNameOf(value)
      return name === undefined ? undefined : { kind: 'directory', name }
    }
    default:
      return OTHER_FORMS.has(value.tag) ? { kind: 'other', form: value.number } : undefined
  }
}

/** directoryName is a CHOICE inside, hence tagged explicitly: the Name is its one child. */
export function directoryNameOf(value: DerValue): Name | undefined {
  const [child, ...more] = value.children
  if (child === undefined || child.tag !== TAG.sequence || more.length > 0) return undefined
  const name = nameOf(child)
  return name.ok ? name.value : undefined
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** "Preferred name syntax" (RFC 1034 section 3.5, RFC 1123): labels of letters, digits and hyphens. The last is not a number: that is an address. */
export function isDnsName(name: string): boolean {
  if (name.length > 253) return false
  const labels = name.split('.')
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
}

/** A plain mailbox (RFC 5280 section 4.2.1.6): `local@host` with neither quotes nor white space. The local part keeps its case. */
export function mailboxOf(text: string): Extract<GeneralName, { kind: 'mailbox' }> | undefined {
  const [local, host, ...more] = text.split('@')
  if (local === undefined || host === undefined || more.length > 0) return undefined
  const lowerHost = host.toLowerCase()
  return /^[\x21-\x7e]{1,64}$/.test(local) && !/["(),:;<>[\\\]]/.test(local) && isDnsName(lowerHost)
    ? { kind: 'mailbox', local, host: lowerHost }
    : undefined
}
