import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import messages from '../../public/_locales/en/messages.json' with { type: 'json' }
import { CLAIM_IDS, STANDINGS } from '../../src/verify/claims/types.ts'

/*
 * What every text has to keep to, whichever way it comes to be said: these are looked at as they stand in the file. What is put into their gaps is
 * looked at where reports are made (test/support/spoken.ts).
 */

type Text = { readonly id: string; readonly message: string; readonly description?: string }
const TEXTS: readonly Text[] = Object.entries(messages).map(([id, text]) => ({ id, ...text }))

/** Words that one thing has too many of, or that only its makers use, and what it is called. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/['"]/, '’ “ ”'],
  [/ {2}|\s$/, 'one space, and none at the end'],
  [/\.\.\./, '…'],
  [/\boctets?\b/i, 'bytes'],
  [/\bnonces?\b/i, 'one-time number'],
  [/graphics card/i, 'GPU'],
  [/well-formed/i, 'well formed'],
  [/could not be read|came, and (?:it |they )?can(?:not| not) be read|unparsable|invalid/i, 'malformed'],
  [/\b(?:signature|receipt|evidence|certificates?) (?:is|are|does|do) (?:false|not valid|not hold)\b/i, 'does not match, breaks the rules'],
  [/\bvalid signature/i, 'matches'],
  [/\bthis (?:verifier|engine)\b/i, 'this checker'],
  [/you cannot\.|\byou cannot$/i, 'Nothing here lets you check that'],
  [/\blinked to\b/i, 'tied to'],
  [/checked OK|\bproof of work\b|\bpreimage\b|\bserialis|\bparse|\bregexp?\b|\bnull\b|\bundefined\b/i, 'plain words'],
  [/\b(?:JWS|JWT|COSE|CBOR|ASN\.1|DER|base64url|kid)\b/, 'what it is for'],
  [/\b(?:secure|safe|trustworthy)\b(?! Boot| processor| in every way)/, 'what was checked'],
  [/\b[a-z0-9]+_[a-z0-9_]+\b/, 'no code'],
  [/\b[a-z]+\.[a-z]+\b(?<!example\.com)/, 'no role or path'],
]

/** Where “this extension” speaks of itself: about access and pages. Findings speak of “this checker”, on the command line too. */
const ITSELF = /^(?:ui|welcome|purpose|toolbar|sample|ext)_/

/** How long a text of a kind may be, in words. */
const LONGEST: readonly (readonly [RegExp, number])[] = [
  [/^headline_/, 12],
  [/^(?:row|standing|link|count|hop|mark|heading|technical)_/, 7],
  [/^node_/, 2],
  [/^(?:ui_.*_(?:title|button)|welcome_title)$/, 10],
  [/^toolbar_/, 20],
  [/^(?:ui|welcome|sample)_/, 40],
  [/./, 25],
]
const LONGEST_SENTENCE = 25

const wordsOf = (text: string): number => text.split(/\s+/).filter((word) => /[\p{L}\p{N}$]/u.test(word)).length

/** The source that may name a text: code and pages, no tests. */
const filesIn = (folder: string): string[] => readdirSync(folder, { encoding: 'utf8', recursive: true }).map((path) => `${folder}/${path}`)
const SOURCE = [...filesIn('src'), ...filesIn('scripts'), 'manifest.json']
  .filter((path) => /(?<!\.test)\.ts$|\.html$|manifest\.json$/.test(path))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')
const NAMED = new Set(SOURCE.match(/[a-z][a-z0-9]*(?:_[a-z0-9]+)+/g))

const CLAIM_SOURCES = ['hardware_proven', 'verifier_derived', 'provider_asserted', 'operator_asserted']
const ACI_CLAIMS = [
  ...['tee_attested', 'tcb_up_to_date', 'os_known_good', 'serving_software_known_good', 'gpu_attested'],
  'model_weights_provenance',
]

/** Texts whose names are put together: by `headlineOf`, `countOf`, the row's printer, a chat signature's binding, an ACI session's claims. */
const COMPOSED: ReadonlySet<string> = new Set([
  ...CLAIM_IDS.flatMap((claim) =>
    STANDINGS.filter((standing) => standing !== 'verified').map((standing) => `headline_${claim}_${standing}`),
  ),
  ...STANDINGS.map((standing) => `count_${standing}`),
  ...['address', 'key', 'tls'].map((layout) => `chat_binding_${layout}`),
  ...ACI_CLAIMS.map((name) => `aci_claim_${name}`),
  ...CLAIM_SOURCES.map((source) => `aci_source_${source}`),
])

describe('every text', () => {
  it('is described to whoever translates it', () => {
    expect(TEXTS.filter(({ description = '' }) => wordsOf(description) < 2).map(({ id }) => id)).toEqual([])
  })

  it('has gaps $1 to $n, none left out, and no other placeholder', () => {
    const faults = TEXTS.filter(({ message }) => {
      const gaps = [...message.matchAll(/\$(\d?)/g)].map(([, digit = '']) => Number(digit))
      return gaps.some((gap) => gap < 1 || gap > new Set(gaps).size)
    })
    expect(faults).toEqual([])
  })

  it('explains its gaps', () => {
    const unexplained = TEXTS.filter(({ message, description = '' }) =>
      [...new Set(message.match(/\$\d/g))].some((gap) => !description.includes(gap)),
    )
    expect(unexplained.map(({ id }) => id)).toEqual([])
  })

  it.each(FORBIDDEN)('keeps clear of %s: %s', (pattern) => {
    expect(TEXTS.filter(({ message }) => pattern.test(message)).map(({ id, message }) => `${id}: ${message}`)).toEqual([])
  })

  it('that is no part of the extension’s own pages calls it this checker', () => {
    const others = TEXTS.filter(({ id, message }) => !ITSELF.test(id) && /\b(?:this|your) (?:browser|extension)\b/i.test(message))
    expect(others).toEqual([])
  })

  it('is as long as its place allows, and no sentence of it is long', () => {
    const long = TEXTS.flatMap(({ id, message }) => {
      const most = LONGEST.find(([kind]) => kind.test(id))?.[1] ?? 0
      const sentences = message.split(/(?<=[.?!:;])\s/)
      return wordsOf(message) > most || sentences.some((one) => wordsOf(one) > LONGEST_SENTENCE) ? [`${id}: ${message}`] : []
    })
    expect(long).toEqual([])
  })

  it('ends in a full stop where it is advice or an assumption, and without where it is a headline, a title, a row or a name', () => {
    const stopped = (pattern: RegExp, stops: boolean) =>
      TEXTS.filter(({ id, message }) => pattern.test(id) && /\.$/.test(message) !== stops).map(({ id }) => id)
    expect(stopped(/^(?:(?:advice|assume|purpose)_|limits_(?!title))/, true)).toEqual([])
    expect(stopped(/^(?:headline|row|standing|node|link|count|measurement|hop)_|_title$|_button$/, false)).toEqual([])
  })

  it('is used', () => {
    expect(TEXTS.map(({ id }) => id).filter((id) => !NAMED.has(id) && !COMPOSED.has(id))).toEqual([])
  })

  it('that is named by the manifest or a page is there', () => {
    const named = [...SOURCE.matchAll(/__MSG_(\w+)__/g)].map(([, id = '']) => id)
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((id) => !Object.hasOwn(messages, id))).toEqual([])
  })
})

it('no two headlines, rows or measured things are called alike', () => {
  for (const kind of [/^headline_/, /^row_/, /^measurement_/, /^advice_/]) {
    const said = TEXTS.filter(({ id }) => kind.test(id)).map(({ message }) => message)
    expect(said.filter((message, index) => said.indexOf(message) !== index)).toEqual([])
  }
})
