import { sha256 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { canonicalize } from '../../encoding/jcs.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { Measurement } from '../../policy/types.ts'
import { measurementOfAll } from '../gpu-measurements.ts'
import type { GpuClaims, TokenClaims } from './schema.ts'

/**
 * What an authentic token says of the workload, under the names that policies use. What the operator chose at launch (`container.args`,
 * `container.command`, `container.env-override`) is there whether or not anything was chosen, so that a policy can expect nothing.
 */
export async function measurementsOf(claims: TokenClaims): Promise<readonly Measurement[]> {
  const { container, gce, nvidia_gpu: gpu } = claims.submods
  return [
    identity('token.issuer', claims.iss),
    ...claims.aud.map((audience) => identity('token.audience', audience)),
    identity('platform.hardware', claims.hwmodel),
    identity('platform.software', claims.swname),
    ...stated('tdx.tcb-status', claims.tdx?.gcp_attester_tcb_status),
    ...stated('tdx.tcb-date', claims.tdx?.gcp_attester_tcb_date),
    ...(gce === undefined ? [] : [identity('cloud.project', gce.project_id)]),
    ...stated('cloud.zone', gce?.zone),
    ...stated('cloud.instance', gce?.instance_name),
    ...(container === undefined
      ? []
      : [
          { name: 'container.image-digest', value: container.image_digest, kind: 'code' } as const,
          identity('container.image-repository', repositoryOf(container.image_reference)),
          identity('container.image-reference', container.image_reference),
          ...stated('container.args', await settingsInWords(container.args ?? [])),
          ...stated('container.command', await settingsInWords(container.cmd_override ?? [])),
          ...stated('container.env-override', await settingsInWords(container.env_override ?? {})),
        ]),
    ...(gpu === undefined ? [] : gpuMeasurements(gpu)),
  ]
}

function gpuMeasurements({ cc_mode: mode, cc_feature: feature, driver_version: driver, gpus }: GpuClaims): readonly Measurement[] {
  const all = gpus ?? []
  return [
    ...stated('gpu.cc-mode', mode),
    ...stated('gpu.cc-feature', feature),
    ...stated('gpu.driver-version', driver),
    ...(all.length === 0 ? [] : [identity('gpu.count', String(all.length))]),
    ...measurementOfAll(
      'gpu.model',
      all.map(({ hwmodel }) => hwmodel ?? undefined),
    ),
    ...measurementOfAll(
      'gpu.vbios-version',
      all.map(({ vbios_version: version }) => version ?? undefined),
    ),
  ]
}

/** Longest value that a policy can name, in characters. */
const LONGEST_VALUE = 1000

/**
 * Settings as one text that a policy compares by equality: canonical JSON (RFC 8785), `[]` or `{}` where nothing was set; where that is longer than a
 * policy can name, `sha-256:` and its digest in hexadecimal. Undefined where there is no canonical form, as there always is of parsed JSON.
 */
export async function settingsInWords(settings: readonly string[] | Readonly<Record<string, string>>): Promise<string | undefined> {
  const text = canonicalize(settings)
  if (!text.ok) return undefined
  return text.value.length <= LONGEST_VALUE ? text.value : `sha-256:${encodeHex(await sha256(encodeUtf8(text.value)))}`
}

function stated(name: string, value: string | null | undefined): readonly Measurement[] {
  return value === undefined || value === null ? [] : [identity(name, value)]
}

function identity(name: string, value: string): Measurement {
  return { name, value, kind: 'identity' }
}

/**
 * The repository of an OCI image reference (`registry/path[:tag][@digest]`): the whole name without tag and digest, so that a policy compares
 * it by equality and `…/enclave-multi-evil` never passes for `…/enclave-multi`.
 */
export function repositoryOf(reference: string): string {
  const name = reference.split('@')[0] ?? ''
  const tag = name.indexOf(':', name.lastIndexOf('/') + 1)
  return tag === -1 ? name : name.slice(0, tag)
}
