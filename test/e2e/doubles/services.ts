import { MAPLE } from '../../../src/gather/services/maple.ts'
import { TINFOIL } from '../../../src/gather/services/tinfoil.ts'
import type { Service } from '../../../src/gather/services/types.ts'

/*
 * In place of `src/gather/services/registry.ts` in one test build: shipped services as they are, and services of the formats that no service of the
 * shipped list speaks. What is written here is data as an adapter has it; no code of the extension differs.
 */

/** EphemeralML's gateway has no address for evidence: where one puts it, and that it is binary, is this test's own. */
function airGateway(id: string, kind: string): Service {
  return {
    id,
    name: 'AIR gateway',
    pages: [`https://chat.${id}.example`],
    apis: [`https://api.${id}.example`],
    completions: ['/v1/chat/completions', '/v1/responses', '/v1/embeddings'],
    headers: ['content-type', 'x-ephemeralml-air-receipt-b64', 'x-ephemeralml-receipt-sha256', 'x-ephemeralml-receipt-present'],
    reports: [{ kind, path: '/attestation', served: 'octets', credential: 'none' }],
    issuers: [],
    sources: [],
  }
}

export const AIR_NITRO: Service = airGateway('air-nitro', 'aws-nitro-cose')
export const AIR_SPACE: Service = airGateway('air-space', 'air-cs-envelope')
/** The same again, for a policy that pins the receipt key. */
export const AIR_PINNED: Service = airGateway('air-pinned', 'aws-nitro-cose')

/** Its enclave is asked as nitriding has it: twenty octets of nonce, the document in base64. */
export const OPENGRADIENT: Service = {
  id: 'opengradient',
  name: 'OpenGradient',
  pages: ['https://chat.gradient.example'],
  apis: ['https://tee.gradient.example'],
  completions: ['/v1/chat/completions'],
  headers: ['content-type'],
  reports: [
    { kind: 'aws-nitro-cose', nonce: 20, path: '/enclave/attestation', query: { nonce: '{nonce}' }, served: 'base64', credential: 'none' },
    { kind: 'opengradient-signing-key', path: '/signing-key', credential: 'none' },
  ],
  issuers: [],
  sources: [],
}

/** Signs its answers (RFC 9421), and shows nothing of where it runs. */
export const SIGNING: Service = {
  id: 'signing',
  name: 'Signed responses',
  pages: ['https://chat.harbor-gateway.example'],
  apis: ['https://api.harbor-gateway.example'],
  completions: ['/v1/chat/completions'],
  headers: ['content-type', 'content-digest', 'content-encoding', 'signature', 'signature-input'],
  issuers: [],
  sources: [],
}

export const SERVICES: readonly Service[] = [TINFOIL, MAPLE, AIR_NITRO, AIR_SPACE, AIR_PINNED, OPENGRADIENT, SIGNING]
