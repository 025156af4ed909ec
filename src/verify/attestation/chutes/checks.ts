import type { Checks } from '../../claims/finding.ts'

/**
 * The checks of a Chutes instance, and the role of each in the table of rules. What its processor's and its graphics cards' own evidence says is
 * checked by the verifiers of those, under their own names.
 */
export const CHECKS = {
  'chutes.format': 'evidence.format',
  'chutes.quote': 'evidence.signature',
  'chutes.key': 'evidence.binding',
  'chutes.certificate': 'evidence.binding',
  'chutes.gpu-evidence': 'evidence.platform',
} as const satisfies Checks<`chutes.${string}`>

export type CheckName = keyof typeof CHECKS
