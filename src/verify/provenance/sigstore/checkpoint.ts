import { decodeBase64 } from '../../encoding/base64.ts'
import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { verifyWithSpki } from '../../encoding/signatures.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { LogKey } from '../../trust/sigstore-root.ts'

export type CheckpointCode =
  | 'checkpoint-malformed'
  /** No line is from the log: its name and the hint of its key do not stand on any. */
  | 'checkpoint-signature-missing'
  | 'checkpoint-signature'
  | 'engine-failed'

/** What a log says of itself at one moment. */
export type Checkpoint = {
  readonly treeSize: number
  readonly rootHash: Bytes
  /** Whether the tree is one of several that the log consists of. */
  readonly isShard: boolean
}

const MAX_LENGTH = 16_384
const MAX_SIGNATURES = 32
const HINT_OCTETS = 4
const SIGNATURE_LINE = /^\u2014 (\S+) (\S+)$/u

/**
 * Verifies a checkpoint (C2SP `tlog-checkpoint`, a `signed-note`): origin, size of the tree and root hash each on a line, other lines, an
 * empty line, signatures. The log's own signature must be among these; it is told by the log's host name and the first four octets of its
 * key's identifier. Those of witnesses and of keys that are not known are passed over. The origin is the host name, in Rekor v1 with the
 * number of the shard behind it.
 */
export async function verifyCheckpoint(text: string, log: LogKey): Promise<Result<Checkpoint, CheckpointCode>> {
  const end = text.indexOf('\n\n')
  if (text.length > MAX_LENGTH || end < 0 || !text.endsWith('\n')) return failure('checkpoint-malformed')
  const signed = text.slice(0, end + 1)
  const [origin = '', sizeText = '', rootText = ''] = signed.split('\n')
  const rootHash = decodeBase64(rootText)
  const treeSize = Number(sizeText)
  if (!/^(?:0|[1-9]\d{0,15})$/.test(sizeText) || !Number.isSafeInteger(treeSize)) return failure('checkpoint-malformed', 'size')
  if (!rootHash.ok || rootHash.value.length !== 32) return failure('checkpoint-malformed', 'root hash')

  const name = hostOf(log.baseUrl)
  const signatures = signaturesIn(text.slice(end + 2))
  if (signatures === undefined) return failure('checkpoint-malformed', 'signatures')
  const hint = log.checkpointKeyId.subarray(0, HINT_OCTETS)
  const own = signatures.find((one) => one.name === name && equalBytes(one.octets.subarray(0, HINT_OCTETS), hint))
  if (own === undefined || !isOriginOf(origin, name)) return failure('checkpoint-signature-missing')
  const verdict = await verifyWithSpki(log.spki, log.scheme, own.octets.subarray(HINT_OCTETS), encodeUtf8(signed))
  if (!verdict.ok) return failure(verdict.code === 'engine-failed' ? verdict.code : 'checkpoint-signature', verdict.code)
  return success({ treeSize, rootHash: rootHash.value, isShard: origin !== name })
}

/** Every line: an em dash, the name of the signer, base64 of four octets of key identifier and the signature. */
function signaturesIn(text: string): readonly { readonly name: string; readonly octets: Bytes }[] | undefined {
  const lines = text === '' ? [] : text.slice(0, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) return undefined
  const signatures: { name: string; octets: Bytes }[] = []
  for (const line of lines) {
    const [, name, base64] = SIGNATURE_LINE.exec(line) ?? []
    const octets = decodeBase64(base64 ?? '')
    if (name === undefined || !octets.ok || octets.value.length <= HINT_OCTETS) return undefined
    signatures.push({ name, octets: octets.value })
  }
  return signatures
}

function hostOf(baseUrl: string): string {
  return /^https?:\/\/([^/]+)/.exec(baseUrl)?.[1] ?? baseUrl
}

function isOriginOf(origin: string, name: string): boolean {
  return origin === name || (origin.startsWith(`${name} - `) && /^\d+$/.test(origin.slice(name.length + 3)))
}
