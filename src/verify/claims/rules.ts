import type { ClaimId, Standing } from './types.ts'

/**
 * The one table from checks to claims. A check says which role it plays; the role says which rows it decides and what those rows become
 * when it failed or could not be made. `needed` means that a row cannot be verified until a check of this role was made and passed: a
 * missing finding never reads as a pass. `unchecked: 'verified'` means that the row does not depend on it; its assumptions are listed.
 */
export type Rule = {
  readonly claims: readonly ClaimId[]
  readonly needed: boolean
  /** A finding of this role says that the check of that other role was asked, and what stands in its place. */
  readonly insteadOf?: string
  readonly failed: Standing
  readonly unchecked: Standing
}

export const RULES = {
  /** Was there any hardware evidence for this hop? Failed: none was offered. */
  'evidence.presence': { claims: ['environment', 'workload'], needed: false, failed: 'absent', unchecked: 'unchecked' },
  'evidence.format': { claims: ['environment'], needed: true, failed: 'failed', unchecked: 'unchecked' },
  'evidence.signature': { claims: ['environment'], needed: true, failed: 'failed', unchecked: 'unchecked' },
  /** Does the key lead to a root that this verifier pins? Unchecked: the key is only the word of whoever wrote the file. */
  'evidence.anchor': { claims: ['environment'], needed: true, failed: 'failed', unchecked: 'assumed' },
  /**
   * The same of a key that certificates lead from, up to the maker's root. Unchecked: one of them is missing, or newer than this verifier; unlike
   * a key out of a file, it is nobody's word yet.
   */
  'evidence.chain': { claims: ['environment'], needed: false, insteadOf: 'evidence.anchor', failed: 'failed', unchecked: 'unchecked' },
  /** Was the evidence valid when it was used? */
  'evidence.time': { claims: ['environment'], needed: true, failed: 'failed', unchecked: 'unchecked' },
  /** Was it made about then? Unchecked: authentic when it was made, and not shown to be of the time of this answer. */
  'evidence.moment': { claims: ['environment'], needed: false, insteadOf: 'evidence.time', failed: 'failed', unchecked: 'assumed' },
  /** Only where the vendor offers revocation; elsewhere the format lists it as an assumption. */
  'evidence.revocation': { claims: ['environment'], needed: false, failed: 'failed', unchecked: 'unchecked' },
  'evidence.debug': { claims: ['environment'], needed: true, failed: 'failed', unchecked: 'unchecked' },
  /** Is it hardware of a known kind, with an acceptable security level? */
  'evidence.platform': { claims: ['environment'], needed: true, failed: 'failed', unchecked: 'unchecked' },
  /** Does the evidence commit to the key that signed this receipt? Unchecked: there is no receipt to commit to. */
  'evidence.binding': { claims: ['environment'], needed: true, failed: 'failed', unchecked: 'assumed' },
  /** Is a device that shows evidence of its own (a GPU) in the machine of the hop's processor? Unchecked: nothing links the two. */
  'device.pairing': { claims: ['environment'], needed: false, failed: 'failed', unchecked: 'assumed' },
  /** Do all machines hold that share one key, any of which may have answered? Unchecked: some do. */
  'evidence.machines': { claims: ['environment', 'workload'], needed: false, failed: 'failed', unchecked: 'assumed' },
  /** What a device is and runs, by what its maker says of it. Unchecked: compared with nothing; its assumptions are listed. */
  'device.state': { claims: ['environment'], needed: false, failed: 'failed', unchecked: 'verified' },
  /** A party in front of the service that reads along, and shows nothing of itself. It took no part, and is listed as an assumption. */
  'relay.reader': { claims: ['environment'], needed: false, failed: 'failed', unchecked: 'verified' },
  /** Something else that is shown beside the evidence and signed by itself, a key for encryption, say. The row does not rest on it. */
  'evidence.beside': { claims: ['environment'], needed: false, failed: 'failed', unchecked: 'verified' },
  /** Another hop says that it checked this one. */
  'host.vouched': { claims: ['environment', 'workload'], needed: false, failed: 'failed', unchecked: 'assumed' },
  /** A digest of code against the policy. Unchecked: measured, but the policy expects nothing. */
  'workload.measurement': { claims: ['workload'], needed: true, failed: 'failed', unchecked: 'assumed' },
  /** Issuer, project, repository, audience against the policy. Unchecked: nothing authentic states it. */
  'workload.identity': { claims: ['workload'], needed: false, failed: 'failed', unchecked: 'assumed' },
  /** Nonce, time of issue and age against what was sent and what the policy allows. */
  'workload.freshness': { claims: ['workload'], needed: false, failed: 'failed', unchecked: 'verified' },
  /** Could the user's policy be read? Unchecked: it could not, and nothing of what it asks for was asked. */
  'policy.readable': { claims: ['environment', 'workload', 'model'], needed: false, failed: 'unchecked', unchecked: 'unchecked' },
  /** A signed hash of the model. Unchecked: there is only a name. */
  'model.artifact': { claims: ['model'], needed: true, failed: 'failed', unchecked: 'assumed' },
  'exchange.capture': { claims: ['exchange'], needed: true, failed: 'failed', unchecked: 'unchecked' },
  'exchange.request': { claims: ['exchange'], needed: true, failed: 'failed', unchecked: 'unchecked' },
  /** A party before the signer rewrites requests, or what was hashed is only known by the signer's own recipe: nothing of the octets is compared. */
  'exchange.request-told': { claims: ['exchange'], needed: false, insteadOf: 'exchange.request', failed: 'failed', unchecked: 'assumed' },
  'exchange.response': { claims: ['exchange'], needed: true, failed: 'failed', unchecked: 'unchecked' },
  /** Were the octets seen by this verifier? Unchecked: the digests are only as recorded in a file. */
  'exchange.source': { claims: ['exchange'], needed: true, failed: 'failed', unchecked: 'assumed' },
  /** Is there a receipt? Failed: none was offered, or none could be. */
  'receipt.presence': { claims: ['signature'], needed: false, failed: 'absent', unchecked: 'unchecked' },
  /** A receipt was asked for: did it come? Failed is an attack shape (stripping), and is said apart from "none offered". */
  'receipt.delivery': { claims: ['signature'], needed: false, failed: 'absent', unchecked: 'unchecked' },
  'receipt.format': { claims: ['signature'], needed: true, failed: 'failed', unchecked: 'unchecked' },
  'receipt.signature': { claims: ['signature'], needed: true, failed: 'failed', unchecked: 'unchecked' },
  /** Is the key the one that the receipt names, and not revoked? Who backs it is the binding's question. */
  'receipt.key': { claims: ['signature'], needed: true, failed: 'failed', unchecked: 'unchecked' },
  /** Did it come with another answer before? Unchecked: nothing here remembers earlier receipts, and the assumption is listed. */
  'receipt.replay': { claims: ['signature'], needed: true, failed: 'failed', unchecked: 'verified' },
} as const satisfies Record<string, Rule>

export type Role = keyof typeof RULES
export const ROLES = Object.keys(RULES) as readonly Role[]
