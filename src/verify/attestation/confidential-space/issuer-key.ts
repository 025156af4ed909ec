import type { CollateralSeen, Provenance } from '../../../dossier/types.ts'
import { type Jws, joseKey, parseJwks, verifyJws } from '../../encoding/jose.ts'
import type { TrustStore } from '../../trust/types.ts'

/** The issuer of Confidential Space tokens. Also the name under which its keys are looked up. */
export const ISSUER = 'https://confidentialcomputing.googleapis.com'

/** Where the key that was used comes from decides what it can prove. */
export type KeySource = 'fetched' | 'given' | 'recorded'

export type IssuerKeyVerdict =
  /** No key of the issuer by that id was at hand. */
  { readonly kind: 'no-key' } | { readonly kind: 'verified' | 'refuted' | 'engine-failed'; readonly source: KeySource; readonly at: string }

/**
 * Verifies an OIDC-form token under the issuer's key that its `kid` names. Keys fetched by this verifier come first, then those whose file
 * the user named, then those that a dossier merely records. The same key may be at hand from several: the best source counts.
 */
export async function verifyUnderIssuerKey(
  jws: Jws,
  kid: string,
  collateral: readonly CollateralSeen[],
  trust: TrustStore,
): Promise<IssuerKeyVerdict> {
  const sets = [...fromCollateral(collateral, 'fetched'), ...given(trust), ...fromCollateral(collateral, 'recorded')]
  for (const { source, at, jwks } of sets) {
    const keys = parseJwks(jwks)
    const jwk = keys.ok ? keys.value.find((candidate) => candidate.kid === kid) : undefined
    const key = jwk && joseKey(jwk, 'RS256')
    if (key === undefined) continue
    return { kind: await decide(jws, key), source, at }
  }
  return { kind: 'no-key' }
}

async function decide(jws: Jws, key: NonNullable<ReturnType<typeof joseKey>>): Promise<'verified' | 'refuted' | 'engine-failed'> {
  try {
    return (await verifyJws(jws, key)) ? 'verified' : 'refuted'
  } catch {
    return 'engine-failed'
  }
}

type KeySet = { readonly source: KeySource; readonly at: string; readonly jwks: string }

function fromCollateral(collateral: readonly CollateralSeen[], source: 'fetched' | 'recorded'): readonly KeySet[] {
  return collateral
    .filter((item) => item.issuer === ISSUER && sourceOf(item.provenance) === source)
    .map((item) => ({ source, at: item.at, jwks: item.document }))
}

/** Only what this verifier fetched itself counts as fetched. */
function sourceOf(provenance: Provenance): 'fetched' | 'recorded' {
  return provenance === 'fetched' ? 'fetched' : 'recorded'
}

function given(trust: TrustStore): readonly KeySet[] {
  return trust.issuerKeys.filter((keys) => keys.issuer === ISSUER).map((keys) => ({ source: 'given', at: '', jwks: keys.jwks }))
}
