import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'nitro.format': {
    compares: 'the COSE message and the fields of its payload with AWS’s types and lengths',
    section: 'AWS, Nitro Enclaves Attestation Process, section 3.2.2',
  },
  'nitro.chain': {
    compares: 'the certificates in the document, step by step, with AWS’s pinned root',
    section: 'AWS, Nitro Enclaves Attestation Process, section 3.2.3',
  },
  'nitro.signature': { compares: 'the signature over the document with the key of its certificate', section: 'RFC 9052 section 4.4' },
  'nitro.time': {
    compares: 'the windows of the certificates with the time that the document states',
    section: 'AWS, Nitro Enclaves Attestation Process, section 3.2.3',
  },
  'nitro.moment': { compares: 'the windows of the certificates with the time of this answer', section: 'docs/CLAIMS.md, Time' },
  'nitro.age': { compares: 'the time in the document with the time of use and the policy’s greatest age', section: 'docs/POLICY.md' },
  'nitro.debug': {
    compares: 'the boot registers with zero, which is what debug mode writes',
    section: 'AWS, Nitro Enclaves Attestation Process, section 2.2',
  },
  'nitro.enclave': {
    compares: 'the module’s identifier with the form that enclaves have',
    section: 'AWS, Nitro Enclaves Attestation Process, section 2.2',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
