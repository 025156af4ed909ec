import { readdirSync, readFileSync } from 'node:fs'

/** What in a file of the verifier is not free to choose. */
export type Found = { readonly file: string; readonly names: readonly string[]; readonly identifiers: number; readonly schemas: number }

const ROOT = 'src/verify/'
/** Findings, rows and policies are this verifier's own; what others write is read in these. */
const FOLDERS = ['attestation', 'encoding', 'provenance', 'receipts', 'trust']

/** Limits of this verifier, and its words: nobody else has to know them. */
const OWN =
  /^(?:MAX|MOST|LONGEST|SHORTEST|MIN)_|_LIMITS?$|^LIMITS?$|^DEFAULT_|_WORDS$|_SENTENCES$|_CHECKS$|^(?:CHECKS|EXPLAINED|BASIS|NOTHING|NO_[A-Z_]+|UNKNOWN|SKEW_[A-Z]+|LONG_[A-Z]+|PURPOSE)$/
const WORDS = /MessageId|AssumptionId|_(?:passed|failed)'/

/** Every file with constants in capitals, object identifiers, numbers in hexadecimal, or the members of somebody's JSON. */
export function scan(): readonly Found[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' }).map((path) => `${ROOT}${folder}/${path}`),
  )
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => ({ file: path.replaceAll('\\', '/').slice(ROOT.length), text: readFileSync(path, 'utf8') }))
    .sort((one, other) => (one.file < other.file ? -1 : 1))
    .map(({ file, text }) => ({
      file,
      names: [...text.matchAll(/^(?:export )?const ([A-Z][A-Z0-9_]*)\b(.*(?:\n {2}.*)*)/gm)]
        .filter(([, name = '', value = '']) => !OWN.test(name) && !WORDS.test(value))
        .map(([, name = '']) => name),
      identifiers: [...text.matchAll(/'\d+(?:\.\d+){3,}'|\b0x[0-9a-f_]+/gi)].length,
      schemas: [...text.matchAll(/v\.(?:strictO|looseO|o)bject\(/g)].length,
    }))
    .filter(({ names, identifiers, schemas }) => names.length + identifiers + schemas > 0)
}
