import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'http-signature.format': { compares: 'the two signature fields with their syntax', section: 'RFC 9421 sections 4.1 and 4.2' },
  'http-signature.key': { compares: 'the signature’s key id with the keys in the policy', section: 'RFC 9421 section 3.2' },
  'http-signature.algorithm': {
    compares: 'the signature’s algorithm with the one that the policy has its key for',
    section: 'RFC 9421 section 3.3',
  },
  'http-signature.signature': { compares: 'the signature over the signature base with the policy’s key', section: 'RFC 9421 section 3.2' },
  'http-signature.expires': { compares: 'the signature’s end with the time of the answer', section: 'RFC 9421 section 2.3' },
  'http-signature.covers-answer': {
    compares: 'the components that are signed with the hash of the answer',
    section: 'RFC 9421 section 2.5',
  },
  'http-signature.created': {
    compares: 'the time at which the signature was made with the time of the exchange',
    section: 'RFC 9421 section 2.3',
  },
  'http-signature.nonce': { compares: 'the signature’s one-time number with the one that was sent', section: 'RFC 9421 section 2.3' },
  'http-signature.request': {
    compares: 'the signed hash of the request with the one of the request as it was captured',
    section: 'RFC 9421 section 2.4',
  },
  'http-signature.response': {
    compares: 'the signed hash of the answer with the one of the answer as it was captured',
    section: 'RFC 9530 section 2',
  },
  'http-signature.model': { compares: 'what is signed of the model with a hash: it is a name', section: 'RFC 9421 section 2' },
  'http-signature.evidence': { compares: 'hardware evidence behind the key with there being any', section: 'docs/CLAIMS.md, Hops' },
  'http-signature.key-binding': {
    compares: 'the key that signed with what published evidence commits to',
    section: 'docs/CLAIMS.md, Hops',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
