import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'sigstore.format': {
    compares: 'the bundle with a version and the parts that are known',
    section: 'sigstore/architecture-docs, client-spec.md section 4',
  },
  'sigstore.log': {
    compares: 'the entry of each log, its inclusion and what it says of the signature with the log’s trusted key and the bundle',
    section: 'sigstore/architecture-docs, client-spec.md section 4',
  },
  'sigstore.time': {
    compares: 'the time that logs and timestamps state with those who are trusted for it, and with now',
    section: 'RFC 3161 section 2.4.2',
  },
  'sigstore.certificate': {
    compares: 'the signer’s certificate, and the certificate log’s word on it, with the trusted authority at each of the times',
    section: 'RFC 6962 section 3.2',
  },
  'sigstore.identity': {
    compares: 'issuer, workflow, repository and ref in the certificate with those that are expected',
    section: 'sigstore/fulcio, docs/oid-info.md',
  },
  'sigstore.signature': {
    compares: 'the signature over the statement with the key of the certificate',
    section: 'sigstore/architecture-docs, client-spec.md section 2.1',
  },
  'sigstore.statement': {
    compares: 'the kind and the subjects of the statement with the file that is asked about',
    section: 'sigstore/architecture-docs, client-spec.md section 4',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
