import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const LONGEST_RUN_MS = 5 * 60 * 1000
const NEEDED = ['src', 'test', 'public', 'scripts', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'manifest.json']

/** A copy of the tree, to break things in. */
export type Copy = {
  readonly read: (file: string) => string
  readonly write: (file: string, text: string) => void
  /** Whether the tests pass. Tests that never end do not. */
  readonly passes: (tests: readonly string[]) => boolean
  readonly remove: () => void
}

export function copyTree(): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'mutation-'))
  for (const name of NEEDED) cpSync(name, join(folder, name), { recursive: true })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  return {
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    write: (file, text) => writeFileSync(join(folder, file), text),
    passes: (tests) =>
      spawnSync('npx', ['vitest', 'run', '--bail=1', '--reporter=dot', ...tests], {
        cwd: folder,
        stdio: 'ignore',
        timeout: LONGEST_RUN_MS,
        killSignal: 'SIGKILL',
      }).status === 0,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
