import { failure, type Result, success } from '../../encoding/result.ts'
import type { CertificateSigner, RefRule } from '../types.ts'

export type IdentityCode = 'issuer-mismatch' | 'subject-mismatch' | 'repository-mismatch' | 'ref-mismatch' | 'runner-mismatch'

/** Who must have signed. Every comparison is of whole texts, or of a beginning that ends at a separator: there are no patterns to escape. */
export type IdentityPolicy = { readonly kind: 'exact'; readonly issuer: string; readonly subject: string } | GitHubWorkflow

/** A workflow of a repository on GitHub, run by GitHub Actions for the same repository. */
export type GitHubWorkflow = {
  readonly kind: 'github-workflow'
  /** `owner/name`, spelled as GitHub spells it; any where left out. */
  readonly repository?: string
  /** File of the workflow below `.github/workflows/`; any where left out. */
  readonly workflow?: string
  readonly ref?: RefRule
  readonly runner?: 'github-hosted'
}

const GITHUB_ACTIONS = 'https://token.actions.githubusercontent.com'
const GITHUB = 'https://github.com/'
const WORKFLOW_FILE = /^[A-Za-z0-9._-]+\.ya?ml$/
const REPOSITORY = /^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/

/**
 * Whether the signer is who the policy wants. For a workflow: the issuer is GitHub Actions; the subject is
 * `https://github.com/OWNER/NAME/.github/workflows/FILE@REF`; the source repository is the same one and the source's ref is REF; the ref and
 * the kind of runner are as wanted. A reusable workflow of another repository is not the repository's own.
 */
export function matchIdentity(signer: CertificateSigner, policy: IdentityPolicy): Result<true, IdentityCode> {
  if (policy.kind === 'exact') {
    if (signer.issuer !== policy.issuer) return failure('issuer-mismatch', signer.issuer)
    return signer.subject === policy.subject ? success(true) : failure('subject-mismatch', signer.subject)
  }
  const { sourceRepository, sourceRef, runnerEnvironment } = signer.workflow
  if (signer.issuer !== GITHUB_ACTIONS) return failure('issuer-mismatch', signer.issuer)
  // Where any repository will do, it is the one that the certificate names as source: the subject has to be a workflow of that one.
  const repository = policy.repository ?? repositoryIn(sourceRepository)
  if (repository === undefined) return failure('repository-mismatch', sourceRepository)
  const named = workflowIn(signer.subject, repository)
  if (named === undefined || (policy.workflow !== undefined && named.file !== policy.workflow)) {
    return failure('subject-mismatch', signer.subject)
  }
  if (sourceRepository !== `${GITHUB}${repository}`) return failure('repository-mismatch', sourceRepository)
  if (sourceRef !== named.ref || !isRefAllowed(sourceRef, policy.ref)) return failure('ref-mismatch', sourceRef)
  if (policy.runner !== undefined && runnerEnvironment !== policy.runner) return failure('runner-mismatch', runnerEnvironment)
  return success(true)
}

function repositoryIn(uri: string | undefined): string | undefined {
  return uri?.startsWith(GITHUB) === true ? uri.slice(GITHUB.length) : undefined
}

/** The parts of a subject that is a workflow of this repository. */
function workflowIn(subject: string, repository: string): { readonly file: string; readonly ref: string } | undefined {
  const start = `${GITHUB}${repository}/.github/workflows/`
  if (!REPOSITORY.test(repository) || !subject.startsWith(start)) return undefined
  const rest = subject.slice(start.length)
  const at = rest.indexOf('@')
  const file = rest.slice(0, at)
  const ref = rest.slice(at + 1)
  return at > 0 && WORKFLOW_FILE.test(file) && ref.startsWith('refs/') ? { file, ref } : undefined
}

function isRefAllowed(ref: string, rule: RefRule | undefined): boolean {
  if (rule === undefined) return true
  return 'exactly' in rule ? ref === rule.exactly : ref.startsWith(rule.startsWith) && ref.length > rule.startsWith.length
}
