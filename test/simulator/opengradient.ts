import { constants, createHash, sign as nodeSign } from 'node:crypto'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { type Json, type JsonObject, members } from './json.ts'
import { makeKey, type SigningKey } from './keys.ts'
import { makeNitroDocument, type NitroChain, type NitroKnobs } from './nitro.ts'
import { hex, join, type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

/**
 * A gateway like OpenGradient's: answers with signature members, its key, and the Nitro document of its enclave. Written from OpenGradient/tee-gateway
 * (`tee_manager.py`, `controllers/chat_controller.py`) and brave/nitriding-daemon (`attestation.go`).
 */
export type OpenGradientOptions = {
  readonly seed?: string
  readonly at: Date
  readonly streamed?: boolean
  /** What the model says, and what tools it calls. */
  readonly said?: string
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  /** What the gateway hashes of the request, as text; see the tests for how Python writes it. */
  readonly hashedRequest?: string
  /** What it hashes of the answer, in place of what it says. */
  readonly hashedOutput?: string
  readonly members?: Readonly<Record<string, Json | undefined>>
  readonly signWith?: SigningKey
  readonly signature?: 'intact' | 'flipped'
  readonly saltLength?: number
  /** Members of the answer that nobody signs. */
  readonly beside?: JsonObject
  /** Events behind the signature. */
  readonly behind?: readonly JsonObject[]
  readonly userData?: (honest: Octets) => Uint8Array
  readonly layout?: 'multihash' | 'text'
  readonly nitro?: NitroKnobs
  readonly nonce?: Octets
  readonly publishedKey?: SigningKey
}

export type SimulatedOpenGradient = {
  readonly body: Octets
  readonly contentType: string
  readonly key: SigningKey
  /** JSON text of `/signing-key`. */
  readonly signingKey: string
  readonly nitro: Octets
  readonly chain: NitroChain
  readonly nonce: Octets
}

export const REQUEST: JsonObject = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello!' }], temperature: 0.7 }
/** As `json.dumps(…, sort_keys=True)` writes it. */
export const HASHED_REQUEST = '{"messages": [{"content": "Hello!", "role": "user"}], "model": "gpt-4.1", "temperature": 0.7}'

export function makeOpenGradient(options: OpenGradientOptions): SimulatedOpenGradient {
  const {
    seed = DEFAULT_SEED,
    at,
    streamed = false,
    said = 'Grüß Gott 👋',
    calls = [],
    nonce = randomFrom('opengradient/nonce')(20),
  } = options
  const key = makeKey('rsa-2048', `${seed}/opengradient`)
  const published = options.publishedKey ?? key
  const isCalling = calls.length > 0
  const signed = signatureMembers(options, key, options.hashedOutput ?? (isCalling ? pythonCalls(calls) : said))
  const toolCalls = calls.map(({ id, name, arguments: args }) => ({ id, type: 'function', function: { name, arguments: args } }))
  const finish = isCalling ? 'tool_calls' : 'stop'
  const body = streamed
    ? stream([
        ...pieces(said).map((content) => ({ choices: [{ delta: { content, role: 'assistant' }, index: 0, finish_reason: null }] })),
        ...toolCalls.map((call, index) => ({
          choices: [{ delta: { role: 'assistant', tool_calls: [{ index, ...call }] }, index: 0, finish_reason: null }],
        })),
        { choices: [{ delta: {}, index: 0, finish_reason: finish }], model: 'gpt-4.1', ...signed, ...options.beside },
        ...(options.behind ?? []),
      ])
    : utf8(
        JSON.stringify({
          id: 'chatcmpl-1',
          object: 'chat.completion',
          choices: [
            {
              index: 0,
              message: members({ role: 'assistant', content: said, tool_calls: isCalling ? toolCalls : undefined }),
              finish_reason: finish,
            },
          ],
          ...signed,
          ...options.beside,
        }),
      )
  const appHash = sha256(key.spki)
  const tlsHash = sha256(utf8('TLS certificate'))
  const honest =
    options.layout === 'text'
      ? join(utf8('sha256:'), tlsHash, utf8(';sha256:'), appHash)
      : join(octets([0x12, 0x20]), tlsHash, octets([0x12, 0x20]), appHash)
  const userData = octets(options.userData?.(honest) ?? honest)
  const { document, chain } = makeNitroDocument(at, { ...options.nitro, fields: { user_data: userData, nonce, ...options.nitro?.fields } })
  return {
    body,
    contentType: streamed ? 'text/event-stream' : 'application/json',
    key,
    signingKey: JSON.stringify({
      public_key: pem(published),
      tee_id: `0x${keccak(published.spki)}`,
      wallet_address: '0x0000000000000000000000000000000000000001',
      timestamp: at.toISOString(),
      enclave_info: { platform: 'aws-nitro', instance_type: 'tee-enabled', version: '1.0.0' },
      measurements: null,
    }),
    nitro: document,
    chain,
    nonce,
  }
}

function signatureMembers(options: OpenGradientOptions, key: SigningKey, output: string): JsonObject {
  const requestHash = keccak(utf8(options.hashedRequest ?? HASHED_REQUEST))
  const outputHash = keccak(utf8(output))
  const time = Math.floor(options.at.getTime() / 1000)
  const stated = {
    tee_request_hash: requestHash,
    tee_output_hash: outputHash,
    tee_timestamp: time,
    tee_id: `0x${keccak(key.spki)}`,
  }
  const packed = join(fromHex(requestHash), fromHex(outputHash), fromHex(time.toString(16).padStart(64, '0')))
  const signature = nodeSign('sha256', fromHex(keccak(packed)), {
    key: (options.signWith ?? key).privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: options.saltLength ?? 32,
  })
  if (options.signature === 'flipped') signature[0] = (signature[0] ?? 0) ^ 1
  return members({ tee_signature: signature.toString('base64'), ...stated, ...options.members })
}

/** A list of calls as `json.dumps(…, sort_keys=True)` writes it; for ASCII without quotation marks in it. */
function pythonCalls(calls: NonNullable<OpenGradientOptions['calls']>): string {
  const written = calls.map(({ id, name, arguments: args }) => {
    return `{"function": {"arguments": ${JSON.stringify(args)}, "name": "${name}"}, "id": "${id}", "type": "function"}`
  })
  return `[${written.join(', ')}]`
}

/** Pieces of one and two characters. */
function pieces(text: string): readonly string[] {
  return text.match(/.{1,2}/gu) ?? []
}

function stream(events: readonly JsonObject[]): Octets {
  return utf8(`${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`)
}

function pem({ publicKey }: SigningKey): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}

export function keccak(source: Uint8Array): string {
  return hex(keccak_256(source))
}

function fromHex(text: string): Octets {
  return octets(Buffer.from(text, 'hex'))
}

function sha256(source: Uint8Array): Octets {
  return octets(createHash('sha256').update(source).digest())
}
