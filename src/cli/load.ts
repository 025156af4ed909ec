import { readFile } from 'node:fs/promises'
import { parseDossier } from '../dossier/read.ts'
import type { BodySeen, Dossier } from '../dossier/types.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { sha256 } from '../verify/encoding/digest.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { startsLikeEventStream } from '../verify/encoding/sse.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'
import { observe } from '../verify/observe.ts'
import { presetFor } from '../verify/policy/presets.ts'
import { parsePolicy } from '../verify/policy/read.ts'
import type { Policy } from '../verify/policy/types.ts'
import type { Options } from './options.ts'

export type LoadError = 'unreadable' | 'too-large' | 'not-utf-8' | 'dossier' | 'policy' | 'nonce'

/** Largest file that is read, in octets. */
const MOST_OCTETS = 64 * 1024 * 1024
/** How a dossier begins, alone or in a record that the popup copied. */
const IS_DOSSIER = /^\s*\{\s*(?:"dossier"\s*:\s*\{\s*)?"format"\s*:\s*"inference-receipt-checker\/dossier"/
const RECEIPT_HEADER = 'x-inference-receipt'

/** Reads a file whole. */
export async function loadFile(path: string): Promise<Result<Bytes, LoadError>> {
  try {
    const octets = new Uint8Array(await readFile(path))
    return octets.length > MOST_OCTETS ? failure('too-large', path) : success(octets)
  } catch (error) {
    return failure('unreadable', error instanceof Error ? error.message : path)
  }
}

/** Reads a file of text. */
export async function loadText(path: string): Promise<Result<string, LoadError>> {
  const octets = await loadFile(path)
  if (!octets.ok) return octets
  const text = decodeUtf8(octets.value)
  return text.ok ? text : failure('not-utf-8', path)
}

/** The policy to judge by: the one named, or the preset of the dossier's service. */
export async function loadPolicy(path: string | undefined, service: string): Promise<Result<Policy, LoadError>> {
  if (path === undefined) return success(presetFor(service))
  const text = await loadText(path)
  if (!text.ok) return text
  const policy = parsePolicy(text.value)
  return policy.ok ? policy : failure('policy', `${path}: ${policy.code} ${policy.detail ?? ''}`)
}

/**
 * Makes a dossier of a file: reads it if it is one (whatever it says is then its author's word), or takes the file for a recorded response,
 * whose octets are hashed here.
 */
export async function loadDossier(path: string, options: Options, moment: Date): Promise<Result<Dossier, LoadError>> {
  const octets = await loadFile(path)
  if (!octets.ok) return octets
  const text = decodeUtf8(octets.value)
  if (text.ok && IS_DOSSIER.test(text.value)) {
    const dossier = parseDossier(text.value, 'file')
    return dossier.ok ? dossier : failure('dossier', `${path}: ${dossier.code} ${dossier.detail ?? ''}`)
  }
  return recordedResponse(path, octets.value, options, moment)
}

async function recordedResponse(path: string, body: Bytes, options: Options, moment: Date): Promise<Result<Dossier, LoadError>> {
  const { nonce, receipt, attestation } = options
  if (nonce !== undefined && !/^[A-Za-z0-9_-]{1,88}$/.test(nonce)) return failure('nonce', nonce)
  const request = options.request === undefined ? undefined : await loadFile(options.request)
  if (request?.ok === false) return request
  const document = attestation === undefined ? undefined : await loadText(attestation)
  if (document?.ok === false) return document
  const contentType = startsLikeEventStream(body) ? 'text/event-stream' : 'application/json'
  const seen = await observe({
    body,
    contentType,
    headers: receipt === undefined ? [] : [{ name: RECEIPT_HEADER, value: receipt }],
    bodyProvenance: 'given',
    headerProvenance: 'given',
  })
  const at = moment.toISOString()
  return success({
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: path,
    service: '',
    exchange: {
      method: 'POST',
      url: '',
      startedAt: at,
      // A stream carries its receipt inside, so that nothing is missed without its headers; of a body's headers nothing is known.
      ...(contentType === 'text/event-stream' || receipt !== undefined ? { status: 200 } : {}),
      headers: [{ name: 'content-type', value: contentType }],
      request: request === undefined ? NOT_GIVEN : await bodyOf(request.value),
      response: { provenance: 'given', length: body.length, capture: 'complete', digests: seen.digests, ids: seen.ids },
    },
    ...(nonce === undefined ? {} : { asked: { header: RECEIPT_HEADER, nonce, sharedBy: 1, provenance: 'given' as const } }),
    receipts: seen.receipts,
    evidence:
      document === undefined
        ? []
        : [{ kind: 'gcp-cs-jwt', document: document.value.trim(), source: attestation ?? '', at, provenance: 'given' }],
    collateral: [],
    missing: [],
  })
}

const NOT_GIVEN: BodySeen = { provenance: 'none', length: 0, capture: 'not-captured', digests: [] }

async function bodyOf(octets: Bytes): Promise<BodySeen> {
  return {
    provenance: 'given',
    length: octets.length,
    capture: 'complete',
    digests: [{ alg: 'sha-256', of: 'body', value: encodeBase64url(await sha256(octets)) }],
  }
}
