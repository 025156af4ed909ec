import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'chutes.format': {
    compares: 'the members of the document with the forms that Chutes gives them',
    section: 'nearai/cloud-api, attested/chutes',
  },
  'chutes.quote': { compares: 'the quote with the rules of its own kind', section: 'Intel TDX DCAP Quoting Library API, appendix A.3' },
  'chutes.key': {
    compares: 'the hash of one-time number and encryption key with the first half of the quote’s report data',
    section: 'nearai/cloud-api, attested/chutes',
  },
  'chutes.certificate': {
    compares: 'the hash of the key in the instance’s certificate with the second half of the quote’s report data',
    section: 'nearai/cloud-api, attested/chutes',
  },
  'chutes.gpu-evidence': {
    compares: 'the GPU evidence with the rules of its own kind, and with being there',
    section: 'DMTF DSP0274 version 1.1.0, MEASUREMENTS',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
