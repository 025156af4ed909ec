/** The time of this machine. A test build puts an injected clock in place of this file. */
export async function now(): Promise<Date> {
  return new Date()
}
