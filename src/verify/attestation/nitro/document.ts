import type { Bytes } from '../../encoding/bytes.ts'
import {
  type CborCode,
  type CborLimits,
  type CborMap,
  type CborValue,
  decodeCbor,
  isCborArray,
  isCborBytes,
  isCborMap,
} from '../../encoding/cbor.ts'
import { type CoseCode, type CoseSign1, parseCoseSign1 } from '../../encoding/cose.ts'
import { failure, type Result, success } from '../../encoding/result.ts'

/**
 * The payload of an attestation document ("Nitro Enclaves Attestation Process", section 2.2). Octets as signed. The same document with
 * `nitrotpm_pcrs` in place of `pcrs` tells how an ordinary EC2 instance booted ("Validate a NitroTPM Attestation Document", EC2 user guide).
 */
export type NitroDocument = {
  /** What is attested: an enclave, or an instance by the registers of its NitroTPM. */
  readonly subject: 'enclave' | 'instance'
  readonly moduleId: string
  /** When it was made: milliseconds since 1970. */
  readonly timestamp: number
  /** The locked platform configuration registers, by index. */
  readonly pcrs: ReadonlyMap<number, Bytes>
  /** DER of the certificate whose key signed. */
  readonly certificate: Bytes
  /** DER of its issuers, the root first. */
  readonly cabundle: readonly [Bytes, ...Bytes[]]
  /** What the enclave put into it. */
  readonly publicKey?: Bytes
  readonly userData?: Bytes
  readonly nonce?: Bytes
}

export type NitroDocumentCode = CoseCode | CborCode | 'nitro-size' | 'nitro-unprotected-header' | 'nitro-payload' | 'nitro-field'

/** The payload may have 16,384 octets (section 3.1); signature and framing come on top, and the rest of the buffer. */
const MAX_PAYLOAD = 16_384
export const MAX_BUFFER = 65_536
const LIMITS: CborLimits = { maxBytes: MAX_BUFFER, maxDepth: 8, maxItems: 512 }
const MAX_CERTIFICATE = 1024
/** What an enclave puts in; AWS's older text allowed 512 octets of user data and nonce. */
const MAX_OWN_DATA = 1024
/** Not AWS's number: the longest chain seen has four. */
const MAX_CABUNDLE = 16
const MAX_MODULE_ID = 256
const PCR_SIZES: readonly number[] = [32, 48, 64]
/** Last millisecond of the year 9999. */
const MAX_TIMESTAMP = 253_402_300_799_999

/**
 * Takes an attestation document apart without believing it: COSE_Sign1 with or without its tag, zeros behind it where the whole buffer was
 * handed over, nothing in the unprotected header (it is not signed), a payload with the fields of section 3.2.2 in their types and lengths.
 * Optional fields may be null, as real documents have them, against the letter of that section; maps and arrays of the payload may have no
 * length, as AWS writes the outermost one since 2025. Fields of other names are AWS's own, under its signature, and are passed over.
 */
export function parseNitroDocument(
  input: Bytes,
): Result<{ readonly message: CoseSign1; readonly document: NitroDocument }, NitroDocumentCode> {
  const message = parseCoseSign1(input, 'either', LIMITS, { padded: true })
  if (!message.ok) return message
  if (message.value.unprotectedHeader.size > 0) return failure('nitro-unprotected-header')
  if (message.value.payload.length > MAX_PAYLOAD) return failure('nitro-size')
  const payload = decodeCbor(message.value.payload, LIMITS, { indefinite: true })
  if (!payload.ok) return payload
  if (!isCborMap(payload.value)) return failure('nitro-payload')
  const document = documentOf(payload.value)
  return document.ok ? success({ message: message.value, document: document.value }) : document
}

function documentOf(payload: CborMap): Result<NitroDocument, 'nitro-field'> {
  const moduleId = payload.get('module_id')
  if (typeof moduleId !== 'string' || moduleId.length === 0 || moduleId.length > MAX_MODULE_ID) return failure('nitro-field', 'module_id')
  if (payload.get('digest') !== 'SHA384') return failure('nitro-field', 'digest')
  const timestamp = payload.get('timestamp')
  if (typeof timestamp !== 'number' || timestamp < 1 || timestamp > MAX_TIMESTAMP) return failure('nitro-field', 'timestamp')
  const [subject, name] = payload.has('nitrotpm_pcrs') ? (['instance', 'nitrotpm_pcrs'] as const) : (['enclave', 'pcrs'] as const)
  const pcrs = pcrsOf(payload.get(name))
  if (pcrs === undefined || (subject === 'instance' && payload.has('pcrs'))) return failure('nitro-field', name)
  const certificate = payload.get('certificate')
  if (!isCertificate(certificate)) return failure('nitro-field', 'certificate')
  const cabundle = cabundleOf(payload.get('cabundle'))
  if (cabundle === undefined) return failure('nitro-field', 'cabundle')
  const publicKey = payload.get('public_key') ?? undefined
  if (publicKey !== undefined && !isOctets(publicKey, 1, MAX_OWN_DATA)) return failure('nitro-field', 'public_key')
  const userData = payload.get('user_data') ?? undefined
  if (userData !== undefined && !isOctets(userData, 0, MAX_OWN_DATA)) return failure('nitro-field', 'user_data')
  const nonce = payload.get('nonce') ?? undefined
  if (nonce !== undefined && !isOctets(nonce, 0, MAX_OWN_DATA)) return failure('nitro-field', 'nonce')
  return success({
    subject,
    moduleId,
    timestamp,
    pcrs,
    certificate,
    cabundle,
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(userData === undefined ? {} : { userData }),
    ...(nonce === undefined ? {} : { nonce }),
  })
}

/** 1 to 32 registers with an index from 0 to 31. */
function pcrsOf(value: CborValue | undefined): ReadonlyMap<number, Bytes> | undefined {
  if (!isCborMap(value) || value.size === 0) return undefined
  const pcrs = new Map<number, Bytes>()
  for (const [index, register] of value) {
    if (typeof index !== 'number' || index < 0 || index > 31) return undefined
    if (!isCborBytes(register) || !PCR_SIZES.includes(register.length)) return undefined
    pcrs.set(index, register)
  }
  return pcrs
}

function cabundleOf(value: CborValue | undefined): readonly [Bytes, ...Bytes[]] | undefined {
  if (!isCborArray(value) || value.length > MAX_CABUNDLE) return undefined
  const certificates = value.filter(isCertificate)
  const [root, ...others] = certificates
  return root === undefined || certificates.length !== value.length ? undefined : [root, ...others]
}

function isCertificate(value: CborValue | undefined): value is Bytes {
  return isOctets(value, 1, MAX_CERTIFICATE)
}

function isOctets(value: CborValue | undefined, min: number, max: number): value is Bytes {
  return isCborBytes(value) && value.length >= min && value.length <= max
}
