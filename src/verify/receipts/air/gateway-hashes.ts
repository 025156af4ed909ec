import * as v from 'valibot'
import type { BodyDigest } from '../../../dossier/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { isWellFormed, parseForeignJsonBytes } from '../../encoding/json.ts'
import { parseWith } from '../../encoding/schema.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { RequestOctets } from '../types.ts'

/** The gateway takes requests up to this size. */
const MAX_REQUEST = 2 * 1024 * 1024
const DEFAULT_TOKENS = 256
const MOST_NUMBERS = 65_536

const tokens = v.exactOptional(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))))
const messages = v.pipe(v.array(v.object({ role: v.string(), content: v.string() })), v.minLength(1))
const chatRequest = v.object({ model: v.string(), messages, max_tokens: tokens })
const responsesRequest = v.object({
  model: v.string(),
  input: v.union([v.pipe(v.string(), v.minLength(1)), messages]),
  instructions: v.exactOptional(v.nullable(v.string())),
  max_output_tokens: tokens,
})
const embeddingRequest = v.object({ model: v.string(), input: v.union([v.string(), v.strictTuple([v.string()])]) })
const embeddingResponse = v.object({
  data: v.strictTuple([v.object({ embedding: v.pipe(v.array(v.number()), v.maxLength(MOST_NUMBERS)) })]),
})

/**
 * Digests of what the gateway makes of a request for its enclave (EphemeralML `gateway-api`, `client/src/secure_client.rs`): compact JSON of
 * `{"model_id", "input_data", "input_shape": null, "generate": true, "max_tokens"}`, where `input_data` are the octets of the prompt as numbers. For embeddings
 * of one text the last two are left out. The model goes in as the request names it: a gateway that serves it under another name hashes
 * that name, and these digests then tell nothing.
 */
export async function requestDigests({ body }: RequestOctets): Promise<readonly BodyDigest[]> {
  if (body.length > MAX_REQUEST) return []
  const json = parseForeignJsonBytes(body)
  if (!json.ok) return []
  const generated = generation(json.value)
  const embedded = embedding(json.value)
  return [
    ...(generated === undefined ? [] : [await digestOf('air-request', encodeUtf8(generated))]),
    ...(embedded === undefined ? [] : [await digestOf('air-embedding-request', encodeUtf8(embedded))]),
  ]
}

function embedding(json: unknown): string | undefined {
  const request = parseWith(embeddingRequest, json)
  if (!request.ok) return undefined
  const { model, input } = request.value
  return enclaveRequest(model, typeof input === 'string' ? input : input[0])
}

function generation(json: unknown): string | undefined {
  const chat = parseWith(chatRequest, json)
  if (chat.ok) return enclaveRequest(chat.value.model, linesOf(chat.value.messages), chat.value.max_tokens ?? DEFAULT_TOKENS)
  const responses = parseWith(responsesRequest, json)
  if (!responses.ok) return undefined
  const { model, input, instructions, max_output_tokens } = responses.value
  return enclaveRequest(model, promptOf(input, instructions ?? undefined), max_output_tokens ?? DEFAULT_TOKENS)
}

type Message = { readonly role: string; readonly content: string }

function linesOf(all: readonly Message[]): string {
  return all.map(({ role, content }) => `${role}: ${content}`).join('\n')
}

/** With instructions before messages there is an empty line between, as in the gateway's own code. */
function promptOf(input: string | readonly Message[], instructions: string | undefined): string {
  const system = instructions === undefined ? '' : `system: ${instructions}\n`
  if (typeof input === 'string') return `${system}user: ${input}`
  return system === '' ? linesOf(input) : `${system}\n${linesOf(input)}`
}

/** Undefined for texts that have no UTF-8 form: the gateway does not take them. */
function enclaveRequest(model: string, prompt: string, maxTokens?: number): string | undefined {
  if (!isWellFormed(model) || !isWellFormed(prompt)) return undefined
  const generate = maxTokens === undefined ? '' : `,"generate":true,"max_tokens":${maxTokens}`
  return `{"model_id":${JSON.stringify(model)},"input_data":[${encodeUtf8(prompt).join(',')}],"input_shape":null${generate}}`
}

/**
 * Digest of the one embedding in an answer: its numbers as little-endian 32-bit floats behind one another. Undefined for every other answer;
 * of several embeddings a receipt covers the last only, which is not the answer.
 */
export async function embeddingDigest(json: unknown): Promise<BodyDigest | undefined> {
  const answer = parseWith(embeddingResponse, json)
  if (!answer.ok) return undefined
  const [{ embedding }] = answer.value.data
  const octets = new Uint8Array(4 * embedding.length)
  const view = new DataView(octets.buffer)
  for (const [index, number] of embedding.entries()) view.setFloat32(4 * index, number, true)
  return digestOf('air-embedding', octets)
}

async function digestOf(of: BodyDigest['of'], octets: Bytes): Promise<BodyDigest> {
  return { alg: 'sha-256', of, value: encodeBase64url(await sha256(octets)) }
}
