/** What a request asks for with `x-inference-receipt` (wire format, section 2.1). */
export type OptIn = { readonly asks: 'nothing' } | { readonly asks: 'receipt'; readonly nonce?: string }

/**
 * Reads the opt-in header: absent, `true`, or a nonce of 1 to 88 characters of base64url. Anything else, an empty value and a repeated header
 * among it, is `undefined` and has to be answered with 400.
 */
export function parseOptIn(value: string | readonly string[] | undefined): OptIn | undefined {
  if (value === undefined) return { asks: 'nothing' }
  if (value === 'true') return { asks: 'receipt' }
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,88}$/.test(value) ? { asks: 'receipt', nonce: value } : undefined
}
