import type { HopRole } from '../claims/types.ts'
import type { Failure } from '../encoding/result.ts'

/** What the user expects of a service. A policy is data: it is read from a file or from settings by `parsePolicy`. */
export type Policy = {
  readonly format: 'inference-receipt-checker/policy'
  readonly version: 1
  readonly id: string
  readonly name: string
  /** Service adapter that this policy is for; empty for any. */
  readonly service: string
  readonly expects: readonly Expectation[]
  /** The user's policy could not be read: nothing is expected in its place, and the rows that it would have decided say so. */
  readonly unreadable?: Failure<string>
  /** Receipt keys pinned by the user: base64url SHA-256 of the raw public key. */
  readonly receiptKeys: readonly string[]
  /** Oldest acceptable evidence, in seconds before the receipt was signed. Absent: not limited. */
  readonly maxEvidenceAge?: number
  /** Which security levels of the hardware are acceptable. Absent: the verifier of the evidence has its default. */
  readonly tcb?: TcbPolicy
  /** How old the firmware of AMD's processors may be. Absent: not limited, since AMD publishes no list. */
  readonly snp?: SnpPolicy
  /** Models that are acceptable. Absent or empty: a signed hash is compared with nothing. */
  readonly models?: readonly ModelExpectation[]
  /** How AIR receipts are read. Absent: by draft -02, keys only out of evidence. */
  readonly air?: AirPolicy
  /** Keys with which a service signs its HTTP messages (RFC 9421). No other key is ever used for these. */
  readonly httpKeys?: readonly HttpKey[]
}

export type AirPolicy = {
  /** `older`: what was issued before draft -02 counts too: any text as security mode, map keys in any order. */
  readonly profile: 'draft-02' | 'older'
  /** Ed25519 public keys of signers, raw, as base64url. */
  readonly keys?: readonly string[]
  /** Oldest acceptable receipt, in seconds. Absent: not limited. */
  readonly maxAge?: number
}

/** Signature algorithms of RFC 9421 section 3.3 that have public keys. */
export const HTTP_ALGORITHMS = ['ed25519', 'ecdsa-p256-sha256', 'ecdsa-p384-sha384', 'rsa-pss-sha512', 'rsa-v1_5-sha256'] as const
export type HttpAlgorithm = (typeof HTTP_ALGORITHMS)[number]

/** A key by the name that signatures give it, with the one algorithm that it may be used with. */
export type HttpKey = { readonly keyid: string; readonly alg: HttpAlgorithm; readonly jwk: Readonly<Record<string, unknown>> }

/** Statuses that Intel gives platforms, best first (Intel PCS API version 4). */
export const TCB_STATUSES = [
  'UpToDate',
  'SWHardeningNeeded',
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
  'OutOfDate',
  'OutOfDateConfigurationNeeded',
  'Revoked',
] as const
export type TcbStatus = (typeof TCB_STATUSES)[number]

export type TcbPolicy = {
  /** Only these; never `Revoked`. */
  readonly accept: readonly Exclude<TcbStatus, 'Revoked'>[]
  /** Oldest acceptable `tcbEvaluationDataNumber` of Intel's collateral. */
  readonly floor?: number
}

export type SnpPolicy = {
  /** Lowest patch levels, by product: of what is reported, and of what the guest was launched under. */
  readonly minimumTcb?: { readonly Milan?: SnpLevels; readonly Genoa?: SnpLevels; readonly Turin?: SnpLevels }
  /** Oldest firmware: major, minor, build (`1.55.21`). */
  readonly minimumFirmware?: string
}

/** Patch levels of a TCB_VERSION, each an octet; one that is absent may be any. Only Turin has an `fmc`. */
export type SnpLevels = {
  readonly fmc?: number
  readonly bootLoader?: number
  readonly tee?: number
  readonly snp?: number
  readonly microcode?: number
}

/** "This measurement is one of these values." */
export type Expectation = {
  /** Name of a measurement as its format documents it (`container.image-digest`, `receipt.issuer`). */
  readonly measurement: string
  readonly anyOf: readonly string[]
  /** Who says so: the user who pinned it, or the vendor who published it. */
  readonly source: 'user' | 'vendor'
  /** Which kind of hop it is about. Absent: the hop that signed. */
  readonly hop?: HopRole
}

/** "The octets of this model hash to this value." */
export type ModelExpectation = {
  /** Lower-case hex. */
  readonly hash: string
  /** What was hashed (`sha256-manifest`); a receipt's hash under another scheme is another thing. */
  readonly scheme: string
  /** What people call the model. */
  readonly name: string
  /** Where the hash is published. */
  readonly publishedAt: string
  readonly source: 'user' | 'vendor'
}

/** A value that authenticated evidence or an authenticated receipt states, offered to the policy. */
export type Measurement = {
  readonly name: string
  readonly value: string
  /** `code`: a digest of what ran. `identity`: who, where, for whom. Only a matching `code` can verify the workload. */
  readonly kind: 'code' | 'identity'
}
