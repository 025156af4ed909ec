import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { poll } from '../support/poll.ts'
import { type Picture, readScreen } from './picture.ts'

/** A screen, keyboard and mouse of our own, with a window manager, on a machine that may have none. */
export type Display = {
  /** Its name, for the environment variable DISPLAY. */
  readonly name: string
  /** What the screen shows now. */
  readonly look: () => Promise<Picture>
  readonly moveMouse: (x: number, y: number) => void
  /** Presses the mouse's first button. */
  readonly click: () => void
  readonly close: () => Promise<void>
}

const SCREEN = '1280x900x24'
const START_MS = 20_000

/** Starts an X server that draws into memory, and a window manager in it: without one no window has the focus. */
export async function startDisplay(): Promise<Display> {
  const folder = await mkdtemp(join(tmpdir(), 'receipt-checker-display-'))
  // Without `-noreset` the server starts anew whenever its last client leaves, and refuses whoever comes just then.
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', SCREEN, '-noreset', '-nolisten', 'tcp', '-fbdir', folder], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const name = `:${(await firstLine(server)).trim()}`
  const env = { ...process.env, DISPLAY: name }
  const manager = spawn('openbox', ['--sm-disable'], { env, stdio: 'ignore' })
  // Only a window manager says how many desktops there are.
  await poll('the window manager', () => /^[1-9]/.test(xdotool('get_num_desktops')))

  function xdotool(...args: readonly string[]): string {
    return spawnSync('xdotool', args, { env, encoding: 'utf8' }).stdout
  }

  return {
    name,
    look: async () => readScreen(await readFile(join(folder, 'Xvfb_screen0'))),
    moveMouse: (x, y) => void xdotool('mousemove', String(x), String(y)),
    click: () => void xdotool('click', '1'),
    close: async () => {
      for (const process of [manager, server]) await stop(process)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function firstLine(server: ChildProcess): Promise<string> {
  const pipe = server.stdio[3]
  if (pipe === null || pipe === undefined || !('on' in pipe)) throw new Error('the X server has no pipe')
  const started = once(pipe, 'data', { signal: AbortSignal.timeout(START_MS) })
  const [line]: Buffer[] = await Promise.race([started, once(server, 'exit').then(() => [])])
  if (line === undefined) throw new Error('the X server did not start')
  return line.toString('latin1')
}

/** Ends a process that we started, and waits until it is gone. */
export async function stop(process: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return
  const gone = once(process, 'exit')
  process.kill(signal)
  await gone
}
