import type { Relay, Service, Site } from './types.ts'

/**
 * TrustedRouter (`inference-receipt/1`). Its page cannot call the interface, which refuses preflights: it calls a proxy of the site's own, which
 * pipes requests, `x-inference-receipt` included, and answers on without changing an octet. The same enclaves answer under other names, which its
 * clients turn to when the usual one fails.
 */
export const TRUSTEDROUTER: Service = {
  id: 'trustedrouter',
  name: 'TrustedRouter',
  ...siteAt('trustedrouter.com'),
  chat: 'https://trustedrouter.com/chat',
  failOver: [
    'https://api.allyrouter.com',
    'https://api.uptimerouter.com',
    'https://api-us-central1.quillrouter.com',
    'https://api-us-east4.quillrouter.com',
    'https://api-europe-west4.quillrouter.com',
    'https://api-aws.trustedrouter.com',
  ],
  standIns: [siteAt('allyrouter.com'), siteAt('uptimerouter.com')],
  completions: ['/v1/chat/completions', '/v1/responses'],
  optIn: { header: 'x-inference-receipt' },
  // The last two are the gateway's word about its routing, unsigned: kept to be looked at, read by no check.
  headers: ['content-type', 'x-inference-receipt', 'x-receipt-att-kind', 'x-trustedrouter-provider', 'x-trustedrouter-served-model'],
  evidence: {
    attestation: { path: '/receipt-attestation', kindHeader: 'x-receipt-att-kind', hashMember: 'sha256' },
    key: { path: '/receipt-key' },
    log: {
      addresses: ['https://trustedrouter.com/.well-known/inference-receipt-keys', 'https://trustedrouter.com/trust/receipt-keys.json'],
    },
  },
  issuers: [
    {
      evidenceKind: 'gcp-cs-jwt',
      issuer: 'https://confidentialcomputing.googleapis.com',
      jwks: 'https://www.googleapis.com/service_accounts/v1/metadata/jwk/signer@confidentialspace-sign.iam.gserviceaccount.com',
    },
  ],
  sources: [
    {
      topic: 'page',
      source: 'Lore-Hex/quill-router: src/trusted_router/routes/chat_proxy.py, src/trusted_router/static/chat.js',
      dated: '2026-08-22',
      read: '2026-11-27',
      known: 'read',
    },
    { topic: 'interface', source: 'Lore-Hex/trusted-router-swift and other clients: their constants', read: '2026-11-27', known: 'read' },
    {
      topic: 'receipts',
      source: 'Lore-Hex/quill-cloud-proxy: docs/design/signed-receipts-wire-format.md',
      read: '2026-11-27',
      known: 'recorded',
    },
    {
      topic: 'evidence',
      source: 'Lore-Hex/quill-cloud-proxy: enclave-go/cmd/enclave; Lore-Hex/quill-router: "Inference receipt key discovery"',
      dated: '2026-09-10',
      read: '2026-11-27',
      known: 'read',
    },
  ],
}

/** The site under a domain, the interface at `api.` below it, and the proxy between them. */
function siteAt(domain: string): Site {
  const pages = [`https://${domain}`, `https://www.${domain}`]
  const proxy: Relay = {
    addresses: pages.map((page) => `${page}/chat-proxy/v1/chat/completions`),
    interface: `https://api.${domain}`,
    handles: 'reads',
  }
  return { pages, apis: [proxy.interface], relays: [proxy] }
}
