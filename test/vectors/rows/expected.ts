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
