import * as v from 'valibot'
import { NOT_READ, REASONS, REASONS_2026 } from './expected.ts'
import { KINDS, type Kind } from './kinds.ts'
import { KINDS_2026 } from './recent.ts'
import { type Judged, judgedOf, type Row, rowsSchema, type VectorFiles } from './row.ts'

/** One list of rows: where it lies among the vectors, how its kinds are judged, and why rows that are not accepted are not. */
export type RowSet = {
  readonly folder: string
  readonly kinds: Readonly<Record<string, Kind>>
  readonly reasons: Readonly<Record<string, readonly string[]>>
}

export const SETS: readonly RowSet[] = [
  { folder: '', kinds: KINDS, reasons: REASONS },
  { folder: '2026-11/', kinds: KINDS_2026, reasons: REASONS_2026 },
]

/** How many rows the lists have at least: fewer, and something was not read. */
export const LEAST_ROWS = 81

export type RowResult = { readonly row: Row; readonly result: Judged | { readonly threw: string }; readonly folder: string }

type Judgements = Readonly<Record<string, unknown>>

/**
 * What came of every row, and what has to: by the rows' ids. A row of a kind that is not read here yet has to come to what the list says, and
 * leaves it when it comes to what its own file says: `outgrown` are those that have.
 */
export function compared(results: readonly RowResult[]): {
  readonly judged: Judgements
  readonly expected: Judgements
  readonly outgrown: readonly string[]
} {
  const own = ({ row: { id, outcome }, folder }: RowResult) => {
    const reasons = SETS.find((set) => set.folder === folder)?.reasons[id]
    return { outcome, because: reasons ?? [] }
  }
  return {
    judged: Object.fromEntries(results.map(({ row, result }) => [row.id, result])),
    expected: Object.fromEntries(results.map((result) => [result.row.id, NOT_READ[result.row.id] ?? own(result)])),
    outgrown: results
      .filter((result) => NOT_READ[result.row.id] !== undefined && JSON.stringify(result.result) === JSON.stringify(own(result)))
      .map(({ row }) => row.id),
  }
}

/** The files of all lists: each list itself, and what its rows name. */
export function pathsOf(text: (path: string) => string): readonly string[] {
  const paths = SETS.flatMap(({ folder }) => {
    const { rows } = rowsOf(folder, text)
    return [`${folder}EXPECTED.json`, ...rows.flatMap(({ files }) => files.map((path) => `${folder}${path}`))]
  })
  return [...new Set(paths)]
}

function rowsOf(folder: string, text: (path: string) => string): v.InferOutput<typeof rowsSchema> {
  return v.parse(rowsSchema, JSON.parse(text(`${folder}EXPECTED.json`)))
}

/** Judges every row of every list, one after another. */
export async function judgeRows(files: VectorFiles): Promise<readonly RowResult[]> {
  const results: RowResult[] = []
  for (const { folder, kinds } of SETS) {
    const within: VectorFiles = { bytes: (path) => files.bytes(`${folder}${path}`), text: (path) => files.text(`${folder}${path}`) }
    for (const row of rowsOf(folder, files.text).rows) results.push({ row, folder, result: await judgeRow(row, within, kinds) })
  }
  return results
}

async function judgeRow(row: Row, files: VectorFiles, kinds: RowSet['kinds']): Promise<RowResult['result']> {
  const kind = kinds[row.kind]
  if (kind === undefined) return { threw: `no entry for the kind ${row.kind}` }
  try {
    return judgedOf(await kind.judge(row, files), kind.excused ?? [])
  } catch (error) {
    return { threw: error instanceof Error ? error.message : String(error) }
  }
}
