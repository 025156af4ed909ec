import type { Bytes } from '../../encoding/bytes.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import {
  type BareItem,
  type InnerList,
  type Item,
  parseDictionary,
  type StructuredFieldCode,
  serializeItem,
} from '../../encoding/structured-fields.ts'

/** One signature of a message (RFC 9421 sections 4.1 and 4.2), taken apart and not verified. */
export type MessageSignature = {
  readonly label: string
  /** What it covers and its parameters, as they are signed. */
  readonly input: InnerList
  readonly components: readonly Component[]
  readonly signature: Bytes
  readonly created?: number
  readonly expires?: number
  readonly nonce?: string
  readonly alg?: string
  readonly keyid?: string
}

/** A component identifier (section 2): a name, and parameters that say which part or form is meant. */
export type Component = Item & { readonly value: string }

export type SignatureCode = StructuredFieldCode | 'signature-lines' | 'signature-missing' | 'signature-input' | 'signature-component'

export const FIELDS = { input: 'signature-input', signature: 'signature' } as const

/** Both fields as a receipt's text: a line for each. */
export function receiptText(input: string, signature: string): string {
  return `${FIELDS.input}: ${input}\n${FIELDS.signature}: ${signature}`
}

/**
 * Reads all signatures of a message out of its two fields. One that has no counterpart, a component that is named twice, or a parameter of
 * another type than its own refuses all: what they belong to is not known then.
 */
export function parseSignatures(text: string): Result<readonly MessageSignature[], SignatureCode> {
  const [first = '', second = '', ...more] = text.split('\n')
  const input = fieldValue(first, FIELDS.input)
  const signature = fieldValue(second, FIELDS.signature)
  if (input === undefined || signature === undefined || more.length > 0) return failure('signature-lines')
  const inputs = parseDictionary(input)
  if (!inputs.ok) return inputs
  const values = parseDictionary(signature)
  if (!values.ok) return values
  if (inputs.value.size === 0 || inputs.value.size !== values.value.size) return failure('signature-missing')
  const signatures: MessageSignature[] = []
  for (const [label, member] of inputs.value) {
    const value = values.value.get(label)
    if (value === undefined) return failure('signature-missing', label)
    if (value.kind !== 'item' || !(value.value instanceof Uint8Array)) return failure('signature-missing', label)
    if (member.kind !== 'inner-list') return failure('signature-input', label)
    const components = member.items.filter(isComponent)
    const isRepeated = new Set(components.map(serializeItem)).size !== components.length
    if (isRepeated || components.length !== member.items.length) return failure('signature-component', label)
    const parameters = parametersOf(member)
    if (parameters === undefined) return failure('signature-input', label)
    signatures.push({ label, input: member, components, signature: value.value, ...parameters })
  }
  return success(signatures)
}

function fieldValue(line: string, name: string): string | undefined {
  const prefix = `${name}: `
  return line.startsWith(prefix) ? line.slice(prefix.length) : undefined
}

function isComponent(item: Item): item is Component {
  return typeof item.value === 'string'
}

type SignatureParameters = Pick<MessageSignature, 'created' | 'expires' | 'nonce' | 'alg' | 'keyid'>

/** RFC 9421 section 2.3. Undefined where one is of a wrong type. Parameters that are not known are signed all the same and say nothing. */
function parametersOf({ parameters }: InnerList): SignatureParameters | undefined {
  const created = parameters.get('created')
  const expires = parameters.get('expires')
  const nonce = parameters.get('nonce')
  const alg = parameters.get('alg')
  const keyid = parameters.get('keyid')
  if (!isTime(created) || !isTime(expires) || !isText(nonce) || !isText(alg) || !isText(keyid)) return undefined
  return {
    ...(created === undefined ? {} : { created }),
    ...(expires === undefined ? {} : { expires }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(alg === undefined ? {} : { alg }),
    ...(keyid === undefined ? {} : { keyid }),
  }
}

/** The end of the year 9999, in seconds. */
const LATEST = 253_402_300_799

function isTime(value: BareItem | undefined): value is number | undefined {
  return value === undefined || (typeof value === 'number' && value >= 0 && value <= LATEST)
}

function isText(value: BareItem | undefined): value is string | undefined {
  return value === undefined || typeof value === 'string'
}
