import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { type CertificateOptions, issueCertificate, toPem } from './certificates.ts'
import { sequence, taggedPrimitive } from './der.ts'
import { type Json, type JsonObject, members } from './json.ts'
import { makeKey, type SigningKey } from './keys.ts'
import { GPU_NONCE, makeGpuChain, makeGpuItem } from './nvidia-gpu.ts'
import { hex, join, type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'
import { makeSnpEvidence, type SnpEvidence, type SnpKnobs } from './sev-snp.ts'
import { makeSigstore, type SigstoreOptions, type SimulatedSigstore } from './sigstore.ts'
import { makeTdx, type SimulatedTdx } from './tdx.ts'
import { honestTd } from './tdx-quote.ts'

/**
 * A service like Tinfoil's: an enclave with a TLS key and an HPKE key, on either maker's hardware, with graphics cards or without; the documents that
 * it serves in each version, and the bundle of the attestation cache. Written from tinfoilsh/tinfoil-go `verifier/document` and, for the early form of
 * version 3, from what was served in June 2026. What comes out is JSON, to be changed afterwards; what is hashed or signed is changed by knobs.
 */
export type TinfoilOptions = {
  readonly seed?: string
  readonly at: Date
  readonly platform?: 'snp' | 'tdx'
  readonly snp?: SnpKnobs
  /** In place of what the report's data is to be. */
  readonly reportData?: (honest: Octets) => Uint8Array
  readonly nonce?: Octets
  /** How many graphics cards; the nonce that they answered. */
  readonly gpus?: number
  readonly gpuNonce?: Octets
  readonly certificate?: Partial<CertificateOptions>
  /** The certificate's DNS names, in place of the honest ones. */
  readonly names?: (honest: readonly string[]) => readonly string[]
  /** What the signed release says: changes to the predicate, another digest, another signer. */
  readonly predicate?: (honest: JsonObject) => JsonObject
  readonly subjectDigest?: string
  readonly sigstore?: Partial<SigstoreOptions>
  /** Last word on the two endorsed sections of version 3, before they are hashed. */
  readonly cryptoMaterial?: (honest: JsonObject) => Json
  readonly deviceEvidence?: (honest: JsonObject) => Json
}

export const DOMAIN = 'inference.tinfoil.example'
export const REPOSITORY = 'simulated/confidential-router'
export const RELEASE_DIGEST: string = hex(sha256(utf8('simulated tinfoil-deployment.json')))
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const DIGITS_IN_LABEL = 45

export type Enclave = {
  readonly options: TinfoilOptions
  readonly tls: SigningKey
  readonly hpke: Octets
  readonly nonce: Octets
  readonly platform: 'snp' | 'tdx'
}

export function makeEnclave(options: TinfoilOptions): Enclave {
  const { seed = DEFAULT_SEED, nonce = GPU_NONCE, platform = 'snp' } = options
  return { options, tls: makeKey('ec-p384', `${seed}/tinfoil/tls`), hpke: randomFrom(`${seed}/tinfoil/hpke`)(32), nonce, platform }
}

/** The processor's evidence over some report data. */
export type CpuEvidence = { readonly report: Octets; readonly snp?: SnpEvidence; readonly tdx?: SimulatedTdx }

function cpuEvidence({ options, platform }: Enclave, honest: Octets): CpuEvidence {
  const reportData = options.reportData?.(honest) ?? honest
  if (platform === 'snp') {
    const snp = makeSnpEvidence(options.at, { product: 'Genoa', ...options.snp, fields: { reportData, ...options.snp?.fields } })
    return { report: snp.report, snp }
  }
  const rtmrs = registers()
  const tdx = makeTdx({ at: options.at, shape: 'fetched', quote: { td: { reportData, rtmrs } } })
  return { report: tdx.quote, tdx }
}

/** RTMR3 is zero: nothing was added at run time. */
function registers(): readonly Octets[] {
  const [first, second, third] = honestTd().rtmrs
  return [first, second, third].map((register) => octets(register ?? [])).concat(new Uint8Array(48))
}

/** Version 2: the report's data is the TLS key's fingerprint and the HPKE key. */
export function documentV2(enclave: Enclave): { readonly document: { format: string; body: string }; readonly cpu: CpuEvidence } {
  const cpu = cpuEvidence(enclave, join(sha256(enclave.tls.spki), enclave.hpke))
  const format = `https://tinfoil.sh/predicate/${enclave.platform === 'snp' ? 'sev-snp' : 'tdx'}-guest/v2`
  return { document: { format, body: base64(gzipSync(cpu.report)) }, cpu }
}

/** The enclave's certificate, with the HPKE key and the hash of the version 2 document in its names. */
export function enclaveCertificate(enclave: Enclave, attestation: { readonly format: string; readonly body: string }): string {
  const { options, tls, hpke } = enclave
  const parent = DOMAIN.split('.').slice(1).join('.')
  const honest = [
    DOMAIN,
    `*.${DOMAIN}`,
    ...labels(hpke, 'hpke', parent),
    ...labels(utf8(hex(sha256(utf8(attestation.format + attestation.body)))), 'hatt', parent),
  ]
  const names = options.names?.(honest) ?? honest
  const day = 86_400_000
  const authority = issueCertificate({
    subject: [['CN', 'Simulated Web CA']],
    key: makeKey('ec-p256', 'tinfoil/web-ca'),
    notBefore: new Date(options.at.getTime() - 1000 * day),
    notAfter: new Date(options.at.getTime() + 1000 * day),
    basicConstraints: { ca: true },
  })
  return issueCertificate(
    {
      subject: [['CN', DOMAIN]],
      key: tls,
      notBefore: new Date(options.at.getTime() - 10 * day),
      notAfter: new Date(options.at.getTime() + 80 * day),
      extensions: [{ oid: '2.5.29.17', critical: false, value: sequence(...names.map((name) => taggedPrimitive(2, utf8(name)))) }],
      ...options.certificate,
    },
    authority,
  ).pem
}

/** Octets as DNS names: `NN<base32>.<marker>.<domain>`. */
export function labels(value: Uint8Array, marker: string, domain: string): readonly string[] {
  const digits = base32(value)
  const count = Math.ceil(digits.length / DIGITS_IN_LABEL)
  return Array.from({ length: count }, (_, index) => {
    const chunk = digits.slice(index * DIGITS_IN_LABEL, (index + 1) * DIGITS_IN_LABEL)
    return `${String(index).padStart(2, '0')}${chunk}.${marker}.${domain}`
  })
}

function base32(value: Uint8Array): string {
  const bits = [...value].map((octet) => octet.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((group) => BASE32.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join('')
}

/** A signed release that measures what the processor's report says. */
export function release({ options }: Enclave, { report, snp }: CpuEvidence): SimulatedSigstore {
  const [, rtmr1, rtmr2] = registers()
  const honest: JsonObject = {
    snp_measurement: snp === undefined ? '00'.repeat(48) : hex(report.subarray(0x90, 0xc0)),
    tdx_measurement: { rtmr1: hex(rtmr1 ?? octets([])), rtmr2: hex(rtmr2 ?? octets([])) },
    cmdline: 'readonly=on',
    hashes: {},
    config: '',
  }
  const { sigstore = {} } = options
  return makeSigstore({
    at: options.at,
    statement: {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'tinfoil-deployment.json', digest: { sha256: options.subjectDigest ?? RELEASE_DIGEST } }],
      predicateType: 'https://tinfoil.sh/predicate/snp-tdx-multiplatform/v1',
      predicate: options.predicate?.(honest) ?? honest,
    },
    ...sigstore,
    identity: { repository: REPOSITORY, ref: 'refs/tags/v0.0.38', ...sigstore.identity },
  })
}

export type SimulatedTinfoil = { readonly document: JsonObject; readonly cpu: CpuEvidence; readonly sigstore: SimulatedSigstore }

/** What the attestation cache hands out. */
export function makeAtcBundle(options: TinfoilOptions): SimulatedTinfoil {
  const enclave = makeEnclave(options)
  const { document, cpu } = documentV2(enclave)
  const sigstore = release(enclave, cpu)
  return {
    document: members({
      domain: DOMAIN,
      enclaveAttestationReport: document,
      digest: RELEASE_DIGEST,
      sigstoreBundle: sigstore.bundle,
      vcek: cpu.snp === undefined ? undefined : base64(cpu.snp.vcek),
      enclaveCert: enclaveCertificate(enclave, document),
    }),
    cpu,
    sigstore,
  }
}

/** Version 3 as served since August 2026. */
export function makeDocumentV3(options: TinfoilOptions): SimulatedTinfoil {
  const enclave = makeEnclave(options)
  const { tls, hpke, nonce, platform } = enclave
  const keys: JsonObject = {
    format: 'https://tinfoil.sh/crypto-material/v1',
    items: [
      { id: 'tls', format: 'https://tinfoil.sh/key/spki-fp-sha256/v1', data: hex(sha256(tls.spki)) },
      { id: 'hpke', format: 'https://tinfoil.sh/key/x25519-hpke/v1', data: hex(hpke) },
    ],
  }
  const devices: JsonObject = {
    format: 'https://tinfoil.sh/device-evidence/v1',
    items: gpuItems(options).map((evidence, index) => ({
      id: `gpu${index}`,
      kind: 'gpu',
      vendor: 'nvidia',
      format: 'https://tinfoil.sh/format/nvidia-gpu-evidence/v1',
      evidence,
    })),
  }
  const cryptoMaterial = utf8(JSON.stringify(options.cryptoMaterial?.(keys) ?? keys))
  const deviceEvidence = utf8(JSON.stringify(options.deviceEvidence?.(devices) ?? devices))
  const label = 'https://tinfoil.sh/report-data/v1'
  const reportData = join(sha256(join(utf8(label), nonce, sha256(cryptoMaterial), sha256(deviceEvidence))), new Uint8Array(32))
  const cpu = cpuEvidence(enclave, reportData)
  const sigstore = release(enclave, cpu)
  return {
    document: {
      format: 'https://tinfoil.sh/predicate/attestation/v3',
      challenge: { nonce: hex(nonce), report_data: hex(reportData), report_data_algorithm: label },
      cpu_evidence: {
        format: platform === 'snp' ? 'https://tinfoil.sh/format/sev-snp-report/v1' : 'https://tinfoil.sh/format/tdx-quote/v1',
        report_base64: base64(cpu.report),
        endorsed: { crypto_material_hash: hex(sha256(cryptoMaterial)), device_evidence_hash: hex(sha256(deviceEvidence)) },
      },
      crypto_material: base64(cryptoMaterial),
      device_evidence: base64(deviceEvidence),
      collateral: [
        ...cpuCollateral(cpu),
        {
          id: 'code',
          role: 'reference-values',
          format: 'https://tinfoil.sh/collateral/sigstore-code/v1',
          data: { repo: 'whatever/it-says', tag: 'v0', digest: RELEASE_DIGEST, sigstore_bundle: sigstore.bundle },
        },
      ],
    },
    cpu,
    sigstore,
  }
}

function cpuCollateral({ snp, tdx }: CpuEvidence): readonly Json[] {
  const entry = (id: string, data: Json) => ({
    id,
    role: 'endorsement',
    format: `https://tinfoil.sh/collateral/${id}/v1`,
    subjects: ['cpu'],
    data,
  })
  if (snp !== undefined) {
    return [
      entry('amd-vcek', { vcek_der_base64: base64(snp.vcek), cert_chain_pem: toPem(snp.authority) }),
      entry('amd-crl', { crl_der_base64: base64(snp.crl()) }),
    ]
  }
  const fetched: Record<string, { body: string; issuerChain?: string }> = JSON.parse(tdx?.collateral ?? '{}')
  const service = 'https://api.trustedservices.intel.com'
  const answer = (url: string, name: string, header: string, binary?: 'hex' | 'base64') => {
    const { body = '', issuerChain = '' } = fetched[name] ?? {}
    return { url, headers: { [header]: [issuerChain] }, body_base64: base64(Buffer.from(body, binary ?? 'utf8')) }
  }
  return [
    entry('intel-pcs', {
      responses: [
        answer(`${service}/tdx/certification/v4/tcb?fmspc=90c06f000000`, 'tcbInfo', 'Tcb-Info-Issuer-Chain'),
        answer(`${service}/tdx/certification/v4/qe/identity`, 'qeIdentity', 'Sgx-Enclave-Identity-Issuer-Chain'),
        answer(`${service}/sgx/certification/v4/pckcrl?ca=platform&encoding=der`, 'pckCrl', 'Sgx-Pck-Crl-Issuer-Chain', 'base64'),
        answer('https://certificates.trustedservices.intel.com/IntelSGXRootCA.der', 'rootCaCrl', 'Content-Type', 'hex'),
      ],
    }),
  ]
}

/** Version 3 as it was in June 2026: inline JSON, hashed as its compact text. */
export function makeEarlyDocumentV3(options: TinfoilOptions): SimulatedTinfoil {
  const enclave = makeEnclave(options)
  const { tls, hpke, nonce, platform } = enclave
  const items = gpuItems(options)
  const gpu: JsonObject | undefined = items.length === 0 ? undefined : { evidences: items }
  const nvswitch: JsonObject | undefined = items.length < 8 ? undefined : { evidences: [{ switch: 0 }] }
  const parts = [gpu, nvswitch].map((part) => (part === undefined ? octets([]) : sha256(utf8(JSON.stringify(part)))))
  const reportData = join(sha256(join(sha256(tls.spki), hpke, nonce, ...parts)), new Uint8Array(32))
  const cpu = cpuEvidence(enclave, reportData)
  const [gpuHash, switchHash] = parts
  return {
    document: members({
      format: 'https://tinfoil.sh/predicate/attestation/v3',
      report_data: members({
        tls_key_fp: hex(sha256(tls.spki)),
        hpke_key: hex(hpke),
        nonce: hex(nonce),
        gpu_evidence_hash: gpu === undefined ? undefined : hex(gpuHash ?? octets([])),
        nvswitch_evidence_hash: nvswitch === undefined ? undefined : hex(switchHash ?? octets([])),
      }),
      cpu: { platform: platform === 'snp' ? 'sev-snp' : 'tdx', report: base64(cpu.report) },
      gpu,
      nvswitch,
      certificate: enclaveCertificate(enclave, { format: '', body: '' }),
      signature: base64(octets([1, 2, 3])),
    }),
    cpu,
    sigstore: release(enclave, cpu),
  }
}

/** Each card's certificates, report, kind and nonce. */
function gpuItems({ gpus = 0, gpuNonce, nonce = GPU_NONCE }: TinfoilOptions): readonly JsonObject[] {
  const answered = gpuNonce ?? nonce
  return Array.from({ length: gpus }, (_, index) => ({ ...makeGpuItem({ index, nonce: answered }).item, nonce: hex(answered) }))
}

export const gpuAnchor = (): ReturnType<typeof makeGpuChain>['anchor'] => makeGpuChain().anchor

function base64(source: Uint8Array): string {
  return Buffer.from(source).toString('base64')
}

function sha256(source: Uint8Array): Octets {
  return octets(createHash('sha256').update(source).digest())
}
