import * as v from 'valibot'
import { sentence } from '../../claims/sentence.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { sha256 } from '../../encoding/digest.ts'
import { decodeHexText, encodeHex } from '../../encoding/hex.ts'
import { canonicalize } from '../../encoding/jcs.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { Measurement } from '../../policy/types.ts'
import type { AuthenticEvidence, Commitment, CompositeInput } from '../types.ts'
import { OS_REGISTERS } from './measurements.ts'
import type { Log } from './verify.ts'

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i))

/**
 * What NEAR's compose manager shows of itself (`compose_manager_attestation`): what it did, the hash of that, and a quote of its own. Whole texts
 * and numbers alone stand in actions; of one, only the file and its hash are read.
 */
export const composeManagerSchema = v.object({
  actions: v.pipe(v.array(v.unknown()), v.maxLength(4096)),
  actions_hash: digest,
  nonce: v.optional(v.nullable(digest)),
  quote: v.pipe(v.string(), v.maxLength(131_072)),
})
export type ComposeManager = v.InferOutput<typeof composeManagerSchema>

const action = v.object({ file_sha256: digest })

/** Under this name evidence says that the log of the compose manager is attested. */
const COMPOSE_MANAGER = 'dstack.compose-manager'
const AT = 'evidence.compose_manager'
const HALF = 64
const REGISTERS: readonly string[] = [...OS_REGISTERS, 'tdx.rtmr3']

/**
 * Is the log of the compose manager attested, and by this same machine? Its quote holds the SHA-256 of the actions (compact JSON, members sorted) and a
 * nonce; the same registers as in the machine's own quote say that it is that machine. Then what the log says is the word of measured code, and no more.
 * A log that is not shown to be this machine's contradicts nothing.
 */
export async function checkComposeManager(
  shown: ComposeManager | undefined,
  own: AuthenticEvidence,
  { appraisePart }: CompositeInput,
  log: Log,
): Promise<readonly Commitment[]> {
  if (shown === undefined) return []
  const text = canonicalize(shown.actions)
  const stated = shown.actions_hash.toLowerCase()
  const computed = text.ok ? encodeHex(await sha256(encodeUtf8(text.value))) : undefined
  if (computed === undefined) {
    log.add('dstack.compose-manager', 'unchecked', 'dstack_manager_unreadable', { at: `${AT}.actions`, theirs: true })
    return []
  }
  // Numbers with a fraction have more than one spelling: of a log with one, a hash that differs says nothing.
  if (computed !== stated && !hasFraction(shown.actions)) {
    log.add('dstack.compose-manager', 'failed', 'dstack_manager_other_log', { at: `${AT}.actions_hash`, expected: stated, computed })
    return []
  }
  const quote = decodeHexText(shown.quote)
  const part = quote.ok ? await appraisePart({ kind: 'tdx-quote', document: encodeBase64url(quote.value) }) : undefined
  const reportData = part?.authentic?.commits.find(({ field }) => field === 'report-data')?.value
  if (part?.authentic === undefined || reportData === undefined || computed !== stated) {
    const isForged = part?.findings.some(({ outcome }) => outcome === 'failed') === true
    const at = `${AT}.quote` as const
    if (isForged) log.add('dstack.compose-manager', 'failed', 'dstack_manager_quote_failed', { at })
    else log.add('dstack.compose-manager', 'unchecked', 'dstack_manager_unreadable', { at, theirs: true })
    return []
  }
  const held = { at: `${AT}.quote.report-data`, expected: stated + (shown.nonce ?? '').toLowerCase(), computed: reportData } as const
  const isHeld = reportData.slice(0, HALF) === stated
  const isAnswered = shown.nonce === undefined || shown.nonce === null || reportData.slice(HALF) === shown.nonce.toLowerCase()
  if (!isHeld || !isAnswered) {
    log.add('dstack.compose-manager', 'failed', 'dstack_manager_not_held', held)
    return []
  }
  const differs = REGISTERS.find((name) => statedAs(own.measurements, name) !== statedAs(part.authentic?.measurements ?? [], name))
  if (differs !== undefined) {
    log.add('dstack.compose-manager', 'unchecked', 'dstack_manager_other_machine', {
      at: `${AT}.quote`,
      expected: statedAs(own.measurements, differs),
      computed: statedAs(part.authentic.measurements, differs),
    })
    return []
  }
  const files = shown.actions.flatMap((one) => (v.is(action, one) ? [one.file_sha256] : []))
  log.add('dstack.compose-manager', 'passed', sentence('dstack_manager_passed', String(shown.actions.length)), {
    at: AT,
    computed: [...new Set(files)].join(' '),
    assumes: ['assume_dstack_manager_log'],
  })
  return [{ field: 'runtime-claim', name: COMPOSE_MANAGER, value: stated }]
}

function statedAs(measurements: readonly Measurement[], name: string): string | undefined {
  return measurements.find((measurement) => measurement.name === name)?.value
}

function hasFraction(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isSafeInteger(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(hasFraction)
}
