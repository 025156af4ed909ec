import { type Bytes, concatBytes, equalBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { decodeHex, encodeHex } from '../../encoding/hex.ts'
import { canonicalize } from '../../encoding/jcs.ts'
import { keccak256 } from '../../encoding/keccak.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { BootFacts, KeyProvider } from './boot-events.ts'

/** What is known of the workload: by its events, or by its compose file alone. */
export type ConfigFacts = { readonly composeHash: Bytes; readonly boot?: BootFacts }

/**
 * How MRCONFIGID, which the host sets when it launches the machine and the hardware then holds fixed, stands to the compose hash. `unknown-version`:
 * a form that is not dstack's, or not known here. `unconfirmed`: what would have to be hashed is not all known.
 */
export type ConfigVerdict = 'commits' | 'contradicts' | 'unconfirmed' | 'unknown-version'

const CONFIG_ID_SIZE = 48
const V3_DOMAIN = 'dstack-mr-config-v3:'

/** As `dstack-types` numbers and names the kinds; the key is the name in the `key-provider` event. */
const PROVIDERS: Readonly<Record<string, { readonly kind: number; readonly name: string }>> = {
  none: { kind: 0, name: 'none' },
  'local-sgx': { kind: 1, name: 'local' },
  kms: { kind: 2, name: 'kms' },
  tpm: { kind: 3, name: 'tpm' },
}

/**
 * Compares MRCONFIGID (48 octets) with what is known. The first octet is the version, 32 octets follow, then zeros.
 *
 * | version | octets 1 to 32 |
 * |---|---|
 * | 1 | the compose hash |
 * | 2 | keccak-256(compose hash ‖ app id ‖ kind of key provider, one octet ‖ id of the key provider) |
 * | 3 | SHA-256("dstack-mr-config-v3:" ‖ 00 ‖ a JSON document with the compose hash in it) |
 *
 * The document of version 3 is not shown. It is made up again out of the events, with and without each member that may be missing; one that
 * hashes to the register is the one. That none does may be the spelling, so that it contradicts nothing.
 */
export async function judgeConfigId(configId: Bytes, facts: ConfigFacts): Promise<ConfigVerdict> {
  const equals = (version: number, content: Bytes) =>
    equalBytes(configId, concatBytes(Uint8Array.of(version), content, new Uint8Array(CONFIG_ID_SIZE - 1 - content.length)))
  switch (configId[0]) {
    case 1:
      return equals(1, facts.composeHash) ? 'commits' : 'contradicts'
    case 2: {
      const content = contentOfV2(facts)
      if (content === undefined) return 'unconfirmed'
      return equals(2, keccak256(content)) ? 'commits' : 'contradicts'
    }
    case 3: {
      for (const document of documentsOfV3(facts)) {
        const hashed = concatBytes(encodeUtf8(V3_DOMAIN), Uint8Array.of(0), encodeUtf8(document))
        if (equals(3, await sha256(hashed))) return 'commits'
      }
      return 'unconfirmed'
    }
    default:
      return 'unknown-version'
  }
}

function contentOfV2({ composeHash, boot }: ConfigFacts): Bytes | undefined {
  const provider = boot && providerOf(boot.keyProvider)
  if (boot === undefined || provider === undefined) return undefined
  return concatBytes(composeHash, boot.appId, Uint8Array.of(provider.kind), provider.id)
}

function providerOf({ name, id }: KeyProvider): { readonly kind: number; readonly name: string; readonly id: Bytes } | undefined {
  const known = Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name] : undefined
  const octets = decodeHex(id)
  return known !== undefined && octets.ok ? { ...known, id: octets.value } : undefined
}

/** At most 32 documents: five members may each be missing. */
function documentsOfV3({ composeHash, boot }: ConfigFacts): readonly string[] {
  const provider = boot && providerOf(boot.keyProvider)
  if (boot === undefined || provider === undefined) return []
  const optional: Readonly<Record<string, string | readonly string[]>> = {
    app_id: encodeHex(boot.appId),
    ...(boot.gpuPolicyHash === undefined ? {} : { gpu_policy_hash: encodeHex(boot.gpuPolicyHash) }),
    init_script_hashes: boot.initScriptHashes.map(encodeHex),
    ...(boot.instanceId.length === 0 ? {} : { instance_id: encodeHex(boot.instanceId) }),
    ...(provider.id.length === 0 ? {} : { key_provider_id: encodeHex(provider.id) }),
  }
  const fixed = { compose_hash: encodeHex(composeHash), key_provider: provider.name, version: 3 }
  return subsetsOf(Object.entries(optional)).flatMap((members) => {
    const text = canonicalize({ ...fixed, ...Object.fromEntries(members) })
    return text.ok ? [text.value] : []
  })
}

function subsetsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const subsets: Item[][] = [[]]
  for (const item of items) subsets.push(...subsets.map((subset) => [...subset, item]))
  return subsets
}
