import { isIP } from 'node:net'
import * as v from 'valibot'
import { beforeAll, expect, it } from 'vitest'
import type { Bytes } from '../../src/verify/encoding/bytes.ts'
import { anchorFromCertificate } from '../../src/verify/trust/anchors.ts'
import { type Certificate, parseCertificate } from '../../src/verify/trust/certificate.ts'
import { parseCrl } from '../../src/verify/trust/crl.ts'
import { KEY_USAGES } from '../../src/verify/trust/extensions.ts'
import { validatePath } from '../../src/verify/trust/path.ts'
import { RFC5280 } from '../../src/verify/trust/profile.ts'
import { checkPathRevocation } from '../../src/verify/trust/revocation.ts'
import { describeVectors, vectorText } from './files.ts'

/**
 * x509-limbo (https://x509-limbo.com) without its BetterTLS part. Trusted certificates become anchors (name and key) and are presented as
 * well, so that their own extensions count. Matching the name of the peer is no part of path validation and not in the product: the adapter
 * below does it on the names that were parsed. A case is judged by whether the certificate was accepted, and in the groups that are in
 * scope also by the reason.
 */
const PeerName = v.object({ kind: v.string(), value: v.string() })
const Case = v.object({
  id: v.string(),
  trusted_certs: v.array(v.string()),
  untrusted_intermediates: v.array(v.string()),
  peer_certificate: v.string(),
  validation_time: v.nullable(v.string()),
  key_usage: v.array(v.string()),
  extended_key_usage: v.array(v.string()),
  expected_result: v.picklist(['SUCCESS', 'FAILURE']),
  expected_peer_name: v.nullable(PeerName),
  expected_peer_names: v.array(PeerName),
  max_chain_depth: v.nullable(v.number()),
  crls: v.array(v.string()),
})
type PeerName = v.InferOutput<typeof PeerName>
type Case = v.InferOutput<typeof Case>

/** Cases without a time of their own are made to hold from 1970 to 2969. */
const ANY_TIME = new Date('2025-06-01T00:00:00Z')
const PURPOSES: Readonly<Record<string, string>> = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' }

/** `accepted`, or why not: the code of the certificate that does not parse, of the path, of a revocation list, or `peer-name`. */
async function outcomeOf(test: Case): Promise<string> {
  const leaf = parseCertificate(derOf(test.peer_certificate))
  const roots = test.trusted_certs.map((pem) => parseCertificate(derOf(pem)))
  const others = test.untrusted_intermediates.map((pem) => parseCertificate(derOf(pem)))
  if (!leaf.ok) return leaf.code
  const unparsed = [...roots, ...others].find((parsed) => !parsed.ok)
  const parsedRoots = roots.flatMap((parsed) => (parsed.ok ? [parsed.value] : []))
  const parsedOthers = others.flatMap((parsed) => (parsed.ok ? [parsed.value] : []))
  const usage = KEY_USAGES.find((name) => test.key_usage.includes(name))
  const purpose = PURPOSES[test.extended_key_usage[0] ?? '']
  const at = test.validation_time === null ? ANY_TIME : new Date(test.validation_time)
  const path = await validatePath({
    leaf: leaf.value,
    intermediates: [...parsedOthers, ...parsedRoots],
    anchors: parsedRoots.map((root, index) => anchorFromCertificate(root, { id: `root ${index}`, purpose: 'limbo', publishedAt: '' })),
    at,
    profile: test.max_chain_depth === null ? RFC5280 : { ...RFC5280, maxIntermediates: test.max_chain_depth },
    use: {
      ...(usage === undefined ? {} : { keyUsage: usage }),
      ...(purpose === undefined ? {} : { extendedKeyUsage: purpose }),
    },
  })
  if (!path.ok) return unparsed === undefined || unparsed.ok ? path.code : unparsed.code
  if (test.crls.length > 0) {
    const lists = test.crls.map((pem) => parseCrl(derOf(pem)))
    const unread = lists.find((list) => !list.ok)
    if (unread?.ok === false) return unread.code
    const read = lists.flatMap((list) => (list.ok ? [list.value] : []))
    const revocation = await checkPathRevocation(path.value, read, at)
    if (!revocation.ok) return revocation.code
  }
  const wanted = test.expected_peer_name === null ? test.expected_peer_names : [test.expected_peer_name]
  return wanted.every((peer) => hasName(leaf.value, peer)) ? 'accepted' : 'peer-name'
}

function derOf(pem: string): Bytes {
  return new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'))
}

/** RFC 9525: a name is equal, or a wildcard stands for exactly the first label. */
function hasName(certificate: Certificate, { kind, value }: PeerName): boolean {
  return (certificate.subjectAltName ?? []).some((name) => {
    switch (name.kind) {
      case 'dns':
        return kind === 'DNS' && (name.name === value || (name.name.startsWith('*.') && value.replace(/^[^.]+/, '*') === name.name))
      case 'mailbox':
        return kind === 'RFC822' && `${name.local}@${name.host}` === value
      case 'ip':
        return kind === 'IP' && Buffer.compare(name.address, addressOf(value)) === 0
      default:
        return false
    }
  })
}

function addressOf(text: string): Buffer {
  if (isIP(text) === 4) return Buffer.from(text.split('.').map(Number))
  const [head = '', tail = ''] = text.split('::')
  const words = (part: string) => part.split(':').filter((word) => word !== '')
  const [before, after] = [words(head), words(tail)]
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return Buffer.from([...before, ...zeros, ...after].map((word) => word.padStart(4, '0')).join(''), 'hex')
}

/** Refused although limbo expects success, each with the reason why that stays so. */
const REFUSED: Readonly<Record<string, string>> = {
  'webpki::nc::permitted-dns-match-noncritical':
    'extension-criticality: limbo expects the opposite in rfc5280::nc::permitted-dns-match-noncritical; we follow RFC 5280',
  'online::fastly.com':
    'serial-number: the root of the public web that it leads to has serial number 0, which RFC 5280 forbids; a profile may accept it',
}

/** Accepted although limbo expects failure: rules that are not of RFC 5280, or not built yet. */
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  'CA/Browser Forum 7.1.2: an end entity on the public web is no authority': ['webpki::ca-as-leaf', 'webpki::ee-basicconstraints-ca'],
  'CA/Browser Forum 7.1.2.1.3: no authorityCertIssuer; RFC 5280 allows it with authorityCertSerialNumber': [
    'webpki::aki::root-with-aki-all-fields',
  ],
  'CA/Browser Forum 7.1.4.3: the common name repeats an alternative name': [
    'webpki::cn::case-mismatch',
    'webpki::cn::ipv4-hex-mismatch',
    'webpki::cn::ipv4-leading-zeros-mismatch',
    'webpki::cn::ipv6-non-rfc5952-mismatch',
    'webpki::cn::ipv6-uncompressed-mismatch',
    'webpki::cn::ipv6-uppercase-mismatch',
    'webpki::cn::not-in-san',
    'webpki::cn::punycode-not-in-san',
    'webpki::cn::utf8-vs-punycode-mismatch',
  ],
  'CA/Browser Forum 7.1.2.7.10: purposes are there, not critical, and not any': [
    'webpki::eku::ee-anyeku',
    'webpki::eku::ee-critical-eku',
    'webpki::eku::ee-without-eku',
    'webpki::eku::root-has-eku',
  ],
  'no list of public suffixes': [
    'webpki::san::public-suffix-multi-label-wildcard-san',
    'webpki::san::public-suffix-private-namespace-wildcard-san',
    'webpki::san::public-suffix-wildcard-san',
  ],
  'CA/Browser Forum 7.1.2.7.12: alternative names are critical only beside an empty subject': [
    'webpki::san::san-critical-with-nonempty-subject',
  ],
}

/** Groups that path validation serves. */
const IN_SCOPE = /^(rfc5280|pathlen|pathological|cve|crl)::/

/** Why the cases in scope that limbo expects to fail do fail, so that none is refused for something that it does not test. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  'anchor-malformed': ['rfc5280::ca-empty-subject'],
  'crl-issuer-key-usage': ['crl::issuer-missing-crlsign'],
  'crl-number': ['crl::crlnumber-critical', 'crl::crlnumber-missing'],
  'der-too-large': ['pathological::nc-dos-1'],
  'der-too-many-values': ['pathological::nc-dos-3'],
  expired: [
    'rfc5280::validity::expired-1-second',
    'rfc5280::validity::expired-5-seconds',
    'rfc5280::validity::expired-intermediate',
    'rfc5280::validity::expired-leaf',
    'rfc5280::validity::expired-root',
  ],
  'extended-key-usage': ['rfc5280::eku::ee-wrong-eku'],
  'extension-criticality': [
    'rfc5280::aki::critical-aki',
    'rfc5280::ee-critical-aia-invalid',
    'rfc5280::nc::not-allowed-in-ee-noncritical',
    'rfc5280::nc::permitted-dns-match-noncritical',
    'rfc5280::pc::ica-noncritical-pc',
    'rfc5280::root-non-critical-basic-constraints',
    'rfc5280::san::noncritical-with-empty-subject',
    'rfc5280::ski::critical-ski',
  ],
  'extension-duplicate': ['rfc5280::duplicate-extensions'],
  'extension-malformed': [
    'pathological::nc-dos-2',
    'rfc5280::eku::ee-eku-empty',
    'rfc5280::nc::invalid-dnsname-leading-period',
    'rfc5280::nc::invalid-dnsname-wildcard',
    'rfc5280::nc::invalid-email-address',
    'rfc5280::nc::invalid-ipv4-address',
    'rfc5280::nc::invalid-ipv6-address',
    'rfc5280::nc::nc-permits-invalid-dns-san',
    'rfc5280::nc::nc-permits-invalid-email-san',
    'rfc5280::nc::nc-permits-invalid-ip-san',
    'rfc5280::root-inconsistent-ca-extensions',
    'rfc5280::san::ip-in-dns',
    'rfc5280::san::malformed',
    'rfc5280::san::underscore-dns',
  ],
  'extension-misplaced': ['rfc5280::nc::not-allowed-in-ee-critical'],
  'foreign-root': [
    'pathological::intermediate-cycle-same-logical-ca',
    'pathological::pathological-chain-same-subject-same-key',
    'rfc5280::chain-untrusted-root',
  ],
  // No intermediate that can be read leads on.
  'issuer-missing': [
    'pathological::intermediate-cycle-distinct-cas',
    'pathological::intermediate-cycle-distinct-cas-max-depth',
    'pathological::pathological-chain-distinct-subject-distinct-key',
    'pathological::pathological-chain-distinct-subject-same-key',
    'rfc5280::ica-ku-keycertsign',
    'rfc5280::intermediate-ca-missing-basic-constraints',
    'rfc5280::serial::negative',
  ],
  'key-identifier-missing': [
    'rfc5280::aki::cross-signed-root-missing-aki',
    'rfc5280::aki::intermediate-missing-aki',
    'rfc5280::aki::leaf-missing-aki',
    'rfc5280::ski::intermediate-missing-ski',
    'rfc5280::ski::root-missing-ski',
  ],
  'key-usage': ['rfc5280::leaf-ku-keycertsign'],
  'name-constraints-unsupported': ['rfc5280::nc::nc-forbids-othername'],
  'name-constraints-violated': [
    'cve::cve-2025-61727',
    'cve::cve-2025-61727-nc-permits-variant',
    'rfc5280::nc::excluded-dn-match',
    'rfc5280::nc::excluded-dn-match-sub-mismatch',
    'rfc5280::nc::excluded-dns-match',
    'rfc5280::nc::excluded-dns-match-second',
    'rfc5280::nc::excluded-ipv4-match',
    'rfc5280::nc::excluded-ipv6-match',
    'rfc5280::nc::excluded-match-permitted-and-excluded',
    'rfc5280::nc::excluded-self-issued-leaf',
    'rfc5280::nc::intermediate-with-san-rejected-by-intermediate-nc',
    'rfc5280::nc::intermediate-with-san-rejected-by-root-nc',
    'rfc5280::nc::nc-forbids-dnsname-wildcard-san',
    'rfc5280::nc::nc-permits-email-literal-asterisk-rejects-subdomain',
    'rfc5280::nc::nc-permits-email-literal-asterisk-rejects-user',
    'rfc5280::nc::nc-permits-email-literal-double-asterisk-rejects-single',
    'rfc5280::nc::permitted-dn-match-subject-san-mismatch',
    'rfc5280::nc::permitted-dn-mismatch',
    'rfc5280::nc::permitted-dns-mismatch',
    'rfc5280::nc::permitted-ip-mismatch',
    'rfc5280::nc::restrictive-permits-in-intermediates-narrows',
    'rfc5280::nc::restrictive-permits-in-intermediates-widens',
  ],
  'name-mismatch': ['rfc5280::ee-empty-issuer'],
  'not-a-ca': ['rfc5280::intermediate-ca-without-ca-bit', 'rfc5280::root-missing-basic-constraints'],
  'not-yet-valid': [
    'rfc5280::validity::not-yet-valid-1-second',
    'rfc5280::validity::not-yet-valid-5-seconds',
    'rfc5280::validity::notbefore-fractional',
  ],
  'path-too-deep': ['pathlen::max-chain-depth-0-exhausted', 'pathlen::max-chain-depth-1-exhausted'],
  'path-too-long': ['pathlen::intermediate-pathlen-too-long', 'pathlen::intermediate-violates-pathlen-0'],
  'peer-name': ['rfc5280::ca-as-leaf-wrong-san'],
  revoked: ['crl::revoked-certificate-with-crl'],
  'search-exhausted': ['pathological::pathological-chain-same-subject-distinct-key'],
  'serial-number': ['rfc5280::serial::too-long', 'rfc5280::serial::zero'],
  'signature-algorithm-mismatch': ['rfc5280::mismatching-signature-algorithm'],
  'unknown-critical-extension': [
    'rfc5280::unknown-critical-extension-ee',
    'rfc5280::unknown-critical-extension-intermediate',
    'rfc5280::unknown-critical-extension-root',
  ],
}

describeVectors('x509-limbo', () => {
  let tests: readonly Case[] = []
  const outcomes = new Map<string, string>()
  beforeAll(async () => {
    tests = v.parse(v.object({ testcases: v.array(Case) }), JSON.parse(vectorText('x509-limbo/limbo-nobettertls.json'))).testcases
    for (const test of tests) outcomes.set(test.id, await outcomeOf(test))
  })

  it('has the cases that this was written for', () => {
    expect(tests.length).toBe(207)
  })

  it('accepts nothing that must fail, but for the cases named', () => {
    const accepted = tests.filter((test) => test.expected_result === 'FAILURE' && outcomes.get(test.id) === 'accepted').map(({ id }) => id)
    expect(accepted.sort()).toEqual(Object.values(ACCEPTED).flat().sort())
  })

  it('accepts nothing at all that must fail in the groups rfc5280, pathlen, pathological, cve and crl', () => {
    const inScope = Object.values(ACCEPTED)
      .flat()
      .filter((id) => IN_SCOPE.test(id))
    expect(inScope).toEqual([])
  })

  it('refuses nothing that must succeed, but for the cases named', () => {
    const refused = tests.filter((test) => test.expected_result === 'SUCCESS' && outcomes.get(test.id) !== 'accepted')
    expect(Object.fromEntries(refused.map(({ id }) => [id, outcomes.get(id)]))).toEqual(
      Object.fromEntries(Object.entries(REFUSED).map(([id, reason]) => [id, reason.split(':')[0]])),
    )
  })

  it('refuses the cases in scope for the reason that each is about', () => {
    const reasons: Record<string, string[]> = {}
    for (const { id, expected_result } of tests) {
      if (expected_result !== 'FAILURE' || !IN_SCOPE.test(id)) continue
      const reason = outcomes.get(id) ?? 'no outcome'
      reasons[reason] = [...(reasons[reason] ?? []), id].sort()
    }
    expect(reasons).toEqual(REASONS)
  })
})
