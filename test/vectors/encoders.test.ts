import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { decode } from 'cborg'
import { describe, expect, it } from 'vitest'
import { makeAci, rawKey } from '../simulator/aci.ts'
import { CLAIM, signAir } from '../simulator/air-receipt.ts'
import { canonicalDigest, canonicalJson } from '../simulator/canonical-json.ts'
import { type Cbor, cbor, Raw } from '../simulator/cbor.ts'
import { contentDigest } from '../simulator/http-signature.ts'
import { pcsDocuments } from '../simulator/intel-pcs.ts'
import { type SigningKey, sign } from '../simulator/keys.ts'
import { makeNear } from '../simulator/near.ts'
import { makeNitroDocument } from '../simulator/nitro.ts'
import { hex, octets, utf8 } from '../simulator/octets.ts'
import { FIELDS, makeSnpEvidence } from '../simulator/sev-snp.ts'
import { isvLevel, makeTdx } from '../simulator/tdx.ts'
import { labels, makeAtcBundle } from '../simulator/tinfoil.ts'
import { describeVectors, vectorBytes, vectorText } from './files.ts'

/*
 * The simulator writes what the verifier reads. Written from one sheet, both repeat its mistakes: so each encoder is given the values out of recorded
 * evidence and has to write the recorded octets, or their layout. What has no recording is on a list.
 */

/** Modules of the simulator that write somebody else's format, and the tests that hold them against what was recorded. */
const PINNED: Readonly<Record<string, string>> = {
  aci: 'test/vectors/encoders.test.ts',
  'air-receipt': 'test/vectors/encoders.test.ts',
  answers: 'test/simulator/real-sample.test.ts',
  'azure-maa': 'test/vectors/azure-maa.test.ts',
  'canonical-json': 'test/vectors/encoders.test.ts',
  cbor: 'test/vectors/encoders.test.ts',
  dstack: 'test/vectors/dstack-simulator.test.ts',
  exchange: 'test/simulator/real-sample.test.ts',
  gateway: 'test/simulator/real-sample.test.ts',
  'hash-domains': 'test/simulator/real-sample.test.ts',
  'http-signature': 'test/vectors/encoders.test.ts',
  'inference-receipt': 'test/simulator/real-sample.test.ts',
  'intel-pcs': 'test/vectors/encoders.test.ts',
  near: 'test/vectors/encoders.test.ts',
  nitro: 'test/vectors/encoders.test.ts',
  nras: 'test/vectors/nras.test.ts',
  'nvidia-gpu': 'test/vectors/nvidia.test.ts',
  'sev-snp': 'test/vectors/sev-snp.test.ts',
  sigstore: 'test/simulator/sigstore.test.ts',
  sse: 'test/simulator/real-sample.test.ts',
  tdx: 'test/vectors/tdx-simulator.test.ts',
  'tdx-quote': 'test/vectors/tdx-simulator.test.ts',
  tinfoil: 'test/vectors/encoders.test.ts',
}
/** Through which module a pinned test reaches one that it does not name. */
const THROUGH: Readonly<Record<string, string>> = {
  'confidential-space': 'gateway',
  air: 'air-receipt',
  'dstack-workload': 'dstack',
  certificates: 'nvidia-gpu',
  der: 'nvidia-gpu',
  jws: 'nras',
}
/** Their own: no format of anybody else. */
const HELPERS = ['index', 'json', 'keys', 'octets', 'random', 'reader', 'sample', 'scenarios']
/** Nothing recorded, or nothing that does not come from the same source: these lists only shrink. */
const UNPINNED_MODULES: readonly string[] = ['air-evidence', 'crl', 'dstack-kms', 'maple', 'opengradient']
const UNPINNED: readonly string[] = [
  'ACI: a receipt of the older form is not simulated',
  'ACI: sessions and custody: the published fixtures are stubs',
  'AMD: the revocation list, of which none was obtained',
  'Chutes: an instance, whose binding was recomputed on 17 recordings that are not in the vectors',
  'dstack KMS: the signatures, of which the vectors have none',
  'EphemeralML: envelopes and the gateway’s headers',
  'Maple: the answer; one published entry of its list verifies in src/verify/attestation/opensecret/verify.test.ts',
  'NVIDIA: Blackwell’s leaf, and switches as raw reports',
  'OpenGradient: a signed answer',
  'Tinfoil: documents of version 3',
]

/** Member names all the way down, in order, without the values. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])]
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.entries(value).map(([name, member]) => [name, shape(member)])
}

describe('the encoders of the simulator', () => {
  const modules = readdirSync('test/simulator')
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -'.ts'.length))

  it('are each held against a recording, or on the list of those that are not', () => {
    const known = [...Object.keys(PINNED), ...Object.keys(THROUGH), ...HELPERS, ...UNPINNED_MODULES]
    expect([...known].sort()).toEqual([...modules].sort())
    expect(UNPINNED_MODULES.length).toBeLessThanOrEqual(5)
    expect(UNPINNED.length).toBeLessThanOrEqual(10)
  })

  it.each(Object.entries(PINNED))('%s is named in %s', (module, test) => {
    expect(existsSync(test)).toBe(true)
    expect(readFileSync(test, 'utf8')).toContain(`/${module}.ts'`)
  })

  it.each(Object.entries(THROUGH))('%s is what %s is written with', (module, user) => {
    expect(readFileSync(`test/simulator/${user}.ts`, 'utf8') + readFileSync(`test/simulator/${module}.ts`, 'utf8')).toMatch(
      new RegExp(`'\\./(?:${module}|${user})\\.ts'`),
    )
  })
})

const bytes = (digits: string) => octets(Buffer.from(digits, 'hex'))
/** What a CBOR library of others makes of octets, as the simulator's encoder takes it. */
const decoded = (source: Uint8Array): ReadonlyMap<number | string, Cbor> => decode(source, { useMaps: true })
const isOctets = (value: unknown): value is Uint8Array => value instanceof Uint8Array

describeVectors('the simulator of SEV-SNP writes what was recorded, octet for octet', () => {
  it.each(['milan-v2', 'aws-v3-vlek', 'genoa-v5', 'gcp-v5', 'turin-v5'])('%s', (name) => {
    const real = vectorBytes(`2026-11/sev-snp/${name}-report.bin`)
    const product = name.startsWith('turin') ? 'Turin' : 'Genoa'
    const fields = Object.fromEntries(
      Object.entries(FIELDS).map(([field, [offset, length]]) => [field, real.slice(offset, offset + length)]),
    )
    const { report } = makeSnpEvidence(new Date('2026-07-22T00:00:00Z'), { product, version: real[0] ?? 0, fields })
    expect(report.length).toBe(real.length)
    // What is signed; of the signature, the octets that are no numbers.
    expect(hex(report.subarray(0, 0x2a0))).toBe(hex(real.subarray(0, 0x2a0)))
    const filling = (octets: Uint8Array) => [octets.slice(0x2a0 + 48, 0x2a0 + 72), octets.slice(0x2a0 + 120)].map(hex)
    expect(filling(report)).toEqual(filling(real))
  })
})

describeVectors('the simulator of Nitro writes what was recorded', () => {
  it.each(['nitro/evervault/beta/valid-attestation-doc-bytes', 'nitro/evervault/beta/debug-mode-attestation-doc-bytes'])('%s', (name) => {
    const real = octets(vectorBytes(name))
    const [header, unprotected, payload, signature]: readonly unknown[] = decode(real, { useMaps: true })
    if (!isOctets(header) || !isOctets(payload) || !isOctets(signature)) throw new Error('no COSE_Sign1')
    const fields = Object.fromEntries([...decoded(payload)].map(([key, value]) => [String(key), value]))
    // AWS writes the time in eight octets, and has an order of its own in the map: both are the encoder's.
    const { document } = makeNitroDocument(new Date('2026-01-01T00:00:00Z'), { fields })
    const [ourHeader, ourUnprotected, ourPayload, ourSignature]: readonly unknown[] = decode(document, { useMaps: true })
    if (!isOctets(ourHeader) || !isOctets(ourPayload) || !isOctets(ourSignature)) throw new Error('no COSE_Sign1')
    expect(hex(ourPayload)).toBe(hex(payload))
    expect([hex(ourHeader), ourUnprotected, ourSignature.length]).toEqual([hex(header), unprotected, signature.length])
    // All of it but the signature: heads, lengths and order of the outer array too.
    expect(hex(document.subarray(0, -signature.length))).toBe(hex(real.subarray(0, -signature.length)))
  })

  it('with certificates of the same extensions and usages', () => {
    const payload: readonly unknown[] = decode(vectorBytes('nitro/evervault/beta/valid-attestation-doc-bytes'), { useMaps: true })
    const fields = decoded(isOctets(payload[2]) ? payload[2] : octets([]))
    const leaf = fields.get('certificate')
    const bundle = fields.get('cabundle')
    const real = [...(Array.isArray(bundle) ? bundle : []), leaf].map((der) => new X509Certificate(Buffer.from(isOctets(der) ? der : [])))
    const { root, region, zone, instance, leaf: own } = makeNitroDocument(new Date('2026-01-01T00:00:00Z')).chain
    const ours = [root, region, zone, instance, own].map(({ der }) => new X509Certificate(der))
    const facts = (certificate: X509Certificate) => [
      certificate.ca,
      certificate.publicKey.asymmetricKeyDetails?.namedCurve,
      usagesOf(certificate),
    ]
    expect(ours.map(facts)).toEqual(real.map(facts))
  })
})

/** Value of the key usage extension (2.5.29.15), as it stands in the DER. */
function usagesOf({ raw }: X509Certificate): string {
  const at = raw.indexOf(Buffer.from('0603551d0f', 'hex'))
  return at < 0
    ? ''
    : raw
        .subarray(at + 5, at + 5 + 12)
        .toString('hex')
        .replace(/^(?:0101ff)?04/, '')
        .slice(0, 10)
}

describeVectors('the simulator of AIR writes the golden vectors, octet for octet', () => {
  it.each(['v1-nitro-no-nonce', 'v1-tdx-with-nonce'])('%s', (name) => {
    const vector = JSON.parse(vectorText(`air/golden-draft02/valid/${name}.json`))
    const claims = decoded(bytes(vector.payload_hex))
    const facts = {
      issuedAt: new Date(0),
      requestHash: octets([]),
      responseHash: octets([]),
      attestationDocHash: octets([]),
      measurements: new Map<string, Cbor>(),
    }
    const absent = Object.values(CLAIM).map((key): [number, undefined] => [key, undefined])
    const receipt = signAir(facts, { claims: new Map([...absent, ...claims]), signWith: ed25519From(bytes(vector.signing_key_seed_hex)) })
    expect(hex(receipt)).toBe(vector.receipt_hex)
  })
})

/** RFC 8410, section 7: the seed behind a fixed prefix. */
function ed25519From(seed: Uint8Array): SigningKey {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey)
  return { kind: 'ed25519', privateKey, publicKey, spki: octets(publicKey.export({ type: 'spki', format: 'der' })) }
}

describeVectors('the simulator’s CBOR', () => {
  it('is that of RFC 8949, appendix A, for the kinds that it has', () => {
    type Entry = { readonly hex: string; readonly roundtrip: boolean; readonly decoded?: unknown }
    const entries: readonly Entry[] = JSON.parse(vectorText('cbor/appendix_a.json'))
    const simple = (value: unknown): value is Cbor =>
      value === null || typeof value === 'boolean' || typeof value === 'string' || (Number.isSafeInteger(value) as boolean)
    const tried = entries.filter(({ roundtrip, decoded: value, hex: digits }) => roundtrip && simple(value) && !/^f[9ab]/.test(digits))
    expect(tried.length).toBeGreaterThanOrEqual(20)
    for (const { decoded: value, hex: digits } of tried) if (simple(value)) expect([value, hex(cbor(value))]).toEqual([value, digits])
    expect(hex(cbor(new Raw(bytes('83010203'))))).toBe(hex(cbor([1, 2, 3])))
  })
})

describeVectors('the simulator of ACI, against the vectors and fixtures of its specification', () => {
  const V = () => JSON.parse(vectorText('dstack/aci/aci1_spec_vectors.json'))
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const at = new Date('2026-11-16T10:20:30Z')
  const nonce = '00'.repeat(32)
  const exchange = { at, request: utf8('{}'), response: utf8('{}'), nonce, upstream: 'vouched' } as const

  it('writes canonical JSON as the specification does, and hashes it so', () => {
    const { keyset_jcs, keyset_digest, session_jcs, session_id, receipt_document, receipt_signing_input } = V()
    expect(canonicalJson(JSON.parse(keyset_jcs))).toBe(keyset_jcs)
    expect(`sha256:${canonicalDigest(JSON.parse(keyset_jcs))}`).toBe(keyset_digest)
    expect(canonicalJson(JSON.parse(session_jcs))).toBe(session_jcs)
    expect(canonicalDigest(JSON.parse(session_jcs))).toBe(session_id)
    const { signature: _, ...unsigned } = JSON.parse(receipt_document)
    expect(canonicalJson(unsigned)).toBe(receipt_signing_input)
  })

  it('has the members of the receipt and of its events', () => {
    const real = JSON.parse(V().receipt_document)
    const ours = JSON.parse(makeAci(exchange).receipt)
    const names = (value: object) => Object.keys(value).sort()
    expect(names(ours)).toEqual(names(real))
    const events = (document: { event_log: readonly { type: string }[] }) =>
      new Map(document.event_log.map((event) => [event.type, names(event)]))
    const own = events(ours)
    for (const [type, members] of events(real)) expect([type, own.get(type)]).toEqual([type, members])
  })

  it('signs as the vectors’ signature verifies, and commits as their statement does', () => {
    const { receipt_public_key, receipt_signing_input, receipt_signature, statement_with_nonce, report_data_with_nonce, keyset_digest } =
      V()
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes(receipt_public_key)])
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    expect(rawKey({ kind: 'ed25519', publicKey: key, privateKey: key, spki: octets(spki) })).toBe(receipt_public_key)
    expect(receipt_signature.length).toBe(2 * 64)
    expect(receipt_signing_input).not.toContain('"signature"')
    expect(sha256(statement_with_nonce)).toBe(report_data_with_nonce)
    const report = JSON.parse(makeAci(exchange).report)
    const theirNonce = JSON.parse(statement_with_nonce).nonce
    const statement = statement_with_nonce.replace(keyset_digest, report.workload_keyset_digest).replace(theirNonce, nonce)
    expect(report.attestation.report_data).toBe(sha256(statement))
  })

  it('has the members of the published report', () => {
    const real = JSON.parse(vectorText('dstack/aci/verifier-ts_aci_report.json'))
    const ours = JSON.parse(makeAci(exchange).report)
    const names = (value: object) => Object.keys(value)
    expect(names(ours)).toEqual(names(real))
    expect(names(ours.attestation)).toEqual(names(real.attestation))
    expect(names(ours.attestation.workload_keyset)).toEqual(names(real.attestation.workload_keyset))
    expect(names(ours.attestation.source_provenance)).toEqual(names(real.attestation.source_provenance))
    const evidence = names(ours.attestation.evidence)
    expect(names(real.attestation.evidence).filter((name) => !evidence.includes(name))).toEqual([])
  })
})

describeVectors('the simulator of NEAR, against the recorded triple', () => {
  const real = () => JSON.parse(vectorText('dstack/near/trace-commons_near_live_triple.json'))
  const made = (nonce: string) =>
    makeNear({ at: new Date('2026-09-01T10:57:00Z'), shape: 'direct', kind: 'unlabelled', text: 'with-model', ...bodies(), nonce })
  const bodies = () => ({
    model: String(real().model_name),
    request: octets(Buffer.from(real().request_body_b64, 'base64')),
    response: octets(Buffer.from(real().response_body_b64, 'base64')),
  })

  it('signs the recorded text, in an answer of the same members', () => {
    const { receipt, nonce } = real()
    const ours = JSON.parse(made(nonce).answer)
    expect(shape(ours)).toEqual(shape(receipt))
    expect(ours.text).toBe(receipt.text)
    expect([ours.signature.length, ours.signature.slice(-2) === '1b' || ours.signature.slice(-2) === '1c']).toEqual([
      receipt.signature.length,
      true,
    ])
    expect(ours.signing_address.length).toBe(receipt.signing_address.length)
  })

  it('names the signer in the quote as the recorded one does: address, zeros, nonce', () => {
    const { nonce, intel_quote, signing_address, signing_public_key } = real()
    // By the offsets of the specification: report data at 568.
    const reportData = (quote: string) => quote.slice(2 * 568, 2 * 632)
    expect(reportData(intel_quote)).toBe(`${signing_address.slice(2)}${'00'.repeat(12)}${nonce}`)
    const ours = JSON.parse(made(nonce).report)
    expect(reportData(ours.intel_quote)).toBe(`${ours.signing_address.slice(2)}${'00'.repeat(12)}${nonce}`)
    expect(ours.signing_public_key.length).toBe(signing_public_key.length)
  })
})

describeVectors('the simulator of Tinfoil, against the recorded bundle', () => {
  const real = () => JSON.parse(vectorText('tinfoil/atc-bundle-snp-v2.json'))

  it('has its members, in its order, and the form of its document', () => {
    const { document } = makeAtcBundle({ at: new Date('2026-03-01T00:00:00Z') })
    expect(Object.keys(document)).toEqual(Object.keys(real()))
    const report = (bundle: { enclaveAttestationReport?: unknown }) => Object(bundle.enclaveAttestationReport)
    expect(shape(report(document))).toEqual(shape(report(real())))
    const length = (bundle: { enclaveAttestationReport?: unknown }) => gunzipSync(Buffer.from(String(report(bundle).body), 'base64')).length
    expect(length(document)).toBe(length(real()))
  })

  it('writes keys and hash into names as the recorded certificate has them', () => {
    const { enclaveCert, enclaveAttestationReport } = real()
    const certificate = new X509Certificate(enclaveCert)
    const names = (certificate.subjectAltName ?? '').split(', ').map((name) => name.replace(/^DNS:/, ''))
    const reportData = gunzipSync(Buffer.from(enclaveAttestationReport.body, 'base64')).subarray(0x50, 0x90)
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
    expect(reportData.subarray(0, 32).toString('hex')).toBe(createHash('sha256').update(spki).digest('hex'))
    const hash = createHash('sha256')
      .update(enclaveAttestationReport.format + enclaveAttestationReport.body)
      .digest('hex')
    const domainOf = (marker: string) => names.find((name) => name.includes(`.${marker}.`))?.split(`.${marker}.`)[1] ?? ''
    const written = [...labels(octets(reportData.subarray(32)), 'hpke', domainOf('hpke')), ...labels(utf8(hash), 'hatt', domainOf('hatt'))]
    expect(names.filter((name) => /\.(?:hpke|hatt)\./.test(name)).sort()).toEqual([...written].sort())
  })
})

describeVectors('the simulator of Intel’s collateral', () => {
  const real = () => JSON.parse(vectorText('dstack/dcap/tdx_quote_collateral.json'))
  const ours = () => JSON.parse(makeTdx({ at: new Date('2025-07-01T00:00:00Z'), shape: 'library' }).collateral)
  /** Members in Intel's order; components also say, where it has one, what they are, which nothing rests on. */
  const plain = (text: string) =>
    shape(JSON.parse(text, (name, value: unknown) => (name === 'category' || name === 'type' ? undefined : value)))

  it('has the members of the library’s form, and of the signed documents in it', () => {
    expect(Object.keys(ours()).sort()).toEqual(Object.keys(real()).sort())
    const without = (text: string) => text.replace(/,"advisoryIDs":\[[^\]]*\]/g, '')
    expect(plain(without(ours().tcb_info))).toEqual(plain(without(real().tcb_info)))
    expect(plain(ours().qe_identity)).toEqual(plain(real().qe_identity))
    expect([ours().tcb_info_signature.length, ours().qe_identity_signature.length]).toEqual([128, 128])
    expect([real().tcb_info_signature.length, real().qe_identity_signature.length]).toEqual([128, 128])
  })

  it('writes a level as the recorded one', () => {
    const [level] = JSON.parse(real().qe_identity).tcbLevels
    const written = JSON.stringify(isvLevel(level.tcb.isvsvn, { status: level.tcbStatus, date: level.tcbDate }))
    expect(real().qe_identity).toContain(written)
  })

  it('answers in the envelopes of the recorded answers', () => {
    const [tcb, identity] = pcsDocuments(makeTdx({ at: new Date('2026-03-01T00:00:00Z'), shape: 'library' }).collateral)
    const members = (text: string) => Object.keys(JSON.parse(text))
    expect(members(tcb?.body.toString() ?? '')).toEqual(members(vectorText('2026-11/tdx/collateral/tcb_info_90c06f000000.json')))
    expect(members(identity?.body.toString() ?? '')).toEqual(members(vectorText('2026-11/tdx/collateral/td_qe_identity.json')))
  })
})

describeVectors('the simulator of HTTP signatures, against RFC 9421', () => {
  it('writes the digest of example B.2.4', () => {
    const examples: readonly { name: string; signature_base: string }[] = JSON.parse(vectorText('rfc9421/rfc9421-appendix-b.json'))
    const base = examples.find(({ name }) => name.endsWith('B.2.4'))?.signature_base ?? ''
    // The body of the examples' response (appendix B.2), 23 octets.
    expect(base).toContain(`"content-digest": ${contentDigest(utf8('{"message": "good dog"}'), 'sha-512')}`)
    expect(sign(ed25519From(new Uint8Array(32).fill(1)), 'sha256', utf8(base)).length).toBe(64)
  })
})
