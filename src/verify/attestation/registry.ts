import { azureMaa } from './azure-maa/index.ts'
import { chutes } from './chutes/index.ts'
import { confidentialSpace } from './confidential-space/index.ts'
import { dstack } from './dstack/index.ts'
import { nitro } from './nitro/index.ts'
import { nras } from './nras/index.ts'
import { nvidiaGpu, nvidiaPayload } from './nvidia-gpu/index.ts'
import { openSecret } from './opensecret/index.ts'
import { sevSnp } from './sev-snp/index.ts'
import { tdx } from './tdx/index.ts'
import { tinfoil, tinfoilBundle } from './tinfoil/index.ts'
import type { AttestationKind } from './types.ts'

/** Every kind of attestation evidence that this verifier reads, one line each. */
export const ATTESTATION_KINDS: readonly AttestationKind[] = [
  confidentialSpace,
  tdx,
  nitro,
  sevSnp,
  azureMaa,
  dstack,
  nvidiaGpu,
  nvidiaPayload,
  nras,
  tinfoil,
  tinfoilBundle,
  openSecret,
  chutes,
]
