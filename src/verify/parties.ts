import type { Exchange } from '../dossier/types.ts'
import { type Checks, makeFinding } from './claims/finding.ts'
import { sentence } from './claims/sentence.ts'
import type { Finding, HopFact, HopRole } from './claims/types.ts'

const CHECKS = {
  'parties.silent': 'evidence.presence',
  'parties.reader': 'relay.reader',
} as const satisfies Checks<`parties.${string}`>

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
  const unseen = Math.max(0, gatewaysIn(known) - gatewaysIn(hops.map(({ role }) => role)))
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

function gatewaysIn(roles: readonly HopRole[]): number {
  return roles.filter((role) => role === 'gateway').length
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
