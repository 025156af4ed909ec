import type { MessageId } from '../../verify/claims/sentence.ts'
import type { ChainNode, Hop, Link, Standing } from '../../verify/claims/types.ts'
import { html, svg } from './element.ts'
import { standingGlyph, standingShapes } from './glyph.ts'
import { language, text } from './text.ts'
import { hopName, LINK_WORDS, NODE_NAMES, SHORT_STANDING_WORDS } from './words.ts'

/** Units of the picture: one column for each node, nodes in the middle of their columns. */
const COLUMN = 72
const HEIGHT = 32
const MIDDLE = HEIGHT / 2
const NODE_RADIUS = 12.5
/** Air between a node and its link, and around the mark in a link's middle. */
const NODE_GAP = 4
const MARK_GAP = 10
const MARK_SCALE = 0.75

/** Node pictures on a field of 16 × 16: a chip, a document, a key, a receipt, a speech bubble. */
const NODE_PICTURES = {
  hardware: 'M4.5 4.5h7v7h-7ZM6.5 2v2.5m3-2.5v2.5m-3 7V14m3-2.5V14M2 6.5h2.5M2 9.5h2.5m7-3H14m-2.5 3H14',
  evidence: 'M4 2h5.5L12 4.5V14H4ZM6.3 7h3.4M6.3 10h3.4',
  'receipt-key': 'M5.2 7.6a2.7 2.7 0 1 0 0 .8ZM7.9 8h5.6v2.3M10.9 8v2',
  receipt: 'M4 2h8v12l-2-1.4L8 14l-2-1.4L4 14ZM6.3 5.4h3.4M6.3 8.4h3.4',
  'your-bytes': 'M2.5 3h11v8H8.2L5 13.6V11H2.5Z',
} as const satisfies Record<Link['from'], string>

type Names = Readonly<Record<ChainNode, MessageId>>

/**
 * The chain of proof as a picture with its text: nodes are solid as far as proof reaches, each link shows by its shape how it stands
 * (whole, broken by a cross, dashed around a dashed circle, dotted around a question mark, missing). `addedRoot`: what it begins with is a root
 * that was added, and goes by this name; hardware it is not.
 */
export function chainPicture(links: readonly Link[], addedRoot?: MessageId): HTMLElement {
  const first = links[0]
  if (first === undefined) return html('div', { class: 'chain' })
  const nodes = [first.from, ...links.map((link) => link.to)]
  const width = COLUMN * nodes.length
  const mirrored = language().direction === 'rtl'
  const centre = (index: number) => (mirrored ? width - COLUMN * (index + 0.5) : COLUMN * (index + 0.5))
  const reached = (index: number) => links.slice(0, Math.max(index, 1)).every((link) => link.standing === 'verified')

  const picture = svg(
    'svg',
    { class: 'chain-picture', viewBox: `0 0 ${width} ${HEIGHT}`, 'aria-hidden': 'true', focusable: 'false' },
    ...links.map((link, index) => linkPicture(link.standing, centre(index), centre(index + 1))),
    ...nodes.map((node, index) =>
      svg(
        'g',
        { class: reached(index) ? 'node reached' : 'node', transform: `translate(${centre(index)} ${MIDDLE})` },
        svg('circle', { r: NODE_RADIUS }),
        svg('path', { d: NODE_PICTURES[node], transform: 'translate(-8 -8)' }),
      ),
    ),
  )
  const names: Names = addedRoot === undefined ? NODE_NAMES : { ...NODE_NAMES, hardware: addedRoot }
  const labels = nodes.map((node) => html('span', {}, text(names[node])))
  return html(
    'div',
    { class: 'chain', role: 'img', 'aria-label': chainInWords(links, names) },
    picture,
    html('div', { class: 'chain-labels', 'aria-hidden': 'true' }, ...labels),
    html('div', { class: 'chain-words', 'aria-hidden': 'true' }, ...links.map((link) => html('p', {}, linkInWords(link, names)))),
  )
}

/** The chain is that of the hop that signed. Who stands before or behind that hop is no link of it, and is named below with its own standing. */
export function besideChain(hops: readonly Hop[], signer: number): HTMLElement | undefined {
  if (hops.length < 2) return undefined
  const lines = hops.flatMap((hop, index) => {
    if (index === signer) return []
    const words = text(index < signer ? 'chain_before' : 'chain_behind', hopName(hop), text(SHORT_STANDING_WORDS[hop.standing]))
    return [html('li', {}, standingGlyph(hop.standing), html('span', {}, words))]
  })
  return html('ul', { class: 'behind' }, ...lines)
}

/** The same in words, for those who do not see the picture. */
function chainInWords(links: readonly Link[], names: Names): string {
  return [text('chain_label'), ...links.map((link) => linkInWords(link, names))].join(' ')
}

function linkInWords({ from, to, standing }: Link, names: Names): string {
  return text('chain_link', text(names[from]), text(names[to]), text(LINK_WORDS[standing]))
}

function linkPicture(standing: Standing, from: number, to: number): SVGGElement {
  const direction = Math.sign(to - from)
  const start = from + direction * (NODE_RADIUS + NODE_GAP)
  const end = to - direction * (NODE_RADIUS + NODE_GAP)
  const middle = (from + to) / 2
  const line = (x1: number, x2: number) => svg('line', { x1, x2, y1: MIDDLE, y2: MIDDLE })
  const mark = svg(
    'g',
    { transform: `translate(${middle - 10 * MARK_SCALE} ${MIDDLE - 10 * MARK_SCALE}) scale(${MARK_SCALE})` },
    ...standingShapes(standing),
  )
  const halves = [line(start, middle - direction * MARK_GAP), line(middle + direction * MARK_GAP, end)]
  const parts = standing === 'verified' ? [line(start, end)] : standing === 'absent' ? halves : [...halves, mark]
  return svg('g', { class: `link is-${standing}` }, ...parts)
}
