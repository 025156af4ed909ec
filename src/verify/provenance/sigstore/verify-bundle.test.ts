import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { makeChain, unknownExtension } from '../../../../test/simulator/certificates.ts'
import { octetString, sequence } from '../../../../test/simulator/der.ts'
import type { JsonObject } from '../../../../test/simulator/json.ts'
import { makeKey } from '../../../../test/simulator/keys.ts'
import {
  attribute,
  mailboxName,
  makeAuthority,
  makeSigstore,
  type SigstoreOptions,
  STATEMENT,
  uriName,
} from '../../../../test/simulator/sigstore.ts'
import { changed } from '../../../../test/support/change-json.ts'
import { parseSigstoreRoot } from '../../trust/sigstore-root.ts'
import type { IdentityPolicy } from './identity.ts'
import { type Artifact, type SignerPolicy, verifySigstoreBundle } from './verify-bundle.ts'

const AT = new Date('2026-05-05T12:00:00Z')
const NOW = new Date('2026-06-01T00:00:00Z')
const ANOTHER_KEY = makeKey('ec-p256', 'another key')
const NO_KEY = ANOTHER_KEY.spki.slice(0, -1)
const OCTETS = new Uint8Array(Buffer.from('an artifact'))
const WORKFLOW: IdentityPolicy = { kind: 'github-workflow', repository: 'example/confidential-service' }

type Changes = Readonly<Record<string, unknown>>
type Case = Partial<SigstoreOptions> & {
  /** Changes to the finished bundle and root, by path. */
  readonly bundle?: Changes
  readonly root?: Changes | ((root: JsonObject) => unknown)
  readonly policy?: SignerPolicy
  readonly given?: Artifact | 'nothing'
  readonly now?: Date
}

async function verify({ bundle, root, policy = WORKFLOW, given, now = NOW, ...options }: Case = {}) {
  const made = makeSigstore({ at: AT, ...options })
  const parsed = parseSigstoreRoot(
    JSON.stringify(typeof root === 'function' ? root(made.trustedRoot) : changed(made.trustedRoot, root)),
    'user',
  )
  if (!parsed.ok) throw new Error(parsed.code)
  const artifact = given ?? (options.artifact === undefined ? 'nothing' : { octets: OCTETS })
  return verifySigstoreBundle(JSON.stringify(changed(made.bundle, bundle)), {
    root: parsed.value,
    policy,
    now,
    ...(artifact === 'nothing' ? {} : { artifact }),
  })
}

async function outcome(of: Case): Promise<string> {
  const verdict = await verify(of)
  return verdict.ok ? 'verified' : verdict.code
}

const [INTERMEDIATE, ROOT] = [makeAuthority(AT).intermediate, makeAuthority(AT).root].map(({ der }) => ({
  rawBytes: Buffer.from(der).toString('base64'),
}))
const ROOT_LISTS = ['tlogs', 'ctlogs', 'certificateAuthorities', 'timestampAuthorities']
const MATERIAL = 'verificationMaterial'
const ENTRY = `${MATERIAL}.tlogEntries.0`
const PROOF = `${ENTRY}.inclusionProof`
const minutes = (count: number) => new Date(AT.getTime() + count * 60_000)

describe('a bundle that holds', () => {
  it('says who signed, when, and what', async () => {
    expect(await verify()).toEqual({
      ok: true,
      value: {
        signer: {
          kind: 'certificate',
          issuer: 'https://token.actions.githubusercontent.com',
          subject: 'https://github.com/example/confidential-service/.github/workflows/build.yml@refs/tags/v1.2.3',
          workflow: {
            buildSigner: 'https://github.com/example/confidential-service/.github/workflows/build.yml@refs/tags/v1.2.3',
            buildTrigger: 'push',
            runInvocation: 'https://github.com/example/confidential-service/actions/runs/1/attempts/1',
            runnerEnvironment: 'github-hosted',
            sourceDigest: '0123456789abcdef0123456789abcdef01234567',
            sourceRef: 'refs/tags/v1.2.3',
            sourceRepository: 'https://github.com/example/confidential-service',
          },
        },
        times: [{ source: 'log', at: AT }],
        statement: {
          subjects: [{ name: 'deployment.json', digest: { sha256: createHash('sha256').update('deployment').digest('hex') } }],
          predicateType: 'https://slsa.dev/provenance/v1',
          predicate: STATEMENT['predicate'],
        },
      },
    })
  })

  const kinds: readonly Case[] = [
    { version: '0.1' },
    { version: '0.2' },
    { version: '0.1', entry: { proof: 'absent' } },
    { bundle: { [`${MATERIAL}.x509CertificateChain.certificates.1`]: INTERMEDIATE }, version: '0.1' },
    { entryKind: 'intoto' },
    { entryKind: 'hashedrekord' },
    { artifact: OCTETS },
    { artifact: OCTETS, bundle: { 'messageSignature.messageDigest': undefined } },
    { log: 'rekor2' },
    { log: 'rekor2', entryKind: 'hashedrekord' },
    { log: 'rekor2', artifact: OCTETS },
    { timestamps: [{}] },
    { timestamps: [{ at: minutes(8) }, { hash: 'sha512' }] },
    { timestamps: [{}], entry: { promise: 'absent' } },
    { log: 'rekor2', timestamps: [{ embed: true }], root: { 'timestampAuthorities.0.certChain.certificates.0': undefined } },
    { leafKey: makeKey('ec-p384', 'p384') },
    { leafKey: makeKey('rsa-2048', 'rsa') },
    { leafKey: makeKey('ed25519', 'ed25519') },
    { sct: { extensions: Uint8Array.of(0, 0, 5, 0, 0, 0, 0, 1) } },
    { sct: { copies: 2 } },
    { entry: { index: 0, size: 1 } },
    { entry: { index: 0, size: 2 } },
    { entry: { index: 6, size: 7 } },
    { entry: { index: 8, size: 9 } },
    { entry: { integratedAt: minutes(9) } },
    { entry: { note: (note) => note.replace('\n\n', '\n\n\u2014 witness.invalid AAAAAAAAAAAA\n') } },
    { entry: { checkpoint: (text) => `${text}Timestamp: 1\n` } },
    { statement: { ...STATEMENT, _type: 'https://in-toto.io/Statement/v0.1' } },
    { root: { 'tlogs.0.publicKey.validFor.end': AT.toISOString() } },
    { root: { 'tlogs.0.publicKey.validFor.start': AT.toISOString() } },
    { root: { 'ctlogs.0.publicKey.validFor.end': AT.toISOString() } },
    { root: { 'certificateAuthorities.0.validFor.end': AT.toISOString() } },
    { timestamps: [{}], root: { 'timestampAuthorities.0.validFor.end': AT.toISOString() } },
    { now: minutes(-5) },
    { given: { sha256: createHash('sha256').update('deployment').digest('hex') } },
    { given: { octets: new Uint8Array(Buffer.from('deployment')) } },
    { bundle: { [`${MATERIAL}.timestampVerificationData`]: null } },
    { bundle: { 'dsseEnvelope.signatures.0.keyid': '' } },
    { entry: { index: 0, size: 1 }, bundle: { [`${PROOF}.logIndex`]: undefined, [`${PROOF}.hashes`]: undefined } },
    { bundle: { [`${PROOF}.treeSize`]: 11 } },
  ]
  it.each(kinds.map((one) => [JSON.stringify(one).slice(0, 120), one] as const))('%s', async (_, one) => {
    expect(await outcome(one)).toBe('verified')
  })

  it('is found among several authorities and logs, one of them with the same name and another key', async () => {
    const impostor = makeSigstore({ at: AT, seed: 'impostor' }).trustedRoot
    const root = (own: JsonObject) => {
      const both = (name: string) => [...Object.values(impostor[name] ?? {}), ...Object.values(own[name] ?? {})]
      return { ...own, ...Object.fromEntries(ROOT_LISTS.map((name) => [name, both(name)])) }
    }
    expect(await outcome({ root, timestamps: [{}] })).toBe('verified')
  })

  it('may be signed by a key that the verifier knows', async () => {
    const managedKey = makeKey('ec-p256', 'managed')
    const policy = { kind: 'key', spki: managedKey.spki } as const
    const verdict = await verify({ managedKey, policy })
    expect(verdict.ok && verdict.value.signer).toEqual(policy)
    expect(await outcome({ managedKey, policy, log: 'rekor2', artifact: OCTETS })).toBe('verified')
  })
})

/** Each code, and bundles that differ from one that holds in one thing. */
const FAILURES: Readonly<Record<string, readonly Case[]>> = {
  'bundle-json': [{ bundle: { deep: JSON.parse('[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]') } }],
  'bundle-version': [
    { bundle: { mediaType: 'application/vnd.dev.sigstore.bundle.v0.4+json' } },
    { bundle: { mediaType: undefined } },
    { bundle: { mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.30' } },
  ],
  'bundle-malformed': [
    { bundle: { [MATERIAL]: undefined } },
    { bundle: { unknown: 1 } },
    { bundle: { [`${ENTRY}.unknown`]: 1 } },
    { bundle: { 'dsseEnvelope.signatures.0.unknown': 1 } },
    { bundle: { [`${ENTRY}.logIndex`]: '-1' } },
    { bundle: { [`${ENTRY}.logIndex`]: '1e3' } },
    { bundle: { [`${ENTRY}.logIndex`]: '9007199254740993' } },
    { bundle: { [`${ENTRY}.logId.keyId`]: 'AAAA' } },
    { bundle: { [`${PROOF}.rootHash`]: 'AAAA' } },
    { bundle: { [`${PROOF}.hashes.0`]: 'AA==' } },
    { bundle: { 'dsseEnvelope.payload': 'e30' } },
    { bundle: { [`${MATERIAL}.tlogEntries`]: Array(5).fill(null) } },
  ],
  'bundle-material': [
    { bundle: { [`${MATERIAL}.certificate`]: undefined } },
    { bundle: { [`${MATERIAL}.publicKey`]: { hint: '' } } },
    { bundle: { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' }, version: '0.2' },
    { bundle: { [`${MATERIAL}.x509CertificateChain.certificates`]: [] }, version: '0.1' },
  ],
  'bundle-root-certificate': [
    {
      bundle: {
        [`${MATERIAL}.x509CertificateChain.certificates.1`]: ROOT,
      },
      version: '0.1',
    },
  ],
  'bundle-content': [{ bundle: { dsseEnvelope: undefined } }, { bundle: { messageSignature: { signature: 'AAAA' } } }],
  'dsse-signature-count': [
    { bundle: { 'dsseEnvelope.signatures': [] } },
    { bundle: { 'dsseEnvelope.signatures': [{ sig: 'AAAA' }, { sig: 'AAAA' }] } },
  ],
  'certificate-malformed': [
    { bundle: { [`${MATERIAL}.certificate.rawBytes`]: 'MAA=' } },
    { bundle: { [`${MATERIAL}.x509CertificateChain.certificates.1`]: { rawBytes: 'MAA=' } }, version: '0.2' },
  ],
  'certificate-unexpected': [{ policy: { kind: 'key', spki: ANOTHER_KEY.spki } }],
  'key-unexpected': [{ managedKey: ANOTHER_KEY }],
  'artifact-missing': [{ artifact: OCTETS, given: 'nothing' }],
  'artifact-octets-missing': [{ artifact: OCTETS, given: { sha256: createHash('sha256').update(OCTETS).digest('hex') } }],
  'artifact-digest-mismatch': [
    { artifact: OCTETS, bundle: { 'messageSignature.messageDigest.digest': Buffer.alloc(32).toString('base64') } },
    { artifact: OCTETS, bundle: { 'messageSignature.messageDigest.algorithm': 'SHA2_384' } },
    { artifact: OCTETS, bundle: { 'messageSignature.messageDigest.algorithm': 'toString' } },
  ],
  'artifact-not-a-subject': [{ given: { sha256: '00'.repeat(32) } }, { given: { octets: OCTETS } }],
  'log-entry-missing': [{ bundle: { [`${MATERIAL}.tlogEntries`]: [] } }, { bundle: { [`${MATERIAL}.tlogEntries`]: null } }],
  'log-unknown': [
    { root: { tlogs: [] } },
    { root: { 'tlogs.0.publicKey.keyDetails': 'PKCS1_RSA_PKCS1V5' } },
    { bundle: { [`${ENTRY}.logId.keyId`]: Buffer.alloc(32).toString('base64') } },
  ],
  'log-time': [
    { root: { 'tlogs.0.publicKey.validFor.end': minutes(-1 / 60).toISOString() } },
    { root: { 'tlogs.0.publicKey.validFor.start': minutes(1 / 60).toISOString() } },
    { log: 'rekor2', root: { 'tlogs.1.publicKey.validFor.end': minutes(-1 / 60).toISOString() } },
    { log: 'rekor2', timestamps: [{}, { at: minutes(2) }], root: { 'tlogs.1.publicKey.validFor.end': minutes(1).toISOString() } },
  ],
  'entry-timestamp-missing': [{ version: '0.1', entry: { promise: 'absent' } }],
  'entry-timestamp-signature': [
    { bundle: { [`${ENTRY}.integratedTime`]: String(AT.getTime() / 1000 + 1) } },
    { bundle: { [`${ENTRY}.integratedTime`]: undefined } },
    { bundle: { [`${ENTRY}.logIndex`]: '1' } },
    { root: { 'tlogs.0.publicKey.rawBytes': Buffer.from(ANOTHER_KEY.spki).toString('base64') } },
  ],
  'inclusion-proof-missing': [{ entry: { proof: 'absent' } }, { version: '0.2', entry: { proof: 'absent' } }],
  'inclusion-proof-invalid': [
    { bundle: { [`${PROOF}.logIndex`]: '4' } },
    { bundle: { [`${PROOF}.hashes.1`]: Buffer.alloc(32).toString('base64') } },
    { bundle: { [`${PROOF}.hashes`]: [] } },
    { bundle: { [`${PROOF}.hashes.4`]: Buffer.alloc(32).toString('base64') } },
    { entry: { index: 0, size: 1 }, bundle: { [`${PROOF}.logIndex`]: '1' } },
    { bundle: { [`${PROOF}.logIndex`]: '11' } },
  ],
  'checkpoint-missing': [{ bundle: { [`${PROOF}.checkpoint`]: undefined } }],
  'checkpoint-malformed': [
    { entry: { note: (note) => note.trimEnd() } },
    { entry: { note: (note) => note.replace('\n\n', '\n') } },
    { entry: { checkpoint: (text) => text.replace('\n11\n', '\n011\n') } },
    { entry: { checkpoint: (text) => text.replace('\n11\n', '\n99999999999999999\n') } },
    { entry: { checkpoint: (text) => text.replace(/\n[^\n]+\n$/, '\nAAAA\n') } },
    { entry: { note: (note) => `${note}no signature\n` } },
    { entry: { note: (note) => note + '\u2014 w AAAAAAAA\n'.repeat(32) } },
  ],
  'checkpoint-signature-missing': [
    { entry: { note: (note) => note.replace('\u2014 rekor', '\u2014 other') } },
    { entry: { note: (note) => note.replace(/(?<=\u2014 \S+ )..../u, 'AAAA') } },
    { entry: { note: (note) => note.slice(0, note.indexOf('\u2014')) } },
    { entry: { checkpoint: (text) => text.replace(/^[^\n]+/, 'another.invalid - 1') } },
    { entry: { checkpoint: (text) => text.replace(' - 1234567890', ' - x') } },
  ],
  'checkpoint-signature': [
    { entry: { note: (note) => note.replace('\n\n', '\nmore\n\n') } },
    { entry: { note: (note) => note.replace('\n11\n', '\n12\n') } },
    { log: 'rekor2', entry: { logKey: makeKey('ed25519', 'another') } },
  ],
  'checkpoint-mismatch': [
    { bundle: { [`${PROOF}.treeSize`]: '12' } },
    { bundle: { [`${PROOF}.rootHash`]: Buffer.alloc(32).toString('base64') } },
  ],
  'log-index-mismatch': [{ log: 'rekor2', entry: { logIndex: 6 } }],
  'entry-malformed': [
    { entry: { bodyText: '{"kind":"dsse","kind":"dsse","apiVersion":"0.0.1","spec":{}}' } },
    { entry: { bodyText: '{"kind":"dsse","apiVersion":"0.0.1"}' } },
    { entry: { body: { 'spec.payloadHash': undefined } } },
  ],
  'entry-kind-unsupported': [
    { entry: { body: { kind: 'rpm' } }, bundle: { [`${ENTRY}.kindVersion.kind`]: 'rpm' } },
    { entry: { body: { apiVersion: '0.0.3' } }, bundle: { [`${ENTRY}.kindVersion.version`]: '0.0.3' } },
  ],
  'entry-kind-mismatch': [
    { bundle: { [`${ENTRY}.kindVersion.kind`]: 'intoto' } },
    { bundle: { [`${ENTRY}.kindVersion.version`]: '0.0.2' } },
    { artifact: OCTETS, entryKind: 'dsse' },
  ],
  'entry-digest-mismatch': [
    { entryKind: 'hashedrekord', entry: { body: { 'spec.data.hash.value': '00'.repeat(32) } } },
    { entryKind: 'hashedrekord', entry: { body: { 'spec.data.hash.algorithm': 'sha1' } } },
    { log: 'rekor2', artifact: OCTETS, entry: { body: { 'spec.hashedRekordV002.data.digest': '' } } },
    { artifact: OCTETS, given: { octets: new Uint8Array(3) } },
  ],
  'entry-payload-mismatch': [
    { entry: { body: { 'spec.payloadHash.value': '00'.repeat(32) } } },
    { log: 'rekor2', entry: { body: { 'spec.dsseV002.payloadHash.digest': '' } } },
    { entryKind: 'intoto', entry: { body: { 'spec.content.envelope.payloadType': 'text/plain' } } },
    { entryKind: 'intoto', entry: { body: { 'spec.content.envelope.payload': 'AAAA' } } },
    { bundle: { 'dsseEnvelope.payload': Buffer.from('{}').toString('base64') } },
  ],
  'entry-signature-mismatch': [
    { entry: { body: { 'spec.signatures': [] } } },
    { bundle: { 'dsseEnvelope.signatures.0.sig': 'AAAA' } },
    { entryKind: 'hashedrekord', entry: { body: { 'spec.signature.content': 'AAAA' } } },
  ],
  'entry-signer-mismatch': [
    { entryKind: 'hashedrekord', entry: { body: { 'spec.signature.publicKey.content': 'AAAA' } } },
    { log: 'rekor2', artifact: OCTETS, entry: { body: { 'spec.hashedRekordV002.signature.verifier': {} } } },
    {
      log: 'rekor2',
      artifact: OCTETS,
      entry: { body: { 'spec.hashedRekordV002.signature.verifier.publicKey': { rawBytes: 'AAAA' } } },
    },
    { managedKey: makeKey('ec-p256', 'managed'), policy: { kind: 'key', spki: ANOTHER_KEY.spki } },
  ],
  'time-missing': [
    { entry: { promise: 'absent' } },
    { log: 'rekor2', timestamps: [] },
    { log: 'rekor2', timestamps: [], bundle: { [`${ENTRY}.integratedTime`]: String(AT.getTime() / 1000) } },
  ],
  'time-in-future': [
    { now: minutes(-5 - 1 / 60) },
    { now: minutes(-1), log: 'rekor2', timestamps: [{ at: minutes(8) }] },
    { now: minutes(-1), timestamps: [{ at: minutes(8) }] },
    { now: new Date(Number.NaN) },
  ],
  'timestamp-malformed': [
    { timestamps: [{}], bundle: { [`${MATERIAL}.timestampVerificationData.rfc3161Timestamps.0.signedTimestamp`]: 'MAA=' } },
    { timestamps: [{ version: 2 }] },
    { timestamps: [{ extraAttribute: attribute('1.2.840.113549.1.9.4', octetString(new Uint8Array(32))) }] },
    { timestamps: [{ extraAttribute: attribute('1.2.3', octetString(OCTETS), octetString(new Uint8Array(32))) }] },
  ],
  'timestamp-not-granted': [{ timestamps: [{ status: 2 }] }],
  'timestamp-imprint': [{ timestamps: [{ over: OCTETS }] }],
  'timestamp-attributes': [
    { timestamps: [{ digest: new Uint8Array(32) }] },
    { timestamps: [{ contentType: '1.2.840.113549.1.7.1' }] },
    { timestamps: [{ certificateDigest: new Uint8Array(32) }] },
    { timestamps: [{ certificateDigest: 'absent' }] },
  ],
  'timestamp-signature': [
    { timestamps: [{ key: makeKey('ec-p384', 'another') }] },
    { timestamps: [{}, { key: makeKey('ec-p384', 'another') }] },
  ],
  'timestamp-authority-unknown': [
    { timestamps: [{}], root: { timestampAuthorities: [] } },
    { timestamps: [{ certificate: makeAuthority(AT, 'another').tsa, embed: true }] },
    { timestamps: [{ certificate: makeChain({ at: AT, keyKind: 'ec-p384', leafKeyKind: 'ec-p384' }).leaf, embed: true }] },
  ],
  'timestamp-authority-time': [
    { timestamps: [{}], root: { 'timestampAuthorities.0.validFor.end': minutes(-1 / 60).toISOString() } },
    { timestamps: [{}], root: { 'timestampAuthorities.0.validFor.start': minutes(1 / 60).toISOString() } },
    {
      timestamps: [{}],
      // Another authority's window is not this one's.
      root: {
        'timestampAuthorities.0.validFor.end': minutes(-1 / 60).toISOString(),
        'timestampAuthorities.1': makeSigstore({ at: AT, seed: 'another' }).trustedRoot['timestampAuthorities']?.[0 as never],
      },
    },
  ],
  'certificate-path': [
    { root: { certificateAuthorities: makeSigstore({ at: AT, seed: 'another' }).trustedRoot['certificateAuthorities'] } },
    { leaf: { signature: 'flipped' } },
    { leaf: { extensions: [unknownExtension(true)] } },
  ],
  'certificate-time': [
    { entry: { integratedAt: minutes(9 + 1 / 60) } },
    { entry: { integratedAt: minutes(-1 - 1 / 60) } },
    { log: 'rekor2', timestamps: [{ at: minutes(10) }] },
    { log: 'rekor2', timestamps: [{}, { at: minutes(10) }] },
    { timestamps: [{ at: minutes(10) }] },
  ],
  'certificate-use': [
    { leaf: { extendedKeyUsage: [] } },
    { leaf: { extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] } },
    { leaf: { keyUsage: 'absent' } },
    { leaf: { keyUsage: ['keyAgreement'] } },
    { leaf: { basicConstraints: { ca: true }, keyUsage: ['digitalSignature', 'keyCertSign'] } },
  ],
  'authority-time': [
    { root: { 'certificateAuthorities.0.validFor.end': minutes(-1 / 60).toISOString() } },
    { root: { 'certificateAuthorities.0.validFor.start': minutes(1 / 60).toISOString() } },
    { timestamps: [{ at: minutes(5) }], root: { 'certificateAuthorities.0.validFor.end': minutes(4).toISOString() } },
  ],
  'sct-missing': [{ sct: { list: 'absent' } }],
  'sct-malformed': [
    { sct: { list: () => sequence() } },
    { sct: { list: (list) => list.with(0, 0x80) } },
    { sct: { list: (list) => Uint8Array.of(...list, 0) } },
    { sct: { list: () => octetString(Uint8Array.of(0, 0)) } },
    { sct: { list: (list) => octetString(Uint8Array.of(...list.slice(2), 0)) } },
    { sct: { list: (list) => octetString(list.slice(4, -1)) } },
    { sct: { list: (list) => list.with(6, 1) } },
    { sct: { copies: 9 } },
  ],
  'sct-log-unknown': [{ root: { ctlogs: [] } }, { sct: { logId: new Uint8Array(32) } }],
  'sct-log-time': [
    { root: { 'ctlogs.0.publicKey.validFor.end': minutes(-1 / 60).toISOString() } },
    { sct: { at: new Date(AT.getTime() + 1) }, root: { 'ctlogs.0.publicKey.validFor.end': AT.toISOString() } },
  ],
  'sct-signature': [
    { sct: { logKey: ANOTHER_KEY } },
    { sct: { issuerSpki: ANOTHER_KEY.spki } },
    { sct: { algorithm: [4, 1] } },
    { sct: { algorithm: [5, 3] } },
  ],
  'identity-malformed': [
    { identity: { names: [uriName('https://a.invalid/'), uriName('https://b.invalid/')] } },
    { identity: { extensions: { 1: 'https://accounts.invalid', 8: 'https://another.invalid' } } },
    { identity: { extensions: { 1: undefined, 8: undefined } } },
    { identity: { extensions: { 12: octetString(OCTETS) } } },
  ],
  'issuer-mismatch': [
    { identity: { issuer: 'https://token.actions.githubusercontent.com.invalid' } },
    { policy: { kind: 'exact', issuer: 'https://accounts.invalid', subject: 'somebody@example.invalid' } },
  ],
  'subject-mismatch': [
    { identity: { names: [mailboxName('somebody@example.invalid')] } },
    { identity: { names: [uriName('https://github.com/example/confidential-service-2/.github/workflows/build.yml@refs/tags/v1')] } },
    { policy: { ...WORKFLOW, workflow: 'release.yml' } },
  ],
  'repository-mismatch': [
    { identity: { extensions: { 12: 'https://github.com/example/another' } } },
    { identity: { extensions: { 12: undefined } } },
  ],
  'ref-mismatch': [
    { policy: { ...WORKFLOW, ref: { startsWith: 'refs/heads/' } } },
    { policy: { ...WORKFLOW, ref: { exactly: 'refs/tags/v1.2.4' } } },
    { identity: { extensions: { 14: 'refs/heads/main' } } },
  ],
  'runner-mismatch': [
    { identity: { extensions: { 11: 'self-hosted' } }, policy: { ...WORKFLOW, runner: 'github-hosted' } },
    { identity: { extensions: { 11: undefined } }, policy: { ...WORKFLOW, runner: 'github-hosted' } },
  ],
  'key-unusable': [{ managedKey: { ...ANOTHER_KEY, spki: NO_KEY }, policy: { kind: 'key', spki: NO_KEY } }],
  'signature-malformed': [{ signature: new Uint8Array(64) }, { leafKey: makeKey('rsa-2048', 'rsa'), signature: new Uint8Array(255) }],
  'signature-invalid': [{ signOver: OCTETS }],
  'payload-type': [{ payloadType: 'application/json' }],
  'statement-malformed': [
    { statement: 'no JSON' },
    { statement: '{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"x","predicate":{}}' },
    { statement: '{"_type":"https://in-toto.io/Statement/v1","_type":"https://in-toto.io/Statement/v1"}' },
    { statement: '{"subject":[{"digest":{}}],"predicateType":"x","predicate":{}}' },
  ],
  'statement-type': [{ statement: { ...STATEMENT, _type: 'https://in-toto.io/Statement/v2' } }],
}

describe.each(Object.entries(FAILURES))('%s', (code, cases) => {
  it.each(cases.map((one, index) => [index, one] as const))('case %i', async (_, one) => {
    expect(await outcome(one)).toBe(code)
  })
})

describe('an engine that cannot do its part', () => {
  afterEach(() => vi.restoreAllMocks())

  it.each([{}, { log: 'rekor2' as const }, { version: '0.1' as const, entry: { proof: 'absent' as const } }])(
    'is no verdict: case %#',
    async (one) => {
      vi.spyOn(crypto.subtle, 'verify').mockRejectedValue(new DOMException('no such algorithm', 'NotSupportedError'))
      expect(await outcome(one)).toBe('engine-failed')
    },
  )
})

describe('an engine without SHA-384', () => {
  afterEach(() => vi.restoreAllMocks())

  it.each([
    ['the certificate', {}],
    ['the timestamp', { timestamps: [{}] }],
  ])('leaves %s undecided', async (_, one) => {
    const verifyWith = crypto.subtle.verify.bind(crypto.subtle)
    vi.spyOn(crypto.subtle, 'verify').mockImplementation((algorithm, key, signature, data) => {
      const isMissing = typeof algorithm === 'object' && 'hash' in algorithm && algorithm.hash === 'SHA-384'
      return isMissing ? Promise.reject(new DOMException('no such hash', 'NotSupportedError')) : verifyWith(algorithm, key, signature, data)
    })
    expect(await outcome(one)).toBe('engine-failed')
  })
})

describe('how much work', () => {
  afterEach(() => vi.restoreAllMocks())

  it.each([
    ['certificate, intermediate, certificate timestamp, promise, checkpoint, envelope', {}, 6],
    ['the same, with a timestamp and its certificate for the promise', { log: 'rekor2' as const }, 7],
    ['a wrong signer is found before the certificate timestamp', { bundle: { 'dsseEnvelope.signatures': [] } }, 0],
  ])('verifies each signature once: %s', async (_, one, count) => {
    const verified = vi.spyOn(crypto.subtle, 'verify')
    await outcome(one)
    expect(verified).toHaveBeenCalledTimes(count)
  })
})

it('takes any octets without throwing', async () => {
  const root = parseSigstoreRoot(JSON.stringify(makeSigstore({ at: AT }).trustedRoot), 'user')
  if (!root.ok) throw new Error(root.code)
  const input = { root: root.value, policy: WORKFLOW, now: NOW }
  await fc.assert(fc.asyncProperty(fc.string(), async (text) => !(await verifySigstoreBundle(text, input)).ok))
})

it('is not verified once any text in it is another', async () => {
  const { bundle, trustedRoot } = makeSigstore({ at: AT, timestamps: [{}] })
  const root = parseSigstoreRoot(JSON.stringify(trustedRoot), 'user')
  if (!root.ok) throw new Error(root.code)
  const input = { root: root.value, policy: WORKFLOW, now: NOW }
  const text = JSON.stringify(bundle)
  expect((await verifySigstoreBundle(text, input)).ok).toBe(true)
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom('A', 'b', '0', '9', '"', '\\', '/'), async (index, character) => {
      fc.pre(text[index] !== character)
      const mutated = text.slice(0, index) + character + text.slice(index + 1)
      return !(await verifySigstoreBundle(mutated, input)).ok
    }),
    { numRuns: 300 },
  )
})
