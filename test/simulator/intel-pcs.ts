/** One document as Intel's services answer with it. */
export type PcsDocument = {
  /** Which of the two: the certification service, or the one with Intel's own certificates. */
  readonly service: 'certification' | 'certificates'
  /** Without query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/**
 * The collateral of simulated TDX machines, in the shape of the library (`SimulatedTdx.collateral`), taken apart into what Intel's Provisioning
 * Certification Service, version 4, answers: signed documents as they were signed, lists in DER, chains in headers, percent-encoded.
 */
export function pcsDocuments(collateral: string): readonly PcsDocument[] {
  const parts: Record<string, string> = JSON.parse(collateral)
  const part = (name: string): string => parts[name] ?? ''
  const signed = (member: string, name: string) => Buffer.from(`{"${member}":${part(name)},"signature":"${part(`${name}_signature`)}"}`)
  const chain = (name: string) => encodeURIComponent(part(`${name}_issuer_chain`))
  return [
    {
      service: 'certification',
      path: '/tdx/certification/v4/tcb',
      headers: { 'TCB-Info-Issuer-Chain': chain('tcb_info') },
      body: signed('tcbInfo', 'tcb_info'),
    },
    {
      service: 'certification',
      path: '/tdx/certification/v4/qe/identity',
      headers: { 'SGX-Enclave-Identity-Issuer-Chain': chain('qe_identity') },
      body: signed('enclaveIdentity', 'qe_identity'),
    },
    {
      service: 'certification',
      path: '/sgx/certification/v4/pckcrl',
      headers: { 'SGX-PCK-CRL-Issuer-Chain': chain('pck_crl') },
      body: Buffer.from(part('pck_crl'), 'hex'),
    },
    { service: 'certificates', path: '/IntelSGXRootCA.der', headers: {}, body: Buffer.from(part('root_ca_crl'), 'hex') },
  ]
}
