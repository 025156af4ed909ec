/**
 * Where numbers, offsets, identifiers and names of fields in `src/verify` are known from. Data for `docs/CONSTANTS.md`; the test holds it against the code, so
 * that a new constant needs a line here.
 */
export type Group = {
  /** What the constants are, in words. */
  readonly what: string
  /** Files under `src/verify`. Of a file without `names`, what no other group names. */
  readonly where: readonly { readonly file: string; readonly names?: readonly string[] }[]
  /** The specification, or the code of whoever makes the format. */
  readonly first: string
  readonly second: Second
}

/**
 * What stands beside the first source and does not come from it. `sample`: recorded evidence, by its path under `VECTORS_DIR`, on which a test or the sweep
 * found the constants to hold. `published`: somebody else's specification, code or test vectors. `one source only`: nothing but the first. `none`: not even
 * that; it is what one recording shows. `own`: this verifier's own limit or name, which nobody else has to share.
 */
export type Second =
  | { readonly kind: 'sample'; readonly files: readonly string[]; readonly also?: string }
  | { readonly kind: 'published'; readonly at: string }
  | { readonly kind: 'one source only' | 'none' | 'own'; readonly because: string }
