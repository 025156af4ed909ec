import type { Judged } from './row.ts'

/** Why each row that is not accepted is not, worked out by hand from the row's reason. */
export const REASONS: Readonly<Record<string, readonly string[]>> = {
  'dcap-tdx-v5-no-level': ['failed tdx.tcb-level'],
  'dcap-sgx': ['failed tdx.format'],
  'dstack-ra-tls-below': ['failed tdx.tcb-level'],
  'gpu-nonce-mismatch': ['failed gpu.pairing'],
  // Both quotes are stubs; the keyset's digest holds.
  'aci-stub-1': ['failed tdx.format'],
  'aci-stub-2': ['failed tdx.format'],
  'nras-single': ['unchecked nras.signature', 'unchecked gpu.pairing'],
  'nras-8gpu': ['unchecked nras.signature', 'unchecked gpu.pairing'],
  'nitro-debug': ['failed nitro.debug'],
  'cs-pki': ['failed confidential-space.debug'],
  'cs-oidc': ['unchecked confidential-space.signature'],
  // What NVIDIA calls expired is the reference values for its driver; report and certificates of that pair are genuine.
  'gpu-gh100-bad': ['failed nvidia-gpu.signature'],
  ...airReasons('draft02'),
  ...airReasons('frozen'),
  'air-publication-gcp-cpu-tdx': ['failed air.map-order', 'failed air.security-mode', 'failed tdx.format'],
  'air-publication-gcp-gpu-h100cc': ['failed air.map-order', 'failed air.security-mode', 'failed tdx.format'],
}

function airReasons(set: string): Readonly<Record<string, readonly string[]>> {
  return {
    [`air-v1-bad-measurement-length-${set}`]: ['failed air.measurements'],
    [`air-v1-model-hash-mismatch-${set}`]: ['failed model.artifact'],
    [`air-v1-nonce-mismatch-${set}`]: ['failed air.nonce'],
    [`air-v1-platform-mismatch-${set}`]: ['failed policy.identity'],
    [`air-v1-stale-iat-${set}`]: ['failed air.freshness'],
    [`air-v1-wrong-alg-${set}`]: ['failed air.alg'],
    [`air-v1-wrong-key-${set}`]: ['failed air.signature'],
    [`air-v1-zero-model-hash-${set}`]: ['failed air.model-hash'],
  }
}

/** Of the rows of the folder 2026-11. */
export const REASONS_2026: Readonly<Record<string, readonly string[]>> = {
  ...named(
    ['tdx-tdx-v4-gcp', 'tdx-tdx-v4-azure', 'tdx-tdx-v5-body3', 'tdx-tdx-named-6-is-v4', 'tdx-tdx-v4-live', 'tdx-tdx-bundle'],
    'tdx.collateral',
  ),
  ...named(['sgx-sgx-occlum', 'sgx-sgx-tlsn-quote9'], 'evidence.known-kind sgx-quote'),
  // Its values are compared with no reference values.
  ...named(['nvidia-rim-same-board'], 'nvidia-gpu.firmware'),
  // Damaged behind the hardware's report: nothing binds the key that signs the rest.
  'azure-az-snp-milan-2': ['failed azure-hcl.runtime-data'],
}

function named(ids: readonly string[], check: string): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(ids.map((id) => [id, [`unchecked ${check}`]]))
}

/**
 * Rows of kinds that are not read here yet, and what they come to meanwhile: unchecked, by name. The list only shrinks: a row that gives the
 * outcome of its own file has to leave it, and one that is not listed has to give that outcome.
 */
export const NOT_READ: Readonly<Record<string, Judged>> = {
  // Azure's wrapper. The hardware's own evidence in each is verified beside it, and holds.
  ...notRead(
    [
      'azure-az-snp-attestation',
      'azure-az-snp-bundle',
      'azure-az-snp-coco-bound',
      'azure-az-snp-live',
      'azure-az-snp-evidence-v2',
      'azure-az-snp-milan-2',
      'azure-az-tdx-live',
    ],
    'evidence.known-kind azure-hcl',
  ),
  // GitHub's own root is not shipped: under the public one, no public log vouches.
  ...notRead(['github-release', 'github-private-provenance'], 'sigstore.log'),
  ...notRead(['venice-aci-older'], 'aci.receipt-format'),
  ...notRead(['ppq'], 'receipt.known-format ppq-routing-receipt'),
  ...notRead(['0g'], 'receipt.known-format 0g-signature'),
  ...notRead(['opengradient-config'], 'evidence.known-kind opengradient-config'),
}

function notRead(ids: readonly string[], check: string): Readonly<Record<string, Judged>> {
  return Object.fromEntries(ids.map((id) => [id, { outcome: 'unchecked', because: [`unchecked ${check}`] }]))
}
