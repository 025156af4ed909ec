/**
 * Ways in which certificates of real vendors leave RFC 5280 or DER, and which a profile may accept:
 * `serial-number-zero`: section 4.1.2.2 wants serial numbers above zero.
 * `authority-key-identifier-missing`: section 4.2.1.1 wants the keyIdentifier in all certificates but self-signed ones.
 * `subject-key-identifier-missing`: section 4.2.1.2 wants one in all certificates of authorities.
 * `key-usage-trailing-zeros`: DER ends a named BIT STRING with a set bit (X.690 section 11.2.2).
 * `pss-trailer-field`: DER leaves the default trailerField of RSASSA-PSS parameters out (X.690 section 11.5).
 */
export type Deviation =
  | 'serial-number-zero'
  | 'authority-key-identifier-missing'
  | 'subject-key-identifier-missing'
  | 'key-usage-trailing-zeros'
  | 'pss-trailer-field'

/** Which rules a path is held to. A vendor that needs allowances gets a profile of its own that names them; nothing is lax by accident. */
export type PathProfile = {
  readonly id: string
  /** Most certificates between the leaf and the anchor, self-issued ones not counted. */
  readonly maxIntermediates: number
  readonly accepts: ReadonlySet<Deviation>
  /** Extensions outside RFC 5280 that may be critical, because the caller evaluates them. */
  readonly understoodExtensions: ReadonlySet<string>
}

/** RFC 5280 without any allowance. */
export const RFC5280: PathProfile = { id: 'rfc5280', maxIntermediates: 6, accepts: new Set(), understoodExtensions: new Set() }
