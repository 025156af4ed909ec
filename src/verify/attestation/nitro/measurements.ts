import { encodeHex } from '../../encoding/hex.ts'
import { isPadding } from '../../encoding/padding.ts'
import type { Measurement } from '../../policy/types.ts'
import type { Commitment } from '../types.ts'
import type { NitroDocument } from './document.ts'

/** The register over the whole enclave image: kernel, command line and file systems. */
const IMAGE = 0
/** Registers up to this one tell what was started, and are stated whatever they hold. */
const LAST_BOOT_REGISTER = 2

/**
 * What an authentic document says of the workload: `nitro.module-id`, `nitro.pcr0` to `nitro.pcr2` in hexadecimal, and every further
 * register that is not all zeros. Only PCR0 counts as code: it covers the whole image. PCR1 is the kernel and its start, the same in every enclave
 * that one version of AWS's tool built; PCR2 is the application under a kernel that it does not name. PCR3 is the parent's role, PCR4 the
 * parent instance, PCR8 the certificate that signed the image; the others are the application's own.
 *
 * Of an instance, `nitrotpm.pcr0` to `nitrotpm.pcr31`: none alone is the code, and who administers the instance may run what they like.
 */
export function measurementsOf({ subject, moduleId, pcrs }: NitroDocument): readonly Measurement[] {
  const isEnclave = subject === 'enclave'
  const registers = [...pcrs]
    .filter(([index, register]) => (isEnclave && index <= LAST_BOOT_REGISTER) || !isPadding(register))
    .sort(([a], [b]) => a - b)
    .map(([index, register]): Measurement => {
      const name = `${isEnclave ? 'nitro' : 'nitrotpm'}.pcr${index}`
      return { name, value: encodeHex(register), kind: isEnclave && index === IMAGE ? 'code' : 'identity' }
    })
  return [...registers, { name: 'nitro.module-id', value: moduleId, kind: 'identity' }]
}

/** What the enclave put into the document, raw; what it means is for those who agreed on it. */
export function commitmentsOf({ userData, publicKey, nonce }: NitroDocument): readonly Commitment[] {
  return [
    ...(userData === undefined ? [] : [{ field: 'user-data', value: encodeHex(userData) } as const]),
    ...(publicKey === undefined ? [] : [{ field: 'public-key', value: encodeHex(publicKey) } as const]),
    ...(nonce === undefined ? [] : [{ field: 'nonce', value: encodeHex(nonce) } as const]),
  ]
}
