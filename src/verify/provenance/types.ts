import type { Finding } from '../claims/types.ts'
import type { Bytes } from '../encoding/bytes.ts'
import type { SigstoreRoot } from '../trust/sigstore-root.ts'

export type ProvenanceInput = {
  readonly bundle: string
  readonly repository?: string
  readonly ref?: RefRule
  readonly workflow?: string
  readonly runner?: 'github-hosted'
  readonly digest?: string
  readonly predicateType?: string
  readonly trustedRoot: SigstoreRoot
  readonly now: Date
  readonly hop: number
}

export type ProvenanceResult = { readonly findings: readonly Finding[]; readonly provenance?: Provenance }

export type Provenance = { readonly signer: WorkflowSigner; readonly times: readonly SigningTime[]; readonly statement: Statement }

export type RefRule = { readonly exactly: string } | { readonly startsWith: 'refs/tags/' | 'refs/heads/' }

export type SigningTime = { readonly source: 'log' | 'timestamp'; readonly at: Date }

export type Statement = {
  readonly subjects: readonly Subject[]
  readonly predicateType: string
  readonly predicate: unknown
}

export type Subject = { readonly name: string; readonly digest: Readonly<Record<string, string>> }

export type CertificateSigner = {
  readonly kind: 'certificate'
  readonly issuer: string
  readonly subject: string
  readonly workflow: WorkflowClaims
}

export type WorkflowSigner = CertificateSigner & { readonly workflow: WorkflowClaims & { readonly sourceRepository: string } }

export type KeySigner = { readonly kind: 'key'; readonly spki: Bytes }

export type Signer = CertificateSigner | KeySigner

export type WorkflowClaims = {
  readonly sourceRepository?: string
  readonly sourceRef?: string
  readonly sourceDigest?: string
  readonly runnerEnvironment?: string
  readonly buildSigner?: string
  readonly buildTrigger?: string
  readonly runInvocation?: string
}
