import { equalBytes } from '../../encoding/bytes.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { canonicalize } from '../../encoding/jcs.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { verifyWithSpki } from '../../encoding/signatures.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { LogKey } from '../../trust/sigstore-root.ts'
import type { BundleVersion, InclusionProof, LogEntry } from './bundle.ts'
import { type CheckpointCode, verifyCheckpoint } from './checkpoint.ts'
import { isIncluded, leafHash } from './merkle.ts'

export type LogEntryCode =
  | 'log-unknown'
  | 'entry-timestamp-missing'
  | 'entry-timestamp-signature'
  | 'inclusion-proof-missing'
  | 'inclusion-proof-invalid'
  | 'checkpoint-missing'
  | 'checkpoint-mismatch'
  | 'log-index-mismatch'
  | CheckpointCode

/** An entry that is in the log, with the time at which the log says it took it in, where that is signed. */
export type LoggedEntry = { readonly log: LogKey; readonly integratedAt?: Date }

/**
 * Verifies that a log that the root knows holds an entry: by the log's promise (signed entry timestamp), by a proof of inclusion under a
 * signed checkpoint, or both, each of them valid where it is given. Version 0.1 of the bundle needs the promise, the others the proof.
 * Whether the log's key was valid at the time is for the caller, who knows the times; so is what the entry says.
 */
export async function verifyLogEntry(
  entry: LogEntry,
  version: BundleVersion,
  logs: readonly LogKey[],
): Promise<Result<LoggedEntry, LogEntryCode>> {
  const log = logs.find(({ id }) => equalBytes(id, entry.logId))
  if (log === undefined) return failure('log-unknown')
  if (version === '0.1' && entry.signedEntryTimestamp === undefined) return failure('entry-timestamp-missing')
  if (version !== '0.1' && entry.inclusionProof === undefined) return failure('inclusion-proof-missing')
  const [promised, included] = await Promise.all([verifyPromise(entry, log), verifyInclusion(entry, log)])
  if (!promised.ok) return promised
  if (!included.ok) return included
  return success({ log, ...(promised.value === undefined ? {} : { integratedAt: promised.value }) })
}

/** The signed entry timestamp: a signature over the canonical JSON of body, time, log and number. Gives the time, once signed. */
async function verifyPromise(entry: LogEntry, log: LogKey): Promise<Result<Date | undefined, LogEntryCode>> {
  const { signedEntryTimestamp, integratedTime, bodyText, logId, logIndex } = entry
  if (signedEntryTimestamp === undefined) return success(undefined)
  if (integratedTime === undefined) return failure('entry-timestamp-signature', 'no time')
  const signed = canonicalize({ body: bodyText, integratedTime, logID: encodeHex(logId), logIndex })
  if (!signed.ok) return failure('entry-timestamp-signature', signed.code)
  const verdict = await verifyWithSpki(log.spki, log.scheme, signedEntryTimestamp, encodeUtf8(signed.value))
  if (!verdict.ok) return failure(verdict.code === 'engine-failed' ? verdict.code : 'entry-timestamp-signature', verdict.code)
  return success(new Date(integratedTime * 1000))
}

async function verifyInclusion(entry: LogEntry, log: LogKey): Promise<Result<true, LogEntryCode>> {
  const proof = entry.inclusionProof
  if (proof === undefined) return success(true)
  if (proof.checkpoint === undefined) return failure('checkpoint-missing')
  const [checkpoint, included] = await Promise.all([verifyCheckpoint(proof.checkpoint, log), leadsToRoot(entry, proof)])
  if (!checkpoint.ok) return checkpoint
  const { treeSize, rootHash, isShard } = checkpoint.value
  if (treeSize !== proof.treeSize || !equalBytes(rootHash, proof.rootHash)) return failure('checkpoint-mismatch')
  if (!included) return failure('inclusion-proof-invalid')
  // Shards number their entries anew, so that only the promise covers the number in the whole log.
  return isShard || entry.logIndex === proof.logIndex ? success(true) : failure('log-index-mismatch')
}

async function leadsToRoot({ body }: LogEntry, { logIndex, treeSize, hashes, rootHash }: InclusionProof): Promise<boolean> {
  return isIncluded(await leafHash(body), logIndex, treeSize, hashes, rootHash)
}
