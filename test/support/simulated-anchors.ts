import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import { makeAci } from '../simulator/aci.ts'
import { makeExchange } from '../simulator/index.ts'
import { historyKey } from '../simulator/maple.ts'
import { makeNear } from '../simulator/near.ts'
import { makeNitroChain } from '../simulator/nitro.ts'
import { makeGpuChain } from '../simulator/nvidia-gpu.ts'
import { makeSnpEvidence } from '../simulator/sev-snp.ts'
import { anchorOf } from './lookup.ts'

const SHIPPED = { addedBy: 'shipped', publishedAt: 'test' } as const

/** The simulator's own roots, as it makes them where nothing is asked of it, as if their makers had published them. */
export function simulatedAnchors(at: Date): readonly TrustAnchor[] {
  const octets = new Uint8Array()
  const near = Object.values(makeNear({ at, request: octets, response: octets, shape: 'cloud' }).workloads)
  const aci = makeAci({ at, request: octets, response: octets, chatId: 'chatcmpl-1' }).workload
  const snp = makeSnpEvidence(at)
  return [
    ...[...near, aci].map((workload, index) => ({ ...anchorOf(workload), id: `tdx ${index}` })),
    { ...makeExchange({ form: 'pki' }).anchor, id: 'google', purpose: 'confidential-space', ...SHIPPED },
    { ...makeGpuChain().anchor, id: 'gpu', purpose: 'nvidia-gpu', ...SHIPPED },
    { ...makeNitroChain(at).anchor, id: 'nitro', purpose: 'aws-nitro', ...SHIPPED },
    { ...snp.ark, id: 'ark', purpose: 'sev-snp', ...SHIPPED },
    { ...snp.ask, id: 'ask', purpose: 'sev-snp', ...SHIPPED },
    {
      id: 'history',
      purpose: 'opensecret-pcr-history',
      name: Uint8Array.of(0x30, 0),
      spki: new Uint8Array(historyKey().spki),
      notBefore: new Date(0),
      notAfter: at,
      ...SHIPPED,
    },
  ]
}
