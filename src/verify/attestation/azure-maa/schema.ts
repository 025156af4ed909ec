import * as v from 'valibot'
import { isJsonObject, type JsonObject } from '../../encoding/json.ts'
import { optionalMembers } from '../../encoding/schema.ts'

const text = v.pipe(v.string(), v.maxLength(4096))
const seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(253_402_300_799))
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** Octets as the service writes them: lower-case hexadecimal of exactly this length. */
function hexOf(octets: number) {
  return v.pipe(v.string(), v.regex(/^[0-9a-f]*$/), v.length(2 * octets))
}

/**
 * JOSE header. `kid` names a key of the issuer; `jku`, `jwk` and `x5c` may be there and are not read: whoever wrote the token wrote them.
 */
export const tokenHeader = v.object({ alg: v.literal('RS256'), typ: v.optional(v.literal('JWT')), kid: text })

/** Claims of every token of the service, whatever it is about. Unknown claims are tolerated: the signature covers them. */
export const tokenClaims = v.object({
  iss: text,
  iat: seconds,
  nbf: seconds,
  exp: seconds,
  'x-ms-ver': v.literal('1.0'),
  'x-ms-attestation-type': text,
  /** What the attested environment says of itself, in its own words. */
  'x-ms-runtime': v.optional(v.custom<JsonObject>(isJsonObject)),
  'x-ms-policy-hash': v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/))),
})
export type TokenClaims = v.InferOutput<typeof tokenClaims>

/** Attestation type of confidential containers on AMD SEV-SNP. */
export const SNP = 'sevsnpvm'

/** Claims out of an SEV-SNP report (SEV-SNP ABI, table "ATTESTATION_REPORT structure"), and what the service adds to them. */
export const snpClaims = v.object({
  'x-ms-compliance-status': v.optional(text),
  'x-ms-sevsnpvm-is-debuggable': v.boolean(),
  'x-ms-sevsnpvm-migration-allowed': v.boolean(),
  'x-ms-sevsnpvm-vmpl': count,
  'x-ms-sevsnpvm-reportdata': hexOf(64),
  'x-ms-sevsnpvm-launchmeasurement': hexOf(48),
  'x-ms-sevsnpvm-hostdata': hexOf(32),
  'x-ms-sevsnpvm-guestsvn': count,
  'x-ms-sevsnpvm-bootloader-svn': count,
  'x-ms-sevsnpvm-tee-svn': count,
  'x-ms-sevsnpvm-snpfw-svn': count,
  'x-ms-sevsnpvm-microcode-svn': count,
  'x-ms-sevsnpvm-idkeydigest': v.optional(hexOf(48)),
  'x-ms-sevsnpvm-authorkeydigest': v.optional(hexOf(48)),
  'x-ms-sevsnpvm-familyId': v.optional(hexOf(16)),
  'x-ms-sevsnpvm-imageId': v.optional(hexOf(16)),
  'x-ms-sevsnpvm-chipid': v.optional(hexOf(64)),
  'x-ms-sevsnpvm-chip-family': v.optional(text),
  'x-ms-sevsnpvm-uvm-endorsement': v.optional(
    optionalMembers({
      'x-ms-sevsnpvm-launchmeasurement': hexOf(48),
      'x-ms-sevsnpvm-guestsvn': v.optional(text),
    }),
  ),
  'x-ms-sevsnpvm-uvm-endorsement-headers': v.optional(optionalMembers({ feed: v.optional(text), iss: v.optional(text) })),
})
export type SnpClaims = v.InferOutput<typeof snpClaims>
