import type { Family } from '../code-families.ts'
import type { CheckId } from './types.ts'

/**
 * What docs/CHECKS.md says of a check. It stands beside the check and nothing at run time reads it. Codes are the stable names that its findings
 * may carry; a family stands for all of its own.
 */
export type Explained = {
  /** Of the specification that the format names. */
  readonly section: string
  /** What is compared with what. */
  readonly compares: string
  readonly codes?: readonly (string | Family)[]
  /** What to do, where the advice for its role does not fit. */
  readonly failed?: string
  readonly unchecked?: string
}

/** The explanations of a format's checks: one that is missing does not compile. */
export type Explanation<Id extends CheckId> = {
  readonly title: string
  readonly specification: string
  readonly address?: string
  readonly checks: Readonly<Record<Id, Explained>>
}
