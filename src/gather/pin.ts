import * as v from 'valibot'
import type { ReceiptSeen } from '../dossier/types.ts'
import { decodeBase64url, encodeBase64url } from '../verify/encoding/base64.ts'
import { sha256 } from '../verify/encoding/digest.ts'
import { parseWith } from '../verify/encoding/schema.ts'
import { encodeUtf8 } from '../verify/encoding/utf8.ts'
import { type Embedded, jsonPart } from './peek.ts'

/**
 * Which document a receipt in a header wants: the one with this SHA-256 (`att_sha256`), of this key. Read before anything is verified, it chooses
 * what is fetched and vouches for nothing: the verifier asks the signed claims again.
 */
export type Pin = { readonly kid: string; readonly digest: string }

const digest = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/))
const header = v.object({ kid: digest })
const claims = v.object({ att_sha256: digest })

/** What a receipt in a header pins; undefined where it cannot be read, and of one in a stream, which carries its document. */
export function pinOf({ delivery, text }: ReceiptSeen): Pin | undefined {
  if (delivery !== 'header') return undefined
  const [protectedPart = '', payloadPart = ''] = text.split('.', 2)
  const named = parseWith(header, jsonPart(protectedPart))
  const pinned = parseWith(claims, jsonPart(payloadPart))
  return named.ok && pinned.ok ? { kid: named.value.kid, digest: pinned.value.att_sha256 } : undefined
}

/** Whether a document is the pinned one: over text as served, or over the octets of a binary one (wire format section 3). */
export async function isPinned({ kind, document }: Embedded, pin: Pin): Promise<boolean> {
  const octets = kind === 'aws-nitro-cose' ? decodeBase64url(document) : { ok: true as const, value: encodeUtf8(document) }
  return octets.ok && encodeBase64url(await sha256(octets.value)) === pin.digest
}
