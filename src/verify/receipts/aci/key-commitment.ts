import type { AuthenticEvidence } from '../../attestation/types.ts'
import { type Because, type FindingMore, makeFinding } from '../../claims/finding.ts'
import type { AssumptionId, Finding } from '../../claims/types.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { type Report, statementDigest } from './report.ts'

/** Octets 0 to 31 of the report data hold the statement's digest, 32 to 63 are zero (section 3.2). In hex digits. */
const SLOT_DIGITS = 128
const DIGEST_DIGITS = 64
const ZERO_TAIL = '0'.repeat(SLOT_DIGITS - DIGEST_DIGITS)
/** Member of authentic dstack evidence for a key that the key management service released under the role of receipt keys. */
const CUSTODY_PREFIX = 'dstack-kms:'
const CUSTODY_ROLE = 'dstack-kms:receipt'

type Say = (check: CheckName, outcome: Finding['outcome'], because: Because, more?: FindingMore) => Finding

const say: Say = (check, outcome, because, more = {}) =>
  makeFinding(CHECKS, check, outcome, because, { ...more, at: 'evidence.report-data' })

/**
 * Whether a quote commits to the report's keyset and to the nonce that was sent for it (section 9.1). One hash holds both, so that a report of
 * another nonce and one of another keyset cannot be told apart: either is refused. `key` is the receipt key, where the receipt is authentic.
 */
export async function bindsKeyset(report: Report, key: Bytes | undefined, { commits }: AuthenticEvidence): Promise<readonly Finding[]> {
  const reportData = commits.find(({ field }) => field === 'report-data')?.value
  if (reportData === undefined || reportData.length !== SLOT_DIGITS) {
    return [say('aci.report-data', 'failed', 'aci_report_data_failed')]
  }
  const held = reportData.slice(0, DIGEST_DIGITS)
  const released = report.offersCustody ? releasedKeys(commits) : []
  const keyset = await keysetFinding(report, held, key === undefined ? 'unsigned' : released.length > 0 ? 'released' : 'signed')
  const tail = reportData.slice(DIGEST_DIGITS) === ZERO_TAIL
  const restated = report.statedReportData === held
  return [
    keyset,
    say('aci.report-data-tail', tail ? 'passed' : 'failed', tail ? 'aci_tail_passed' : 'aci_tail_failed'),
    say('aci.report-data-restated', restated ? 'passed' : 'failed', restated ? 'aci_restated_passed' : 'aci_restated_failed', {
      expected: held,
      computed: report.statedReportData,
    }),
    ...(keyset.outcome === 'failed' ? [] : [await nonceFinding(report, held)]),
    ...(key === undefined || released.length === 0 ? [] : [custodyFinding(released, encodeHex(key))]),
  ]
}

/** How the receipt stands to the keyset: not shown to be signed under it; signed under it; by a key that was shown to be released as such. */
type Standing = 'unsigned' | 'signed' | 'released'

async function keysetFinding(report: Report, held: string, standing: Standing): Promise<Finding> {
  const { nonce } = report.seen
  const isHeld = async (asked: string | undefined) => (await statementDigest(report.digest, asked)) === held
  const bound = (nonce !== undefined && (await isHeld(nonce))) || (await isHeld(undefined))
  if (bound && standing === 'unsigned') return say('aci.report-data', 'unchecked', 'aci_report_data_unsigned')
  if (bound) return say('aci.report-data', 'passed', 'aci_report_data_passed', { assumes: basis(report, standing === 'released') })
  // Without the nonce that somebody sent, the statement cannot be built: nothing was compared.
  return nonce === undefined
    ? say('aci.report-data', 'unchecked', 'aci_report_data_unknown')
    : say('aci.report-data', 'failed', 'aci_report_data_failed')
}

function basis({ serving, namesSource }: Report, showsCustody: boolean): readonly AssumptionId[] {
  return [
    'assume_tls_binding',
    ...(showsCustody ? [] : (['assume_key_custody'] as const)),
    ...(serving === 'direct' ? (['assume_aci_direct'] as const) : []),
    ...(namesSource ? (['assume_aci_provenance'] as const) : []),
  ]
}

/** Whether the quote was made after this verifier asked. */
async function nonceFinding({ seen, digest }: Report, held: string): Promise<Finding> {
  const { nonce, provenance } = seen
  if (nonce === undefined) return say('aci.nonce', 'unchecked', 'aci_nonce_none', { assumes: ['assume_not_fresh'] })
  if ((await statementDigest(digest, nonce)) !== held) return say('aci.nonce', 'failed', 'aci_nonce_failed')
  const assumes: readonly AssumptionId[] = provenance === 'recorded' ? ['assume_as_recorded'] : []
  return say('aci.nonce', 'passed', 'aci_nonce_passed', { assumes })
}

type ReleasedKey = { readonly name: string; readonly value: string }

/** Keys that authentic evidence shows to have come from a key management service. Where it shows none, its own verifier has said why. */
function releasedKeys(commits: AuthenticEvidence['commits']): readonly ReleasedKey[] {
  return commits.flatMap((commit) => (commit.field === 'runtime-claim' && commit.name.startsWith(CUSTODY_PREFIX) ? [commit] : []))
}

/** Whether the receipt key is the one that was released as such (section 3.3). */
function custodyFinding(released: readonly ReleasedKey[], key: string): Finding {
  const isOurs = released.some(({ name, value }) => name === CUSTODY_ROLE && value === key)
  return say('aci.key-custody', isOurs ? 'passed' : 'failed', isOurs ? 'aci_custody_passed' : 'aci_custody_failed', {
    expected: released.map(({ value }) => value).join(', '),
    computed: key,
  })
}
