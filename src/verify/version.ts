/** Name and version of this verifier, as reports state it. */
export const VERIFIER = 'inference-receipt-checker/0.1.0'
