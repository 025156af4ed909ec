import { faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import { dayOf } from '../../claims/span.ts'
import type { AssumptionId } from '../../claims/types.ts'
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
    if (challenge === undefined) log.add('tinfoil.certificate', 'unchecked', 'tinfoil_certificate_none', { at })
    return
  }
  const parsed = parseEnclaveCertificate(shown.pem)
  if (!parsed.ok) {
    log.add('tinfoil.certificate', 'failed', 'tinfoil_certificate_failed', faultIn(at, parsed))
    return
  }
  const { certificate } = parsed.value
  log.add('tinfoil.certificate', 'passed', 'tinfoil_certificate_passed', {
    assumes: ['assume_tinfoil_certificate_unsigned'],
    at,
  })

  const tls = keys.find(({ id }) => id === 'tls')?.data
  const fingerprint = encodeHex(await sha256(certificate.spki))
  const isSameKey = fingerprint === tls
  const sameKey = { passed: 'tinfoil_tls_key_passed', failed: 'tinfoil_tls_key_failed' } as const
  const assumes: readonly AssumptionId[] = isSameKey ? ['assume_tls_binding'] : []
  log.decide('tinfoil.tls-key', isSameKey, sameKey, { assumes, at, expected: tls, computed: fingerprint })
  checkLabels(parsed.value, keys, shown, log)
  if (shown.domain !== undefined) {
    const { domain } = shown
    const said = { passed: sentence('tinfoil_domain_passed', domain), failed: sentence('tinfoil_domain_failed', domain) }
    log.decide('tinfoil.domain', isNamed(parsed.value, domain), said, { at: 'evidence.domain', expected: domain })
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
  if (!labelled.ok) log.add('tinfoil.hpke-key', 'failed', 'tinfoil_hpke_unreadable', faultIn(at, labelled))
  else {
    const named = encodeHex(labelled.value)
    const assumes: readonly AssumptionId[] = named === hpke ? ['assume_tinfoil_page_key'] : []
    const said = { passed: 'tinfoil_hpke_passed', failed: 'tinfoil_hpke_failed' } as const
    log.decide('tinfoil.hpke-key', named === hpke, said, { assumes, at, expected: hpke, computed: named })
  }

  if (attestationHash === undefined) return
  const octets = labelledOctets(certificate, 'hatt')
  // The hash stands there as the text of its hexadecimal digits.
  const text = octets.ok ? decodeUtf8(octets.value) : octets
  if (!text.ok) return void log.add('tinfoil.attestation-hash', 'failed', 'tinfoil_attestation_hash_unreadable', faultIn(at, text))
  const said = { passed: 'tinfoil_attestation_hash_passed', failed: 'tinfoil_attestation_hash_failed' } as const
  const compared = { at, expected: attestationHash, computed: text.value } as const
  log.decide('tinfoil.attestation-hash', text.value === attestationHash, said, compared)
}

/** Tinfoil's own verifiers do not ask. A certificate that has run out can be no live connection's: whoever shows it shows old evidence. */
function checkValidity({ certificate: { notBefore, notAfter } }: EnclaveCertificate, usedAt: Date, log: Log): void {
  const at = 'evidence.enclaveCert.validity'
  const expected = `${notBefore.toISOString()} to ${notAfter.toISOString()}`
  const compared = { at, expected, computed: usedAt.toISOString() } as const
  if (usedAt < notBefore) {
    const said = sentence('tinfoil_certificate_early', dayOf(notBefore))
    log.add('tinfoil.certificate-time', 'failed', said, { ...compared, code: 'not-yet-valid' })
  } else if (usedAt > notAfter) {
    log.add('tinfoil.certificate-time', 'failed', sentence('tinfoil_certificate_expired', dayOf(notAfter)), {
      ...compared,
      code: 'expired',
    })
  } else log.add('tinfoil.certificate-time', 'passed', sentence('tinfoil_certificate_valid', dayOf(notAfter)), compared)
}
