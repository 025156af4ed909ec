import type { Header } from '../../platform/web-request.ts'

/** Longest response header value that is kept; receipts in headers are a few thousand characters. */
const LONGEST_HEADER = 256 * 1024

/**
 * Names of headers that may carry a session or a credential, or set one. They are never kept, whatever a service's data names: a slip in
 * such data would put them on the disk and into every exported file.
 */
const CREDENTIAL =
  /cookie|authori[sz]ation|authenticat|credential|passw|secret|session|api-?key|csrf|xsrf|(?:access|auth|bearer|id|refresh|security)-?token/

/** Whether a response header of this name, in lower case, may be kept at all. */
export function mayBeKept(name: string): boolean {
  return !CREDENTIAL.test(name)
}

/** When the server says that it answered: so that a check that fails by time can ask whose clock is wrong. */
const ALWAYS = ['date']

/** What is kept of a response's header: its date, and only what the service's data names, and never a credential. */
export function keptHeaders(headers: readonly Header[], named: readonly string[]): readonly Header[] {
  return headers
    .map(({ name, value }) => ({ name: name.toLowerCase(), value }))
    .filter(({ name, value }) => (ALWAYS.includes(name) || named.includes(name)) && mayBeKept(name) && value.length <= LONGEST_HEADER)
}
