import type { Base64Code, Base64urlCode } from './encoding/base64.ts'
import type { CborCode } from './encoding/cbor.ts'
import type { CoseCode } from './encoding/cose.ts'
import type { DerErrorCode } from './encoding/der.ts'
import type { HexCode } from './encoding/hex.ts'
import type { JcsCode } from './encoding/jcs.ts'
import type { JwsCode } from './encoding/jose.ts'
import type { JsonCode } from './encoding/json.ts'
import type { PemCode } from './encoding/pem.ts'
import type { SignatureErrorCode } from './encoding/signatures.ts'
import type { StructuredFieldCode } from './encoding/structured-fields.ts'
import type { CertificateErrorCode } from './trust/certificate.ts'
import type { CrlErrorCode, CrlSignatureCode } from './trust/crl.ts'
import type { PathErrorCode } from './trust/path-error.ts'

/**
 * The codes of parsers that many checks share, for docs/CHECKS.md. Each list is that of a union: a code that is missing here, or that nothing
 * gives, does not compile.
 */
export type Family = { readonly name: string; readonly specification: string; readonly codes: readonly string[] }

function family(name: string, specification: string, codes: Readonly<Record<string, true>>): Family {
  return { name, specification, codes: Object.keys(codes) }
}

export const JSON_TEXT = family('JSON', 'RFC 8259, RFC 7493', {
  'json-too-large': true,
  'json-too-deep': true,
  'json-syntax': true,
  'json-duplicate-key': true,
  'json-lone-surrogate': true,
  'json-number-range': true,
} satisfies Record<JsonCode, true>)

export const JWS = family('JWS', 'RFC 7515', {
  'jws-too-large': true,
  'jws-parts': true,
  'jws-object': true,
  'jws-member': true,
  'jws-unprotected-header': true,
  'jws-base64url': true,
  'jws-header': true,
  'jws-header-duplicate-key': true,
  'jws-alg': true,
  'jws-crit': true,
  'jws-b64': true,
} satisfies Record<JwsCode, true>)

export const BASE64 = family('base64', 'RFC 4648', {
  'base64-too-long': true,
  'base64-length': true,
  'base64-character': true,
  'base64-padding': true,
  'base64-trailing-bits': true,
} satisfies Record<Base64Code, true>)

export const BASE64URL = family('base64url', 'RFC 4648', {
  'base64url-too-long': true,
  'base64url-length': true,
  'base64url-character': true,
  'base64url-padding': true,
  'base64url-trailing-bits': true,
} satisfies Record<Base64urlCode, true>)

export const HEX = family('hexadecimal', 'RFC 4648', {
  'hex-length': true,
  'hex-character': true,
  'hex-upper-case': true,
} satisfies Record<HexCode, true>)

export const PEM = family('PEM', 'RFC 7468', {
  'pem-malformed': true,
  'pem-too-many': true,
} satisfies Record<PemCode, true>)

export const DER = family('DER', 'X.690', {
  'der-too-large': true,
  'der-too-deep': true,
  'der-too-many-values': true,
  'der-truncated': true,
  'der-trailing-bytes': true,
  'der-tag-not-minimal': true,
  'der-tag-unknown': true,
  'der-length-indefinite': true,
  'der-length-not-minimal': true,
  'der-form': true,
  'der-boolean': true,
  'der-integer': true,
  'der-bit-string': true,
  'der-null': true,
  'der-oid': true,
  'der-string': true,
  'der-set-order': true,
} satisfies Record<DerErrorCode, true>)

export const CBOR = family('CBOR', 'RFC 8949', {
  'cbor-too-large': true,
  'cbor-too-deep': true,
  'cbor-too-many-items': true,
  'cbor-type': true,
  'cbor-utf8': true,
  'cbor-map-key': true,
  'cbor-malformed': true,
} satisfies Record<CborCode, true>)

export const JCS = family('canonical JSON', 'RFC 8785', {
  'jcs-too-large': true,
  'jcs-too-deep': true,
  'jcs-not-json': true,
  'jcs-number': true,
  'jcs-lone-surrogate': true,
} satisfies Record<JcsCode, true>)

export const STRUCTURED_FIELDS = family('structured fields', 'RFC 9651', {
  'sf-too-long': true,
  'sf-too-many': true,
  'sf-syntax': true,
  'sf-duplicate-key': true,
  'sf-type': true,
  'sf-number-range': true,
  'sf-base64': true,
  'sf-utf8': true,
} satisfies Record<StructuredFieldCode, true>)

export const SIGNATURE = family('signatures', 'FIPS 186-5, RFC 8017', {
  'key-does-not-fit': true,
  'signature-malformed': true,
  'signature-invalid': true,
  'engine-failed': true,
  'key-malformed': true,
  'key-unsupported': true,
  'key-too-weak': true,
} satisfies Record<SignatureErrorCode, true>)

export const COSE = family('COSE', 'RFC 9052', {
  'cose-tagged': true,
  'cose-untagged': true,
  'cose-structure': true,
  'cose-protected-header': true,
  'cose-detached': true,
  'cose-duplicate-label': true,
  'cose-critical': true,
} satisfies Record<Exclude<CoseCode, CborCode>, true>)

export const CERTIFICATE = family('certificates', 'RFC 5280, 4', {
  'certificate-malformed': true,
  'certificate-version': true,
  'signature-algorithm-mismatch': true,
  'name-malformed': true,
  'time-malformed': true,
  'extension-malformed': true,
  'extension-duplicate': true,
} satisfies Record<Exclude<CertificateErrorCode, DerErrorCode>, true>)

export const PATH = family('certification paths', 'RFC 5280, 6.1', {
  'time-invalid': true,
  'anchor-malformed': true,
  'search-too-many-certificates': true,
  'search-exhausted': true,
  'issuer-missing': true,
  'foreign-root': true,
  'name-mismatch': true,
  'path-too-deep': true,
  'path-too-long': true,
  'signature-algorithm-unsupported': true,
  expired: true,
  'not-yet-valid': true,
  'version-not-3': true,
  'serial-number': true,
  'name-empty': true,
  'not-a-ca': true,
  'key-usage': true,
  'extended-key-usage': true,
  'key-identifier-missing': true,
  'key-identifier-mismatch': true,
  'extension-criticality': true,
  'extension-misplaced': true,
  'unknown-critical-extension': true,
  'policy-constraints-unsupported': true,
  'name-constraints-violated': true,
  'name-constraints-unsupported': true,
  'name-constraints-too-many': true,
} satisfies Record<Exclude<PathErrorCode, SignatureErrorCode>, true>)

export const CRL = family('revocation lists', 'RFC 5280, 5', {
  'crl-critical-extension': true,
  'crl-extension-malformed': true,
  'crl-issuer-key-identifier': true,
  'crl-issuer-key-usage': true,
  'crl-issuer-name': true,
  'crl-malformed': true,
  'crl-next-update-missing': true,
  'crl-partial': true,
  'crl-time-malformed': true,
  'crl-version': true,
  'name-malformed': true,
  'signature-algorithm-mismatch': true,
  'signature-algorithm-unsupported': true,
} satisfies Record<Exclude<CrlErrorCode | CrlSignatureCode, DerErrorCode | SignatureErrorCode>, true>)

/** In the order in which docs/CHECKS.md lists them. */
export const FAMILIES: readonly Family[] = [
  JSON_TEXT,
  JWS,
  JCS,
  STRUCTURED_FIELDS,
  CBOR,
  COSE,
  BASE64,
  BASE64URL,
  HEX,
  PEM,
  DER,
  CERTIFICATE,
  PATH,
  CRL,
  SIGNATURE,
]
