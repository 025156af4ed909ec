import { type Area, colourAt, type Picture, type Run, runsAlong } from './picture.ts'

export type PromptButtons = { readonly deny: Area; readonly allow: Area }

/** The prompt is drawn into the browser's window, which is darkened around it; here the window's own bar is otherwise light. */
const BAR = { x: 100, y: 84 } as const
const LIGHT = 0xb0
/** A button's width, how near to each other the two stand, and over how many lines a button is one colour from end to end. */
const BUTTON = { shortest: 40, longest: 140, apart: 24, lines: 6 } as const

/** Whether a prompt stands in front of the browser's window, or is just about to. */
export function isPrompted(screen: Picture): boolean {
  return (colourAt(screen, BAR.x, BAR.y) & 255) < LIGHT
}

/**
 * The buttons of the browser's permission prompt, once they can be clicked: on white two areas, each of one colour, side by side. “Allow” is
 * grey at first, so that nobody clicks it by accident. The lines that are looked at run above the words in the buttons.
 */
export function promptButtons(screen: Picture): PromptButtons | undefined {
  if (!isPrompted(screen)) return undefined
  for (let y = BAR.y; y + BUTTON.lines < screen.height; y += 1) {
    const pair = pairAlong(screen, y)
    const below = pair === undefined ? undefined : pairAlong(screen, y + BUTTON.lines)
    if (pair === undefined || below === undefined) continue
    const [deny, allow] = below
    if (pair.every((run, i) => run.colour === below[i]?.colour)) return { deny: button(deny), allow: button(allow) }
  }
  return undefined
}

function pairAlong(screen: Picture, y: number): readonly [Run, Run] | undefined {
  const runs = runsAlong(screen, y, BUTTON.shortest, BUTTON.longest)
  for (const [i, left] of runs.entries()) {
    const right = runs[i + 1]
    const near = right !== undefined && right.x - left.x - left.width <= BUTTON.apart
    if (near && !isGrey(left.colour) && !isGrey(right.colour)) return [left, right]
  }
  return undefined
}

function button({ x, y, width }: Run): Area {
  return { x, y, width, height: 1 }
}

function isGrey(colour: number): boolean {
  const parts = [colour >> 16, (colour >> 8) & 255, colour & 255]
  return Math.max(...parts) - Math.min(...parts) < 12
}
