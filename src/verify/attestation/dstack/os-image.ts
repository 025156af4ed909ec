import * as v from 'valibot'
import type { FindingMore } from '../../claims/finding.ts'
import { type Sentence, sentence } from '../../claims/sentence.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { parseForeignJson } from '../../encoding/json.ts'
import { parseWith } from '../../encoding/schema.ts'
import type { Measurement, Policy } from '../../policy/types.ts'
import type { BootFacts } from './boot-events.ts'
import { OS_REGISTERS } from './measurements.ts'
import { nameOfOsImage } from './os-images.ts'

/**
 * Whether the policy accepts this quote's firmware, virtual hardware, kernel and initial file system, each by its own value. Only then is it
 * known who wrote the events and enforced the compose file: another system can write the same into RTMR3.
 */
export function isOsPinned({ expects }: Policy, measurements: readonly Measurement[]): boolean {
  return OS_REGISTERS.every((name) =>
    measurements.some(
      (stated) => stated.name === name && expects.some((one) => one.measurement === name && one.anyOf.includes(stated.value)),
    ),
  )
}

/** The hashes of the image as a finding has them: by the host that launched the machine, and by the machine itself, in its events. */
export function osImages(boot: BootFacts | undefined, vmConfig: string | undefined): Pick<FindingMore, 'expected' | 'computed'> {
  return {
    expected: vmConfig === undefined ? undefined : imageOfHost(vmConfig),
    computed: boot?.osImageHash && encodeHex(boot.osImageHash),
  }
}

/** Which operating system image it is said to be, by whom. */
export function sayOsImage(boot: BootFacts | undefined, vmConfig: string | undefined): Sentence {
  const { expected: host, computed: guest } = osImages(boot, vmConfig)
  if (guest === undefined) return host === undefined ? sentence('dstack_os_silent') : sentence('dstack_os_host_only', called(host))
  return host === undefined || host === guest
    ? sentence('dstack_os_own_word', called(guest))
    : sentence('dstack_os_differs', called(guest), called(host))
}

function called(hash: string): string {
  return nameOfOsImage(hash) ?? hash
}

const vmConfigSchema = v.object({ os_image_hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i)) })

/** Nothing rests on the host's word: where it cannot be read, it says nothing. */
function imageOfHost(vmConfig: string): string | undefined {
  const json = parseForeignJson(vmConfig)
  const parsed = json.ok ? parseWith(vmConfigSchema, json.value) : json
  return parsed.ok ? parsed.value.os_image_hash.toLowerCase() : undefined
}
