import * as v from 'valibot'
import { readSetting } from '../../../src/platform/settings.ts'
import { decodeBase64url } from '../../../src/verify/encoding/base64.ts'
import type { Bytes } from '../../../src/verify/encoding/bytes.ts'
import { SHIPPED_ANCHORS } from '../../../src/verify/trust/anchors.ts'
import { parseSigstoreRoot } from '../../../src/verify/trust/sigstore-root.ts'
import type { TrustAnchor, TrustStore } from '../../../src/verify/trust/types.ts'

const Anchors = v.array(v.object({ id: v.string(), purpose: v.string(), name: v.string(), spki: v.string() }))

/**
 * In place of `src/background/trust.ts` in test builds: the shipped anchors, and what the test put into the settings. Its anchors go first: where
 * one key of a purpose counts (a vendor's list), it is the test's.
 */
export async function trustStore(): Promise<TrustStore> {
  const injected = v.parse(v.optional(Anchors, []), await readSetting('test:anchors'))
  const anchors = [...injected.map(anchor), ...SHIPPED_ANCHORS]
  const text = v.parse(v.optional(v.string()), await readSetting('test:sigstore-root'))
  if (text === undefined) return { anchors, issuerKeys: [] }
  const root = parseSigstoreRoot(text, 'user')
  if (!root.ok) throw new TypeError(root.code)
  return { anchors, issuerKeys: [], sigstoreRoot: root.value }
}

function anchor({ id, purpose, name, spki }: v.InferOutput<typeof Anchors>[number]): TrustAnchor {
  return {
    id,
    purpose,
    name: octets(name),
    spki: octets(spki),
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2049-01-01T00:00:00Z'),
    addedBy: 'user',
    publishedAt: '',
  }
}

function octets(text: string): Bytes {
  const decoded = decodeBase64url(text)
  if (!decoded.ok) throw new TypeError(decoded.code)
  return decoded.value
}
