import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'nras.format': { compares: 'the list of tokens and their claims with the service’s forms', section: 'RFC 9711 section 4.2.18.2' },
  'nras.digests': { compares: 'the hash of each device’s token with the one in the token about all', section: 'RFC 9711 section 4.2.18.2' },
  'nras.signature': { compares: 'the signature over each token with the key that its header names', section: 'RFC 7515 section 5.2' },
  'nras.key-source': {
    compares: 'where the key that signed was obtained with the sources that are trusted',
    section: 'docs/CLAIMS.md, Whose word it is',
  },
  'nras.issuer': { compares: 'the claim `iss` of each token with NVIDIA’s service', section: 'RFC 7519 section 4.1.1' },
  'nras.validity': {
    compares: 'the claims `nbf` and `exp` of each token with the time of use',
    section: 'RFC 7519 sections 4.1.4 and 4.1.5',
  },
  'nras.age': { compares: 'the claim `iat` with the time of use and the policy’s greatest age', section: 'RFC 7519 section 4.1.6' },
  'nras.refusal': {
    compares: 'the service’s error details with none: NVIDIA judged the device',
    section: 'NVIDIA, docs.nvidia.com/attestation',
  },
  'nras.result': { compares: 'the service’s overall result with true', section: 'NVIDIA, docs.nvidia.com/attestation' },
  'nras.nonce': { compares: 'the one-time number of each device with the one that the tokens state', section: 'RFC 9711 section 4.1' },
  'nras.measurements': {
    compares: 'the service’s word on the firmware of each device with success',
    section: 'NVIDIA, docs.nvidia.com/attestation',
  },
  'nras.secure-boot': { compares: 'the claim `secboot` of each device with true', section: 'NVIDIA, docs.nvidia.com/attestation' },
  'nras.debug': { compares: 'the claim `dbgstat` of each device with disabled', section: 'RFC 9711 section 4.2.9' },
  'nras.device-checks': {
    compares: 'the service’s own checks of report and certificates with true',
    section: 'NVIDIA, docs.nvidia.com/attestation',
  },
  'nras.revocation': {
    compares: 'the service’s word on the state of the certificates with good',
    section: 'NVIDIA, docs.nvidia.com/attestation',
  },
  'nras.warning': { compares: 'the service’s warnings with none', section: 'NVIDIA, docs.nvidia.com/attestation' },
} as const satisfies Readonly<Record<CheckName, Explained>>
