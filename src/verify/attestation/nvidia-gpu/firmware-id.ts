import type { Bytes } from '../../encoding/bytes.ts'
import { type DerValue, readDer, TAG } from '../../encoding/der.ts'
import { fieldsOf, readOid } from '../../encoding/der-read.ts'
import type { Certificate } from '../../trust/certificate.ts'
import type { Architecture } from './architecture.ts'

const COMPOSITE_DEVICE_ID = '2.23.133.5.4.1'
const TCB_INFO = '2.23.133.5.4.1.1'
const SHA384 = '2.16.840.1.101.3.4.2.2'
const DIGEST = 48
/** [6] IMPLICIT SEQUENCE: the digests among the fields of DiceTcbInfo. */
const FWIDS = 0xa6

/**
 * The digest of the firmware that a GPU's key was made for, as its certificate states it; undefined where it does not, or in no known form.
 *
 * Hopper: CompositeDeviceID ::= SEQUENCE { version INTEGER, deviceID SubjectPublicKeyInfo, fwid FWID }, under the identifier that later became
 * DiceTcbInfo's. Blackwell: the first of `fwids` in a DiceTcbInfo (TCG DICE Attestation Architecture, section 6.1.1). In both,
 * FWID ::= SEQUENCE { hashAlg OBJECT IDENTIFIER, digest OCTET STRING }.
 */
export function certifiedFirmwareId({ extensions }: Certificate, architecture: Architecture): Bytes | undefined {
  const extension = extensions.get(architecture === 'HOPPER' ? COMPOSITE_DEVICE_ID : TCB_INFO)
  const der = extension === undefined ? undefined : readDer(extension.value)
  if (der?.ok !== true || der.value.tag !== TAG.sequence) return undefined
  return architecture === 'HOPPER' ? ofCompositeDeviceId(der.value) : ofTcbInfo(der.value)
}

function ofCompositeDeviceId(value: DerValue): Bytes | undefined {
  const fields = fieldsOf(value)
  const version = fields.take(TAG.integer)
  const deviceId = fields.take(TAG.sequence)
  const fwid = fields.take(TAG.sequence)
  return version === undefined || deviceId === undefined || !fields.done() ? undefined : digestOf(fwid)
}

function ofTcbInfo(value: DerValue): Bytes | undefined {
  const [fwids, ...more] = value.children.filter(({ tag }) => tag === FWIDS)
  return more.length > 0 ? undefined : digestOf(fwids?.children[0])
}

function digestOf(fwid: DerValue | undefined): Bytes | undefined {
  if (fwid?.tag !== TAG.sequence) return undefined
  const fields = fieldsOf(fwid)
  const algorithm = readOid(fields.take(TAG.oid))
  const digest = fields.take(TAG.octetString)
  return algorithm === SHA384 && digest?.content.length === DIGEST && fields.done() ? digest.content : undefined
}
