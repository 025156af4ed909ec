import { decodeBase32 } from '../../encoding/base32.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import type { Certificate } from '../../trust/certificate.ts'
import { parsePemChain } from '../../trust/pem.ts'

export type CertificateFault = 'certificate-pem' | 'certificate-several' | 'certificate-names'

/** An enclave's TLS certificate, and the DNS names in it, in lower case. */
export type EnclaveCertificate = { readonly certificate: Certificate; readonly names: readonly string[] }

/** Reads the one certificate that documents carry, in PEM. Its signature is nobody's concern here: no public web roots are held. */
export function parseEnclaveCertificate(pem: string): Result<EnclaveCertificate, CertificateFault> {
  const chain = parsePemChain(pem)
  if (!chain.ok) return failure('certificate-pem', chain.detail === undefined ? chain.code : `${chain.code}: ${chain.detail}`)
  const [certificate, ...more] = chain.value
  if (more.length > 0) return failure('certificate-several')
  const names = (certificate.subjectAltName ?? []).flatMap((name) => (name.kind === 'dns' ? [name.name] : []))
  return names.length === 0 ? failure('certificate-names') : success({ certificate, names })
}

/** Whether the certificate names the host, by itself or by a wildcard for its leftmost label (RFC 9525 section 6.3). */
export function isNamed({ names }: EnclaveCertificate, domain: string): boolean {
  const host = domain.toLowerCase()
  const [, ...parent] = host.split('.')
  return names.some((name) => name === host || (parent.length > 1 && name === `*.${parent.join('.')}`))
}

export type LabelFault =
  | 'labels-absent'
  /** Not 00, 01, … without gaps and repetitions. */
  | 'labels-numbering'
  /** Not all under one domain, or under one that none of the certificate's other names is under. */
  | 'labels-domain'
  | 'labels-encoding'

/**
 * Octets that an enclave had written into its certificate's names, split over labels of the form `NN<base32>.<marker>.<domain>`: NN counts from 00,
 * and the rest, in the order of NN, is base32.
 */
export function labelledOctets({ names }: EnclaveCertificate, marker: 'hpke' | 'hatt'): Result<Bytes, LabelFault> {
  const labels: { readonly number: number; readonly digits: string }[] = []
  const domains = new Set<string>()
  for (const name of names) {
    const [label = '', second, ...rest] = name.split('.')
    const [, number, digits] = /^(\d\d)(.+)$/.exec(label) ?? []
    if (second !== marker || number === undefined || digits === undefined) continue
    labels.push({ number: Number(number), digits })
    domains.add(rest.join('.'))
  }
  if (labels.length === 0) return failure('labels-absent')
  const [domain = '', ...others] = domains
  const hosts = names.filter((name) => !/^\d\d[a-z2-7]+\.(?:hpke|hatt)\./.test(name))
  if (others.length > 0 || !hosts.some((host) => isUnder(host, domain))) return failure('labels-domain')
  labels.sort((a, b) => a.number - b.number)
  if (labels.some(({ number }, index) => number !== index)) return failure('labels-numbering')
  const octets = decodeBase32(labels.map(({ digits }) => digits).join(''))
  return octets.ok ? octets : failure('labels-encoding', octets.code)
}

function isUnder(host: string, domain: string): boolean {
  return host === domain || (domain.includes('.') && host.endsWith(`.${domain}`))
}
