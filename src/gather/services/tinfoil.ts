import type { Service } from './types.ts'

/**
 * Tinfoil: evidence for each key, and no receipt for an answer. The bundle comes from the service's own attestation cache, which needs no trust:
 * all in it is signed by others. Sources: tinfoilsh/tinfoil-js, tinfoilsh/cvmimage.
 */
export const TINFOIL: Service = {
  id: 'tinfoil',
  name: 'Tinfoil',
  pages: ['https://chat.tinfoil.sh'],
  apis: ['https://inference.tinfoil.sh'],
  completions: ['/v1/chat/completions', '/v1/responses'],
  headers: ['content-type', 'tinfoil-pt'],
  reports: [{ kind: 'tinfoil-atc-bundle', origin: 'https://atc.tinfoil.sh', path: '/attestation', credential: 'none' }],
  vendors: ['amd', 'intel'],
  issuers: [],
}
