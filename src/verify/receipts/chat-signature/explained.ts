import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'chat-signature.availability': {
    compares: 'the service’s reply with a signature',
    section: 'nearai/cloud-api, GET /v1/signature/{chat_id}',
  },
  'chat-signature.format': {
    compares: 'the members of the signature with the forms that services give them',
    section: 'nearai/cloud-api, GET /v1/signature/{chat_id}',
  },
  'chat-signature.signature': {
    compares: 'the signature over the text with the address or key beside it',
    section: 'EIP-191, version 45 (E); RFC 8032 section 5.1.7',
  },
  'chat-signature.kind': {
    compares: 'the label of who signed with the kinds that are known',
    section: 'nearai/cloud-api, GET /v1/signature/{chat_id}',
  },
  'chat-signature.time': {
    compares: 'the signed text with a time or one-time number: it has none',
    section: 'nearai/cloud-api, GET /v1/signature/{chat_id}',
  },
  'chat-signature.request-hash': {
    compares: 'the signed hash with the one of the request as it was captured, or as Python spaces it',
    section: 'nearai/cloud-api, GET /v1/signature/{chat_id}',
  },
  'chat-signature.request-rewritten': {
    compares: 'the signed hash with a request that the service’s own backend changes first',
    section: 'nearai/cloud-api, GET /v1/signature/{chat_id}',
  },
  'chat-signature.response-hash': {
    compares: 'the signed hash with the one of the answer as it was captured, or as Python spaces it',
    section: 'nearai/cloud-api, GET /v1/signature/{chat_id}',
  },
  'chat-signature.model': {
    compares: 'what is signed of the model with a hash: it is a name',
    section: 'nearai/cloud-api, GET /v1/signature/{chat_id}',
  },
  'chat-signature.report': {
    compares: 'the service’s attestation report with being there',
    section: 'nearai/cloud-api, GET /v1/attestation/report',
  },
  'chat-signature.report-format': {
    compares: 'the shape of the report with those that are known',
    section: 'nearai/cloud-api, GET /v1/attestation/report',
  },
  'chat-signature.hop-evidence': {
    compares: 'the evidence of each party in the report with there being any',
    section: 'nearai/cloud-api, GET /v1/attestation/report',
  },
  'chat-signature.key-commitment': {
    compares: 'the signer’s address or key with the first half of the quote’s report data',
    section: 'nearai/cloud-api, GET /v1/attestation/report',
  },
  'chat-signature.nonce': {
    compares: 'the one-time number in the quote’s report data with the one that was sent',
    section: 'nearai/cloud-api, GET /v1/attestation/report',
  },
  'chat-signature.ohttp-key': {
    compares: 'the signature over the encryption key’s configuration with a key that the report’s machines sign under',
    section: 'RFC 9458 section 3.1',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
