/**
 * Keys that ship with this verifier and that nobody certified: their owners publish them as they are. They have neither name nor dates, so that
 * the dates here, of whole years, limit nothing that was ever signed with them.
 */
export type ShippedKey = {
  readonly id: string
  /** What signatures under it may vouch for. */
  readonly purpose: string
  /** DER of the SubjectPublicKeyInfo. */
  readonly spkiHex: string
  readonly spkiSha256: string
  readonly notBefore: string
  readonly notAfter: string
  readonly publishedAt: string
}

export const SHIPPED_KEYS: readonly ShippedKey[] = [
  {
    id: 'opensecret-pcr-history',
    purpose: 'opensecret-pcr-history',
    spkiHex: [
      '3076301006072a8648ce3d020106052b81040022036200041e2518f641562b51aa046cdcce8861c04c04957ce058b0d96bd47ac01c7724e0687204ad',
      'f7e508cd99496cf0e361e1817c351787b67ad811b6bd5b21d8d81c94b0794bb036b9c041b5bd7077cbd24073fc8e974f8595f5b256ae3e06e744e20f',
    ].join(''),
    spkiSha256: 'f170f4916d312a80960150a097248fb3a70ca2004c05ba834392d979c3b56f15',
    notBefore: '2025-01-01T00:00:00Z',
    notAfter: '2099-12-31T23:59:59Z',
    publishedAt: 'https://github.com/OpenSecretCloud/OpenSecret-SDK/blob/master/src/lib/pcr.ts',
  },
]
