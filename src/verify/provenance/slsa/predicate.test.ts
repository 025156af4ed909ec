import { describe, expect, it } from 'vitest'
import { changed } from '../../../../test/support/change-json.ts'
import { readSlsaProvenance } from './predicate.ts'

const COMMIT = '0123456789abcdef0123456789abcdef01234567'
const REPOSITORY = 'https://github.com/example/service'
const V1 = {
  buildDefinition: {
    buildType: 'https://actions.github.io/buildtypes/workflow/v1',
    externalParameters: { workflow: { ref: 'refs/heads/main', repository: REPOSITORY, path: '.github/workflows/build.yml' } },
    internalParameters: { github: { event_name: 'push' } },
    resolvedDependencies: [
      { uri: 'git+https://github.com/example/other@refs/heads/main', digest: { gitCommit: 'f'.repeat(40) } },
      { uri: `git+${REPOSITORY}@refs/heads/main`, digest: { gitCommit: COMMIT } },
    ],
  },
  runDetails: { builder: { id: 'https://github.com/actions/runner/github-hosted' }, metadata: { invocationId: 'x' } },
}
const V0_2 = {
  builder: { id: 'https://github.com/actions/runner/github-hosted' },
  buildType: 'https://github.com/slsa-framework/slsa-github-generator/generic@v1',
  invocation: { configSource: { uri: `git+${REPOSITORY}@refs/tags/v1`, digest: { sha1: COMMIT }, entryPoint: 'build.yml' } },
}

function read(predicateType: string, predicate: unknown) {
  return readSlsaProvenance({ subjects: [], predicateType, predicate })
}

describe('readSlsaProvenance', () => {
  it('reads version 1', () => {
    expect(read('https://slsa.dev/provenance/v1', V1)).toEqual({
      ok: true,
      value: {
        buildType: V1.buildDefinition.buildType,
        builder: V1.runDetails.builder.id,
        repository: REPOSITORY,
        ref: 'refs/heads/main',
        commit: COMMIT,
      },
    })
  })

  it('reads version 0.2', () => {
    expect(read('https://slsa.dev/provenance/v0.2', V0_2)).toEqual({
      ok: true,
      value: { buildType: V0_2.buildType, builder: V0_2.builder.id, repository: REPOSITORY, ref: 'refs/tags/v1', commit: COMMIT },
    })
  })

  it('takes no commit from another dependency', () => {
    const without = changed(V1, { 'buildDefinition.resolvedDependencies.1': undefined })
    expect(read('https://slsa.dev/provenance/v1', without)).not.toMatchObject({ value: { commit: expect.anything() } })
  })

  it('leaves out what is not said', () => {
    const bare = changed(V1, { 'buildDefinition.externalParameters': {}, 'buildDefinition.resolvedDependencies': undefined })
    const about = { buildType: V1.buildDefinition.buildType, builder: V1.runDetails.builder.id }
    expect(read('https://slsa.dev/provenance/v1', bare)).toEqual({ ok: true, value: about })
    expect(read('https://slsa.dev/provenance/v0.2', changed(V0_2, { invocation: undefined }))).toEqual({
      ok: true,
      value: { buildType: V0_2.buildType, builder: V0_2.builder.id },
    })
    expect(read('https://slsa.dev/provenance/v0.2', changed(V0_2, { 'invocation.configSource.uri': REPOSITORY }))).toMatchObject({
      value: { commit: COMMIT },
    })
  })

  it.each([
    ['slsa-predicate-type', 'https://slsa.dev/provenance/v1.1', V1],
    ['slsa-predicate-type', 'https://slsa.dev/provenance/v0.1', V0_2],
    ['slsa-malformed', 'https://slsa.dev/provenance/v1', V0_2],
    ['slsa-malformed', 'https://slsa.dev/provenance/v0.2', V1],
    ['slsa-malformed', 'https://slsa.dev/provenance/v1', undefined],
    [
      'slsa-malformed',
      'https://slsa.dev/provenance/v1',
      changed(V1, { 'buildDefinition.resolvedDependencies.1.digest.gitCommit': 'main' }),
    ],
    ['slsa-malformed', 'https://slsa.dev/provenance/v0.2', changed(V0_2, { 'invocation.configSource.digest.sha1': COMMIT.toUpperCase() })],
  ])('says %s', (code, type, predicate) => {
    expect(read(type, predicate)).toMatchObject({ ok: false, code })
  })
})
