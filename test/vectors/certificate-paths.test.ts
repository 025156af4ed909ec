import { expect, it } from 'vitest'
import { decodeBase64 } from '../../src/verify/encoding/base64.ts'
import type { Bytes } from '../../src/verify/encoding/bytes.ts'
import { sha256 } from '../../src/verify/encoding/digest.ts'
import { encodeHex } from '../../src/verify/encoding/hex.ts'
import { anchorFromCertificate, anchorsFor, SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import { type Certificate, parseCertificate } from '../../src/verify/trust/certificate.ts'
import { validatePath } from '../../src/verify/trust/path.ts'
import { type Deviation, RFC5280 } from '../../src/verify/trust/profile.ts'
import { SHIPPED } from '../../src/verify/trust/shipped-anchors.ts'
import { describeVectors, vectorBytes, vectorText } from './files.ts'

function fromPem(text: string): Certificate[] {
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)].map(([, body = '']) => {
    const der = decodeBase64(body.replace(/\s/g, ''))
    if (!der.ok) throw new Error(der.code)
    return parsed(der.value)
  })
}

function parsed(der: Bytes): Certificate {
  const certificate = parseCertificate(der)
  if (!certificate.ok) throw new Error(`${certificate.code} ${certificate.detail}`)
  return certificate.value
}

function first(certificates: readonly Certificate[]): Certificate {
  const [certificate] = certificates
  if (certificate === undefined) throw new Error('no certificate')
  return certificate
}

describeVectors('the chain of a Confidential Space PKI token', () => {
  const chain = () => {
    const [header = ''] = vectorText('confidential-space/flare/pki.txt').split('.')
    const { x5c } = JSON.parse(Buffer.from(header, 'base64url').toString())
    return fromPem(x5c.join('\n'))
  }
  const anchors = anchorsFor(SHIPPED_ANCHORS, 'confidential-space')
  const validate = async (certificates: readonly Certificate[], at: string) => {
    const [leaf, ...intermediates] = certificates
    const result = await validatePath({ leaf: leaf ?? first([]), intermediates, anchors, at: new Date(at) })
    return result.ok ? result.value.anchor.id : result.code
  }

  it('leads to the shipped anchor under RFC 5280 without any allowance', async () => {
    const [leaf, intermediate, root] = chain()
    if (leaf === undefined || intermediate === undefined || root === undefined) throw new Error('three certificates')
    expect(await validate([leaf, intermediate, root], '2024-11-03T23:54:00Z')).toBe('google-confidential-space-root')
    expect(await validate([leaf, intermediate], '2024-11-03T23:54:00Z')).toBe('google-confidential-space-root')
    expect(await validate([leaf, intermediate, root], '2024-12-06T10:38:23Z')).toBe('expired')
    expect(await validate([leaf, intermediate, root], '2024-11-01T10:38:22Z')).toBe('not-yet-valid')
    expect(await validate([leaf, root], '2024-11-03T23:54:00Z')).toBe('issuer-missing')
    expect(await validate([intermediate, root], '2024-11-03T23:54:00Z')).toBe('google-confidential-space-root')
  })

  it('ends in the certificate whose fingerprint, name, key and dates the anchor has', async () => {
    const root = chain().at(-1)
    const data = SHIPPED.find(({ id }) => id === 'google-confidential-space-root')
    const [anchor] = anchors
    if (root === undefined || data === undefined || anchor === undefined) throw new Error('no root')
    expect(encodeHex(await sha256(root.der))).toBe(data.certificateSha256)
    expect(anchorFromCertificate(root, anchor)).toEqual({ ...anchor, addedBy: 'user' })
  })
})

/** What AMD's certificates need beyond RFC 5280. Its profile comes with its evidence; here the point is that nothing less will do. */
const AMD: readonly Deviation[] = [
  'serial-number-zero',
  'authority-key-identifier-missing',
  'key-usage-trailing-zeros',
  'pss-trailer-field',
]

describeVectors('the chain of an AMD SEV-SNP key, signed with RSASSA-PSS', () => {
  const validate = async (accepts: readonly Deviation[]) => {
    const authorities = fromPem(vectorText('sev-snp/virtee-milan/cert_chain_milan'))
    const root = authorities.at(-1) ?? first([])
    const result = await validatePath({
      leaf: parsed(vectorBytes('sev-snp/virtee-milan/vcek_milan.der')),
      intermediates: authorities,
      anchors: [anchorFromCertificate(root, { id: 'ark-milan', purpose: 'sev-snp', publishedAt: '' })],
      at: new Date('2024-01-01T00:00:00Z'),
      profile: { ...RFC5280, accepts: new Set(accepts) },
    })
    return result.ok ? 'valid' : result.code
  }

  it('is valid with what AMD needs, and with nothing less', async () => {
    expect(await validate(AMD)).toBe('valid')
    for (const left of AMD) expect(await validate(AMD.filter((deviation) => deviation !== left))).not.toBe('valid')
  })
})
