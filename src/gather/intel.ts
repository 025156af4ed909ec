import type { CollateralSeen, Missing, MissingReason } from '../dossier/types.ts'
import { now } from '../platform/clock.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { encodeHex } from '../verify/encoding/hex.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'
import { type Cache, freshUntil, isFresh } from './cache.ts'
import { fetchDocument } from './fetch.ts'
import { type Platform, platformsIn } from './peek-quote.ts'
import { VENDOR_ORIGINS, type VendorOrigins } from './services/types.ts'

/** One collateral for each model of platform in an exchange, and not more. */
const MOST_PLATFORMS = 12

/**
 * What Intel says of the platforms whose quotes are in these documents, by its Provisioning Certification Service, version 4. Only the model of
 * the platform (FMSPC) is told to it. A platform whose collateral is there already is not asked for.
 */
export async function intelCollateral(
  documents: readonly string[],
  present: readonly CollateralSeen[],
  cache: Cache,
  origins: VendorOrigins['intel'] = VENDOR_ORIGINS.intel,
): Promise<readonly (CollateralSeen | Missing)[]> {
  const platforms = new Map(
    (await Promise.all(documents.map(platformsIn))).flat().map((platform) => [sourceFor(platform, origins), platform]),
  )
  const found: (CollateralSeen | Missing)[] = []
  for (const [source, platform] of [...platforms].slice(0, MOST_PLATFORMS)) {
    if (present.some((seen) => seen.kind === 'dcap' && seen.source === source)) continue
    const at = await now()
    const cached = await cache.get(source)
    const collateral =
      cached !== undefined && isFresh(cached, at)
        ? success({ document: cached.document, at: cached.at })
        : await fetchAll(platform, origins, at, cache)
    found.push(
      collateral.ok
        ? { kind: 'dcap', issuer: 'intel', ...collateral.value, source, provenance: 'fetched' }
        : { what: 'collateral', source, reason: collateral.code },
    )
  }
  return found
}

function sourceFor({ fmspc, ca }: Platform, [pcs]: VendorOrigins['intel']): string {
  return `${pcs}/tdx/certification/v4/tcb?fmspc=${fmspc}#${ca}`
}

/** All four documents, or none: half of them could not say how the platform stands. */
async function fetchAll(
  platform: Platform,
  origins: VendorOrigins['intel'],
  at: Date,
  cache: Cache,
): Promise<Result<{ readonly document: string; readonly at: string }, MissingReason>> {
  const { fmspc, ca } = platform
  const [pcs, certificates] = origins
  const fetchPart = (address: string, chainHeaders: readonly string[]) =>
    partAt(
      address,
      origins.map((origin) => `${origin}/*`),
      chainHeaders,
    )
  const [tcbInfo, qeIdentity, pckCrl, rootCaCrl] = await Promise.all([
    fetchPart(`${pcs}/tdx/certification/v4/tcb?fmspc=${fmspc}`, ['TCB-Info-Issuer-Chain', 'SGX-TCB-Info-Issuer-Chain']),
    fetchPart(`${pcs}/tdx/certification/v4/qe/identity?update=standard`, ['SGX-Enclave-Identity-Issuer-Chain']),
    fetchPart(`${pcs}/sgx/certification/v4/pckcrl?ca=${ca}&encoding=der`, ['SGX-PCK-CRL-Issuer-Chain']),
    fetchPart(`${certificates}/IntelSGXRootCA.der`, []),
  ])
  for (const part of [tcbInfo, qeIdentity, pckCrl, rootCaCrl]) if (!part.ok) return part
  if (!tcbInfo.ok || !qeIdentity.ok || !pckCrl.ok || !rootCaCrl.ok) return failure('malformed')
  const parts = {
    tcbInfo: asText(tcbInfo.value),
    qeIdentity: asText(qeIdentity.value),
    pckCrl: asHex(pckCrl.value),
    rootCaCrl: asHex(rootCaCrl.value),
  }
  if (parts.tcbInfo === undefined || parts.qeIdentity === undefined) return failure('malformed')
  const document = JSON.stringify({ format: 'intel-pcs', ...parts })
  await cache.put(sourceFor(platform, origins), { document, at: at.toISOString(), freshUntil: tcbInfo.value.freshUntil })
  return success({ document, at: at.toISOString() })
}

type Part = { readonly body: Bytes; readonly issuerChain: string | undefined; readonly freshUntil: string }

async function partAt(address: string, allowed: readonly string[], chainHeaders: readonly string[]): Promise<Result<Part, MissingReason>> {
  const fetched = await fetchDocument(address, allowed)
  if (!fetched.ok) return fetched
  const chain = chainHeaders.map((name) => fetched.value.headers.get(name)).find((value) => value !== null)
  return success({ body: fetched.value.body, issuerChain: chain ?? undefined, freshUntil: freshUntil(fetched.value, await now()) })
}

function asText({ body, issuerChain }: Part): object | undefined {
  const text = decodeUtf8(body)
  return text.ok ? withChain(text.value, issuerChain) : undefined
}

function asHex({ body, issuerChain }: Part): object {
  return withChain(encodeHex(body), issuerChain)
}

function withChain(body: string, issuerChain: string | undefined): object {
  return { body, ...(issuerChain === undefined ? {} : { issuerChain }) }
}
