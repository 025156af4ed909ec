import type { MessageId } from '../../../verify/claims/sentence.ts'

/** What can be done to the sample, in the order in which the page offers it. Any of them together. */
export const SWITCHES = ['letter', 'receipt', 'nonce', 'program', 'root'] as const
export type Switch = (typeof SWITCHES)[number]

/** Which switches are on. */
export type Switches = ReadonlySet<Switch>

/** What a switch does, and what that stands for in the real world. */
export const SWITCH_WORDS = {
  letter: { does: 'sample_letter', means: 'sample_letter_means' },
  receipt: { does: 'sample_receipt', means: 'sample_receipt_means' },
  nonce: { does: 'sample_nonce', means: 'sample_nonce_means' },
  program: { does: 'sample_program', means: 'sample_program_means' },
  root: { does: 'sample_root', means: 'sample_root_means' },
} as const satisfies Record<Switch, { readonly does: MessageId; readonly means: MessageId }>
