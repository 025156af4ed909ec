import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { copyTree } from './copy.ts'
import { mutantsOf } from './mutants.ts'
import { deleteRules } from './rules.ts'

/**
 * Mutates the source, one small change at a time, in a copy of the tree, and runs the tests that ought to notice. Prints every survivor and
 * exits 1 if there is one. `--only TEXT` restricts the files by name, `--every N` takes each Nth mutant. A long run: about three seconds a
 * mutant. `--rules` deletes the named rules of `rules.ts` instead, one by one and all together.
 */
const TARGETS: readonly { readonly file: string; readonly tests: readonly string[] }[] = [
  ...['rules', 'judge', 'derive', 'headline', 'proven', 'finding'].map((name) => ({
    file: `src/verify/claims/${name}.ts`,
    tests: ['src/verify/claims', 'test/verify/scenarios.test.ts'],
  })),
  ...['observe', 'parse', 'schema', 'verify'].map((name) => ({
    file: `src/verify/receipts/inference-receipt/${name}.ts`,
    tests: ['src/verify/receipts', 'test/verify'],
  })),
  ...['document', 'key-commitment', 'observe', 'receipt', 'report', 'session', 'session-evidence', 'upstream', 'verify'].map((name) => ({
    file: `src/verify/receipts/aci/${name}.ts`,
    tests: ['src/verify/receipts/aci', 'test/verify/aci.test.ts'],
  })),
  ...['binding', 'completed', 'exchange', 'hops', 'json-python', 'observe', 'parse', 'report', 'signature', 'verify'].map((name) => ({
    file: `src/verify/receipts/chat-signature/${name}.ts`,
    tests: ['src/verify/receipts/chat-signature', 'test/verify/chat-signature.test.ts'],
  })),
  ...['binding', 'claims', 'delivery', 'draft', 'envelope', 'evidence', 'exchange', 'gateway-hashes', 'observe', 'receipt', 'verify'].map(
    (name) => ({
      file: `src/verify/receipts/air/${name}.ts`,
      tests: ['src/verify/receipts/air', 'test/verify/air.test.ts'],
    }),
  ),
  ...['base', 'content-digest', 'key', 'observe', 'parse', 'verify'].map((name) => ({
    file: `src/verify/receipts/http-signature/${name}.ts`,
    tests: ['test/verify/http-signature.test.ts'],
  })),
  { file: 'src/verify/receipts/issue-time.ts', tests: ['test/verify/air.test.ts', 'test/verify/http-signature.test.ts'] },
  { file: 'src/verify/encoding/structured-fields.ts', tests: ['src/verify/encoding/structured-fields.test.ts'] },
  ...['dstack-document', 'near-entry', 'report-data'].map((name) => ({
    file: `src/verify/receipts/${name}.ts`,
    tests: ['src/verify/receipts/near-entry.test.ts', 'src/verify/receipts/report-data.test.ts', 'src/verify/receipts/aci'],
  })),
  ...['certificates', 'measurements', 'schema', 'verify'].map((name) => ({
    file: `src/verify/attestation/confidential-space/${name}.ts`,
    tests: ['src/verify/attestation/confidential-space', 'test/verify'],
  })),
  { file: 'src/verify/attestation/issuer-key.ts', tests: ['src/verify/attestation/azure-maa', 'test/verify'] },
  ...['measurements', 'runtime-claims', 'schema', 'verify'].map((name) => ({
    file: `src/verify/attestation/azure-maa/${name}.ts`,
    tests: ['src/verify/attestation/azure-maa', 'test/verify'],
  })),
  { file: 'src/verify/attestation/token.ts', tests: ['src/verify/attestation/token.test.ts'] },
  ...['compose-file', 'yaml'].map((name) => ({
    file: `src/verify/attestation/dstack/${name}.ts`,
    tests: ['src/verify/attestation/dstack/compose-file.test.ts'],
  })),
  ...[
    'boot-events',
    'check-event-log',
    'compose',
    'config-id',
    'event-digest',
    'event-log',
    'key-custody',
    'measurements',
    'os-image',
    'replay',
    'schema',
    'verify',
  ].map((name) => ({ file: `src/verify/attestation/dstack/${name}.ts`, tests: ['src/verify/attestation/dstack'] })),
  { file: 'src/verify/attestation/gpu-pairing.ts', tests: ['src/verify/attestation/gpu-pairing.test.ts'] },
  { file: 'src/verify/attestation/gpu-measurements.ts', tests: ['src/verify/attestation/nvidia-gpu'] },
  ...['architecture', 'firmware-id', 'gpu', 'measurements', 'opaque-data', 'report', 'schema', 'verify'].map((name) => ({
    file: `src/verify/attestation/nvidia-gpu/${name}.ts`,
    tests: ['src/verify/attestation/nvidia-gpu'],
  })),
  ...['detached', 'device-claims', 'measurements', 'schema', 'verify'].map((name) => ({
    file: `src/verify/attestation/nras/${name}.ts`,
    tests: ['src/verify/attestation/nras'],
  })),
  ...[
    'bundle',
    'certificate',
    'checkpoint',
    'cms',
    'entry-body',
    'identity',
    'log-entry',
    'merkle',
    'sct',
    'signer',
    'statement',
    'times',
    'timestamp',
    'verify',
    'verify-bundle',
  ].map((name) => ({
    file: `src/verify/provenance/sigstore/${name}.ts`,
    tests: ['src/verify/provenance'],
  })),
  { file: 'src/verify/provenance/slsa/predicate.ts', tests: ['src/verify/provenance/slsa'] },
  { file: 'src/verify/trust/sigstore-root.ts', tests: ['src/verify/trust/sigstore-root.test.ts'] },
  { file: 'src/verify/encoding/jcs.ts', tests: ['src/verify/encoding/jcs.test.ts'] },
  { file: 'src/verify/encoding/byte-reader.ts', tests: ['src/verify/encoding/byte-reader.test.ts'] },
  ...['document', 'measurements', 'verify'].map((name) => ({
    file: `src/verify/attestation/nitro/${name}.ts`,
    tests: ['src/verify/attestation/nitro', 'test/verify/nitro.test.ts'],
  })),
  ...['report', 'endorsement', 'endorsement-key', 'revocation', 'tcb', 'product', 'measurements', 'verify'].map((name) => ({
    file: `src/verify/attestation/sev-snp/${name}.ts`,
    tests: ['src/verify/attestation/sev-snp'],
  })),
  ...['verify', 'document', 'certificate', 'check-source', 'collateral'].map((name) => ({
    file: `src/verify/attestation/tinfoil/${name}.ts`,
    tests: ['src/verify/attestation/tinfoil', 'test/verify/tinfoil.test.ts'],
  })),
  { file: 'src/verify/attestation/opensecret/verify.ts', tests: ['src/verify/attestation/opensecret', 'test/verify/opensecret.test.ts'] },
  { file: 'src/verify/receipts/opengradient/verify.ts', tests: ['src/verify/receipts/opengradient', 'test/verify/opengradient.test.ts'] },
  ...['gzip', 'base32'].map((name) => ({ file: `src/verify/encoding/${name}.ts`, tests: [`src/verify/encoding/${name}.test.ts`] })),
  { file: 'src/verify/model-check.ts', tests: ['src/verify/model-check.test.ts'] },
  ...(
    [
      ['database', 'store'],
      ['documents'],
      ['endings'],
      ['exchange', 'exchanges', 'tab-state'],
      ['exchanges'],
      ['faults', 'database'],
      ['judge'],
      ['losses'],
      ['main'],
      ['memory-store', 'store'],
      ['news', 'toolbar'],
      ['octets'],
      ['opt-in'],
      ['page-lookup'],
      ['record', 'planted'],
      ['reports', 'exchanges'],
      ['router'],
      ['serial'],
      ['show', 'main'],
      ['sites'],
      ['states'],
      ['store', 'database'],
      ['tab-state'],
      ['toolbar'],
      ['vaults', 'main', 'router'],
    ] as const
  ).map(([name, ...more]) => ({
    file: `src/background/${name}.ts`,
    tests: [name, ...more].map((tests) => `src/background/${tests}.test.ts`),
  })),
  ...['join', 'parse', 'browser/kept-headers', 'browser/watch', 'relay/deliver', 'relay/lookup', 'relay/parse'].map((name) => ({
    file: `src/capture/${name}.ts`,
    tests: [`src/capture/${name}.test.ts`],
  })),
  ...['addresses', 'credentials', 'hook', 'lookup', 'octets', 'primordials'].map((name) => ({
    file: `src/capture/page/${name}.ts`,
    tests: ['src/capture/page'],
  })),
  ...[
    'content-scripts',
    'match',
    'opt-in-rule',
    'permissions',
    'request-end',
    'runtime',
    'session',
    'tabs',
    'toolbar',
    'web-request',
    'windows',
  ].map((name) => ({
    file: `src/platform/${name}.ts`,
    tests: ['src/platform', 'src/background/sites.test.ts', 'src/background/opt-in.test.ts'],
  })),
  { file: 'src/ui/shared/element.ts', tests: ['src/ui/shared'] },
  { file: 'src/ui/popup/model.ts', tests: ['src/ui/popup'] },
  ...['options', 'print'].map((name) => ({ file: `src/cli/${name}.ts`, tests: ['src/cli'] })),
  { file: 'src/cli/load.ts', tests: ['src/cli', 'test/vectors/recording.test.ts'] },
  ...[
    'address',
    'amd',
    'cache',
    'document',
    'evidence',
    'fetch',
    'intel',
    'keys',
    'lists',
    'page',
    'peek',
    'peek-quote',
    'receipt',
    'reports',
    'status',
    'services/lookup',
    'services/types',
  ].map((name) => ({
    file: `src/gather/${name}.ts`,
    tests: ['src/gather'],
  })),
  ...['cbor', 'cose'].map((name) => ({ file: `src/verify/encoding/${name}.ts`, tests: [`src/verify/encoding/${name}.test.ts`] })),
  ...['appraise', 'common-checks', 'observe'].map((name) => ({ file: `src/verify/${name}.ts`, tests: ['test/verify'] })),
  ...['match', 'schema'].map((name) => ({ file: `src/verify/policy/${name}.ts`, tests: ['src/verify/policy', 'test/verify'] })),
  ...['schema', 'read'].map((name) => ({ file: `src/dossier/${name}.ts`, tests: ['src/dossier', 'test/verify'] })),
  ...['path', 'certification-path', 'certificate-rules', 'path-candidates', 'signature-checks'].map((name) => ({
    file: `src/verify/trust/${name}.ts`,
    tests: ['src/verify/trust', 'test/vectors/x509-limbo.test.ts'],
  })),
]

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    every: { type: 'string', default: '1' },
    rules: { type: 'boolean', default: false },
  },
})
const copy = copyTree()
try {
  process.exitCode = (values.rules ? deleteRules(copy) : mutate(Number(values.every), values.only)) > 0 ? 1 : 0
} finally {
  copy.remove()
}

/** Runs the tests of each target against its mutants. Gives how many survived. */
function mutate(every: number, only: string): number {
  let run = 0
  let survived = 0
  for (const { file, tests } of TARGETS.filter((target) => target.file.includes(only))) {
    if (!existsSync(file)) continue
    const original = copy.read(file)
    const known = tests.filter((test) => existsSync(test))
    for (const [index, mutant] of mutantsOf(original).entries()) {
      if (index % every !== 0) continue
      copy.write(file, mutant.text)
      run += 1
      if (copy.passes(known)) {
        survived += 1
        console.log(`SURVIVED ${file}:${mutant.line}\n  - ${mutant.before}\n  + ${mutant.after}`)
      }
    }
    copy.write(file, original)
    console.log(`${file}: done (${run} mutants so far, ${survived} survived)`)
  }
  console.log(`${run} mutants, ${survived} survived`)
  return survived
}
