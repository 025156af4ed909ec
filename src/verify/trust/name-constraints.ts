import type { Bytes } from '../encoding/bytes.ts'
import { type DerValue, TAG } from '../encoding/der.ts'
import { fieldsOf, readAscii } from '../encoding/der-read.ts'
import { failure, type Result, success } from '../encoding/result.ts'
import { directoryNameOf, GENERAL_NAME_TAG, type GeneralName, isDnsName, MAX_GENERAL_NAMES, mailboxOf } from './general-name.ts'
import { isWithin, type Name } from './name.ts'

/** The base of a GeneralSubtree (RFC 5280 section 4.2.1.10). */
export type Subtree =
  /** This name and everything under it; the empty name covers all. */
  | { readonly kind: 'dns'; readonly name: string }
  /** One mailbox, all mailboxes of a host, or all mailboxes of the hosts under a domain. */
  | { readonly kind: 'mailbox'; readonly local: string; readonly host: string }
  | { readonly kind: 'mailbox-host'; readonly host: string }
  | { readonly kind: 'mailbox-domain'; readonly domain: string }
  | { readonly kind: 'ip'; readonly address: Bytes; readonly mask: Bytes }
  | { readonly kind: 'directory'; readonly name: Name }
  /** A form that is not evaluated here: a certificate that carries a name of this form is refused. `form` is the GeneralName tag number. */
  | { readonly kind: 'other'; readonly form: number }

export type NameConstraints = { readonly permitted: readonly Subtree[]; readonly excluded: readonly Subtree[] }

export type NameConstraintsFault = 'name-constraints-violated' | 'name-constraints-unsupported' | 'name-constraints-too-many'

/** Most comparisons of a name with a subtree in one path. */
const MAX_COMPARISONS = 65_536

/**
 * Reads the value of a name constraints extension. At least one list, neither of them empty, every subtree with minimum 0 (left out, as DER
 * wants of a DEFAULT) and without maximum.
 */
export function nameConstraintsOf(value: DerValue): NameConstraints | undefined {
  if (value.tag !== TAG.sequence || value.children.length === 0) return undefined
  const fields = fieldsOf(value)
  const permitted = subtreesOf(fields.option(0xa0))
  const excluded = subtreesOf(fields.option(0xa1))
  return permitted === undefined || excluded === undefined || !fields.done() ? undefined : { permitted, excluded }
}

function subtreesOf(value: DerValue | undefined): readonly Subtree[] | undefined {
  if (value === undefined) return []
  if (value.children.length === 0 || value.children.length > MAX_GENERAL_NAMES) return undefined
  const subtrees: Subtree[] = []
  for (const child of value.children) {
    const [base, ...more] = child.children
    if (child.tag !== TAG.sequence || base === undefined || more.length > 0) return undefined
    const subtree = subtreeOf(base)
    if (subtree === undefined) return undefined
    subtrees.push(subtree)
  }
  return subtrees
}

function subtreeOf(base: DerValue): Subtree | undefined {
  switch (base.tag) {
    case GENERAL_NAME_TAG.dns: {
      const name = readAscii(base.content)?.toLowerCase()
      return name !== undefined && (name === '' || isDnsName(name)) ? { kind: 'dns', name } : undefined
    }
    case GENERAL_NAME_TAG.mailbox:
      return mailboxSubtreeOf(readAscii(base.content) ?? '')
    case GENERAL_NAME_TAG.ip: {
      const half = base.content.length / 2
      const mask = base.content.subarray(half)
      return (half === 4 || half === 16) && isPrefixMask(mask) ? { kind: 'ip', address: base.content.subarray(0, half), mask } : undefined
    }
    case GENERAL_NAME_TAG.directory: {
      const name = directoryNameOf(base)
      return name === undefined ? undefined : { kind: 'directory', name }
    }
    default:
      return (base.tag & 0x80) !== 0 && base.number <= 8 ? { kind: 'other', form: base.number } : undefined
  }
}

function mailboxSubtreeOf(text: string): Subtree | undefined {
  if (text.includes('@')) return mailboxOf(text)
  const host = text.toLowerCase()
  if (!host.startsWith('.')) return isDnsName(host) ? { kind: 'mailbox-host', host } : undefined
  return isDnsName(host.slice(1)) ? { kind: 'mailbox-domain', domain: host.slice(1) } : undefined
}

/** Ones, then zeros: the CIDR style of RFC 4632 that RFC 5280 asks for. */
function isPrefixMask(mask: Bytes): boolean {
  const bits = Array.from(mask, (octet) => octet.toString(2).padStart(8, '0')).join('')
  return /^1*0*$/.test(bits)
}

/**
 * The name constraints of a path so far (RFC 5280 section 6.1.2 b and c): the lists of each certificate are kept apart, because a name has
 * to be permitted by every one of them.
 */
export class NameConstraintsState {
  readonly #constraints: NameConstraints[] = []
  #comparisons = 0

  /** Adds the constraints of a certificate on the path (section 6.1.4 g). */
  add(constraints: NameConstraints): void {
    this.#constraints.push(constraints)
  }

  /** Checks every name of a certificate against everything added so far (section 6.1.3 b and c). */
  check(names: readonly GeneralName[]): Result<true, NameConstraintsFault> {
    for (const constraints of this.#constraints) {
      this.#comparisons += names.length * (constraints.permitted.length + constraints.excluded.length)
      if (this.#comparisons > MAX_COMPARISONS) return failure('name-constraints-too-many')
      for (const name of names) {
        const fault = faultOf(name, constraints)
        if (fault !== undefined) return failure(fault)
      }
    }
    return success(true)
  }
}

function faultOf(name: GeneralName, { permitted, excluded }: NameConstraints): NameConstraintsFault | undefined {
  if (excluded.some((subtree) => isSameForm(name, subtree) && touches(name, subtree))) return 'name-constraints-violated'
  const sameForm = permitted.filter((subtree) => isSameForm(name, subtree))
  if (sameForm.length > 0 && !sameForm.some((subtree) => liesIn(name, subtree))) return 'name-constraints-violated'
  const unread = [...permitted, ...excluded].some((subtree) => subtree.kind === 'other' && subtree.form === formOf(name))
  return unread ? 'name-constraints-unsupported' : undefined
}

/** GeneralName tag number of the forms that no subtree here evaluates. */
function formOf(name: GeneralName): number | undefined {
  if (name.kind === 'other') return name.form
  return name.kind === 'uri' ? GENERAL_NAME_TAG.uri & 0x1f : undefined
}

function isSameForm(name: GeneralName, subtree: Subtree): boolean {
  switch (subtree.kind) {
    case 'mailbox':
    case 'mailbox-host':
    case 'mailbox-domain':
      return name.kind === 'mailbox'
    case 'other':
      return false
    default:
      return name.kind === subtree.kind
  }
}

/** Whether all that the name stands for lies in the subtree. */
function liesIn(name: GeneralName, subtree: Subtree): boolean {
  switch (subtree.kind) {
    case 'dns':
      return name.kind === 'dns' && isDomainWithin(withoutWildcard(name.name), subtree.name)
    case 'mailbox':
      return name.kind === 'mailbox' && name.local === subtree.local && name.host === subtree.host
    case 'mailbox-host':
      return name.kind === 'mailbox' && name.host === subtree.host
    case 'mailbox-domain':
      return name.kind === 'mailbox' && name.host !== subtree.domain && isDomainWithin(name.host, subtree.domain)
    case 'ip':
      return name.kind === 'ip' && isAddressWithin(name.address, subtree.address, subtree.mask)
    case 'directory':
      return name.kind === 'directory' && isWithin(name.name, subtree.name)
    case 'other':
      return false
  }
}

/** Whether anything that the name stands for lies in the subtree: a wildcard also reaches down to subtrees below it. */
function touches(name: GeneralName, subtree: Subtree): boolean {
  if (liesIn(name, subtree)) return true
  // A mailbox that could not be read might be anybody's.
  if (name.kind === 'mailbox') return name.host === ''
  return (
    name.kind === 'dns' && subtree.kind === 'dns' && name.name.startsWith('*.') && isDomainWithin(subtree.name, withoutWildcard(name.name))
  )
}

function withoutWildcard(name: string): string {
  return name.startsWith('*.') ? name.slice(2) : name
}

function isDomainWithin(name: string, domain: string): boolean {
  return domain === '' || name === domain || name.endsWith(`.${domain}`)
}

function isAddressWithin(address: Bytes, network: Bytes, mask: Bytes): boolean {
  return (
    address.length === network.length &&
    address.every((octet, index) => (octet & (mask[index] ?? 0)) === ((network[index] ?? 0) & (mask[index] ?? 0)))
  )
}
