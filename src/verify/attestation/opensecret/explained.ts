import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'opensecret.format': {
    compares: 'the members of the answer with the forms that OpenSecret gives them',
    section: 'OpenSecretCloud/OpenSecret-SDK, getAttestation.ts',
  },
  'opensecret.nonce': {
    compares: 'the one-time number in the enclave’s document with the one that was sent',
    section: 'OpenSecretCloud/OpenSecret-SDK, getAttestation.ts',
  },
  'opensecret.session-key': {
    compares: 'the key in the enclave’s document with the one that sessions begin with',
    section: 'OpenSecretCloud/OpenSecret-SDK, getAttestation.ts',
  },
  'opensecret.pcr-history': {
    compares: 'the image’s PCR0 with the entries that OpenSecret signed',
    section: 'OpenSecretCloud/OpenSecret-SDK, src/lib/pcr.ts',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
