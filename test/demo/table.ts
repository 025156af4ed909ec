import { CLAIMS, type Rows } from './expected.ts'
import type { DemoScenarioId } from './scenarios.ts'

export type Measured = readonly (readonly [DemoScenarioId, Rows])[]

const LEGEND = 'v verified, a assumed, f failed, – absent, ? could not check; g the gateway, h the model host behind it'

/** The table of all scenarios in aligned columns. */
export function tableOf(measured: Measured): string {
  const lines = [['scenario', ...CLAIMS], ...measured.map(([scenario, rows]) => [scenario, ...CLAIMS.map((claim) => rows[claim])])]
  const widths = lines.reduce<readonly number[]>((most, cells) => cells.map((cell, index) => Math.max(most[index] ?? 0, cell.length)), [])
  const drawn = lines.map((cells) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [...drawn, '', LEGEND].join('\n')
}

/** One line for each cell that is not as expected. */
export function differences(measured: Measured, expected: Readonly<Record<DemoScenarioId, Rows>>): readonly string[] {
  return measured.flatMap(([scenario, rows]) =>
    CLAIMS.filter((claim) => rows[claim] !== expected[scenario][claim]).map(
      (claim) => `${scenario}, ${claim}: the popup shows ${rows[claim]}, expected ${expected[scenario][claim]}`,
    ),
  )
}
