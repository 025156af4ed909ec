import type { Service } from './types.ts'

/**
 * Tinfoil: evidence for each key, and no receipt for an answer. The page encrypts for one enclave, whose host its bundle names; chats that can be
 * recovered go to that enclave through a server, which a request header tells of it. The enclave's own document is asked for with a nonce; where it
 * is of a form that holds no nonce, the bundle of the service's attestation cache, which needs no trust: all in it is signed by others.
 */
export const TINFOIL: Service = {
  id: 'tinfoil',
  name: 'Tinfoil',
  pages: ['https://chat.tinfoil.sh'],
  apis: ['https://inference.tinfoil.sh'],
  relays: [
    {
      addresses: ['https://api.tinfoil.sh', 'https://chat.tinfoil.sh'].flatMap((origin) => [
        `${origin}/v1/chat/completions`,
        `${origin}/v1/responses`,
      ]),
      interface: 'https://inference.tinfoil.sh',
      handles: 'sealed',
      namedBy: 'x-tinfoil-enclave-url',
    },
  ],
  completions: ['/v1/chat/completions', '/v1/responses'],
  headers: ['content-type', 'tinfoil-pt'],
  reports: [
    {
      kind: 'tinfoil-attestation',
      nonce: 32,
      path: '/.well-known/tinfoil-attestation',
      query: { nonce: '{nonce}' },
      credential: 'none',
      having: 'challenge',
      orElse: { kind: 'tinfoil-atc-bundle', origin: 'https://atc.tinfoil.sh', path: '/attestation', credential: 'none' },
    },
  ],
  vendors: ['amd', 'intel'],
  issuers: [],
  sources: [
    {
      topic: 'page',
      source: 'tinfoilsh/tinfoil-webapp',
      dated: '2026-08-22',
      read: '2026-11-27',
      known: 'read',
    },
    {
      topic: 'interface',
      source: 'tinfoilsh/tinfoil-js',
      dated: '2026-04',
      read: '2026-11-22',
      known: 'read',
    },
    {
      topic: 'evidence',
      source: 'tinfoilsh/cvmimage: tinfoil/cmd/shim/api.go',
      dated: '2026-08',
      read: '2026-11-22',
      known: 'recorded',
    },
  ],
}
