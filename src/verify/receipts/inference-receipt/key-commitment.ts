import type { Commitment } from '../../attestation/types.ts'

/** Octets of a Nitro document's user data: certificate fingerprint, device hash, exporter or zeros, commitment; 32 each. */
const NITRO_USER_DATA_DIGITS = 2 * 128
const DIGEST_DIGITS = 2 * 32
/** Member of `x-ms-runtime` in Azure's tokens; the wire format calls the whole by its name in the service's interface, `runtime_data`. */
const AZURE_CLAIM = 'receipt_key_fp'

/**
 * Whether evidence commits to a key, wire format section 7. Where the commitment stands depends on the kind of evidence, and only that place
 * counts: a Nitro document's `nonce`, say, is whatever somebody asked the enclave to repeat.
 *
 * `commitment`: C in lower-case hexadecimal. Google's tokens have it among their nonces; membership counts, not position. Nitro documents
 * have it as the last 32 of exactly 128 octets of user data. Tokens of Azure's attestation service have it as one named runtime claim.
 */
export function isKeyCommitted(evidenceKind: string, commitment: string, commits: readonly Commitment[]): boolean {
  switch (evidenceKind) {
    case 'gcp-cs-jwt':
      return commits.some(({ field, value }) => field === 'nonce' && value === commitment)
    case 'aws-nitro-cose':
      return commits.some(
        ({ field, value }) =>
          field === 'user-data' && value.length === NITRO_USER_DATA_DIGITS && value.slice(-DIGEST_DIGITS) === commitment,
      )
    case 'azure-maa-jwt':
      return commits.some((commit) => commit.field === 'runtime-claim' && commit.name === AZURE_CLAIM && commit.value === commitment)
    default:
      return false
  }
}
