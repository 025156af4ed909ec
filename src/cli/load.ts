import { readFile } from 'node:fs/promises'
import { parseDossier } from '../dossier/read.ts'
import type { BodySeen, Dossier } from '../dossier/types.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { type Failure, failure, type Result, success } from '../verify/encoding/result.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'
import { observe, observeRequest } from '../verify/observe.ts'
import { presetFor } from '../verify/policy/presets.ts'
import { parsePolicy } from '../verify/policy/read.ts'
import type { Policy } from '../verify/policy/types.ts'
import type { Options } from './options.ts'
import { recognise } from './recognise.ts'

export type LoadError = 'unreadable' | 'too-large' | 'not-utf-8' | 'not-recognised' | 'dossier' | 'policy' | 'usage'

/** Largest file that is read, in octets. */
const MOST_OCTETS = 64 * 1024 * 1024
const RECEIPT_HEADER = 'x-inference-receipt'

/** Reads a file whole. */
export async function loadFile(path: string): Promise<Result<Bytes, LoadError>> {
  try {
    const octets = new Uint8Array(await readFile(path))
    return octets.length > MOST_OCTETS ? failure('too-large', path) : success(octets)
  } catch (error) {
    return failure('unreadable', `${path}: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'that is a folder; name the files in it'
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it'
  return error instanceof Error ? error.message : 'it could not be read'
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
  const policy = parsePolicy(text.value, service)
  return policy.ok ? policy : failure('policy', `${path}: ${faultInText(policy)}`)
}

/** "policy-schema at expects.0.measurement": the code, the member, and what the parser notes. */
function faultInText({ code, path, detail }: Failure<string>): string {
  return [code, ...(path === undefined ? [] : [`at ${path}`]), ...(detail === undefined ? [] : [detail])].join(' ')
}

/** An exchange as the files given tell it, and what of them contradicts the record. */
export type Loaded = {
  readonly dossier: Dossier
  /** What the user gave beside a dossier and the dossier itself says otherwise; each a sentence. */
  readonly contradictions: readonly string[]
}

/**
 * Makes a dossier of a file: reads it if it is one (whatever it says is then its author's word), or takes the file for a recorded response,
 * whose octets are hashed here. A file that is neither is refused, with what it looks like.
 */
export async function loadExchange(path: string, options: Options, moment: Date): Promise<Result<Loaded, LoadError>> {
  const octets = await loadFile(path)
  if (!octets.ok) return octets
  const recognised = recognise(octets.value, options.receipt !== undefined)
  switch (recognised.kind) {
    case 'dossier':
      return recordedDossier(path, recognised.text, options)
    case 'recording':
      return recordedResponse(path, octets.value, recognised.contentType, options, moment)
    case 'other':
      return failure('not-recognised', `${path} is neither a dossier nor a recorded response: it looks like ${recognised.looksLike}.`)
  }
}

async function recordedDossier(path: string, text: string, options: Options): Promise<Result<Loaded, LoadError>> {
  const misfit = (['receipt', 'attestation'] as const).find((name) => options[name] !== undefined)
  if (misfit !== undefined) return failure('usage', `${path} is a dossier, which holds its own: --${misfit} does not apply.`)
  const read = parseDossier(text, 'file')
  if (!read.ok) return failure('dossier', `${path}: ${faultInText(read)}`)
  const request = await givenRequest(options)
  if (!request.ok) return request
  return success(withGiven(read.value, request.value, options.nonce))
}

/** Puts what the user gives in the place of what the dossier records of it, and says where the two differ. */
function withGiven(dossier: Dossier, request: BodySeen | undefined, nonce: string | undefined): Loaded {
  const contradictions: string[] = []
  const recorded = bodyDigest(dossier.exchange.request)
  if (request !== undefined && recorded !== undefined && recorded !== bodyDigest(request)) {
    contradictions.push('The request given is not the one that the dossier records.')
  }
  if (nonce !== undefined && dossier.asked !== undefined && dossier.asked.nonce !== nonce) {
    contradictions.push('The nonce given is not the one that the dossier records.')
  }
  const exchange = request === undefined ? dossier.exchange : { ...dossier.exchange, request }
  return { dossier: { ...dossier, exchange, ...(nonce === undefined ? {} : { asked: askedWith(nonce) }) }, contradictions }
}

/** SHA-256 of a body's bytes, where it is known. */
export function bodyDigest({ digests }: BodySeen): string | undefined {
  return digests.find(({ alg, of }) => alg === 'sha-256' && of === 'body')?.value
}

function askedWith(nonce: string): NonNullable<Dossier['asked']> {
  return { header: RECEIPT_HEADER, nonce, sharedBy: 1, provenance: 'given' }
}

async function givenRequest({ request }: Options): Promise<Result<BodySeen | undefined, LoadError>> {
  if (request === undefined) return success(undefined)
  const octets = await loadFile(request)
  if (!octets.ok) return octets
  const digests = await observeRequest({ body: octets.value, contentType: '' })
  return success({ provenance: 'given', length: octets.value.length, capture: 'complete', digests })
}

async function recordedResponse(
  path: string,
  body: Bytes,
  contentType: 'text/event-stream' | 'application/json',
  options: Options,
  moment: Date,
): Promise<Result<Loaded, LoadError>> {
  const { nonce, receipt, attestation } = options
  const request = await givenRequest(options)
  if (!request.ok) return request
  const document = attestation === undefined ? undefined : await loadText(attestation)
  if (document?.ok === false) return document
  const seen = await observe({
    body,
    contentType,
    headers: receipt === undefined ? [] : [{ name: RECEIPT_HEADER, value: receipt }],
    bodyProvenance: 'given',
    headerProvenance: 'given',
  })
  const at = moment.toISOString()
  const dossier: Dossier = {
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
      request: request.value ?? NOT_GIVEN,
      response: { provenance: 'given', length: body.length, capture: 'complete', digests: seen.digests, ids: seen.ids },
    },
    ...(nonce === undefined ? {} : { asked: askedWith(nonce) }),
    receipts: seen.receipts,
    evidence:
      document === undefined
        ? []
        : [{ kind: 'gcp-cs-jwt', document: document.value.trim(), source: attestation ?? '', at, provenance: 'given' }],
    collateral: [],
    missing: [],
  }
  return success({ dossier, contradictions: [] })
}

const NOT_GIVEN: BodySeen = { provenance: 'none', length: 0, capture: 'not-captured', digests: [] }
