import { describe, expect, it } from 'vitest'
import { checkGpuPairing, type ProcessorLink, pairGpu } from './gpu-pairing.ts'
import type { AttestationResult } from './types.ts'

const NONCE = 'ab'.repeat(32)
const OTHER = 'cd'.repeat(32)
const nonce = (value: string): ProcessorLink => ({ kind: 'nonce', nonce: value })

describe('GPU and processor', () => {
  it.each<[string, readonly string[], ProcessorLink, string, string, readonly string[]]>([
    ['the same nonce', [NONCE], nonce(NONCE), 'passed', 'gpu_pairing_nonce', ['assume_gpu_same_machine']],
    ['the same nonce, of several', [NONCE, NONCE], nonce(NONCE), 'passed', 'gpu_pairing_nonce', ['assume_gpu_same_machine']],
    ['the same nonce in capital letters', [NONCE], nonce(NONCE.toUpperCase()), 'passed', 'gpu_pairing_nonce', ['assume_gpu_same_machine']],
    ['another nonce', [NONCE], nonce(OTHER), 'failed', 'gpu_pairing_other_nonce', []],
    ['another nonce of one among several', [NONCE, OTHER, NONCE], nonce(NONCE), 'failed', 'gpu_pairing_other_nonce', []],
    ['a nonce that only begins so', [NONCE], nonce(NONCE.slice(2)), 'failed', 'gpu_pairing_other_nonce', []],
    ['an empty nonce', [NONCE], nonce(''), 'failed', 'gpu_pairing_other_nonce', []],
    ['a commitment that holds', [NONCE], { kind: 'commitment', holds: true }, 'passed', 'gpu_pairing_committed', []],
    ['a commitment to something else', [NONCE], { kind: 'commitment', holds: false }, 'failed', 'gpu_pairing_other_evidence', []],
    ['nothing that links them', [NONCE], { kind: 'none' }, 'unchecked', 'gpu_pairing_none', []],
    ['GPU evidence that is not authentic', [], nonce(NONCE), 'unchecked', 'gpu_pairing_none', []],
    [
      'GPU evidence that is not authentic, though committed to',
      [],
      { kind: 'commitment', holds: true },
      'unchecked',
      'gpu_pairing_none',
      [],
    ],
  ])('%s', (_, answered, link, outcome, because, assumes) => {
    expect(checkGpuPairing(answered, link, 1)).toEqual({
      check: 'gpu.pairing',
      role: 'device.pairing',
      hop: 1,
      outcome,
      because: { id: because },
      assumes,
    })
  })

  it('are paired in a result that left it open, and once only', () => {
    const open: AttestationResult = {
      findings: [checkGpuPairing([], { kind: 'none' }, 0)],
      authentic: {
        commits: [
          { field: 'nonce', value: NONCE },
          { field: 'report-data', value: OTHER },
        ],
        measurements: [],
        platform: { id: 'nvidia_platform', args: [''] },
      },
    }
    const paired = pairGpu(open, nonce(NONCE), 0)
    expect(paired.findings.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual(['gpu.pairing passed'])
    expect(paired.authentic).toEqual(open.authentic)
    expect(pairGpu(paired, nonce(OTHER), 0).findings.map(({ outcome }) => outcome)).toEqual(['failed'])
    expect(pairGpu({ findings: open.findings }, nonce(NONCE), 0).findings.map(({ outcome }) => outcome)).toEqual(['unchecked'])
  })
})
