/** Resolves after so many milliseconds. */
export function wait(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms))
}
