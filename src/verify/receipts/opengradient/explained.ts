import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'opengradient.format': {
    compares: 'the signature’s members with the forms that the gateway gives them',
    section: 'OpenGradient/tee-gateway, README “Verification”',
  },
  'opengradient.position': {
    compares: 'the place of the signature with the end of the stream',
    section: 'OpenGradient/tee-gateway, README “Verification”',
  },
  'opengradient.signing-key': {
    compares: 'the hash of the gateway’s key with the id beside the signature',
    section: 'OpenGradient/tee-gateway, README “Verification”',
  },
  'opengradient.signature': {
    compares: 'the signature over both hashes and the time with the gateway’s key',
    section: 'RFC 8017 section 8.1.2',
  },
  'opengradient.key-commitment': {
    compares: 'the hash of the gateway’s key with the user data of the enclave’s document',
    section: 'brave/nitriding-daemon, attestation.go',
  },
  'opengradient.evidence-nonce': {
    compares: 'the one-time number in the enclave’s document with the one that was sent',
    section: 'AWS, Nitro Enclaves Attestation Process, section 2.2',
  },
  'opengradient.request-hash': {
    compares: 'the signed hash with the one that the gateway’s recipe gives for the request',
    section: 'OpenGradient/tee-gateway, README “Verification”',
  },
  'opengradient.response-hash': {
    compares: 'the signed hash with the one of the answer’s text',
    section: 'OpenGradient/tee-gateway, README “Verification”',
  },
  'opengradient.issued-at': {
    compares: 'the signed time with the time of the exchange',
    section: 'OpenGradient/tee-gateway, README “Verification”',
  },
  'opengradient.upstream': {
    compares: 'the provider’s evidence with there being any',
    section: 'OpenGradient/tee-gateway, README “Verification”',
  },
  'opengradient.model': {
    compares: 'what is signed of the model with a hash: there is none',
    section: 'OpenGradient/tee-gateway, README “Verification”',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
