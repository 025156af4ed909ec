import { type Sentence, sentence } from '../verify/claims/sentence.ts'
import { STANDINGS, type Standing } from '../verify/claims/types.ts'
import type { ExchangeRow } from './exchange.ts'

/** What the toolbar shows of a tab: a glyph, its colour, and the words behind it. Never the colour alone. */
export type ToolbarState = { readonly glyph: string; readonly colour: string; readonly title: Sentence }

const GLYPHS: { readonly [standing in Standing]: Pick<ToolbarState, 'glyph' | 'colour'> } = {
  failed: { glyph: '✕', colour: '#b3261e' },
  absent: { glyph: '–', colour: '#57606a' },
  unchecked: { glyph: '?', colour: '#3b5bb5' },
  assumed: { glyph: '◌', colour: '#8a5a00' },
  verified: { glyph: '✓', colour: '#0b6b3a' },
}

/** The toolbar's state for the newest exchange of a tab: its weakest claim. There is no single "secure". */
export function toolbarState(newest: Pick<ExchangeRow, 'state' | 'verdict'> | undefined): ToolbarState {
  if (newest === undefined) return { glyph: '', colour: '#57606a', title: sentence('toolbar_idle') }
  if (newest.state !== 'done') return { glyph: '…', colour: '#3b5bb5', title: sentence('toolbar_running') }
  const { verdict } = newest
  if (verdict === undefined) return { ...GLYPHS.unchecked, title: sentence('ui_no_result_title') }
  const worst = STANDINGS.find((standing) => verdict.claims.some((claim) => claim.standing === standing)) ?? 'unchecked'
  return { ...GLYPHS[worst], title: sentence('toolbar_result', verdict.headline, verdict.count) }
}
