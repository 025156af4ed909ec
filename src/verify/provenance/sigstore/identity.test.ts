import { describe, expect, it } from 'vitest'
import type { CertificateSigner, WorkflowClaims } from '../types.ts'
import { type GitHubWorkflow, matchIdentity } from './identity.ts'

const REPOSITORY = 'tinfoilsh/confidential-model-router'
const SUBJECT = `https://github.com/${REPOSITORY}/.github/workflows/build.yml@refs/tags/v0.0.38`
const POLICY: GitHubWorkflow = { kind: 'github-workflow', repository: REPOSITORY }

function signer(
  subject: string = SUBJECT,
  workflow: WorkflowClaims = {},
  issuer = 'https://token.actions.githubusercontent.com',
): CertificateSigner {
  const claims = {
    sourceRepository: `https://github.com/${REPOSITORY}`,
    sourceRef: 'refs/tags/v0.0.38',
    runnerEnvironment: 'github-hosted',
  }
  return { kind: 'certificate', issuer, subject, workflow: { ...claims, ...workflow } }
}

function verdict(of: CertificateSigner, policy: GitHubWorkflow = POLICY): string {
  const matched = matchIdentity(of, policy)
  return matched.ok ? 'matches' : matched.code
}

describe('a workflow of a repository', () => {
  it.each([
    POLICY,
    { ...POLICY, workflow: 'build.yml' },
    { ...POLICY, ref: { startsWith: 'refs/tags/' } },
    { ...POLICY, ref: { exactly: 'refs/tags/v0.0.38' } },
    { ...POLICY, runner: 'github-hosted' },
  ] as const)('matches %j', (policy) => {
    expect(verdict(signer(), policy)).toBe('matches')
  })

  // What an unescaped or unanchored pattern of the repository would take.
  it.each([
    SUBJECT.replace('github.com', 'githubXcom'),
    SUBJECT.replace('github.com', 'github.com.invalid'),
    SUBJECT.replace('https:', 'http:'),
    `https://evil.invalid/?${SUBJECT}`,
    `${SUBJECT.replace('tinfoilsh', 'tinfoilsh/x')}`,
    SUBJECT.replace('model-router', 'model-router-2'),
    SUBJECT.replace('model-router', 'model-router/..'),
    SUBJECT.replace('.github/workflows', 'Xgithub/workflows'),
    SUBJECT.replace('workflows/', 'workflows/deeper/'),
    SUBJECT.replace('build.yml', 'build.sh'),
    SUBJECT.replace('build.yml', 'build.yml@refs/tags/x'),
    SUBJECT.replace('build.yml', ''),
    SUBJECT.replace('@refs/tags/v0.0.38', ''),
    SUBJECT.replace('refs/tags/', ''),
    SUBJECT.toUpperCase(),
    'somebody@example.invalid',
    '',
  ])('is not %s', (subject) => {
    expect(verdict(signer(subject))).not.toBe('matches')
  })

  it('escapes nothing because it takes the repository as it stands', () => {
    const dotted = { ...POLICY, repository: 'example/a.b' }
    const named = (name: string) =>
      signer(`https://github.com/example/${name}/.github/workflows/build.yml@refs/tags/v0.0.38`, {
        sourceRepository: `https://github.com/example/${name}`,
      })
    expect(verdict(named('a.b'), dotted)).toBe('matches')
    expect(verdict(named('aXb'), dotted)).toBe('subject-mismatch')
  })

  it.each(['', 'example', 'example/name/more', 'example/..%2f', '/name', '.*/.*'])('takes %j for no repository', (repository) => {
    const subject = `https://github.com/${repository}/.github/workflows/build.yml@refs/tags/v0.0.38`
    const one = signer(subject, { sourceRepository: `https://github.com/${repository}` })
    expect(verdict(one, { kind: 'github-workflow', repository })).toBe('subject-mismatch')
  })

  it('may be of any repository, as long as it is the same one throughout', () => {
    const any: GitHubWorkflow = { kind: 'github-workflow' }
    expect(verdict(signer(), any)).toBe('matches')
    expect(verdict(signer(SUBJECT, { sourceRepository: 'https://github.com/evil/fork' }), any)).toBe('subject-mismatch')
    expect(verdict(signer(SUBJECT.replace('tinfoilsh', 'evil')), any)).toBe('subject-mismatch')
    expect(verdict(signer(SUBJECT, { sourceRepository: `https://gitlab.com/${REPOSITORY}` }), any)).toBe('repository-mismatch')
    const nowhere = signer('somebody@example.invalid')
    expect(verdict({ ...nowhere, workflow: {} }, any)).toBe('repository-mismatch')
  })

  it('wants each claim to agree', () => {
    expect(verdict(signer(SUBJECT, {}, 'https://token.actions.githubusercontent.com/x'))).toBe('issuer-mismatch')
    expect(verdict(signer(SUBJECT, { sourceRepository: 'https://github.com/evil/fork' }))).toBe('repository-mismatch')
    expect(verdict(signer(SUBJECT, { sourceRef: 'refs/heads/main' }))).toBe('ref-mismatch')
    expect(verdict(signer(), { ...POLICY, ref: { startsWith: 'refs/heads/' } })).toBe('ref-mismatch')
    expect(verdict(signer(), { ...POLICY, ref: { exactly: 'refs/tags/v0.0.3' } })).toBe('ref-mismatch')
    expect(verdict(signer(), { ...POLICY, workflow: 'release.yml' })).toBe('subject-mismatch')
    expect(verdict(signer(SUBJECT, { runnerEnvironment: 'self-hosted' }))).toBe('matches')
    expect(verdict(signer(SUBJECT, { runnerEnvironment: 'self-hosted' }), { ...POLICY, runner: 'github-hosted' })).toBe('runner-mismatch')
  })

  it('wants a ref to have a name', () => {
    const empty = signer(SUBJECT.replace('v0.0.38', ''), { sourceRef: 'refs/tags/' })
    expect(verdict(empty, { ...POLICY, ref: { startsWith: 'refs/tags/' } })).toBe('ref-mismatch')
  })
})

it('compares another identity as a whole', () => {
  const somebody = signer('somebody@example.invalid', {}, 'https://accounts.invalid')
  const exact = { kind: 'exact', issuer: 'https://accounts.invalid', subject: 'somebody@example.invalid' } as const
  expect(matchIdentity(somebody, exact)).toEqual({ ok: true, value: true })
  expect(matchIdentity(somebody, { ...exact, subject: 'body@example.invalid' })).toMatchObject({ code: 'subject-mismatch' })
  expect(matchIdentity(somebody, { ...exact, issuer: 'https://accounts' })).toMatchObject({ code: 'issuer-mismatch' })
})
