import type { Finding } from '../../claims/types.ts'
import type { CheckName } from './checks.ts'

/**
 * What the draft (draft-tsyrulnikov-rats-attested-inference-receipt-02, "Verification Procedure") calls a check that failed: the layer, the
 * check, and the failure code of its reference verifier. Codes that the reference does not have are ours, and marked so below.
 */
export type DraftFault = { readonly layer: 1 | 2 | 3 | 4; readonly check: string; readonly code: string }

type DraftCheck = Omit<DraftFault, 'code'>

/** The draft's checks among ours. */
export const DRAFT_CHECKS = {
  'air.size': { layer: 1, check: 'SIZE' },
  'air.cose': { layer: 1, check: 'COSE_DECODE' },
  'air.unprotected-header': { layer: 1, check: 'UNPROTECTED' },
  'air.alg': { layer: 1, check: 'ALG' },
  'air.content-type': { layer: 1, check: 'CONTENT_TYPE' },
  /** Ours: the draft closes the protected header, and the reference does not look. Code `PROTECTED_HEADER_NOT_CLOSED`. */
  'air.protected-header': { layer: 1, check: 'PROTECTED' },
  'air.payload': { layer: 1, check: 'CLAIMS_DECODE' },
  'air.profile': { layer: 1, check: 'EAT_PROFILE' },
  /** Ours: the draft demands deterministic encoding, and the reference does not look. Code `MAP_ORDER`. */
  'air.map-order': { layer: 1, check: 'MAP_ORDER' },
  'air.signature': { layer: 2, check: 'SIG' },
  /** Codes of ours here: `UNKNOWN_CLAIM`, `TEXT_LENGTH`, `ZERO_IAT`, `BAD_NONCE_LENGTH`. */
  'air.claims': { layer: 3, check: 'CLAIMS' },
  'air.cti': { layer: 3, check: 'CTI' },
  'air.model-hash': { layer: 3, check: 'MHASH_PRESENT' },
  'air.model-hash-scheme': { layer: 3, check: 'MHASH_SCHEME' },
  /** `TDX_PCR8_FORBIDDEN` is of the draft's own interoperability script. */
  'air.measurements': { layer: 3, check: 'MEAS' },
  'air.measurement-type': { layer: 3, check: 'MTYPE' },
  'air.security-mode': { layer: 3, check: 'SECURITY_MODE' },
  'air.freshness': { layer: 4, check: 'FRESH' },
  'air.nonce': { layer: 4, check: 'NONCE' },
  'air.production': { layer: 4, check: 'SECURITY_MODE_POLICY' },
  'air.request-hash': { layer: 4, check: 'RHASH' },
  'air.response-hash': { layer: 4, check: 'OHASH' },
  'air.attestation-document': { layer: 4, check: 'ADHASH' },
} as const satisfies { readonly [check in CheckName]?: DraftCheck }

export type DraftCheckName = keyof typeof DRAFT_CHECKS

/** Rules of layer 4 that are checked in the same way for every format. */
const COMMON: Readonly<Record<string, DraftFault>> = {
  'model.artifact': { layer: 4, check: 'MHASH', code: 'MODEL_HASH_MISMATCH' },
  'receipt.replay': { layer: 4, check: 'REPLAY', code: 'REPLAY_CTI' },
  'policy.identity measurements.receipt.model': { layer: 4, check: 'MODEL', code: 'MODEL_ID_MISMATCH' },
  'policy.identity measurements.receipt.measurement-type': { layer: 4, check: 'PLATFORM', code: 'PLATFORM_MISMATCH' },
  'policy.identity measurements.receipt.security-mode': { layer: 4, check: 'SECURITY_MODE_POLICY', code: 'SECURITY_MODE_MISMATCH' },
}

/** What the draft calls the failure that a finding about an AIR receipt tells of. Undefined where nothing failed, or the draft has no name for it. */
export function draftFault({ check, outcome, at, code }: Finding): DraftFault | undefined {
  if (outcome !== 'failed') return undefined
  const common = COMMON[check] ?? COMMON[`${check} ${at}`]
  if (common !== undefined) return common
  return code === undefined || !isDraftCheck(check) ? undefined : { ...DRAFT_CHECKS[check], code }
}

function isDraftCheck(check: string): check is DraftCheckName {
  return Object.hasOwn(DRAFT_CHECKS, check)
}
