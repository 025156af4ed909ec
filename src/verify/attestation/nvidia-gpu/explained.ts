import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'nvidia-gpu.presence': { compares: 'the list of GPUs with there being one', section: 'NVIDIA/nvtrust, verifier.py' },
  'nvidia-gpu.format': {
    compares: 'request and response of the report with the layout of SPDM 1.1',
    section: 'DMTF DSP0274 version 1.1.0, GET_MEASUREMENTS and MEASUREMENTS',
  },
  'nvidia-gpu.signature': {
    compares: 'the signature over the report with the key of the GPU’s certificate',
    section: 'DMTF DSP0274 version 1.1.0, MEASUREMENTS',
  },
  'nvidia-gpu.chain': {
    compares: 'the issuers of the GPU’s certificate, step by step, with NVIDIA’s pinned root',
    section: 'RFC 5280 section 6.1',
  },
  'nvidia-gpu.validity': { compares: 'the windows of NVIDIA’s certificates with the time of use', section: 'RFC 5280 section 4.1.2.5' },
  'nvidia-gpu.device': {
    compares: 'the name in the GPU’s certificate with the chips that are known',
    section: 'NVIDIA/nvtrust, verifier.py',
  },
  'nvidia-gpu.architecture': {
    compares: 'the architecture that is stated with the one of the certificate',
    section: 'NVIDIA/nvtrust, verifier.py',
  },
  'nvidia-gpu.firmware-id': {
    compares: 'the firmware’s hash in the certificate with the one in the report',
    section: 'TCG DICE Attestation Architecture, section 6.1.1',
  },
  'nvidia-gpu.nonce': {
    compares: 'the one-time number in the report with the one that is stated',
    section: 'DMTF DSP0274 version 1.1.0, GET_MEASUREMENTS',
  },
  'nvidia-gpu.distinct': {
    compares: 'the certificates of the GPUs with each other: no device counts twice',
    section: 'NVIDIA/nvtrust, verifier.py',
  },
  'nvidia-gpu.firmware': {
    compares: 'the measurements in the report with reference values, which are not fetched',
    section: 'NVIDIA/nvtrust, spdm_msrt_resp_msg.py',
  },
  'nvidia-gpu.revocation': {
    compares: 'the certificates with NVIDIA’s word on revocation, which is not asked for',
    section: 'RFC 6960 section 2.1',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
