import messages from '../../public/_locales/en/messages.json' with { type: 'json' }
import { cleanText, type MessageId, type Sentence, say, sentence } from '../verify/claims/sentence.ts'
import type { Claim, Finding, Hop, Outcome, Standing } from '../verify/claims/types.ts'
import type { Report } from '../verify/report.ts'

/** Says a sentence in English, instants in UTC. */
export function inWords(spoken: Sentence): string {
  return say(spoken, {
    template: (id) => messages[id].message,
    instant: (iso) => inEnglish(iso, INSTANTS, ' UTC'),
    day: (iso) => inEnglish(iso, DAYS),
  })
}

const INSTANTS = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' })
const DAYS = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

/** "27 November 2026 at 14:00:00 UTC", "27 November 2026". What no calendar has is shown as it came. */
function inEnglish(iso: string, format: Intl.DateTimeFormat, zone = ''): string {
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? cleanText(iso) : `${format.format(date)}${zone}`
}

const STANDING_WORDS: Readonly<Record<Standing, MessageId>> = {
  verified: 'standing_verified',
  failed: 'standing_failed',
  assumed: 'standing_assumed',
  absent: 'standing_absent',
  unchecked: 'standing_unchecked',
}

const ROLE_NAMES: Readonly<Record<Hop['role'], MessageId>> = {
  service: 'hop_service',
  gateway: 'hop_gateway',
  'model-host': 'hop_model_host',
}

const MOMENT_WORDS: Readonly<Record<Report['moment']['basis'], MessageId>> = {
  'captured-here': 'moment_captured_here',
  now: 'moment_now',
  given: 'moment_given',
  'as-issued': 'moment_as_issued',
}

const OUTCOME_MARKS: Readonly<Record<Outcome, string>> = { passed: 'ok', failed: 'FAILED', unchecked: 'not made' }

/** The report as a table for people: the worst news, the count, the five rows with their hops and what they assume. */
export function printTable(name: string, report: Report, withFindings: boolean): string {
  return [
    name,
    `  ${inWords(report.headline)}`,
    `  ${inWords(report.count)}`,
    '',
    ...report.claims.flatMap((claim) => printClaim(claim, withFindings ? report.findings : [])),
    '',
    ...(report.assumes.length === 0 ? [] : ['  Assumed:', ...report.assumes.map((id) => `    - ${inWords(sentence(id))}`), '']),
    `  ${inWords(sentence(MOMENT_WORDS[report.moment.basis], report.moment.now))}`,
    `  Checked by ${report.verifier}`,
  ].join('\n')
}

function printClaim(claim: Claim, findings: readonly Finding[]): readonly string[] {
  const label: MessageId = `row_${claim.id}`
  const word = inWords(sentence(STANDING_WORDS[claim.standing]))
  return [
    `  ${inWords(sentence(label)).padEnd(32)} ${word}`,
    `      ${inWords(claim.because)}`,
    ...(claim.hops.length > 1
      ? claim.hops.map((hop) => `      - ${inWords(hopInWords(hop))}: ${inWords(sentence(STANDING_WORDS[hop.standing]))}`)
      : []),
    ...findings.filter((finding) => claim.findings.includes(finding.check)).flatMap(printFinding),
  ]
}

/** "Model host provider.example". */
function hopInWords({ role, name }: Hop): Sentence {
  const party = sentence(ROLE_NAMES[role])
  return name === '' ? party : sentence('hop_named', party, name)
}

const DETAILS = ['code', 'at', 'expected', 'computed'] as const

/** What a check found, in words; below it the code, the place and both sides compared (long ones whole in the JSON). */
function printFinding(finding: Finding): readonly string[] {
  return [
    `      [${OUTCOME_MARKS[finding.outcome]}] ${finding.check}: ${inWords(finding.because)}`,
    ...DETAILS.flatMap((name) => {
      const value = finding[name]
      return value === undefined ? [] : [`            ${name}: ${cleanText(value)}`]
    }),
  ]
}

/** The report as JSON for programs: as it is, with every sentence said in English beside its name. */
export function printJson(name: string, report: Report, indent: number): string {
  return JSON.stringify(
    { file: name, ...report },
    (key, value: unknown) => (SENTENCES.has(key) && isSentence(value) ? inWords(value) : value),
    indent,
  )
}

const SENTENCES: ReadonlySet<string> = new Set(['because', 'headline', 'count'])

function isSentence(value: unknown): value is Sentence {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' && Object.hasOwn(messages, value.id)
}
