import type { Explained } from './claims/explained.ts'
import type { CheckName as Common } from './common-checks.ts'
import type { CheckName as Machines } from './machines.ts'
import type { CheckName as Model } from './model-check.ts'
import type { CheckName as Parties } from './parties.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'receipt.presence': {
    compares: 'the answer with a receipt where none was asked for',
    section: 'docs/CLAIMS.md, How claims follow from each other, 7',
  },
  'receipt.delivery': {
    compares: 'the answer with the receipt that was asked for or announced',
    section: 'docs/CLAIMS.md, How claims follow from each other, 7',
  },
  'receipt.single': { compares: 'the number of receipts with one', section: 'docs/CLAIMS.md' },
  'receipt.known-format': { compares: 'the receipt’s kind with those that are known', section: 'docs/CLAIMS.md' },
  'receipt.replay': {
    compares: 'the receipt with those that came with other answers',
    section: 'docs/CLAIMS.md, How claims follow from each other, 6',
  },
  'evidence.presence': { compares: 'hardware evidence for each party with there being any', section: 'docs/CLAIMS.md, Hops' },
  'evidence.known-kind': { compares: 'the evidence’s kind with those that are known', section: 'docs/CLAIMS.md' },
  'evidence.binding': {
    compares: 'the evidence with the receipt that it is to be about',
    section: 'docs/CLAIMS.md, How claims follow from each other, 1',
  },
  'exchange.relay': {
    compares: 'the address that was called with servers of the site’s own that read along',
    section: 'docs/CLAIMS.md, Hops',
  },
  'exchange.capture': {
    compares: 'what was captured with the whole exchange',
    section: 'docs/CLAIMS.md, How claims follow from each other, 8',
  },
  'exchange.source': { compares: 'who saw the octets with this browser', section: 'docs/CLAIMS.md, Whose word it is' },
  'machines.each': {
    compares: 'every machine that shares one key with what its own evidence shows',
    section: 'docs/CLAIMS.md, How claims follow from each other, 11',
  },
  'model.artifact': { compares: 'the signed model hash with the policy’s list of models', section: 'docs/CLAIMS.md, Which model' },
  'parties.silent': {
    compares: 'the parties that are known with what each shows of itself',
    section: 'docs/CLAIMS.md, How claims follow from each other, 9',
  },
  'parties.reader': {
    compares: 'the octets that the signer got with those that the party in front passed on',
    section: 'docs/CLAIMS.md, How claims follow from each other, 9',
  },
} as const satisfies Readonly<Record<Common | Machines | Model | Parties, Explained>>
