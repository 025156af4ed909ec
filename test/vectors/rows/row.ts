import * as v from 'valibot'

/** One row of an EXPECTED.json: a piece of recorded evidence, and what a correct verifier says of it. */
export const rowsSchema = v.object({
  rows: v.array(
    v.object({
      id: v.string(),
      kind: v.string(),
      files: v.pipe(v.array(v.string()), v.minLength(1)),
      /** Left out of what does not depend on a time. */
      at: v.optional(v.string(), ''),
      outcome: v.picklist(['accept', 'reject', 'unchecked']),
    }),
  ),
})
export type Row = v.InferOutput<typeof rowsSchema>['rows'][number]

/** Recorded files by their path among the vectors. */
export type VectorFiles = {
  bytes(path: string): Uint8Array<ArrayBuffer>
  text(path: string): string
}

export type Finding = { readonly check: string; readonly outcome: 'passed' | 'failed' | 'unchecked'; readonly computed?: string }

/** What a verifier of ours says: every finding, and whether the evidence is authentic. */
export type Said = { readonly findings: readonly Finding[]; readonly authentic: boolean }

/**
 * Judges the row's files at the row's time. Runs in Node and in browsers alike: nothing of Node's, and nothing of a page's.
 * A row of several documents may say something of each.
 */
export type Judge = (row: Row, files: VectorFiles) => Promise<readonly Said[]>

/** What came of a row, and the findings that make it so, as `failed tdx.tcb-level`; of an accepted one none. */
export type Judged = { readonly outcome: Row['outcome']; readonly because: readonly string[] }

/**
 * What findings come to: `reject` where something failed; `accept` where all documents are authentic and every check passed; `unchecked`
 * otherwise. `excused`: findings, in the form of `because`, that come of the recording having nothing for the check.
 */
export function judgedOf(said: readonly Said[], excused: readonly string[]): Judged {
  const all = said
    .flatMap(({ findings }) => findings.filter(({ outcome }) => outcome !== 'passed').map(({ check, outcome }) => `${outcome} ${check}`))
    .filter((finding) => !excused.includes(finding))
  const open = [...new Set(all)]
  const failed = open.filter((finding) => finding.startsWith('failed '))
  if (failed.length > 0) return { outcome: 'reject', because: failed }
  const isAuthentic = said.length > 0 && said.every(({ authentic }) => authentic)
  return { outcome: open.length === 0 && isAuthentic ? 'accept' : 'unchecked', because: open }
}
