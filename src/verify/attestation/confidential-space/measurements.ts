import type { Measurement } from '../../policy/types.ts'
import type { TokenClaims } from './schema.ts'

/** What an authentic token says of the workload, under the names that policies use. */
export function measurementsOf(claims: TokenClaims): readonly Measurement[] {
  const { container, gce } = claims.submods
  return [
    identity('token.issuer', claims.iss),
    ...claims.aud.map((audience) => identity('token.audience', audience)),
    identity('platform.hardware', claims.hwmodel),
    identity('platform.software', claims.swname),
    ...(gce === undefined ? [] : [identity('cloud.project', gce.project_id)]),
    ...(gce?.zone === undefined ? [] : [identity('cloud.zone', gce.zone)]),
    ...(gce?.instance_name === undefined ? [] : [identity('cloud.instance', gce.instance_name)]),
    ...(container === undefined
      ? []
      : [
          { name: 'container.image-digest', value: container.image_digest, kind: 'code' } as const,
          identity('container.image-repository', repositoryOf(container.image_reference)),
          identity('container.image-reference', container.image_reference),
        ]),
  ]
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
