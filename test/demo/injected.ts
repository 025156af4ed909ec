import type { Service } from '../../src/gather/services/types.ts'
import type { Bytes } from '../../src/verify/encoding/bytes.ts'
import { decodeHex } from '../../src/verify/encoding/hex.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import type { TrustStore } from '../../src/verify/trust/types.ts'

/** What the extension has to know of one run of the demo. It is JSON, so that a module can be written with it. */
export type DemoFacts = {
  readonly pageOrigin: string
  readonly apiOrigin: string
  /** The demo root: DER of its Name and of its SubjectPublicKeyInfo in hexadecimal, its dates in ISO 8601. */
  readonly root: { readonly name: string; readonly spki: string; readonly notBefore: string; readonly notAfter: string }
  /** What the demo's vendor says about its gateway. */
  readonly published: {
    readonly issuer: string
    readonly project: string
    readonly imageRepository: string
    readonly imageDigest: string
  }
}

const SERVICE = 'demo'

/** The demo as a service like any other. Its tokens bring their certificates along, so that no issuer has to be asked for keys. */
export function demoService({ pageOrigin, apiOrigin }: DemoFacts): Service {
  return {
    id: SERVICE,
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
  }
}

/** The demo root alone, as one that the user added: no row that rests on it may look like real hardware. */
export function demoTrust({ root }: DemoFacts): TrustStore {
  const anchor = {
    id: 'demo-root',
    purpose: 'confidential-space',
    name: octets(root.name),
    spki: octets(root.spki),
    notBefore: new Date(root.notBefore),
    notAfter: new Date(root.notAfter),
    addedBy: 'user',
    publishedAt: '',
  } as const
  return { anchors: [anchor], issuerKeys: [] }
}

/** What the demo's vendor publishes, taken as the policy: the release that its gateway should be running. */
export function demoPolicy({ published }: DemoFacts): Policy {
  const expected = {
    'receipt.issuer': published.issuer,
    'cloud.project': published.project,
    'container.image-repository': published.imageRepository,
    'container.image-digest': published.imageDigest,
  }
  return {
    format: 'inference-receipt-checker/policy',
    version: 1,
    id: 'demo-published',
    name: 'Harborside Chat, as published',
    service: SERVICE,
    expects: Object.entries(expected).map(([measurement, value]) => ({ measurement, anyOf: [value], source: 'vendor' })),
    receiptKeys: [],
  }
}

function octets(hex: string): Bytes {
  const decoded = decodeHex(hex, 'lower-case')
  if (!decoded.ok) throw new TypeError(`demo root: ${decoded.code}`)
  return decoded.value
}
