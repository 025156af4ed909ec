import { equalBytes } from '../encoding/bytes.ts'
import type { Certificate } from './certificate.ts'
import type { Candidate } from './certification-path.ts'
import type { Name } from './name.ts'
import type { TrustAnchor } from './types.ts'

/** An anchor with its name read. */
export type NamedAnchor = { readonly anchor: TrustAnchor; readonly name: Name }

/** Bounds of a search: chains looked at, candidates given out, certificates in a path (self-issued ones included). */
const MAX_STEPS = 1_024
const MAX_CANDIDATES = 256
const MAX_LENGTH = 12

/**
 * Every chain of names from the leaf to an anchor, without loops, depth first in the order in which the certificates were presented. Ends
 * with `exhausted` when a bound was met, so that there may be chains that were not looked at.
 */
export function* candidates(
  leaf: Certificate,
  presented: readonly Certificate[],
  anchors: readonly NamedAnchor[],
): Generator<Candidate | 'exhausted'> {
  const intermediates = distinct(presented)
  const ends = anchors.map((named) => ({ ...named, own: intermediates.filter((certificate) => isOfAnchor(certificate, named)) }))
  const inner = intermediates.filter((certificate) => !ends.some(({ own }) => own.includes(certificate)))
  const leading = namesLeadingTo(anchors, inner)
  const stack: (readonly [Certificate, ...Certificate[]])[] = [[leaf]]
  let steps = 0
  let given = 0
  let isCut = false
  for (let chain = stack.pop(); chain !== undefined; chain = stack.pop()) {
    const top = chain.at(-1) ?? leaf
    for (const { anchor, name, own } of ends) {
      if (name.key !== top.issuer.key) continue
      const withOwn = own.length === 0 ? [undefined] : own
      for (const anchorCertificate of withOwn) {
        if (given === MAX_CANDIDATES) return yield 'exhausted'
        given += 1
        yield { certificates: chain, anchor, ...(anchorCertificate === undefined ? {} : { anchorCertificate }) }
      }
    }
    const below = chain
    const issuers = inner.filter(
      (certificate) =>
        certificate.subject.key === top.issuer.key &&
        leading.has(certificate.issuer.key) &&
        !below.some((passed) => isSameEntity(passed, certificate)),
    )
    if (chain.length === MAX_LENGTH) isCut ||= issuers.length > 0
    else for (const issuer of issuers.reverse()) stack.push([...chain, issuer])
    steps += 1
    if (steps === MAX_STEPS && stack.length > 0) return yield 'exhausted'
  }
  if (isCut) yield 'exhausted'
}

/** A certificate of an anchor has its name and its key. */
function isOfAnchor(certificate: Certificate, { anchor, name }: NamedAnchor): boolean {
  return certificate.subject.key === name.key && equalBytes(certificate.spki, anchor.spki)
}

/** Issuer names from which names lead on to an anchor: what cannot arrive is not walked. */
function namesLeadingTo(anchors: readonly NamedAnchor[], intermediates: readonly Certificate[]): ReadonlySet<string> {
  const leading = new Set(anchors.map(({ name }) => name.key))
  let before: number
  do {
    before = leading.size
    for (const certificate of intermediates) {
      if (leading.has(certificate.issuer.key)) leading.add(certificate.subject.key)
    }
  } while (leading.size > before)
  return leading
}

/** Same name and same key: to pass by it twice would be a loop. */
function isSameEntity(a: Certificate, b: Certificate): boolean {
  return a.subject.key === b.subject.key && equalBytes(a.spki, b.spki)
}

function distinct(certificates: readonly Certificate[]): readonly Certificate[] {
  return certificates.filter((certificate, index) => certificates.findIndex((other) => equalBytes(other.der, certificate.der)) === index)
}
