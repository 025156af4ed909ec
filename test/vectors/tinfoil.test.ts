import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import type { AttestationResult } from '../../src/verify/attestation/types.ts'
import { SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import { SHIPPED_SIGSTORE_ROOT } from '../../src/verify/trust/shipped-sigstore-root.ts'
import { edit, type Json, type JsonObject } from '../simulator/json.ts'
import { verifyWhole } from '../support/tinfoil.ts'
import { describeVectors, vectorText } from './files.ts'

const FILE = 'tinfoil/atc-bundle-snp-v2.json'
const AT = '2026-02-01T00:00:00Z'
const REPOSITORY = 'tinfoilsh/confidential-model-router'

const real = (): JsonObject => JSON.parse(vectorText(FILE))

/** Judged offline: AMD’s keys and Sigstore’s root as shipped, nothing else at hand. */
async function judge(document: string, at = AT): Promise<AttestationResult> {
  return verifyWhole(document, {
    kind: 'tinfoil-atc-bundle',
    usedAt: new Date(at),
    anchors: SHIPPED_ANCHORS,
    root: SHIPPED_SIGSTORE_ROOT,
  })
}

const failed = ({ findings }: AttestationResult) => findings.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check)
const open = ({ findings }: AttestationResult) => findings.filter(({ outcome }) => outcome === 'unchecked').map(({ check }) => check)
const values = ({ authentic }: AttestationResult, name: string) =>
  authentic?.measurements.filter((measurement) => measurement.name === name).map(({ value }) => value)

/** The text at a path. */
function textAt(document: JsonObject, path: string): string {
  const value = path.split('.').reduce<Json | undefined>((at, name) => {
    return typeof at === 'object' && at !== null && !Array.isArray(at) ? Object.entries(at).find(([key]) => key === name)?.[1] : undefined
  }, document)
  if (typeof value !== 'string') throw new Error(`no text at ${path}`)
  return value
}

const rewrite = (path: string, change: (text: string) => string) => (document: JsonObject) =>
  edit(document, { [path]: change(textAt(document, path)) })

/** Changes octets inside of base64. */
const inBase64 = (change: (octets: Buffer) => Buffer) => (text: string) => change(Buffer.from(text, 'base64')).toString('base64')
const flip = (index: number) => (octets: Buffer) => {
  const copy = Buffer.from(octets)
  copy[index] = (copy[index] ?? 0) ^ 1
  return copy
}
/** Changes octets of the report inside of gzip and base64. */
const inReport = (index: number) => inBase64((octets) => gzipSync(flip(index)(gunzipSync(octets))))
/** Replaces text by as much other text in a certificate in PEM: nobody checks its issuer's signature. */
function inPem(from: Buffer | string, to: Buffer | string) {
  return (pem: string) => {
    const [, body = ''] = /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(pem) ?? []
    const der = Buffer.from(body, 'base64')
    const at = der.indexOf(from)
    if (at < 0 || from.length !== to.length) throw new Error('not in the certificate')
    Buffer.from(to).copy(der, at)
    const lines = der.toString('base64').match(/.{1,64}/g) ?? []
    return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
  }
}
const swapped = (text: string) => text.split('').reverse().join('')

describeVectors('a real bundle of Tinfoil’s attestation cache', () => {
  it('tinfoil-atc: report, Genoa chain, Sigstore bundle, TLS and HPKE keys', async () => {
    const result = await judge(vectorText(FILE))
    expect(failed(result)).toEqual([])
    // No revocation list comes with it, and no nonce is in it.
    expect(open(result)).toEqual(['snp.revocation', 'tinfoil.nonce'])
    expect(result.findings.filter(({ check }) => check.startsWith('tinfoil.')).map(({ check }) => check)).toEqual([
      'tinfoil.format',
      'tinfoil.nonce',
      'tinfoil.certificate',
      'tinfoil.tls-key',
      'tinfoil.hpke-key',
      'tinfoil.attestation-hash',
      'tinfoil.domain',
      'tinfoil.certificate-time',
      'tinfoil.source',
      'tinfoil.release-digest',
      'tinfoil.code-measurement',
    ])
    expect(values(result, 'source.repository')).toEqual([REPOSITORY])
    expect(values(result, 'snp.measurement')?.[0]?.slice(0, 8)).toBe('09ef32ac')
    expect(values(result, 'tinfoil.key.hpke')?.[0]?.slice(0, 8)).toBe('3565781f')
    expect(result.authentic?.platform).toMatchObject({
      args: [{ id: 'snp_platform', args: ['Genoa'] }, { id: 'tinfoil_version_2_bundle' }],
    })
  })

  it('the TLS certificate ended 2026-04-22: from then on the bundle is old, and nothing else', async () => {
    expect(failed(await judge(vectorText(FILE), '2026-04-22T21:44:37Z'))).toEqual([])
    const late = await judge(vectorText(FILE), '2026-04-22T21:44:38Z')
    expect(failed(late)).toEqual(['tinfoil.certificate-time'])
    expect(late.findings.find(({ check }) => check === 'tinfoil.certificate-time')?.role).toBe('workload.freshness')
    expect(failed(await judge(vectorText(FILE), '2026-01-22T21:44:37Z'))).toContain('tinfoil.certificate-time')
  })

  it.each<[string, readonly string[], (document: JsonObject) => JsonObject]>([
    ['domain', ['tinfoil.domain'], rewrite('domain', () => 'inference.tinfoil.xx')],
    ['domain, to one beside', ['tinfoil.domain'], rewrite('domain', () => 'other.tinfoil.sh')],
    [
      'format of the report',
      ['tinfoil.attestation-hash'],
      rewrite(
        'enclaveAttestationReport.body',
        inBase64((octets) => gzipSync(gunzipSync(octets), { level: 1 })),
      ),
    ],
    ['body: the report’s data', ['snp.signature'], rewrite('enclaveAttestationReport.body', inReport(0x50))],
    ['body: the measurement', ['snp.signature'], rewrite('enclaveAttestationReport.body', inReport(0x90))],
    ['body: the signature', ['snp.signature'], rewrite('enclaveAttestationReport.body', inReport(0x2a0))],
    ['digest', ['sigstore.statement'], rewrite('digest', swapped)],
    [
      'vcek: its signature',
      ['snp.chain'],
      rewrite(
        'vcek',
        inBase64((octets) => flip(octets.length - 1)(octets)),
      ),
    ],
    ['vcek: not DER, which is unread', [], rewrite('vcek', inBase64(flip(0)))],
    [
      'enclaveCert: its key',
      ['tinfoil.tls-key'],
      rewrite('enclaveCert', inPem(Buffer.from('04a411e8', 'hex'), Buffer.from('04a411e9', 'hex'))),
    ],
    ['enclaveCert: the HPKE key', ['tinfoil.hpke-key'], rewrite('enclaveCert', inPem('00gvsxqh2o46', '00gvsxqh2o47'))],
    ['enclaveCert: a number of the HPKE key’s', ['tinfoil.hpke-key'], rewrite('enclaveCert', inPem('012fyma6q.hpke', '022fyma6q.hpke'))],
    ['enclaveCert: the document’s hash', ['tinfoil.attestation-hash'], rewrite('enclaveCert', inPem('02qtgmtfgvsdsni', '02qtgmtfgvsdsnq'))],
    ['enclaveCert: its end', ['tinfoil.certificate-time'], rewrite('enclaveCert', inPem('260422214437Z', '260122214439Z'))],
    ['enclaveCert: not PEM', ['tinfoil.certificate'], rewrite('enclaveCert', (pem) => pem.replace('BEGIN', 'BEGUN'))],
    [
      'sigstoreBundle: what was signed',
      ['sigstore.log'],
      rewrite(
        'sigstoreBundle.dsseEnvelope.payload',
        inBase64((octets) => Buffer.from(octets.toString().replace('09ef32ac', '09ef32ad'))),
      ),
    ],
    [
      'sigstoreBundle: the certificate',
      ['sigstore.certificate'],
      rewrite(
        'sigstoreBundle.verificationMaterial.certificate.rawBytes',
        inBase64((octets) => flip(octets.length - 1)(octets)),
      ),
    ],
    ['an unknown member, which is read by nobody', [], (document) => ({ ...document, more: 1 })],
  ])('is refused with a changed %s', async (_, expected, change) => {
    expect(failed(await judge(JSON.stringify(change(real()))))).toEqual(expected)
  })

  it.each<[string, (document: JsonObject) => unknown]>([
    [
      'whose body has another gzip checksum',
      rewrite(
        'enclaveAttestationReport.body',
        inBase64((octets) => flip(octets.length - 8)(octets)),
      ),
    ],
    ['that lacks a member', (document) => edit(document, { enclaveCert: undefined })],
  ])('is unread, and no contradiction, where it is one %s', async (_, change) => {
    const result = await judge(JSON.stringify(change(real())))
    expect([failed(result), open(result).includes('tinfoil.format'), result.authentic]).toEqual([[], true, undefined])
  })

  it('says that a report under another format is another document', async () => {
    const changed = rewrite('enclaveAttestationReport.format', (format) => format.replace('sev-snp', 'tdx'))(real())
    expect(failed(await judge(JSON.stringify(changed)))).toEqual(['tdx.format'])
    const withdrawn = rewrite('enclaveAttestationReport.format', (format) => format.replace('v2', 'v1'))(real())
    expect(open(await judge(JSON.stringify(withdrawn)))).toEqual(['tinfoil.format'])
  })
})
