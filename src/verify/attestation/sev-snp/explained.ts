import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'snp.format': {
    compares: 'length, fields and reserved octets of the report with AMD’s layout of its version',
    section: 'AMD 56860, ATTESTATION_REPORT',
  },
  'snp.newer': { compares: 'the report’s version and bits with those that have a name here', section: 'AMD 56860, ATTESTATION_REPORT' },
  'snp.signature': {
    compares: 'the signature over the first 672 octets with the key of the chip (VCEK) or of the provider (VLEK)',
    section: 'AMD 56860, ATTESTATION_REPORT',
  },
  'snp.chain': {
    compares: 'the issuers of that key’s certificate, step by step, with AMD’s pinned keys',
    section: 'AMD 57230, section 3.1',
  },
  'snp.validity': { compares: 'the windows of AMD’s certificates with the time of use', section: 'RFC 5280 section 4.1.2.5' },
  'snp.revocation': { compares: 'the serial number of the key between with AMD’s revocation list', section: 'RFC 5280 section 6.3' },
  'snp.signing-key': {
    compares: 'the kind of key that the report names, and whether it was signed at all, with the certificate',
    section: 'AMD 56860, ATTESTATION_REPORT',
  },
  'snp.product': {
    compares: 'family and model in the report with the product that the certificate is for',
    section: 'AMD 57230, section 3.1',
  },
  'snp.chip': { compares: 'the chip’s identifier in the report with the one in the certificate', section: 'AMD 57230, section 3.1' },
  'snp.tcb': { compares: 'the reported firmware versions with those that the key was made for', section: 'AMD 57230, section 3.1' },
  'snp.tcb-order': { compares: 'the reported firmware versions with those that run', section: 'AMD 56860, ATTESTATION_REPORT' },
  'snp.tcb-minimum': { compares: 'the reported firmware versions with the lowest that the policy accepts', section: 'docs/POLICY.md' },
  'snp.firmware': {
    compares: 'the firmware that runs with the one that was committed and the one at launch',
    section: 'AMD 56860, ATTESTATION_REPORT',
  },
  'snp.platform-info': { compares: 'how the platform is set up with what the policy asks for', section: 'AMD 56860, ATTESTATION_REPORT' },
  'snp.debug': { compares: 'the debug bit of the guest policy with zero', section: 'AMD 56860, ATTESTATION_REPORT' },
  'snp.migration': { compares: 'the migration bit of the guest policy with zero', section: 'AMD 56860, ATTESTATION_REPORT' },
  'snp.guest-policy': {
    compares: 'the other bits of the guest policy with those that have a name here',
    section: 'AMD 56860, ATTESTATION_REPORT',
  },
  'snp.vmpl': {
    compares: 'the privilege level at which the report was asked for with the policy’s',
    section: 'AMD 56860, ATTESTATION_REPORT',
  },
  'snp.age': { compares: 'the policy’s greatest age with the report, which carries no time', section: 'docs/POLICY.md' },
} as const satisfies Readonly<Record<CheckName, Explained>>
