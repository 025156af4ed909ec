import { parseArgs } from 'node:util'
import { DEFAULT_PORT } from './server.ts'

export type Options =
  | { readonly help: true }
  | {
      readonly help: false
      readonly headless: boolean
      /** 0: any free one. */
      readonly port: number
      /** Where the walk leaves its pictures. */
      readonly screenshots: string
    }

export const USAGE = `npm run demo                     opens the demo in a Chromium: a chat page, and the extension's popup beside it
npm run demo -- --port 5000      serves the page at that port and its services at the next three (default: ${DEFAULT_PORT})
npm run demo -- --headless       walks all scenarios without a screen, prints what the popup shows, fails on any difference
  --screenshots FOLDER           where the walk saves its pictures (default: demo-screenshots)`

/** Reads the command line. Throws with one line for people. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      headless: { type: 'boolean', default: false },
      port: { type: 'string' },
      screenshots: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return { help: true }
  const { headless } = values
  if (values.screenshots !== undefined && !headless) throw new Error('--screenshots needs --headless.')
  // A walk needs no address that anybody remembers, and must not be in the way of a demo that is open.
  const port = values.port === undefined ? (headless ? 0 : DEFAULT_PORT) : readPort(values.port)
  return { help: false, headless, port, screenshots: values.screenshots ?? 'demo-screenshots' }
}

/** The services take the next three ports, so that the last ones are no choice. */
const LAST_PORT = 65_535 - 3

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port >= 1 && port <= LAST_PORT) return port
  throw new Error(`--port takes a number from 1 to ${LAST_PORT}, not “${text}”.`)
}
