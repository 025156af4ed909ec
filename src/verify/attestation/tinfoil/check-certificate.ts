import { sentence } from '../../claims/sentence.ts'
import { sha256 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { decodeUtf8 } from '../../encoding/utf8.ts'
import type { CompositeInput } from '../types.ts'
import { type EnclaveCertificate, isNamed, labelledOctets, parseEnclaveCertificate } from './certificate.ts'
import type { TinfoilDocument } from './document.ts'
import type { KeyItem } from './schema.ts'
import type { Log } from './verify.ts'

/**
 * Is the TLS certificate beside the document the attested enclave's, by its key and by what the enclave had written into its names, is it for the
 * host, and was it valid? Its issuer's signature is not verified, so that names and dates are only the word of whoever brought it.
 */
export async function checkCertificate(
  { certificate: shown, challenge }: TinfoilDocument,
  keys: readonly KeyItem[],
  { usedAt }: CompositeInput,
  log: Log,
): Promise<void> {
  const at = 'evidence.enclaveCert'
  if (shown === undefined) {
    // From version 3 on, the keys themselves stand in the document.
    if (challenge === undefined) log.add('tinfoil.certificate', 'unchecked', sentence('tinfoil_certificate_none'), { at })
    return
  }
  const parsed = parseEnclaveCertificate(shown.pem)
  if (!parsed.ok) {
    log.add('tinfoil.certificate', 'failed', sentence('tinfoil_certificate_failed', parsed.detail ?? parsed.code), { at })
    return
  }
  const { certificate } = parsed.value
  log.add('tinfoil.certificate', 'passed', sentence('tinfoil_certificate_passed'), {
    assumes: ['assume_tinfoil_certificate_unsigned'],
    at,
  })

  const tls = keys.find(({ id }) => id === 'tls')?.data
  const isSameKey = encodeHex(await sha256(certificate.spki)) === tls
  log.add('tinfoil.tls-key', isSameKey ? 'passed' : 'failed', sentence(isSameKey ? 'tinfoil_tls_key_passed' : 'tinfoil_tls_key_failed'), {
    assumes: isSameKey ? ['assume_tls_binding'] : [],
    at,
  })
  checkLabels(parsed.value, keys, shown, log)
  if (shown.domain !== undefined) {
    const named = isNamed(parsed.value, shown.domain)
    log.add(
      'tinfoil.domain',
      named ? 'passed' : 'failed',
      sentence(named ? 'tinfoil_domain_passed' : 'tinfoil_domain_failed', shown.domain),
      {
        at: 'evidence.domain',
      },
    )
  }
  checkValidity(parsed.value, usedAt, log)
}

function checkLabels(
  certificate: EnclaveCertificate,
  keys: readonly KeyItem[],
  { attestationHash }: NonNullable<TinfoilDocument['certificate']>,
  log: Log,
): void {
  const at = 'evidence.enclaveCert.subjectAltName'
  const hpke = keys.find(({ id }) => id === 'hpke')?.data
  const labelled = labelledOctets(certificate, 'hpke')
  if (!labelled.ok) log.add('tinfoil.hpke-key', 'failed', sentence('tinfoil_hpke_unreadable', labelled.code), { at })
  else if (encodeHex(labelled.value) === hpke) {
    log.add('tinfoil.hpke-key', 'passed', sentence('tinfoil_hpke_passed'), { assumes: ['assume_tinfoil_page_key'], at })
  } else log.add('tinfoil.hpke-key', 'failed', sentence('tinfoil_hpke_failed'), { at })

  if (attestationHash === undefined) return
  const octets = labelledOctets(certificate, 'hatt')
  // The hash stands there as the text of its hexadecimal digits.
  const text = octets.ok ? decodeUtf8(octets.value) : octets
  if (!text.ok) log.add('tinfoil.attestation-hash', 'failed', sentence('tinfoil_attestation_hash_unreadable', text.code), { at })
  else if (text.value === attestationHash) {
    log.add('tinfoil.attestation-hash', 'passed', sentence('tinfoil_attestation_hash_passed'), { at })
  } else log.add('tinfoil.attestation-hash', 'failed', sentence('tinfoil_attestation_hash_failed'), { at })
}

/** Tinfoil's own verifiers do not ask. A certificate that has run out can be no live connection's: whoever shows it shows old evidence. */
function checkValidity({ certificate: { notBefore, notAfter } }: EnclaveCertificate, usedAt: Date, log: Log): void {
  const at = 'evidence.enclaveCert.validity'
  const when = usedAt.toISOString()
  if (usedAt < notBefore) {
    log.add('tinfoil.certificate-time', 'failed', sentence('tinfoil_certificate_early', notBefore.toISOString(), when), { at })
  } else if (usedAt > notAfter) {
    log.add('tinfoil.certificate-time', 'failed', sentence('tinfoil_certificate_expired', notAfter.toISOString(), when), { at })
  } else log.add('tinfoil.certificate-time', 'passed', sentence('tinfoil_certificate_valid', notAfter.toISOString()), { at })
}
