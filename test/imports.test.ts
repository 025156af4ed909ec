import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * Who may import whom: every folder is one step of the way from the page to the report, and nobody goes back up. `verify/encoding` holds the
 * strict doors that everybody uses, except for what runs inside the page. The longest matching folder decides.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/verify/encoding': ['src/verify/encoding'],
  'src/verify/claims': ['src/verify/claims', 'src/verify/encoding', 'public/_locales'],
  'src/dossier': ['src/dossier', 'src/verify/encoding'],
  'src/verify/trust': ['src/verify/trust', 'src/verify/claims', 'src/verify/encoding'],
  'src/verify/policy': ['src/verify/policy', 'src/verify/claims', 'src/verify/encoding'],
  'src/verify/attestation': [
    'src/verify/attestation',
    'src/verify/provenance/types.ts',
    'src/verify/trust',
    'src/verify/policy',
    'src/verify/claims',
    'src/verify/encoding',
    'src/dossier',
  ],
  'src/verify/provenance': [
    'src/verify/provenance',
    'src/verify/trust',
    'src/verify/policy',
    'src/verify/claims',
    'src/verify/encoding',
    'src/dossier',
  ],
  'src/verify/receipts': [
    'src/verify/receipts',
    'src/verify/attestation/types.ts',
    'src/verify/trust',
    'src/verify/policy',
    'src/verify/claims',
    'src/verify/encoding',
    'src/dossier',
  ],
  'src/verify': ['src/verify', 'src/dossier'],
  'src/capture/page': ['src/capture/page', 'src/capture/messages.ts'],
  'src/capture/relay': ['src/capture/relay', 'src/capture/messages.ts'],
  'src/capture': ['src/capture', 'src/dossier', 'src/platform', 'src/verify/encoding'],
  'src/gather': ['src/gather', 'src/dossier', 'src/platform', 'src/verify/encoding'],
  'src/background': [
    'src/background',
    'src/capture',
    'src/gather',
    'src/dossier',
    'src/platform',
    'src/verify/encoding',
    'src/verify/answer.ts',
    'src/verify/appraise.ts',
    'src/verify/observe.ts',
    'src/verify/report.ts',
    'src/verify/policy',
    'src/verify/trust',
    'src/verify/claims',
    'src/verify/receipts/types.ts',
  ],
  'src/platform': ['src/platform', 'src/dossier', 'src/verify/encoding', 'src/verify/claims', 'src/verify/report.ts'],
  // The page lists the services of the build, as data.
  'src/ui/welcome': ['src/ui', 'src/verify', 'src/dossier', 'src/platform', 'public/_locales', 'src/gather/services'],
  'src/ui': ['src/ui', 'src/verify', 'src/dossier', 'src/platform', 'public/_locales'],
  'src/cli': ['src/cli', 'src/verify', 'src/dossier', 'public/_locales'],
  'test/simulator': ['test/simulator'],
}

/** Only the platform layer may know the browser's API. */
const POLYFILL = 'webextension-polyfill'

const files = ['src', 'test/simulator'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts')),
)

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8')
  const clauses = text.matchAll(/^\s*(?:import|export)\s[^'"]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|^\} from ['"]([^'"]+)['"]/gm)
  return [...clauses].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function ruleFor(file: string): readonly string[] {
  const folder = Object.keys(MAY_IMPORT)
    .filter((candidate) => file.startsWith(`${candidate}/`))
    .sort((a, b) => b.length - a.length)[0]
  return folder === undefined ? [] : (MAY_IMPORT[folder] ?? [])
}

describe('the import table', () => {
  it('covers the tree', () => expect(files.length).toBeGreaterThan(50))

  it.each(files)('%s imports only what its folder may', (file) => {
    const own = importsOf(file).filter((specifier) => specifier.startsWith('.'))
    const outside = own
      .map((specifier) => relative('.', normalize(join(dirname(file), specifier))))
      .filter((target) => !ruleFor(file).some((allowed) => target === allowed || target.startsWith(`${allowed}/`)))
    expect(outside).toEqual([])
  })

  it('keeps each format in its own folder', () => {
    const trespasses = files
      .filter((file) => /^src\/verify\/(receipts|attestation)\/[^/]+\//.test(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => [file, normalize(join(dirname(file), specifier))] as const),
      )
      .filter(([file, target]) => {
        const home = file.split('/').slice(0, 4).join('/')
        return /^src\/verify\/(receipts|attestation)\/[^/]+\//.test(target) && !target.startsWith(`${home}/`)
      })
    expect(trespasses).toEqual([])
  })

  it('lets only the platform layer know the browser', () => {
    expect(files.filter((file) => importsOf(file).includes(POLYFILL) && !file.startsWith('src/platform/'))).toEqual([])
  })

  it('keeps Node out of everything but the command line', () => {
    const users = files.filter((file) => importsOf(file).some((specifier) => specifier.startsWith('node:')))
    expect(users.filter((file) => !file.startsWith('src/cli/') && !file.startsWith('test/'))).toEqual([])
  })
})
