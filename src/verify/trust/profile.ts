/**
 * Which rules a path is held to. Vendors deviate from RFC 5280 in places; each deviation is a named field here and each vendor that needs
 * some is a named profile, so that nothing is lax by accident.
 */
export type PathProfile = {
  readonly id: string
  /** Most certificates between the leaf and the anchor, self-issued ones not counted. */
  readonly maxIntermediates: number
  /** RFC 5280 section 4.1.2.2 wants serial numbers above zero. */
  readonly serialNumberZero: 'refused' | 'accepted'
  /** Section 4.2.1.1 wants the keyIdentifier in all certificates but self-signed ones. */
  readonly authorityKeyIdentifier: 'required' | 'optional'
  /** Section 4.2.1.2 wants a subjectKeyIdentifier in all certificates of authorities. */
  readonly subjectKeyIdentifier: 'required' | 'optional'
  /** Extensions outside RFC 5280 that may be critical, because the caller evaluates them. */
  readonly understoodExtensions: ReadonlySet<string>
}

/** RFC 5280 without any allowance. */
export const RFC5280: PathProfile = {
  id: 'rfc5280',
  maxIntermediates: 6,
  serialNumberZero: 'refused',
  authorityKeyIdentifier: 'required',
  subjectKeyIdentifier: 'required',
  understoodExtensions: new Set(),
}
