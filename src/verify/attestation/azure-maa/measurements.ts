import type { Measurement } from '../../policy/types.ts'
import type { Commitment } from '../types.ts'
import type { SnpClaims, TokenClaims } from './schema.ts'

/** Zeros, which mean that there is none. */
const NOTHING = /^0*$/

/** What every token of the service states of itself. `token.policy-hash` is that of the instance's own rules: base64url SHA-256. */
export function tokenMeasurements({ iss, 'x-ms-policy-hash': policyHash }: TokenClaims): readonly Measurement[] {
  return [identity('token.issuer', iss), ...stated('token.policy-hash', policyHash)]
}

/**
 * What the token states of a utility VM and its containers. Only `snp.host-data` counts as code, and only where it is set: it is the digest
 * of the policy that says which containers may run. `snp.measurement` is the utility VM, which is Microsoft's and the same for every
 * customer: alone it says nothing of the code that answers.
 */
export function snpMeasurements(claims: SnpClaims): readonly Measurement[] {
  const hostData = claims['x-ms-sevsnpvm-hostdata']
  const endorsement = claims['x-ms-sevsnpvm-uvm-endorsement-headers']
  return [
    identity('platform.hardware', 'AMD SEV-SNP'),
    { name: 'snp.host-data', value: hostData, kind: NOTHING.test(hostData) ? 'identity' : 'code' },
    identity('snp.measurement', claims['x-ms-sevsnpvm-launchmeasurement']),
    identity('snp.guest-svn', String(claims['x-ms-sevsnpvm-guestsvn'])),
    identity('snp.bootloader-svn', String(claims['x-ms-sevsnpvm-bootloader-svn'])),
    identity('snp.tee-svn', String(claims['x-ms-sevsnpvm-tee-svn'])),
    identity('snp.firmware-svn', String(claims['x-ms-sevsnpvm-snpfw-svn'])),
    identity('snp.microcode-svn', String(claims['x-ms-sevsnpvm-microcode-svn'])),
    ...whereSet('snp.id-key-digest', claims['x-ms-sevsnpvm-idkeydigest']),
    ...whereSet('snp.author-key-digest', claims['x-ms-sevsnpvm-authorkeydigest']),
    ...whereSet('snp.family-id', claims['x-ms-sevsnpvm-familyId']),
    ...whereSet('snp.image-id', claims['x-ms-sevsnpvm-imageId']),
    ...whereSet('snp.chip-id', claims['x-ms-sevsnpvm-chipid']),
    ...stated('snp.chip-family', claims['x-ms-sevsnpvm-chip-family']),
    ...stated('uvm.feed', endorsement?.feed),
    ...stated('uvm.issuer', endorsement?.iss),
    ...stated('uvm.svn', claims['x-ms-sevsnpvm-uvm-endorsement']?.['x-ms-sevsnpvm-guestsvn']),
  ]
}

/**
 * The texts among the runtime claims, by their names; tokens about any environment may have them. The token's `nonce` is the service's own
 * number for the call, which nobody committed to.
 */
export function runtimeCommitments({ 'x-ms-runtime': runtime = {} }: TokenClaims): readonly Commitment[] {
  return Object.entries(runtime).flatMap(([name, value]): readonly Commitment[] =>
    typeof value === 'string' ? [{ field: 'runtime-claim', name, value }] : [],
  )
}

/** The octets that the containers had put into the report itself. */
export function reportCommitments({ 'x-ms-sevsnpvm-reportdata': value }: SnpClaims): readonly Commitment[] {
  return [{ field: 'report-data', value }]
}

function whereSet(name: string, digits: string | undefined): readonly Measurement[] {
  return digits === undefined || NOTHING.test(digits) ? [] : [identity(name, digits)]
}

function stated(name: string, value: string | undefined): readonly Measurement[] {
  return value === undefined ? [] : [identity(name, value)]
}

function identity(name: string, value: string): Measurement {
  return { name, value, kind: 'identity' }
}
