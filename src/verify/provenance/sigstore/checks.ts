import type { Checks } from '../../claims/finding.ts'
import type { MessageId } from '../../claims/sentence.ts'
import type { SigstoreCode } from './verify-bundle.ts'

/** The checks of a Sigstore bundle, and the role of each in the table of rules: provenance that does not hold contradicts the workload. */
export const CHECKS = {
  'sigstore.format': 'workload.identity',
  'sigstore.log': 'workload.identity',
  'sigstore.time': 'workload.identity',
  'sigstore.certificate': 'workload.identity',
  'sigstore.identity': 'workload.identity',
  'sigstore.signature': 'workload.identity',
  'sigstore.statement': 'workload.identity',
} as const satisfies Checks<`sigstore.${string}`>

export type CheckName = keyof typeof CHECKS

export type ProvenanceCode = SigstoreCode | 'predicate-type-mismatch'

/** Which check each failure belongs to. `engine-failed` belongs to none: nothing was checked. */
export const CHECK_OF: Readonly<Record<Exclude<ProvenanceCode, 'engine-failed'>, CheckName>> = {
  'bundle-json': 'sigstore.format',
  'bundle-version': 'sigstore.format',
  'bundle-malformed': 'sigstore.format',
  'bundle-material': 'sigstore.format',
  'bundle-root-certificate': 'sigstore.format',
  'bundle-content': 'sigstore.format',
  'dsse-signature-count': 'sigstore.format',
  'log-entry-missing': 'sigstore.log',
  'log-unknown': 'sigstore.log',
  'entry-timestamp-missing': 'sigstore.log',
  'entry-timestamp-signature': 'sigstore.log',
  'inclusion-proof-missing': 'sigstore.log',
  'inclusion-proof-invalid': 'sigstore.log',
  'checkpoint-missing': 'sigstore.log',
  'checkpoint-malformed': 'sigstore.log',
  'checkpoint-signature-missing': 'sigstore.log',
  'checkpoint-signature': 'sigstore.log',
  'checkpoint-mismatch': 'sigstore.log',
  'log-index-mismatch': 'sigstore.log',
  'log-time': 'sigstore.log',
  'entry-malformed': 'sigstore.log',
  'entry-kind-unsupported': 'sigstore.log',
  'entry-kind-mismatch': 'sigstore.log',
  'entry-digest-mismatch': 'sigstore.log',
  'entry-payload-mismatch': 'sigstore.log',
  'entry-signature-mismatch': 'sigstore.log',
  'entry-signer-mismatch': 'sigstore.log',
  'time-missing': 'sigstore.time',
  'time-in-future': 'sigstore.time',
  'timestamp-malformed': 'sigstore.time',
  'timestamp-not-granted': 'sigstore.time',
  'timestamp-imprint': 'sigstore.time',
  'timestamp-attributes': 'sigstore.time',
  'timestamp-signature': 'sigstore.time',
  'timestamp-authority-unknown': 'sigstore.time',
  'timestamp-authority-time': 'sigstore.time',
  'certificate-malformed': 'sigstore.certificate',
  'certificate-path': 'sigstore.certificate',
  'certificate-time': 'sigstore.certificate',
  'certificate-use': 'sigstore.certificate',
  'authority-time': 'sigstore.certificate',
  'sct-missing': 'sigstore.certificate',
  'sct-malformed': 'sigstore.certificate',
  'sct-log-unknown': 'sigstore.certificate',
  'sct-log-time': 'sigstore.certificate',
  'sct-signature': 'sigstore.certificate',
  'key-unexpected': 'sigstore.identity',
  'certificate-unexpected': 'sigstore.identity',
  'identity-malformed': 'sigstore.identity',
  'issuer-mismatch': 'sigstore.identity',
  'subject-mismatch': 'sigstore.identity',
  'repository-mismatch': 'sigstore.identity',
  'ref-mismatch': 'sigstore.identity',
  'runner-mismatch': 'sigstore.identity',
  'key-unusable': 'sigstore.signature',
  'signature-malformed': 'sigstore.signature',
  'signature-invalid': 'sigstore.signature',
  'artifact-missing': 'sigstore.statement',
  'artifact-octets-missing': 'sigstore.statement',
  'artifact-digest-mismatch': 'sigstore.statement',
  'artifact-not-a-subject': 'sigstore.statement',
  'payload-type': 'sigstore.statement',
  'statement-malformed': 'sigstore.statement',
  'statement-type': 'sigstore.statement',
  'predicate-type-mismatch': 'sigstore.statement',
}

/** A failed check in words; which rule was broken is the code. */
export const BAD: Readonly<Record<CheckName, MessageId>> = {
  'sigstore.format': 'sigstore_format_bad',
  'sigstore.log': 'sigstore_log_bad',
  'sigstore.time': 'sigstore_time_bad',
  'sigstore.certificate': 'sigstore_certificate_bad',
  'sigstore.identity': 'sigstore_identity_bad_any',
  'sigstore.signature': 'sigstore_signature_bad',
  'sigstore.statement': 'sigstore_statement_bad',
}

/**
 * What says of itself that it is of a log, an authority or a form that is not known here, or comes without a log: nothing of it was contradicted. Newer
 * logs and roots than the shipped ones are like that, and GitHub's own Sigstore instance, which has no log.
 */
export const NOT_KNOWN: Readonly<Partial<Record<ProvenanceCode, MessageId>>> = {
  'log-entry-missing': 'sigstore_log_none',
  'log-unknown': 'sigstore_not_known',
  'entry-kind-unsupported': 'sigstore_not_known',
  'timestamp-authority-unknown': 'sigstore_not_known',
  'sct-log-unknown': 'sigstore_not_known',
  'bundle-version': 'sigstore_not_known',
}
