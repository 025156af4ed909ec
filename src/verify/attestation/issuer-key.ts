import type { CollateralSeen, Provenance } from '../../dossier/types.ts'
import { type JoseAlgorithm, type JoseKey, type Jws, joseKey, parseJwks, verifyJws } from '../encoding/jose.ts'
import type { TrustStore } from '../trust/types.ts'

/** Where the key that was used comes from decides what it can prove. */
export type KeySource = 'fetched' | 'given' | 'recorded'

export type IssuerKeyVerdict =
  /** No key of the issuer by that id was at hand. */
  { readonly kind: 'no-key' } | { readonly kind: 'verified' | 'refuted' | 'engine-failed'; readonly source: KeySource; readonly at: string }

/** Which key: the issuer whose key sets count, the key's id in them, and the one algorithm that the token's kind allows. */
export type KeyName = { readonly issuer: string; readonly kid: string; readonly alg: JoseAlgorithm }

/** Where key sets come from: gathered with the evidence, or named by the user. */
export type KeySets = { readonly collateral: readonly CollateralSeen[]; readonly trust: TrustStore }

/**
 * Verifies a token under the issuer's key that its `kid` names (RFC 7517). Keys fetched by this verifier come first, then those whose file
 * the user named, then those that a dossier merely records. The same key may be at hand from several: the best source counts. Addresses and
 * keys in the token itself are never asked.
 */
export async function verifyUnderIssuerKey(
  jws: Jws,
  { issuer, kid, alg }: KeyName,
  { collateral, trust }: KeySets,
): Promise<IssuerKeyVerdict> {
  const gathered = (source: 'fetched' | 'recorded') => fromCollateral(collateral, issuer, source)
  const sets = [...gathered('fetched'), ...given(trust, issuer), ...gathered('recorded')]
  for (const { source, at, jwks } of sets) {
    const keys = parseJwks(jwks)
    const jwk = keys.ok ? keys.value.find((candidate) => candidate.kid === kid) : undefined
    const key = jwk && joseKey(jwk, alg)
    if (key === undefined) continue
    return { kind: await decide(jws, key), source, at }
  }
  return { kind: 'no-key' }
}

async function decide(jws: Jws, key: JoseKey): Promise<'verified' | 'refuted' | 'engine-failed'> {
  try {
    return (await verifyJws(jws, key)) ? 'verified' : 'refuted'
  } catch {
    return 'engine-failed'
  }
}

type KeySet = { readonly source: KeySource; readonly at: string; readonly jwks: string }

function fromCollateral(collateral: readonly CollateralSeen[], issuer: string, source: 'fetched' | 'recorded'): readonly KeySet[] {
  return collateral
    .filter((item) => item.kind === 'jwks' && item.issuer === issuer && sourceOf(item.provenance) === source)
    .map((item) => ({ source, at: item.at, jwks: item.document }))
}

/** Only what this verifier fetched itself counts as fetched. */
function sourceOf(provenance: Provenance): 'fetched' | 'recorded' {
  return provenance === 'fetched' ? 'fetched' : 'recorded'
}

function given(trust: TrustStore, issuer: string): readonly KeySet[] {
  return trust.issuerKeys.filter((keys) => keys.issuer === issuer).map((keys) => ({ source: 'given', at: '', jwks: keys.jwks }))
}
