import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'azure-maa.format': {
    compares: 'the parts and claims of the token with the types that Microsoft documents',
    section: 'RFC 7519 section 7.2',
  },
  'azure-maa.signature': { compares: 'the signature over the token with the key that its header names', section: 'RFC 7515 section 5.2' },
  'azure-maa.key-source': {
    compares: 'where the key that signed was obtained with the sources that are trusted',
    section: 'docs/CLAIMS.md, Whose word it is',
  },
  'azure-maa.issuer': {
    compares: 'the claim `iss` with the instances of the service that the policy names',
    section: 'RFC 7519 section 4.1.1',
  },
  'azure-maa.validity': { compares: 'the claims `nbf` and `exp` with the time of use', section: 'RFC 7519 sections 4.1.4 and 4.1.5' },
  'azure-maa.age': { compares: 'the claim `iat` with the time of use and the policy’s greatest age', section: 'RFC 7519 section 4.1.6' },
  'azure-maa.attestation-type': {
    compares: 'the claim `x-ms-attestation-type` with the kinds that are known',
    section: 'Microsoft, Azure Attestation token examples',
  },
  'azure-maa.compliance': {
    compares: 'the claim `x-ms-compliance-status` with the service’s words for compliance',
    section: 'Microsoft, Azure Attestation token examples',
  },
  'azure-maa.debug': { compares: 'the claim that debugging is allowed with false', section: 'Microsoft, Azure Attestation token examples' },
  'azure-maa.migration': {
    compares: 'the claim that migration is allowed with false',
    section: 'Microsoft, Azure Attestation token examples',
  },
  'azure-maa.privilege-level': {
    compares: 'the privilege level at which the report was asked for with 0',
    section: 'Microsoft, Azure Attestation token examples',
  },
  'azure-maa.uvm-endorsement': {
    compares: 'Microsoft’s endorsement of the utility VM with the measurement',
    section: 'Microsoft, Azure Attestation token examples',
  },
  'azure-maa.runtime-claims': {
    compares: 'the hash of the runtime claims with the report data that the hardware signed',
    section: 'Microsoft, Azure Attestation token examples',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
