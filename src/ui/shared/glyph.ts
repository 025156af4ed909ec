import type { Outcome, Standing } from '../../verify/claims/types.ts'
import { svg } from './element.ts'

/** Shapes on a field of 20 × 20. Each state has its own outline, so that it reads without colour. */
const STANDING_SHAPES: Readonly<Record<Standing, readonly Shape[]>> = {
  /** Tick in a circle. */
  verified: [{ path: 'M10 1.75a8.25 8.25 0 1 0 0 16.5a8.25 8.25 0 1 0 0-16.5Z' }, { path: 'm6.1 10.4 2.7 2.7 5.1-5.7' }],
  /** Cross in a filled octagon. */
  failed: [
    { path: 'M6.6 1.75h6.8l4.85 4.85v6.8l-4.85 4.85H6.6L1.75 13.4V6.6Z', filled: true },
    { path: 'm7 7 6 6m0-6-6 6', onFill: true },
  ],
  /** Dashed circle: eight dashes around. */
  assumed: [{ path: 'M10 1.75a8.25 8.25 0 1 0 0 16.5a8.25 8.25 0 1 0 0-16.5Z', dashes: '3.7 2.78' }],
  /** Dash. */
  absent: [{ path: 'M4.5 10h11' }],
  /** Question mark. */
  unchecked: [{ path: 'M5.9 6.7C6.1 4.3 7.8 3 10.1 3c2.4 0 4.2 1.4 4.2 3.6 0 3-4.2 3.3-4.2 6.3' }, { path: 'M10.1 16.9v.1' }],
}

type Shape = { readonly path: string; readonly filled?: boolean; readonly onFill?: boolean; readonly dashes?: string }

/** The picture of a standing. Decoration for those who see it: the word stands beside it, always. */
export function standingGlyph(standing: Standing): SVGSVGElement {
  return svg(
    'svg',
    { class: `glyph is-${standing}`, viewBox: '0 0 20 20', 'aria-hidden': 'true', focusable: 'false' },
    ...standingShapes(standing),
  )
}

/** The shapes alone, to stand inside a larger picture. */
export function standingShapes(standing: Standing): SVGPathElement[] {
  return STANDING_SHAPES[standing].map(({ path, filled, onFill, dashes }) =>
    svg('path', { d: path, class: filled ? 'filled' : onFill ? 'on-fill' : undefined, 'stroke-dasharray': dashes }),
  )
}

/** A check that passed, failed, or was not made looks like a row that is verified, failed, or could not be checked. */
export function outcomeGlyph(outcome: Outcome): SVGSVGElement {
  switch (outcome) {
    case 'passed':
      return standingGlyph('verified')
    case 'failed':
      return standingGlyph('failed')
    case 'unchecked':
      return standingGlyph('unchecked')
  }
}

/** Points down at something closed, up at something open. */
export function chevron(): SVGSVGElement {
  return svg(
    'svg',
    { class: 'chevron', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: 'm5 6.5 3 3 3-3' }),
  )
}
