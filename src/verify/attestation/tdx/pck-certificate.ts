import type { Bytes } from '../../encoding/bytes.ts'
import { type DerValue, readDer, TAG } from '../../encoding/der.ts'
import { readOid, readSmallInteger } from '../../encoding/der-read.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import type { Certificate } from '../../trust/certificate.ts'

/** What Intel certified of a platform (Intel SGX PCK Certificate and CRL Profile Specification, section 1.3.5). */
export type Pck = {
  /** Family, model, stepping, platform type and custom SKU: which TCB info applies. 12 hexadecimal digits in lower case. */
  readonly fmspc: string
  /** 4 hexadecimal digits in lower case. */
  readonly pceId: string
  /** Security version numbers of the 16 SGX components. */
  readonly components: readonly number[]
  readonly pceSvn: number
}

export const SGX_EXTENSION = '1.2.840.113741.1.13.1'
const OID = {
  ppid: `${SGX_EXTENSION}.1`,
  tcb: `${SGX_EXTENSION}.2`,
  pceId: `${SGX_EXTENSION}.3`,
  fmspc: `${SGX_EXTENSION}.4`,
  sgxType: `${SGX_EXTENSION}.5`,
} as const
const COMPONENTS = 16

/**
 * Reads the SGX extension of a PCK certificate: SEQUENCE OF SEQUENCE { OBJECT IDENTIFIER, value }, each identifier once. PPID, TCB, PCEID,
 * FMSPC and SGX type are required and typed; others (platform instance, configuration) may be there and are not used.
 */
export function readPck({ extensions }: Certificate): Result<Pck, 'pck-extension-missing' | 'pck-extension-malformed'> {
  const extension = extensions.get(SGX_EXTENSION)
  if (extension === undefined) return failure('pck-extension-missing')
  const der = readDer(extension.value)
  const fields = der.ok ? membersOf(der.value) : undefined
  const tcb = fields?.get(OID.tcb)
  const levels = tcb === undefined ? undefined : membersOf(tcb)
  const ppid = octetsOf(fields?.get(OID.ppid), 16)
  const pceId = octetsOf(fields?.get(OID.pceId), 2)
  const fmspc = octetsOf(fields?.get(OID.fmspc), 6)
  const isTyped = fields?.get(OID.sgxType)?.tag === TAG.enumerated
  if (levels === undefined || ppid === undefined || pceId === undefined || fmspc === undefined || !isTyped) {
    return failure('pck-extension-malformed')
  }
  const components: number[] = []
  for (let number = 1; number <= COMPONENTS; number += 1) {
    const svn = readSmallInteger(levels.get(`${OID.tcb}.${number}`))
    if (svn === undefined || svn > 0xff) return failure('pck-extension-malformed', `component ${number}`)
    components.push(svn)
  }
  const pceSvn = readSmallInteger(levels.get(`${OID.tcb}.17`))
  const cpuSvn = octetsOf(levels.get(`${OID.tcb}.18`), 16)
  if (pceSvn === undefined || pceSvn > 0xffff || cpuSvn === undefined) return failure('pck-extension-malformed')
  return success({ fmspc: encodeHex(fmspc), pceId: encodeHex(pceId), components, pceSvn })
}

/** Values by object identifier; undefined unless all have the form and none comes twice. */
function membersOf(value: DerValue): ReadonlyMap<string, DerValue> | undefined {
  if (value.tag !== TAG.sequence) return undefined
  const members = new Map<string, DerValue>()
  for (const child of value.children) {
    const [name, content, ...more] = child.children
    const oid = readOid(name)
    if (child.tag !== TAG.sequence || oid === undefined || content === undefined || more.length > 0 || members.has(oid)) return undefined
    members.set(oid, content)
  }
  return members
}

function octetsOf(value: DerValue | undefined, length: number): Bytes | undefined {
  return value?.tag === TAG.octetString && value.content.length === length ? value.content : undefined
}
