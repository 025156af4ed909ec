import { FindingLog, faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import type { AssumptionId } from '../../claims/types.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import type { Provenance, ProvenanceInput, ProvenanceResult } from '../types.ts'
import { BAD, CHECK_OF, CHECKS, NOT_KNOWN, type ProvenanceCode } from './checks.ts'
import { verifySigstoreBundle } from './verify-bundle.ts'

/**
 * Verifies a provenance statement: a Sigstore bundle (JSON text) in which a workflow of `repository` (`owner/name` on GitHub; any where left
 * out, and the result names it), run by GitHub Actions for that repository, states what it built. `ref`, `workflow` (the file's name) and `runner` narrow down which; `digest` (SHA-256, lower-case hex) is
 * of the artifact that has to be among the statement's subjects; `predicateType` is what the statement has to be. `now` only bounds the
 * signed times.
 *
 * All passed: a finding for each check, and the provenance. Otherwise the one check that failed, `unchecked` where the engine could not do
 * its part or where what is named is not known here, and no provenance: nothing in an unverified bundle exists for anybody. All findings play the role `workload.identity`. What the
 * predicate says is for the caller to compare with measurements.
 */
export async function verifyProvenance(input: ProvenanceInput): Promise<ProvenanceResult> {
  const verdict = await provenanceOf(input)
  const log = new FindingLog(CHECKS, input.hop)
  if (!verdict.ok) {
    if (verdict.code === 'engine-failed') {
      log.add('sigstore.signature', 'unchecked', 'sigstore_unchecked', { code: verdict.code })
    } else {
      const check = CHECK_OF[verdict.code]
      const unknown = NOT_KNOWN[verdict.code]
      if (unknown !== undefined) {
        log.add(check, 'unchecked', unknown, { ...faultIn('evidence', verdict), theirs: true })
        return { findings: log.findings }
      }
      const isOther = check === 'sigstore.identity' && input.repository !== undefined
      const said = isOther ? sentence('sigstore_identity_bad', input.repository) : BAD[check]
      log.add(check, 'failed', said, { ...faultIn('evidence', verdict), expected: input.repository })
    }
    return { findings: log.findings }
  }
  const provenance = verdict.value
  const assumes: readonly AssumptionId[] =
    input.trustedRoot.addedBy === 'user' ? ['assume_sigstore', 'assume_user_added_root'] : ['assume_sigstore']
  const [first] = provenance.times
  log.add('sigstore.format', 'passed', 'sigstore_format_good')
  log.add('sigstore.log', 'passed', 'sigstore_log_good', { assumes })
  log.add('sigstore.time', 'passed', sentence('sigstore_time_good', first?.at.toISOString() ?? ''))
  log.add('sigstore.certificate', 'passed', 'sigstore_certificate_good', { assumes })
  const { sourceRepository, sourceRef = '' } = provenance.signer.workflow
  const released = sentence('sigstore_identity_good', sourceRepository, sourceRef.replace(/^refs\/(?:tags|heads)\//, ''))
  log.add('sigstore.identity', 'passed', released, { computed: `${sourceRepository}@${sourceRef}` })
  log.add('sigstore.signature', 'passed', 'sigstore_signature_good')
  if (input.digest === undefined) log.add('sigstore.statement', 'passed', 'sigstore_statement_good')
  else {
    const said = sentence('sigstore_statement_good_digest', ['sha256', input.digest].join(':'))
    log.add('sigstore.statement', 'passed', said, { expected: input.digest })
  }
  return { findings: log.findings, provenance }
}

async function provenanceOf(input: ProvenanceInput): Promise<Result<Provenance, ProvenanceCode>> {
  const { bundle, repository, ref, workflow, runner, digest, predicateType, trustedRoot, now } = input
  const verified = await verifySigstoreBundle(bundle, {
    root: trustedRoot,
    policy: {
      kind: 'github-workflow',
      ...(repository === undefined ? {} : { repository }),
      ...(ref === undefined ? {} : { ref }),
      ...(workflow === undefined ? {} : { workflow }),
      ...(runner === undefined ? {} : { runner }),
    },
    ...(digest === undefined ? {} : { artifact: { sha256: digest } }),
    now,
  })
  if (!verified.ok) return verified
  const { signer, times, statement } = verified.value
  if (statement === undefined) return failure('payload-type')
  if (predicateType !== undefined && statement.predicateType !== predicateType) {
    return failure('predicate-type-mismatch', statement.predicateType)
  }
  if (signer.kind !== 'certificate') return failure('key-unexpected')
  const { sourceRepository } = signer.workflow
  if (sourceRepository === undefined) return failure('repository-mismatch')
  return success({ signer: { ...signer, workflow: { ...signer.workflow, sourceRepository } }, times, statement })
}
