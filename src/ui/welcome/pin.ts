import { svg } from '../shared/element.ts'

/** The puzzle piece of both browsers' toolbars, on a field of 16 × 16. */
const PUZZLE = 'M6 3.2a1.5 1.5 0 0 1 3 0V4h2.8v2.8h.7a1.5 1.5 0 0 1 0 3h-.7v3H3.2v-2.6h.6a1.6 1.6 0 0 0 0-3.2h-.6V4H6Z'
const RECEIPT = 'M4.5 2.5h7v11l-1.75-1.2L8 13.5l-1.75-1.2-1.75 1.2ZM6.5 5.5h3M6.5 8h3'
const MARKS = {
  /** A drawing pin. */
  pin: 'M6 2.5h4M6.6 2.5v4L5 8.5v1h6v-1L9.4 6.5v-4M8 9.5v4',
  /** A cog. */
  cog: 'M8 5.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2ZM8 1.8v1.8m0 8.8v1.8M1.8 8h1.8m8.8 0h1.8M3.6 3.6l1.3 1.3m6.2 6.2 1.3 1.3m0-8.8-1.3 1.3m-6.2 6.2-1.3 1.3',
} as const

/** A window's toolbar with its menu of extensions open, and what to press ringed. The steps beside it say the same in words. */
export function pinPicture(mark: keyof typeof MARKS): SVGSVGElement {
  const icon = (d: string, x: number, y: number, scale = 1) =>
    svg('path', { d, class: 'icon', transform: `translate(${x} ${y}) scale(${scale})` })
  const ring = (x: number, y: number, number: string) =>
    svg(
      'g',
      { class: 'ring' },
      svg('circle', { cx: x, cy: y, r: 13 }),
      svg('circle', { cx: x + 13, cy: y - 10, r: 6.5, class: 'number' }),
      svg('text', { x: x + 13, y: y - 6.8, 'text-anchor': 'middle' }, number),
    )
  return svg(
    'svg',
    { class: 'pin-picture', viewBox: '0 0 320 150', 'aria-hidden': 'true', focusable: 'false' },
    svg('rect', { x: 0.5, y: 0.5, width: 319, height: 149, rx: 9, class: 'window' }),
    svg('path', { d: 'M.5 39.5h319', class: 'edge' }),
    svg('rect', { x: 16, y: 11, width: 196, height: 18, rx: 9, class: 'field' }),
    icon(PUZZLE, 238, 12),
    svg('circle', { cx: 290, cy: 20, r: 7, class: 'field' }),
    svg('rect', { x: 112.5, y: 48.5, width: 192, height: 84, rx: 7, class: 'menu' }),
    svg('path', { d: 'M126 64h64', class: 'words' }),
    svg('rect', { x: 113, y: 78, width: 191, height: 30, class: 'chosen' }),
    icon(RECEIPT, 124, 85),
    svg('path', { d: 'M150 93h92', class: 'words strong' }),
    icon(MARKS[mark], 274, 85),
    svg('circle', { cx: 132, cy: 120, r: 6, class: 'field' }),
    svg('path', { d: 'M150 120h56', class: 'words' }),
    ring(246, 20, '1'),
    ring(282, 93, '2'),
  )
}
