import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'confidential-space.format': {
    compares: 'the parts and claims of the token with the types that Google documents',
    section: 'RFC 7519 section 7.2',
  },
  'confidential-space.signature': {
    compares: 'the signature over the token with the key that its header names',
    section: 'RFC 7515 section 5.2',
  },
  'confidential-space.chain': {
    compares: 'the certificates in the token’s header, step by step, with Google’s pinned root',
    section: 'RFC 5280 section 6.1',
  },
  'confidential-space.key-source': {
    compares: 'where the key that signed was obtained with the sources that are trusted',
    section: 'docs/CLAIMS.md, Whose word it is',
  },
  'confidential-space.issuer': { compares: 'the claim `iss` with Google’s name for the service', section: 'RFC 7519 section 4.1.1' },
  'confidential-space.validity': {
    compares: 'the claims `nbf` and `exp` with the time of use',
    section: 'RFC 7519 sections 4.1.4 and 4.1.5',
  },
  'confidential-space.age': {
    compares: 'the claim `iat` with the time of use and the policy’s greatest age',
    section: 'RFC 7519 section 4.1.6',
  },
  'confidential-space.debug': { compares: 'the claim `dbgstat` with “disabled-since-boot”', section: 'RFC 9711 section 4.2.9' },
  'confidential-space.hardware': {
    compares: 'the claim `hwmodel` with the confidential hardware that is known',
    section: 'Google Cloud, Confidential Space token claims',
  },
  'confidential-space.attester': {
    compares: 'the kind of evidence behind the token with the kind of the hardware',
    section: 'Google Cloud, Confidential Space token claims',
  },
  'confidential-space.tcb': {
    compares: 'the security level that the token states with what the policy accepts',
    section: 'Google Cloud, Confidential Space token claims',
  },
  'confidential-space.secure-boot': { compares: 'the claim `secboot` with true', section: 'Google Cloud, Confidential Space token claims' },
  'confidential-space.software': {
    compares: 'the claim `swname` with Confidential Space',
    section: 'Google Cloud, Confidential Space token claims',
  },
  'confidential-space.image-support': {
    compares: 'the support attributes of the image with those of an image in use',
    section: 'Google Cloud, Confidential Space token claims',
  },
  'confidential-space.gpu': {
    compares: 'the GPU’s mode in the token with the confidential one',
    section: 'Google Cloud, Confidential Space token claims',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
