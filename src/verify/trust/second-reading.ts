import 'reflect-metadata'
import { X509Certificate } from '@peculiar/x509'
import { type Bytes, equalBytes } from '../encoding/bytes.ts'
import { encodeHex } from '../encoding/hex.ts'
import type { Certificate } from './certificate.ts'

/**
 * Has `@peculiar/x509` parse the octets of a certificate that `parseCertificate` read, and says which field it sees otherwise; undefined
 * when both agree. Two readings that differ mean that one of them is mistaken about what was signed. The library is never alone with
 * outside data: it also reads much that is not DER. It takes most of a millisecond for a certificate.
 */
export function disagreement(certificate: Certificate): string | undefined {
  try {
    const parsed = new X509Certificate(certificate.der)
    if (!equalBytes(new Uint8Array(parsed.signature), certificate.signature)) return 'signatureValue'
    if (parsed.serialNumber !== encodeHex(withoutSignOctet(certificate.serial))) return 'serialNumber'
    if (parsed.notBefore.getTime() !== certificate.notBefore.getTime()) return 'notBefore'
    if (parsed.notAfter.getTime() !== certificate.notAfter.getTime()) return 'notAfter'
    if (!equalBytes(new Uint8Array(parsed.publicKey.rawData), certificate.spki)) return 'subjectPublicKeyInfo'
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : 'not parsed'
  }
}

/** The library's serial numbers come without the zero octet that keeps an INTEGER positive. */
function withoutSignOctet(serial: Bytes): Bytes {
  return serial.length > 1 && serial[0] === 0x00 ? serial.subarray(1) : serial
}
