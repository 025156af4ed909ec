import { verifyOne } from '../../../src/verify/attestation/nvidia-gpu/verify.ts'
import { inputOf, verdictOf } from './ours.ts'
import type { Subject } from './subject.ts'

const SAMPLES = 'nvidia/sample_attestation_data/gpu/'

export const prepare: Subject = async (files) => {
  const hex = files.text(`${SAMPLES}hopperAttestationReport.txt`).trim()
  const evidence = btoa((hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join(''))
  const certificate = btoa(files.text(`${SAMPLES}hopperCertChain.txt`))
  const document = JSON.stringify({ certificate, evidence, arch: 'HOPPER' })
  // The recording has no reference values, no OCSP answer and no processor to go with it.
  const open = ['nvidia-gpu.firmware-id', 'nvidia-gpu.firmware', 'nvidia-gpu.revocation', 'gpu.pairing']
  return async () => verdictOf(await verifyOne(inputOf('nvidia-gpu-evidence', { document, at: '2026-03-12T07:20:00Z' })), open)
}
