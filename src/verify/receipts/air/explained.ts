import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'air.delivery': {
    compares: 'the receipt’s octets with the hash that the gateway announced',
    section: 'cyntrisec/EphemeralML, gateway-api',
  },
  'air.size': { compares: 'the receipt’s length with the draft’s limit', section: 'AIR v1 draft -02, layer 1, SIZE' },
  'air.cose': { compares: 'the receipt with a tagged COSE_Sign1 message', section: 'RFC 9052 section 4.2' },
  'air.unprotected-header': { compares: 'the unprotected header with an empty one', section: 'AIR v1 draft -02, layer 1, UNPROTECTED' },
  'air.alg': { compares: 'the algorithm in the protected header with EdDSA', section: 'AIR v1 draft -02, layer 1, ALG' },
  'air.content-type': {
    compares: 'the content type in the protected header with that of a CWT',
    section: 'AIR v1 draft -02, layer 1, CONTENT_TYPE',
  },
  'air.protected-header': {
    compares: 'the protected header with the members that the draft allows',
    section: 'AIR v1 draft -02, layer 1 (the protected header is closed)',
  },
  'air.payload': { compares: 'the payload with one CBOR map', section: 'AIR v1 draft -02, layer 1, CLAIMS_DECODE' },
  'air.profile': { compares: 'the claim `eat_profile` with the draft’s', section: 'AIR v1 draft -02, layer 1, EAT_PROFILE' },
  'air.map-order': { compares: 'the order of the map keys with the one encoding that the draft allows', section: 'RFC 8949 section 4.2' },
  'air.key': { compares: 'the key for this receipt with those of the policy and of the evidence', section: 'AIR v1 draft -02, layer 2' },
  'air.signature': { compares: 'the signature over the receipt with that key', section: 'RFC 8032 section 5.1.7' },
  'air.claims': { compares: 'the claims with those that the draft requires, in their types', section: 'AIR v1 draft -02, layer 3, CLAIMS' },
  'air.cti': { compares: 'the receipt’s identifier with 16 octets', section: 'AIR v1 draft -02, layer 3, CTI' },
  'air.model-hash': {
    compares: 'the model hash with 32 octets that are not all zero',
    section: 'AIR v1 draft -02, layer 3, MHASH_PRESENT',
  },
  'air.model-hash-scheme': {
    compares: 'the scheme of the model hash with those of the draft',
    section: 'AIR v1 draft -02, layer 3, MHASH_SCHEME',
  },
  'air.measurements': {
    compares: 'the registers and their lengths with those of the platform',
    section: 'AIR v1 draft -02, layer 3, MEAS',
  },
  'air.measurement-type': {
    compares: 'the kind of registers with those that the draft knows',
    section: 'AIR v1 draft -02, layer 3, MTYPE',
  },
  'air.security-mode': {
    compares: 'the security mode with those that the draft knows',
    section: 'AIR v1 draft -02, layer 3, SECURITY_MODE',
  },
  'air.freshness': { compares: 'the receipt’s time with now and the policy’s greatest age', section: 'AIR v1 draft -02, layer 4, FRESH' },
  'air.nonce': { compares: 'the receipt’s one-time number with the one that was sent', section: 'AIR v1 draft -02, layer 4, NONCE' },
  'air.production': {
    compares: 'the security mode with the one for production',
    section: 'AIR v1 draft -02, layer 4, SECURITY_MODE_POLICY',
  },
  'air.request-hash': {
    compares: 'the signed hash with the one of the request, or of what the gateway makes of it',
    section: 'AIR v1 draft -02, layer 4, RHASH',
  },
  'air.response-hash': {
    compares: 'the signed hash with the one of the answer, or of what the gateway was given',
    section: 'AIR v1 draft -02, layer 4, OHASH',
  },
  'air.gateway': { compares: 'the gateway’s own evidence with there being any', section: 'cyntrisec/EphemeralML, gateway-api' },
  'air.evidence': { compares: 'the evidence that the receipt names with being there', section: 'AIR v1 draft -02, end-to-end mode' },
  'air.envelope': { compares: 'the envelope around the evidence with its form', section: 'cyntrisec/confidential-ml-transport' },
  'air.attestation-document': {
    compares: 'the hash of the evidence with the one in the receipt',
    section: 'AIR v1 draft -02, layer 4, ADHASH',
  },
  'air.key-binding': { compares: 'the key that signed with what the evidence commits to', section: 'AIR v1 draft -02, end-to-end mode' },
  'air.evidence-measurements': {
    compares: 'the registers in the receipt with those of the evidence',
    section: 'AIR v1 draft -02, end-to-end mode',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
