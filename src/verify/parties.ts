import type { Exchange, PartySeen } from '../dossier/types.ts'
import { type Checks, makeFinding } from './claims/finding.ts'
import { sentence } from './claims/sentence.ts'
import type { Finding, HopFact } from './claims/types.ts'

export const CHECKS = {
  'parties.silent': 'evidence.presence',
  'parties.reader': 'relay.reader',
} as const satisfies Checks<`parties.${string}`>
export type CheckName = keyof typeof CHECKS

/** What the claims are derived from, as far as parties are concerned. */
export type Parties = {
  readonly hops: readonly HopFact[]
  readonly signer: number
  readonly findings: readonly Finding[]
}

/**
 * Parties whom the adapter knows to stand in front, and of whom the exchange shows nothing (rule 9 of docs/CLAIMS.md). One that provably passed
 * everything on byte for byte took no part in the inference: it read along, and is named as such. Where that is not proven it is a hop that
 * shows nothing. A gateway cannot leave itself out of the picture by leaving its entry out of a report.
 */
export function withKnownParties(parties: Parties, exchange: Exchange, passedOn: boolean): Parties {
  const { hops, signer, findings } = parties
  const { parties: known = [], relay } = exchange
  const unseen = unseenIn(known, hops)
  if (passedOn) {
    const named = Array.from({ length: unseen }, () =>
      makeFinding(CHECKS, 'parties.reader', 'unchecked', sentence('party_reads'), { hop: signer, assumes: ['assume_party_reads'] }),
    )
    return { hops, signer, findings: [...findings, ...named] }
  }
  const front: readonly HopFact[] = [...(relay === undefined ? [] : [SILENT]), ...Array.from({ length: unseen }, () => SILENT)]
  if (front.length === 0) return parties
  const shift = front.length
  return {
    hops: [...front, ...hops.map((hop) => behind(hop, shift))],
    signer: signer + shift,
    findings: [
      ...findings.map((finding) => ({ ...finding, hop: finding.hop + shift })),
      ...front.map((_, hop) => makeFinding(CHECKS, 'parties.silent', 'failed', sentence('party_shows_nothing'), { hop })),
    ],
  }
}

/**
 * How many of those that stand in front the exchange leaves out. What a reseller hands on is never its own evidence, so that only a gateway of
 * which nothing is shown can stand for one; a gateway is in the picture by any entry.
 */
function unseenIn(known: readonly PartySeen[], hops: readonly HopFact[]): number {
  const shown = hops.filter(({ role }) => role === 'gateway')
  const silent = shown.filter(({ backing }) => backing === 'none').length
  const resellers = Math.max(0, countOf(known, 'reseller') - silent)
  const taken = countOf(known, 'reseller') - resellers
  return resellers + Math.max(0, countOf(known, 'gateway') - (shown.length - taken))
}

function countOf(known: readonly PartySeen[], role: PartySeen): number {
  return known.filter((party) => party === role).length
}

const SILENT: HopFact = { role: 'gateway', name: '', backing: 'none' }

/** A party that took itself for the whole service runs the model behind those in front of it. */
function behind({ role, linkedBy, ...hop }: HopFact, shift: number): HopFact {
  return {
    ...hop,
    role: role === 'service' ? 'model-host' : role,
    ...(linkedBy === undefined ? {} : { linkedBy: linkedBy + shift }),
  }
}
