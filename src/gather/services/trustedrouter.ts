import type { Service } from './types.ts'

/** TrustedRouter (`inference-receipt/1`). Source: Lore-Hex/quill-cloud-proxy, `docs/design/signed-receipts-wire-format.md`. */
export const TRUSTEDROUTER: Service = {
  id: 'trustedrouter',
  name: 'TrustedRouter',
  pages: ['https://trustedrouter.com', 'https://www.trustedrouter.com'],
  apis: ['https://api.trustedrouter.com'],
  completions: ['/v1/chat/completions', '/v1/responses'],
  optIn: { header: 'x-inference-receipt' },
  headers: ['content-type', 'x-inference-receipt', 'x-receipt-att-kind'],
  evidence: {
    attestation: { path: '/receipt-attestation', kindHeader: 'x-receipt-att-kind' },
    key: { path: '/receipt-key' },
  },
  issuers: [
    {
      evidenceKind: 'gcp-cs-jwt',
      issuer: 'https://confidentialcomputing.googleapis.com',
      jwks: 'https://www.googleapis.com/service_accounts/v1/metadata/jwk/signer@confidentialspace-sign.iam.gserviceaccount.com',
    },
  ],
}
