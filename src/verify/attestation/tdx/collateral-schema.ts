import * as v from 'valibot'

const text = v.pipe(v.string(), v.maxLength(262_144))
const octet = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(0xff))
const uint16 = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(0xffff))
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** Hexadecimal of so many octets, made lower case: Intel writes both. */
const hex = (octets: number) =>
  v.pipe(
    v.string(),
    v.length(octets * 2),
    v.regex(/^[0-9A-Fa-f]*$/),
    v.transform((value) => value.toLowerCase()),
  )
const instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  v.check((value) => !Number.isNaN(Date.parse(value))),
  v.transform((value) => new Date(value)),
)
/** Binary values: hexadecimal, base64 or PEM text, or a list of octets. */
const binary = v.union([text, v.pipe(v.array(octet), v.maxLength(262_144))])

/** Collateral as libraries keep it ("QuoteCollateralV3"). Anything may be missing: what is not there is not checked. */
export const libraryCollateral = v.object({
  pck_crl_issuer_chain: v.optional(v.nullable(text)),
  root_ca_crl: v.optional(v.nullable(binary)),
  pck_crl: v.optional(v.nullable(binary)),
  tcb_info_issuer_chain: v.optional(v.nullable(text)),
  tcb_info: v.optional(v.nullable(text)),
  tcb_info_signature: v.optional(v.nullable(binary)),
  qe_identity_issuer_chain: v.optional(v.nullable(text)),
  qe_identity: v.optional(v.nullable(text)),
  qe_identity_signature: v.optional(v.nullable(binary)),
})

const response = v.object({ body: text, issuerChain: v.optional(text) })

/**
 * Collateral as fetched from Intel's Provisioning Certification Service or a cache of it (PCCS): each body as it came, CRLs in binary as
 * hexadecimal, base64 or PEM; `issuerChain` is the value of the response header of that name, percent-encoded PEM.
 */
export const fetchedCollateral = v.object({
  format: v.literal('intel-pcs'),
  tcbInfo: v.optional(response),
  qeIdentity: v.optional(response),
  pckCrl: v.optional(response),
  rootCaCrl: v.optional(response),
})

/** Statuses that are not known here are judged as such, where a platform reaches them. */
const status = v.pipe(v.string(), v.minLength(1), v.maxLength(60))
/** `INTEL-SA-00615`, `INTEL-DOC-10000`: shown, and nothing else. */
const advisoryIDs = v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.maxLength(200)))
const components = v.pipe(v.array(v.object({ svn: octet })), v.length(16))
const isvLevels = v.pipe(
  v.array(v.object({ tcb: v.object({ isvsvn: uint16 }), tcbDate: instant, tcbStatus: status, advisoryIDs })),
  v.maxLength(200),
)
const dated = { issueDate: instant, nextUpdate: instant, tcbEvaluationDataNumber: count }
const module = { mrsigner: hex(48), attributes: hex(8), attributesMask: hex(8) }

const moduleIdentity = v.object({ id: v.pipe(v.string(), v.maxLength(20)), ...module, tcbLevels: isvLevels })
type ModuleIdentity = v.InferOutput<typeof moduleIdentity>

/** Only the entry of the platform's own module is asked for: one of another form than is known here does not spoil the others. */
function readableModules(entries: readonly unknown[]): ModuleIdentity[] {
  return entries.map((entry) => v.safeParse(moduleIdentity, entry)).flatMap(({ success, output }) => (success ? [output] : []))
}

/** TCB info of TDX, version 3 (Intel PCS API version 4, "Get TDX TCB Info"). Other members are tolerated: the signature covers them. */
export const tcbInfoSchema = v.object({
  id: v.literal('TDX'),
  version: v.literal(3),
  ...dated,
  fmspc: hex(6),
  pceId: hex(2),
  tcbType: v.literal(0),
  tdxModule: v.object(module),
  tdxModuleIdentities: v.optional(
    v.pipe(
      v.array(v.unknown()),
      v.maxLength(64),
      v.transform((entries) => readableModules(entries)),
    ),
    [],
  ),
  tcbLevels: v.pipe(
    v.array(
      v.object({
        tcb: v.object({ sgxtcbcomponents: components, pcesvn: uint16, tdxtcbcomponents: components }),
        tcbDate: instant,
        tcbStatus: status,
        advisoryIDs,
      }),
    ),
    v.minLength(1),
    v.maxLength(200),
  ),
})
export type TcbInfo = v.InferOutput<typeof tcbInfoSchema>

/** Identity of the TD quoting enclave ("Get TDX QE identity"). */
export const qeIdentitySchema = v.object({
  id: v.literal('TD_QE'),
  version: v.picklist([2, 3]),
  ...dated,
  miscselect: hex(4),
  miscselectMask: hex(4),
  attributes: hex(16),
  attributesMask: hex(16),
  mrsigner: hex(32),
  isvprodid: uint16,
  tcbLevels: v.pipe(isvLevels, v.minLength(1)),
})
export type QeIdentity = v.InferOutput<typeof qeIdentitySchema>

/** The bodies in which Intel sends the two, each beside its signature. */
export const signedBody = v.object({ signature: hex(64) })
