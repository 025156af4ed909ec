import type { Service } from '../../src/gather/services/types.ts'
import type { Hop } from '../../src/verify/claims/types.ts'
import type { Bytes } from '../../src/verify/encoding/bytes.ts'
import { decodeHex } from '../../src/verify/encoding/hex.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import type { TrustAnchor, TrustStore } from '../../src/verify/trust/types.ts'

/** A root: DER of its Name and of its SubjectPublicKeyInfo in hexadecimal, its dates in ISO 8601. */
export type RootFacts = { readonly name: string; readonly spki: string; readonly notBefore: string; readonly notAfter: string }

/** What the extension has to know of one run of the demo. It is JSON, so that a module can be written with it. */
export type DemoFacts = {
  readonly pageOrigin: string
  readonly apiOrigin: string
  /** The demo root of the gateway's tokens. */
  readonly root: RootFacts
  /** What the demo's vendor says about its gateway. */
  readonly published: {
    readonly issuer: string
    readonly project: string
    readonly imageRepository: string
    readonly imageDigest: string
  }
  /** The services that speak ACI, and who stands in for the maker of their hardware. */
  readonly aci: {
    readonly apiOrigin: string
    readonly vendorOrigin: string
    readonly root: RootFacts
    readonly published: readonly { readonly measurement: string; readonly value: string; readonly hop: Hop['role'] }[]
  }
}

const GATEWAY = 'demo'
const ACI = 'demo-aci'

/** The demo as services like any others: one page that calls two interfaces. */
export function demoServices(facts: DemoFacts): readonly Service[] {
  return [gatewayService(facts), aciService(facts)]
}

/** Its tokens bring their certificates along, so that no issuer has to be asked for keys. */
function gatewayService({ pageOrigin, apiOrigin }: DemoFacts): Service {
  return {
    id: GATEWAY,
    name: 'Harborside Chat',
    pages: [pageOrigin],
    apis: [apiOrigin],
    completions: ['/v1/chat/completions'],
    optIn: { header: 'x-inference-receipt' },
    headers: ['content-type', 'x-inference-receipt', 'x-receipt-att-kind'],
    evidence: {
      attestation: { path: '/receipt-attestation', kindHeader: 'x-receipt-att-kind' },
      key: { path: '/receipt-key' },
    },
    issuers: [],
    sources: [],
  }
}

/** An enclave that runs its model itself, and an aggregator, under one address. */
function aciService({ pageOrigin, aci: { apiOrigin, vendorOrigin } }: DemoFacts): Service {
  return {
    id: ACI,
    name: 'Harborside Chat',
    pages: [pageOrigin],
    apis: [apiOrigin],
    parties: [{ origin: apiOrigin, roles: ['service'] }],
    completions: ['/v1/chat/completions'],
    headers: ['content-type', 'x-aci-version', 'x-aci-keyset-digest', 'x-receipt-id'],
    receipts: [{ format: 'aci', id: { header: 'x-receipt-id' }, path: '/v1/aci/receipts/{id}', credential: 'page' }],
    reports: [{ kind: 'aci-report', nonce: 32, with: 'aci', path: '/v1/aci/attestation', query: { nonce: '{nonce}' }, credential: 'none' }],
    linked: [{ kind: 'aci-session', path: '/v1/aci/sessions/{id}', credential: 'none' }],
    vendors: ['intel'],
    vendorOrigins: { intel: [vendorOrigin, vendorOrigin] },
    issuers: [],
    sources: [],
  }
}

/** The demo roots alone, as ones that the user added: no row that rests on them may look like real hardware. */
export function demoTrust({ root, aci }: DemoFacts): TrustStore {
  return { anchors: [anchorOf('demo-root', 'confidential-space', root), anchorOf('demo-intel', 'intel-sgx', aci.root)], issuerKeys: [] }
}

function anchorOf(id: string, purpose: TrustAnchor['purpose'], root: RootFacts): TrustAnchor {
  return {
    id,
    purpose,
    name: octets(root.name),
    spki: octets(root.spki),
    notBefore: new Date(root.notBefore),
    notAfter: new Date(root.notAfter),
    addedBy: 'user',
    publishedAt: '',
  }
}

/** What the demo's vendor publishes, taken as the policy for one of its services: the releases that should be running. */
export function demoPolicy({ published, aci }: DemoFacts, service: string): Policy {
  const gateway = {
    'receipt.issuer': published.issuer,
    'cloud.project': published.project,
    'container.image-repository': published.imageRepository,
    'container.image-digest': published.imageDigest,
  }
  const vendor = { source: 'vendor' } as const
  return {
    format: 'inference-receipt-checker/policy',
    version: 1,
    id: 'demo-published',
    name: 'Harborside Chat, as published',
    service,
    expects:
      service === ACI
        ? aci.published.map(({ measurement, value, hop }) => ({ measurement, anyOf: [value], hop, ...vendor }))
        : Object.entries(gateway).map(([measurement, value]) => ({ measurement, anyOf: [value], ...vendor })),
    receiptKeys: [],
  }
}

function octets(hex: string): Bytes {
  const decoded = decodeHex(hex, 'lower-case')
  if (!decoded.ok) throw new TypeError(`demo root: ${decoded.code}`)
  return decoded.value
}
