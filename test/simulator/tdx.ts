import {
  type Anchor,
  anchorOf,
  type Certificate,
  type CertificateOptions,
  type DistinguishedName,
  type Extension,
  issueCertificate,
} from './certificates.ts'
import { type CrlOptions, issueCrl } from './crl.ts'
import { integer, objectIdentifier, octetString, sequence, tlv } from './der.ts'
import { makeKey } from './keys.ts'
import { flipBit, hex, type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'
import { INTEL_QE_SIGNER, makeQuote, type QuoteKnobs, signRaw } from './tdx-quote.ts'

/** What the PCK certificate says of the platform (Intel SGX PCK Certificate and CRL Profile Specification, section 1.3.5). */
export type Platform = {
  readonly fmspc: string
  readonly pceId: string
  readonly components: readonly number[]
  readonly pceSvn: number
}

export const HONEST_PLATFORM: Platform = {
  fmspc: '90c06f000000',
  pceId: '0000',
  components: [3, 3, 2, 2, 4, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0],
  pceSvn: 13,
}

const SGX = '1.2.840.113741.1.13.1'

export function encodePlatform({ fmspc, pceId, components, pceSvn }: Platform): Octets {
  const member = (oid: string, value: Uint8Array) => sequence(objectIdentifier(oid), value)
  const small = (value: number) => integer(octets([value >> 8, value & 0xff]))
  return sequence(
    member(`${SGX}.1`, octetString(randomFrom('simulated PPID')(16))),
    member(
      `${SGX}.2`,
      sequence(
        ...components.map((svn, index) => member(`${SGX}.2.${index + 1}`, small(svn))),
        member(`${SGX}.2.17`, small(pceSvn)),
        member(`${SGX}.2.18`, octetString(octets(Array.from({ length: 16 }, (_, index) => components[index] ?? 0)))),
      ),
    ),
    member(`${SGX}.3`, octetString(Buffer.from(pceId, 'hex'))),
    member(`${SGX}.4`, octetString(Buffer.from(fmspc, 'hex'))),
    member(`${SGX}.5`, tlv(0x0a, octets([1]))),
  )
}

export type Level = { readonly status: string; readonly date?: string; readonly advisories?: readonly string[] }
type Components = readonly number[]
const levelJson = ({ status, date = '2024-11-13T00:00:00Z', advisories }: Level) => ({
  tcbDate: date,
  tcbStatus: status,
  ...(advisories === undefined ? {} : { advisoryIDs: advisories }),
})
const svns = (components: Components) => Array.from({ length: 16 }, (_, index) => ({ svn: components[index] ?? 0 }))

/** One TCB level as Intel writes it. */
export function tcbLevel(level: Level & { readonly sgx: Components; readonly pceSvn: number; readonly tdx: Components }): object {
  return {
    tcb: { sgxtcbcomponents: svns(level.sgx), pcesvn: level.pceSvn, tdxtcbcomponents: svns(level.tdx) },
    ...levelJson(level),
  }
}

/** One level of a module or an enclave. */
export function isvLevel(isvsvn: number, level: Level): object {
  return { tcb: { isvsvn }, ...levelJson(level) }
}

const ZERO_MODULE = { mrsigner: '00'.repeat(48), attributes: '00'.repeat(8), attributesMask: 'FF'.repeat(8) }

/** TCB info and QE identity under which the honest platform is up to date. `Json` members replace those of the default. */
export type Json = Readonly<Record<string, unknown>>
const honestTcbInfo = (issued: Date, until: Date): Json => ({
  id: 'TDX',
  version: 3,
  issueDate: seconds(issued),
  nextUpdate: seconds(until),
  fmspc: '90C06F000000',
  pceId: '0000',
  tcbType: 0,
  tcbEvaluationDataNumber: 18,
  tdxModule: ZERO_MODULE,
  tdxModuleIdentities: [
    {
      id: 'TDX_01',
      ...ZERO_MODULE,
      tcbLevels: [
        isvLevel(6, { status: 'UpToDate' }),
        isvLevel(2, { status: 'OutOfDate', date: '2023-08-09T00:00:00Z', advisories: ['INTEL-SA-01036'] }),
      ],
    },
  ],
  tcbLevels: [
    tcbLevel({ sgx: HONEST_PLATFORM.components, pceSvn: 13, tdx: [5, 0, 3], status: 'UpToDate' }),
    tcbLevel({
      sgx: [2, 2, 2, 2, 3, 1, 0, 5],
      pceSvn: 5,
      tdx: [5, 0, 2],
      status: 'OutOfDate',
      date: '2018-01-04T00:00:00Z',
      advisories: ['INTEL-SA-00837', 'INTEL-SA-01079'],
    }),
  ],
})

const honestQeIdentity = (issued: Date, until: Date): Json => ({
  id: 'TD_QE',
  version: 2,
  issueDate: seconds(issued),
  nextUpdate: seconds(until),
  tcbEvaluationDataNumber: 18,
  miscselect: '00000000',
  miscselectMask: 'FFFFFFFF',
  attributes: '11000000000000000000000000000000',
  attributesMask: 'FBFFFFFFFFFFFFFF0000000000000000',
  mrsigner: INTEL_QE_SIGNER.toUpperCase(),
  isvprodid: 2,
  tcbLevels: [isvLevel(4, { status: 'UpToDate' })],
})

function seconds(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z')
}

export type DocumentKnobs = {
  readonly json?: Json
  readonly issued?: Date
  readonly until?: Date
  readonly signature?: 'intact' | 'flipped'
  /** Last word on the text, after it was signed. */
  readonly rewrite?: (text: string) => string
  readonly absent?: boolean
}

export type ListKnobs = Partial<CrlOptions> & {
  readonly absent?: boolean
  readonly rewriteDer?: (der: Octets) => Uint8Array
  readonly revokes?: 'leaf' | 'authority' | 'signer'
}

export type TdxOptions = {
  readonly seed?: string
  /** An instant at which all is valid. */
  readonly at: Date
  readonly platform?: Partial<Platform>
  readonly quote?: QuoteKnobs
  readonly root?: Partial<CertificateOptions>
  readonly authority?: Partial<CertificateOptions>
  readonly pck?: Partial<CertificateOptions>
  readonly signer?: Partial<CertificateOptions>
  /** Who signs TCB info and identity: the root's signer, or the platform's own key with its certificates. */
  readonly documentsBy?: 'signer' | 'platform'
  readonly tcbInfo?: DocumentKnobs
  readonly qeIdentity?: DocumentKnobs
  readonly rootCrl?: ListKnobs
  readonly pckCrl?: ListKnobs
  readonly shape?: 'library' | 'library-pem' | 'fetched'
}

export type SimulatedTdx = {
  readonly quote: Octets
  /** JSON text. */
  readonly collateral: string
  readonly anchor: Anchor
  readonly root: Certificate
  readonly authority: Certificate
  readonly pck: Certificate
  readonly signer: Certificate
}

const DAY = 24 * 60 * 60 * 1000
const SERIALS = { authority: 0x21, leaf: 0x22, signer: 0x23 } as const

/** Makes a quote and its collateral under a root of its own. Everything honest unless a knob says otherwise. */
export function makeTdx(options: TdxOptions): SimulatedTdx {
  const { seed = DEFAULT_SEED, at } = options
  const from = (days: number) => new Date(Math.floor(at.getTime() / 1000) * 1000 + days * DAY)
  const key = (name: string) => makeKey('ec-p256', `${seed}/tdx/${name}`)
  const authorityOf = { basicConstraints: { ca: true, pathLength: 0 }, keyUsage: ['keyCertSign', 'cRLSign'] } as const
  const entity = { keyUsage: ['digitalSignature', 'nonRepudiation'] } as const
  const root = issueCertificate({
    subject: named('Simulated SGX Root CA'),
    key: key('root'),
    notBefore: from(-2000),
    notAfter: from(9000),
    ...authorityOf,
    basicConstraints: { ca: true, pathLength: 1 },
    ...options.root,
  })
  const authority = issueCertificate(
    {
      subject: named('Simulated SGX PCK Platform CA'),
      key: key('authority'),
      serial: octets([SERIALS.authority]),
      notBefore: from(-2000),
      notAfter: from(3000),
      ...authorityOf,
      ...options.authority,
    },
    root,
  )
  const extension: Extension = { oid: SGX, critical: false, value: encodePlatform({ ...HONEST_PLATFORM, ...options.platform }) }
  const pck = issueCertificate(
    {
      subject: named('Simulated SGX PCK Certificate'),
      key: key('pck'),
      serial: octets([SERIALS.leaf]),
      notBefore: from(-100),
      notAfter: from(2400),
      extensions: [extension],
      ...entity,
      ...options.pck,
    },
    authority,
  )
  const signer = issueCertificate(
    {
      subject: named('Simulated SGX TCB Signing'),
      key: key('signer'),
      serial: octets([SERIALS.signer]),
      notBefore: from(-200),
      notAfter: from(2300),
      ...entity,
      ...options.signer,
    },
    root,
  )
  const pckChain = pck.pem + authority.pem + root.pem
  const by = options.documentsBy === 'platform' ? { key: pck.key, chain: pckChain } : { key: signer.key, chain: signer.pem + root.pem }
  const document = (knobs: DocumentKnobs = {}, honest: (issued: Date, until: Date) => Json) => {
    const text = JSON.stringify({ ...honest(knobs.issued ?? from(-1), knobs.until ?? from(29)), ...knobs.json })
    const signature = signRaw(by.key, utf8(text))
    return {
      text: (knobs.rewrite ?? ((same) => same))(text),
      signature: hex(knobs.signature === 'flipped' ? flipBit(signature) : signature),
      absent: knobs.absent === true,
    }
  }
  const list = (knobs: ListKnobs = {}, issuer: Certificate) => {
    const { absent = false, rewriteDer = (der) => der, revokes, ...crl } = knobs
    const revoked = revokes === undefined ? [{ serial: octets([0x77]) }] : [{ serial: octets([SERIALS[revokes]]) }]
    return { der: rewriteDer(issueCrl({ thisUpdate: from(-1), nextUpdate: from(29), revoked, ...crl }, issuer)), absent }
  }
  const parts: CollateralParts = {
    tcbInfo: document(options.tcbInfo, honestTcbInfo),
    qeIdentity: document(options.qeIdentity, honestQeIdentity),
    rootCrl: list(options.rootCrl, root),
    pckCrl: list(options.pckCrl, authority),
    chain: by.chain,
    pckIssuerChain: authority.pem + root.pem,
  }
  return {
    quote: makeQuote({ attestationKey: key('attestation'), pckKey: pck.key, pckChain, seed }, options.quote),
    collateral: JSON.stringify(encodeCollateral(parts, options.shape ?? 'library')),
    anchor: anchorOf(root),
    root,
    authority,
    pck,
    signer,
  }
}

type CollateralParts = {
  readonly tcbInfo: { readonly text: string; readonly signature: string; readonly absent: boolean }
  readonly qeIdentity: { readonly text: string; readonly signature: string; readonly absent: boolean }
  readonly rootCrl: { readonly der: Uint8Array; readonly absent: boolean }
  readonly pckCrl: { readonly der: Uint8Array; readonly absent: boolean }
  readonly chain: string
  readonly pckIssuerChain: string
}

function encodeCollateral(
  { tcbInfo, qeIdentity, rootCrl, pckCrl, chain, pckIssuerChain }: CollateralParts,
  shape: 'library' | 'library-pem' | 'fetched',
): Json {
  if (shape === 'fetched') {
    const body = (name: string, { text, signature }: CollateralParts['tcbInfo']) => `{"${name}":${text},"signature":"${signature}"}`
    const encoded = encodeURIComponent(chain)
    return {
      format: 'intel-pcs',
      ...(tcbInfo.absent ? {} : { tcbInfo: { body: body('tcbInfo', tcbInfo), issuerChain: encoded } }),
      ...(qeIdentity.absent ? {} : { qeIdentity: { body: body('enclaveIdentity', qeIdentity), issuerChain: encoded } }),
      ...(pckCrl.absent
        ? {}
        : { pckCrl: { body: Buffer.from(pckCrl.der).toString('base64'), issuerChain: encodeURIComponent(pckIssuerChain) } }),
      ...(rootCrl.absent ? {} : { rootCaCrl: { body: hex(rootCrl.der) } }),
    }
  }
  const binary = (der: Uint8Array) => (shape === 'library' ? hex(der) : crlPem(der))
  return {
    pck_crl_issuer_chain: pckIssuerChain,
    ...(rootCrl.absent ? {} : { root_ca_crl: binary(rootCrl.der) }),
    ...(pckCrl.absent ? {} : { pck_crl: binary(pckCrl.der) }),
    tcb_info_issuer_chain: chain,
    ...(tcbInfo.absent ? {} : { tcb_info: tcbInfo.text, tcb_info_signature: tcbInfo.signature }),
    qe_identity_issuer_chain: chain,
    ...(qeIdentity.absent ? {} : { qe_identity: qeIdentity.text, qe_identity_signature: qeIdentity.signature }),
  }
}

function crlPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN X509 CRL-----\n${lines.join('\n')}\n-----END X509 CRL-----\n`
}

function named(commonName: string): DistinguishedName {
  return [
    ['CN', commonName],
    ['O', 'Inference Receipt Checker'],
    ['OU', 'Simulator, not real hardware'],
  ]
}
