import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { edit, type JsonObject } from '../../../../test/simulator/json.ts'
import { makeSigstore, type SigstoreOptions } from '../../../../test/simulator/sigstore.ts'
import { parseSigstoreRoot } from '../../trust/sigstore-root.ts'
import type { ProvenanceInput } from '../types.ts'
import { verifyProvenance } from './verify.ts'

const AT = new Date('2026-05-05T12:00:00Z')
const DIGEST = createHash('sha256').update('deployment').digest('hex')

function inputFor(options: Partial<SigstoreOptions>, addedBy: 'shipped' | 'user' = 'shipped'): ProvenanceInput {
  const { bundle, trustedRoot } = makeSigstore({ at: AT, ...options })
  const root = parseSigstoreRoot(JSON.stringify(trustedRoot), addedBy)
  if (!root.ok) throw new Error(root.code)
  return {
    bundle: JSON.stringify(bundle),
    repository: 'example/confidential-service',
    digest: DIGEST,
    trustedRoot: root.value,
    now: new Date('2026-06-01T00:00:00Z'),
    hop: 1,
  }
}

async function verify(
  changes: Partial<ProvenanceInput> = {},
  options: Partial<SigstoreOptions> = {},
  addedBy: 'shipped' | 'user' = 'shipped',
) {
  return verifyProvenance({ ...inputFor(options, addedBy), ...changes })
}

afterEach(() => vi.restoreAllMocks())

describe('verifyProvenance', () => {
  it('finds every check passed, about its hop, and gives the provenance', async () => {
    const { findings, provenance } = await verify()
    expect(findings.map(({ check, outcome, role, hop }) => `${check} ${outcome} ${role} ${hop}`)).toEqual(
      ['format', 'log', 'time', 'certificate', 'identity', 'signature', 'statement'].map(
        (name) => `sigstore.${name} passed workload.identity 1`,
      ),
    )
    expect(new Set(findings.flatMap(({ assumes }) => assumes))).toEqual(new Set(['assume_sigstore']))
    expect(provenance?.signer.workflow.sourceRepository).toBe('https://github.com/example/confidential-service')
    expect(provenance?.times).toEqual([{ source: 'log', at: AT }])
    expect(provenance?.statement.predicateType).toBe('https://slsa.dev/provenance/v1')
    expect(findings.map(({ because }) => because)).toContainEqual({
      id: 'sigstore_statement_good_digest',
      args: [`sha256:${DIGEST}`],
    })
  })

  it('says so where the user added the root', async () => {
    const { findings } = await verify({}, {}, 'user')
    expect(findings.flatMap(({ assumes }) => assumes)).toContain('assume_user_added_root')
  })

  it.each([
    ['sigstore.format', 'bundle-json', { bundle: '{' }, {}],
    ['sigstore.log', 'entry-timestamp-missing', {}, { version: '0.1', entry: { promise: 'absent' } }],
    ['sigstore.time', 'time-missing', {}, { log: 'rekor2', timestamps: [] }],
    ['sigstore.certificate', 'sct-missing', {}, { sct: { list: 'absent' } }],
    ['sigstore.identity', 'subject-mismatch', { repository: 'example/another' }, {}],
    ['sigstore.identity', 'subject-mismatch', { workflow: 'release.yml' }, {}],
    ['sigstore.identity', 'ref-mismatch', { ref: { startsWith: 'refs/heads/' } }, {}],
    ['sigstore.identity', 'runner-mismatch', { runner: 'github-hosted' }, { identity: { extensions: { 11: 'self-hosted' } } }],
    ['sigstore.signature', 'signature-invalid', {}, { signOver: new Uint8Array(1) }],
    ['sigstore.statement', 'artifact-not-a-subject', { digest: '00'.repeat(32) }, {}],
    ['sigstore.statement', 'predicate-type-mismatch', { predicateType: 'https://tinfoil.sh/predicate/snp-tdx-multiplatform/v1' }, {}],
    ['sigstore.statement', 'artifact-octets-missing', {}, { artifact: new Uint8Array(1) }],
  ] as const)('fails %s with %s', async (check, code, changes, options) => {
    const { findings, provenance } = await verify(changes, options)
    expect(findings).toMatchObject([{ check, outcome: 'failed', role: 'workload.identity', hop: 1 }])
    expect(findings[0]?.code).toBe(code)
    expect(provenance).toBeUndefined()
  })

  it.each([
    [
      'sigstore.log',
      'log-entry-missing',
      'sigstore_log_none',
      (bundle: JsonObject) => edit(bundle, { 'verificationMaterial.tlogEntries': [] }),
    ],
    [
      'sigstore.format',
      'bundle-version',
      'sigstore_not_known',
      (bundle: JsonObject) => edit(bundle, { mediaType: 'application/vnd.dev.sigstore.bundle.v0.9+json' }),
    ],
  ] as const)('has not seen anything contradicted: %s %s', async (check, code, id, change) => {
    const { bundle, ...input } = inputFor({})
    const { findings, provenance } = await verifyProvenance({ ...input, bundle: JSON.stringify(change(JSON.parse(bundle))) })
    expect(findings).toMatchObject([{ check, code, outcome: 'unchecked', theirs: true, because: { id } }])
    expect(provenance).toBeUndefined()
  })

  it('does not ask what it is about where no digest is given', async () => {
    const { digest, ...input } = inputFor({})
    expect(digest).toBe(DIGEST)
    const { findings, provenance } = await verifyProvenance(input)
    expect(findings.at(-1)).toMatchObject({ outcome: 'passed', because: { id: 'sigstore_statement_good' } })
    expect(provenance).toBeDefined()
  })

  it('takes any repository where none is given, and names it', async () => {
    const { repository, ...input } = inputFor({ identity: { repository: 'example/another' } })
    expect(repository).toBe('example/confidential-service')
    const { findings, provenance } = await verifyProvenance(input)
    expect(findings.every(({ outcome }) => outcome === 'passed')).toBe(true)
    expect(provenance?.signer.workflow.sourceRepository).toBe('https://github.com/example/another')
    const wrong = await verifyProvenance({ ...input, ref: { exactly: 'refs/heads/main' } })
    expect(wrong.findings).toMatchObject([{ because: { id: 'sigstore_identity_bad_any' }, code: 'ref-mismatch' }])
  })

  it('has checked nothing where the engine cannot', async () => {
    vi.spyOn(crypto.subtle, 'verify').mockRejectedValue(new DOMException('no such algorithm', 'NotSupportedError'))
    const { findings, provenance } = await verify()
    expect(findings).toMatchObject([{ outcome: 'unchecked', because: { id: 'sigstore_unchecked' } }])
    expect(provenance).toBeUndefined()
  })
})
