/** Recorded files by their path among the vectors. */
export type Files = {
  bytes(path: string): Uint8Array<ArrayBuffer>
  text(path: string): string
}

/**
 * What is measured: brings the evidence into the form that the verifier takes, which does not count, and gives the call that does.
 * The call resolves with `accepted`, or says what is wrong: a verifier that stops early would be fast.
 */
export type Subject = (files: Files) => Promise<() => Promise<string>>
