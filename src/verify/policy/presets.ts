import { EMPTY } from './empty.ts'
import type { Policy } from './types.ts'

/**
 * What services publish about themselves, as policies to start from. No digest of code is among them: releases roll every few days, and a
 * digest list that the vendor serves is only the vendor's word. The user pins what they saw and reviewed.
 */
const PRESETS: readonly Policy[] = [
  {
    format: 'inference-receipt-checker/policy',
    version: 1,
    id: 'trustedrouter-published',
    name: 'TrustedRouter, as published',
    service: 'trustedrouter',
    expects: [
      { measurement: 'receipt.issuer', anyOf: ['https://api.trustedrouter.com'], source: 'vendor' },
      { measurement: 'token.audience', anyOf: ['quill-cloud'], source: 'vendor' },
      { measurement: 'platform.hardware', anyOf: ['GCP_INTEL_TDX'], source: 'vendor' },
      { measurement: 'cloud.project', anyOf: ['quill-cloud-proxy'], source: 'vendor' },
      {
        measurement: 'container.image-repository',
        anyOf: ['us-central1-docker.pkg.dev/quill-cloud-proxy/quill/enclave-multi'],
        source: 'vendor',
      },
    ],
    receiptKeys: [],
  },
  {
    format: 'inference-receipt-checker/policy',
    version: 1,
    id: 'tinfoil-published',
    name: 'Tinfoil, as published',
    service: 'tinfoil',
    // What answers is the router; which enclaves it asks, it says itself.
    expects: [{ measurement: 'source.repository', anyOf: ['tinfoilsh/confidential-model-router'], source: 'vendor' }],
    receiptKeys: [],
  },
  {
    format: 'inference-receipt-checker/policy',
    version: 1,
    id: 'maple-published',
    name: 'Maple, as published',
    service: 'maple',
    expects: [{ measurement: 'opensecret.release', anyOf: ['production'], source: 'vendor' }],
    receiptKeys: [],
  },
]

/** The policy to start from for a service; one that expects nothing where none is published. */
export function presetFor(service: string): Policy {
  return PRESETS.find((preset) => preset.service === service) ?? EMPTY
}
