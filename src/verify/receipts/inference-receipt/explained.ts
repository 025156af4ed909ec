import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'inference-receipt.format': {
    compares: 'envelope, header and claims with the wire format',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, sections 3 and 6',
  },
  'inference-receipt.position': {
    compares: 'the receipt’s place with the end of the stream',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 2.2',
  },
  'inference-receipt.signature': { compares: 'the signature over the receipt with the key in its header', section: 'RFC 8037 section 3.1' },
  'inference-receipt.key-id': {
    compares: 'the header’s key id with the hash of its key',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 6',
  },
  'inference-receipt.key-revocation': {
    compares: 'the key’s row in the service’s log with one that is not marked as revoked',
    section: 'TrustedRouter, /.well-known/inference-receipt-keys, member `revoked`',
  },
  'inference-receipt.key-commitment': {
    compares: 'the hash of the receipt’s key with what the evidence commits to',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 7',
  },
  'inference-receipt.evidence': {
    compares: 'the evidence that the receipt names with being there',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 6',
  },
  'inference-receipt.evidence-digest': {
    compares: 'the hash of the evidence with the one in the receipt',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 3',
  },
  'inference-receipt.response-id': {
    compares: 'the receipt’s `jti` with the id in every part of the answer',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 3',
  },
  'inference-receipt.request-hash': {
    compares: 'the signed hash with the one of the request as it was captured',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 4',
  },
  'inference-receipt.response-hash': {
    compares: 'the signed hash with the one of the answer as it was captured',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 4',
  },
  'inference-receipt.nonce': {
    compares: 'the receipt’s one-time number with the one that was sent',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 3',
  },
  'inference-receipt.issued-at': {
    compares: 'the receipt’s time of issue with the time of the exchange',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 3',
  },
  'inference-receipt.upstream-vouched': {
    compares: 'the window of the gateway’s check of the model host with the time of issue',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 5',
  },
  'inference-receipt.upstream-evidence': {
    compares: 'the model host’s evidence with there being any',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 5',
  },
  'inference-receipt.model-artifact': {
    compares: 'what is signed of the model with a hash: it is a name',
    section: 'Lore-Hex/quill-cloud-proxy, signed-receipts-wire-format.md, section 3',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
