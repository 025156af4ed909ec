import type { Bytes } from '../../encoding/bytes.ts'
import { readDer, TAG } from '../../encoding/der.ts'
import { readSmallInteger, readText } from '../../encoding/der-read.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { type Certificate, type CertificateErrorCode, parseCertificate } from '../../trust/certificate.ts'
import { PRODUCTS, type Product } from './product.ts'
import type { PatchLevels } from './tcb.ts'

/** The certificate of a key that signs reports: of the chip (VCEK), or loaded by a cloud provider (VLEK). AMD 57230, section 3.1. */
export type EndorsementKey = {
  readonly certificate: Certificate
  readonly kind: 'vcek' | 'vlek'
  readonly product: Product
  readonly levels: PatchLevels
  /** The chip; absent in a VLEK. */
  readonly hardwareId?: Bytes
  /** Of a VLEK, the cloud provider whose key it is: `CN=cc-us-east-2.amazonaws.com`. */
  readonly provider?: string
}

export type EndorsementKeyCode =
  | CertificateErrorCode
  /** A kind of key that is not known here, by its subject. */
  | 'endorsement-key-name'
  /** A product that is not known here. */
  | 'endorsement-key-product'
  /** The certificate says one product, and the name of its issuer another. */
  | 'endorsement-key-issuer'
  | 'endorsement-key-extension'

const OID = '1.3.6.1.4.1.3704.1'
/** Arcs under `.3`: patch levels. */
const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9]
const HARDWARE_ID_LENGTHS = [64, 8]

/**
 * Reads such a certificate and AMD's own extensions in it. The product has to be the one whose key issued it, by the issuer's name
 * (`SEV-Milan`, `SEV-VLEK-Milan`); path validation vouches for that name.
 */
export function parseEndorsementKey(der: Bytes): Result<EndorsementKey, EndorsementKeyCode> {
  const parsed = parseCertificate(der)
  if (!parsed.ok) return parsed
  const certificate = parsed.value
  const kind = KINDS.find(({ subject }) => certificate.subject.text.startsWith(`CN=${subject},`))
  if (kind === undefined) return failure('endorsement-key-name', certificate.subject.text)
  const name = productNameOf(certificate)
  const product = PRODUCTS.find((known) => known === name)
  if (product === undefined) return failure('endorsement-key-product', name)
  if (!certificate.issuer.text.startsWith(`CN=${kind.issuer}${product},`)) return failure('endorsement-key-issuer', certificate.issuer.text)
  const levels = new Map<number, number>()
  for (const arc of LEVELS) {
    const extension = certificate.extensions.get(`${OID}.3.${arc}`)
    if (extension === undefined) continue
    const level = levelOf(extension.value)
    if (level === undefined) return failure('endorsement-key-extension', String(arc))
    levels.set(arc, level)
  }
  const hardwareId = hardwareIdOf(certificate.extensions.get(`${OID}.4`)?.value)
  if ((kind.kind === 'vcek') !== (hardwareId !== undefined)) return failure('endorsement-key-extension', 'hardware id')
  const provider = kind.kind === 'vlek' ? textIn(certificate.extensions.get(`${OID}.5`)?.value) : undefined
  return success({
    certificate,
    kind: kind.kind,
    product,
    levels,
    ...(hardwareId === undefined ? {} : { hardwareId }),
    ...(provider === undefined ? {} : { provider }),
  })
}

const KINDS = [
  { kind: 'vcek', subject: 'SEV-VCEK', issuer: 'SEV-' },
  { kind: 'vlek', subject: 'SEV-VLEK', issuer: 'SEV-VLEK-' },
] as const

/** `Milan-B0`, `Turin`: the product, and perhaps its stepping. */
function productNameOf({ extensions }: Certificate): string | undefined {
  return textIn(extensions.get(`${OID}.2`)?.value)?.split('-')[0]
}

function textIn(value: Bytes | undefined): string | undefined {
  const der = value === undefined ? undefined : readDer(value)
  return der?.ok === true ? readText(der.value) : undefined
}

function levelOf(value: Bytes): number | undefined {
  const der = readDer(value)
  const level = der.ok ? readSmallInteger(der.value) : undefined
  return level === undefined || level > 255 ? undefined : level
}

/** The octets themselves, or wrapped in an OCTET STRING: AMD has issued both. */
function hardwareIdOf(value: Bytes | undefined): Bytes | undefined {
  if (value === undefined || HARDWARE_ID_LENGTHS.includes(value.length)) return value
  const der = readDer(value)
  const content = der.ok && der.value.tag === TAG.octetString ? der.value.content : undefined
  return content !== undefined && HARDWARE_ID_LENGTHS.includes(content.length) ? content : undefined
}
