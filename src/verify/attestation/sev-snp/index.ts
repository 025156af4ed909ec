import type { AttestationKind } from '../types.ts'
import { verify } from './verify.ts'

/** AMD SEV-SNP attestation reports, as the 1184 octets of the firmware in base64url. The certificates come as collateral. */
export const sevSnp: AttestationKind = { id: 'sev-snp', names: ['sev-snp-report'], verify }
