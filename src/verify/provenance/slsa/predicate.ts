import * as v from 'valibot'
import { failure, type Result, renamed, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import type { Statement } from '../types.ts'

/** What SLSA provenance says of a build on GitHub, as far as it is compared or shown. */
export type SlsaProvenance = {
  readonly buildType: string
  /** Who vouches for the build: `https://github.com/actions/runner/github-hosted`, or a reusable workflow. */
  readonly builder: string
  /** The repository, as a URI without the `git+` of dependencies, and the ref it was built for. */
  readonly repository?: string
  readonly ref?: string
  /** Git commit, lower-case hex. */
  readonly commit?: string
}

export type SlsaCode = 'slsa-predicate-type' | 'slsa-malformed'

const V1 = 'https://slsa.dev/provenance/v1'
const V0_2 = 'https://slsa.dev/provenance/v0.2'
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

const commit = v.optional(v.pipe(v.string(), v.regex(COMMIT)))
const v1 = v.object({
  buildDefinition: v.object({
    buildType: v.string(),
    externalParameters: v.object({ workflow: v.optional(v.object({ ref: v.string(), repository: v.string() })) }),
    resolvedDependencies: v.optional(
      v.array(v.object({ uri: v.optional(v.string()), digest: v.optional(v.object({ gitCommit: commit })) })),
      [],
    ),
  }),
  runDetails: v.object({ builder: v.object({ id: v.string() }) }),
})
const v02 = v.object({
  builder: v.object({ id: v.string() }),
  buildType: v.string(),
  invocation: v.optional(
    v.object({ configSource: v.optional(v.object({ uri: v.optional(v.string()), digest: v.optional(v.object({ sha1: commit })) })) }),
  ),
})

/**
 * Reads SLSA provenance (slsa.dev/spec v1.0 and v0.2) out of a verified statement. It is the builder's word, under the signer's signature: what
 * the signer's certificate says of the same things does not depend on the build.
 */
export function readSlsaProvenance({ predicateType, predicate }: Statement): Result<SlsaProvenance, SlsaCode> {
  switch (predicateType) {
    case V1:
      return readV1(predicate)
    case V0_2:
      return readV02(predicate)
    default:
      return failure('slsa-predicate-type', predicateType)
  }
}

function readV1(predicate: unknown): Result<SlsaProvenance, 'slsa-malformed'> {
  const parsed = parseWith(v1, predicate)
  if (!parsed.ok) return renamed('slsa-malformed', parsed)
  const { buildDefinition, runDetails } = parsed.value
  const { workflow } = buildDefinition.externalParameters
  const about = { buildType: buildDefinition.buildType, builder: runDetails.builder.id }
  if (workflow === undefined) return success(about)
  const { repository, ref } = workflow
  const source = buildDefinition.resolvedDependencies.find(({ uri }) => uri === `git+${repository}@${ref}`)
  return success({ ...about, repository, ref, ...commitOf(source?.digest?.gitCommit) })
}

function readV02(predicate: unknown): Result<SlsaProvenance, 'slsa-malformed'> {
  const parsed = parseWith(v02, predicate)
  if (!parsed.ok) return renamed('slsa-malformed', parsed)
  const { builder, buildType, invocation } = parsed.value
  const source = invocation?.configSource
  const [, repository, ref] = /^git\+([^@]+)@(.+)$/.exec(source?.uri ?? '') ?? []
  return success({
    buildType,
    builder: builder.id,
    ...(repository === undefined || ref === undefined ? {} : { repository, ref }),
    ...commitOf(source?.digest?.sha1),
  })
}

function commitOf(commit: string | undefined): { readonly commit?: string } {
  return commit === undefined ? {} : { commit }
}
