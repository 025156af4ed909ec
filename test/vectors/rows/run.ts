import * as v from 'valibot'
import { REASONS } from './expected.ts'
import { KINDS, PENDING } from './kinds.ts'
import { type Judged, judgedOf, type Row, rowsSchema, type VectorFiles } from './row.ts'

export type RowResult = { readonly row: Row; readonly result: Judged | 'not yet' | { readonly threw: string } }

/** What came of every row, and what has to: by the rows' ids. Equal, unless a row is judged otherwise, or not at all. */
export function compared(results: readonly RowResult[]): {
  readonly judged: Judgements
  readonly expected: Judgements
  readonly notYet: readonly string[]
} {
  const counted = results.filter(({ result }) => result !== 'not yet')
  const expectation = ({ id, outcome }: Row) => ({ outcome, because: REASONS[id] ?? [] })
  return {
    judged: Object.fromEntries(counted.map(({ row, result }) => [row.id, result])),
    expected: Object.fromEntries(counted.map(({ row }) => [row.id, expectation(row)])),
    notYet: results.filter(({ result }) => result === 'not yet').map(({ row }) => row.id),
  }
}
type Judgements = Readonly<Record<string, unknown>>

/** The files that the rows name, EXPECTED.json aside. */
export function filesOf(expected: string): readonly string[] {
  return [...new Set(v.parse(rowsSchema, JSON.parse(expected)).rows.flatMap(({ files }) => files))]
}

/** Judges every row of EXPECTED.json, one after another. */
export async function judgeRows(files: VectorFiles): Promise<readonly RowResult[]> {
  const { rows } = v.parse(rowsSchema, JSON.parse(files.text('EXPECTED.json')))
  const results: RowResult[] = []
  for (const row of rows) results.push({ row, result: await judgeRow(row, files) })
  return results
}

async function judgeRow(row: Row, files: VectorFiles): Promise<RowResult['result']> {
  const kind = KINDS[row.kind]
  if (kind === undefined) return PENDING.includes(row.kind) ? 'not yet' : { threw: `no entry for the kind ${row.kind}` }
  try {
    return judgedOf(await kind.judge(row, files), kind.excused ?? [])
  } catch (error) {
    return { threw: error instanceof Error ? error.message : String(error) }
  }
}
