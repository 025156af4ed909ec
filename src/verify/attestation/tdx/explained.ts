import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'tdx.format': {
    compares: 'version, type, maker and lengths in the quote’s header with those of a TDX quote of version 4 or 5',
    section: 'Intel TDX DCAP Quoting Library API, appendix A.3 and A.4',
  },
  'tdx.quote-signature': {
    compares: 'the signature over header and body with the quote’s attestation key',
    section: 'Intel TDX DCAP Quoting Library API, appendix A.3.1',
  },
  'tdx.attestation-key': {
    compares: 'the hash of attestation key and authentication data with the report data of the quoting enclave',
    section: 'Intel TDX DCAP Quoting Library API, appendix A.3.1',
  },
  'tdx.qe-report-signature': {
    compares: 'the signature over the quoting enclave’s report with the platform’s PCK key',
    section: 'Intel TDX DCAP Quoting Library API, appendix A.3.1',
  },
  'tdx.pck-chain': {
    compares: 'the issuers of the PCK certificate, step by step, with Intel’s pinned root',
    section: 'RFC 5280 section 6.1',
  },
  'tdx.pck-validity': { compares: 'the windows of the PCK chain with the time of use', section: 'RFC 5280 section 4.1.2.5' },
  'tdx.age': { compares: 'the policy’s greatest age with the quote, which carries no time', section: 'docs/POLICY.md' },
  'tdx.debug': {
    compares: 'the debug and profiling bits of the TD’s attributes with zero',
    section: 'Intel TDX DCAP Quoting Library API, appendix A.3.2',
  },
  'tdx.attributes': {
    compares: 'the other bits of the TD’s attributes with those that are known, and migration with what the policy allows',
    section: 'Intel TDX DCAP Quoting Library API, appendix A.3.2',
  },
  'tdx.service-td': { compares: 'the field of a bound service TD with zero', section: 'Intel TDX DCAP Quoting Library API, appendix A.4' },
  'tdx.collateral': {
    compares: 'what was gathered of Intel’s word with what is needed',
    section: 'Intel Provisioning Certification Service API version 4',
  },
  'tdx.tcb-info-signature': {
    compares: 'the signature over the TCB info with Intel’s TCB signer, and that with Intel’s pinned root',
    section: 'Intel Provisioning Certification Service API version 4',
  },
  'tdx.qe-identity-signature': {
    compares: 'the signature over the quoting enclave’s identity with Intel’s TCB signer',
    section: 'Intel Provisioning Certification Service API version 4',
  },
  'tdx.root-crl': { compares: 'the signature of the root’s revocation list with Intel’s pinned root', section: 'RFC 5280 section 6.3' },
  'tdx.pck-crl': {
    compares: 'the signature of the processors’ revocation list with the issuer of the PCK certificate',
    section: 'RFC 5280 section 6.3',
  },
  'tdx.revocation': {
    compares: 'the serial numbers of the PCK chain and of Intel’s signers with both revocation lists',
    section: 'RFC 5280 section 6.3',
  },
  'tdx.collateral-time': {
    compares: 'the windows of Intel’s documents and lists with the time of use',
    section: 'Intel Provisioning Certification Service API version 4',
  },
  'tdx.tcb-evaluation': {
    compares: 'the evaluation number of Intel’s documents with the lowest that is accepted',
    section: 'Intel Provisioning Certification Service API version 4',
  },
  'tdx.qe-identity': {
    compares: 'signer, product, attributes and version of the quoting enclave with Intel’s identity of it',
    section: 'Intel Provisioning Certification Service API version 4',
  },
  'tdx.platform': {
    compares: 'family (FMSPC) and PCE of the PCK certificate with those of the TCB info',
    section: 'Intel SGX PCK Certificate and CRL Profile Specification, section 1.3.5',
  },
  'tdx.module': {
    compares: 'signer, attributes and version of the TDX module with the TCB info’s entry for it',
    section: 'Intel Provisioning Certification Service API version 4',
  },
  'tdx.tcb-level': {
    compares: 'the security versions of processor and TDX module with the levels that Intel lists',
    section: 'Intel SGX PCK Certificate and CRL Profile Specification, section 1.3.5',
  },
  'tdx.tcb-status': {
    compares: 'the status and the date of the level that was reached with what the policy accepts',
    section: 'Intel Provisioning Certification Service API version 4',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
