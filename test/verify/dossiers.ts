import type { Dossier } from '../../src/dossier/types.ts'
import type { Standing } from '../../src/verify/claims/types.ts'
import { encodeBase64url } from '../../src/verify/encoding/base64.ts'
import { sha256 } from '../../src/verify/encoding/digest.ts'
import { observe } from '../../src/verify/observe.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import type { Report } from '../../src/verify/report.ts'
import type { TrustStore } from '../../src/verify/trust/types.ts'
import type { SimulatedExchange } from '../simulator/index.ts'

export const ISSUER = 'https://confidentialcomputing.googleapis.com'

/** The dossier of a simulated exchange as the extension in Chromium would have captured and gathered it. */
export async function dossierOf(exchange: SimulatedExchange, id = exchange.id): Promise<Dossier> {
  const { request, response, nonce } = exchange
  const headers = response.headers.map(({ name, value }) => ({ name: name.toLowerCase(), value }))
  const seen = await observe({
    body: new Uint8Array(response.body),
    contentType: headers.find((header) => header.name === 'content-type')?.value ?? '',
    headers,
    bodyProvenance: 'page-reported',
    headerProvenance: 'browser',
  })
  return {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id,
    service: '',
    exchange: {
      method: 'POST',
      url: `https://api.example.com${request.path}`,
      startedAt: exchange.startedAt.toISOString(),
      endedAt: exchange.endedAt.toISOString(),
      status: response.status,
      headers,
      request: {
        provenance: 'browser',
        length: request.body.length,
        capture: 'complete',
        digests: [{ alg: 'sha-256', of: 'body', value: encodeBase64url(await sha256(new Uint8Array(request.body))) }],
      },
      response: {
        provenance: 'page-reported',
        length: response.body.length,
        capture: response.complete ? 'complete' : 'broken-off',
        digests: seen.digests,
        ids: seen.ids,
      },
    },
    ...(nonce === undefined ? {} : { asked: { header: 'x-inference-receipt', nonce, sharedBy: 1, provenance: 'browser' as const } }),
    receipts: seen.receipts,
    evidence: [
      {
        kind: exchange.attestation.kind,
        document: exchange.attestation.document,
        source: 'https://api.example.com/receipt-key',
        at: exchange.endedAt.toISOString(),
        provenance: 'fetched',
      },
    ],
    collateral: [
      {
        kind: 'jwks',
        issuer: ISSUER,
        document: exchange.jwksText,
        source: 'https://www.googleapis.com/jwks',
        at: exchange.endedAt.toISOString(),
        provenance: 'fetched',
      },
    ],
    missing: [],
  }
}

/** A trust store that pins the exchange's own simulated root, as if it were Google's. */
export function trustOf(exchange: SimulatedExchange): TrustStore {
  return {
    anchors: [
      {
        id: 'simulated-root',
        purpose: 'confidential-space',
        name: new Uint8Array(exchange.anchor.name),
        spki: new Uint8Array(exchange.anchor.spki),
        notBefore: new Date('2020-01-01T00:00:00Z'),
        notAfter: new Date('2040-01-01T00:00:00Z'),
        addedBy: 'shipped',
        publishedAt: 'test',
      },
    ],
    issuerKeys: [],
  }
}

/** A policy that expects the image of the honest gateway. */
export function policyFor(imageDigest: string): Policy {
  return {
    format: 'inference-receipt-checker/policy',
    version: 1,
    id: 'test',
    name: 'Test',
    service: '',
    expects: [{ measurement: 'container.image-digest', anyOf: [imageDigest], source: 'user' }],
    receiptKeys: [],
  }
}

const LETTERS: Readonly<Record<Standing, string>> = { verified: 'v', assumed: 'a', failed: 'f', absent: '-', unchecked: '?' }

/** The rows in short: five letters, hops of a row with several in brackets ("a[va]"). */
export function rowsOf(report: Report): string {
  return report.claims
    .map(({ standing, hops }) => LETTERS[standing] + (hops.length > 1 ? `[${hops.map((hop) => LETTERS[hop.standing]).join('')}]` : ''))
    .join(' ')
}

/** The checks that failed, in order. */
export function failedChecks(report: Report): readonly string[] {
  return report.findings.filter((finding) => finding.outcome === 'failed').map((finding) => finding.check)
}

/** The checks that could not be made because of what was sent, in order. */
export function unreadable(report: Report): readonly string[] {
  return report.findings.filter((finding) => finding.theirs === true).map((finding) => finding.check)
}
