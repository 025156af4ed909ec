import { faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import { parseWith } from '../../encoding/schema.ts'
import type { Measurement } from '../../policy/types.ts'
import type { Provenance } from '../../provenance/types.ts'
import type { AuthenticEvidence, CompositeInput } from '../types.ts'
import type { Aside } from './check-devices.ts'
import type { TinfoilDocument } from './document.ts'
import { codePredicate } from './schema.ts'
import type { Log } from './verify.ts'

const PREDICATE = 'https://tinfoil.sh/predicate/snp-tdx-multiplatform/v1'
const GITHUB = 'https://github.com/'
const TAG = 'refs/tags/'
/** What the source is called by. */
const SOURCE = { repository: 'source.repository', tag: 'source.tag', commit: 'source.commit' } as const
const UNKNOWN: Aside = { findings: [], measurements: [], unknown: Object.values(SOURCE) }
const ZERO_REGISTER = '00'.repeat(48)

/**
 * Was what the report measured built from a repository? A Sigstore bundle says which release a workflow built and what that measures; it has to be
 * signed, about the release that the document names, and about what the report measured. Then the code has a source that a policy can expect:
 * `source.repository` (`owner/name`), `source.tag` and `source.commit`.
 */
export async function checkSource(
  { release }: TinfoilDocument,
  reported: AuthenticEvidence,
  input: CompositeInput,
  log: Log,
): Promise<Aside> {
  const at = 'evidence.sigstoreBundle'
  if (release === undefined) {
    log.add('tinfoil.source', 'unchecked', 'tinfoil_source_none', { at })
    return UNKNOWN
  }
  const result = await input.verifyProvenance?.({
    bundle: release.bundle,
    ref: { startsWith: TAG },
    runner: 'github-hosted',
    digest: release.digest,
    predicateType: PREDICATE,
  })
  if (result === undefined) {
    log.add('tinfoil.source', 'unchecked', 'tinfoil_source_no_root', { at })
    return UNKNOWN
  }
  const { findings, provenance } = result
  // Why not, the findings say.
  if (provenance === undefined) return { ...UNKNOWN, findings }
  log.add('tinfoil.source', 'passed', sentence('tinfoil_source_passed', repositoryOf(provenance)), { at })
  const isRelease = checkDigest(provenance, release.digest, log)
  const isMeasured = checkMeasurement(provenance, reported, log)
  return { findings, measurements: isRelease && isMeasured ? measurementsOf(provenance) : [] }
}

/** The first subject is the release's `tinfoil-deployment.json`. */
function checkDigest({ statement }: Provenance, digest: string, log: Log): boolean {
  const built = statement.subjects[0]?.digest['sha256']
  const said = { passed: 'tinfoil_release_digest_passed', failed: 'tinfoil_release_digest_failed' } as const
  return log.decide('tinfoil.release-digest', built === digest, said, { at: 'evidence.digest', expected: built, computed: digest })
}

/**
 * AMD: one launch measurement. Intel: the registers of kernel and command line, and nothing added at run time. Firmware and virtual hardware
 * (MRTD, RTMR0) are the provider's and stand in another list.
 */
function checkMeasurement({ statement }: Provenance, { measurements }: AuthenticEvidence, log: Log): boolean {
  const at = 'evidence.sigstoreBundle.predicate'
  const predicate = parseWith(codePredicate, statement.predicate)
  if (!predicate.ok) {
    log.add('tinfoil.code-measurement', 'failed', 'tinfoil_code_unreadable', faultIn(at, predicate))
    return false
  }
  const { snp_measurement, tdx_measurement } = predicate.value
  const stated = (name: string) => measurements.find((measurement) => measurement.name === name)?.value
  const isSnp = stated('snp.measurement') !== undefined
  const same = isSnp
    ? stated('snp.measurement') === snp_measurement
    : stated('tdx.rtmr1') === tdx_measurement.rtmr1 &&
      stated('tdx.rtmr2') === tdx_measurement.rtmr2 &&
      stated('tdx.rtmr3') === ZERO_REGISTER
  const compared = isSnp
    ? { expected: snp_measurement, computed: stated('snp.measurement') }
    : {
        expected: [tdx_measurement.rtmr1, tdx_measurement.rtmr2, ZERO_REGISTER].join(' '),
        computed: [stated('tdx.rtmr1'), stated('tdx.rtmr2'), stated('tdx.rtmr3')].join(' '),
      }
  return log.decide('tinfoil.code-measurement', same, { passed: 'tinfoil_code_passed', failed: 'tinfoil_code_failed' }, { at, ...compared })
}

/** The repository counts as code, as a digest does: its workflow's signature says that what was measured was built from it. */
function measurementsOf(provenance: Provenance): readonly Measurement[] {
  const { sourceRef, sourceDigest } = provenance.signer.workflow
  return [
    { name: SOURCE.repository, value: repositoryOf(provenance), kind: 'code' },
    ...(sourceRef?.startsWith(TAG) === true ? [{ name: SOURCE.tag, value: sourceRef.slice(TAG.length), kind: 'identity' } as const] : []),
    ...(sourceDigest === undefined ? [] : [{ name: SOURCE.commit, value: sourceDigest, kind: 'identity' } as const]),
  ]
}

/** `owner/name`. */
function repositoryOf({ signer }: Provenance): string {
  const { sourceRepository } = signer.workflow
  return sourceRepository.startsWith(GITHUB) ? sourceRepository.slice(GITHUB.length) : sourceRepository
}
