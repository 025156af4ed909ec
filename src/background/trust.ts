import { SHIPPED_ANCHORS } from '../verify/trust/anchors.ts'
import { SHIPPED_SIGSTORE_ROOT } from '../verify/trust/shipped-sigstore-root.ts'
import type { TrustStore } from '../verify/trust/types.ts'

/** What this extension trusts: the anchors it is shipped with. A test or demo build puts its own in place of this file. */
export async function trustStore(): Promise<TrustStore> {
  return { anchors: SHIPPED_ANCHORS, issuerKeys: [], sigstoreRoot: SHIPPED_SIGSTORE_ROOT }
}
