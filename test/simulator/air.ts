import { createHash } from 'node:crypto'
import { type AirEvidence, type AirEvidenceKnobs, type AirPlatform, makeAirEvidence } from './air-evidence.ts'
import { AIR_MODEL, type AirKnobs, signAir } from './air-receipt.ts'
import { hex, join, type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'
import { DONE, encodeEvents } from './sse.ts'

/** Where the gateway puts the receipt. `announced`: nowhere, as it does unless told otherwise; it only says that there is one. */
export type AirDelivery = 'header' | 'json' | 'header-and-json' | 'stream' | 'announced'

export type AirRoute = 'chat' | 'responses' | 'embeddings'

/** What the announced digest is over. The code has the text, the documents the octets. */
export type AirDigest = 'text' | 'octets' | 'other' | 'absent'

export type AirExchangeOptions = {
  readonly seed?: string
  readonly at?: Date
  readonly platform?: AirPlatform
  readonly delivery?: AirDelivery
  readonly route?: AirRoute
  /** The request's JSON in place of the route's own. */
  readonly request?: Readonly<Record<string, unknown>>
  /** What the gateway's backend is called; the request asks for `AIR_MODEL`. */
  readonly backendModel?: string
  readonly receipt?: AirKnobs
  readonly evidence?: AirEvidenceKnobs
  /** The document that the receipt's hash is over: the evidence of the exchange, or one that nobody is given. */
  readonly documentHash?: 'evidence' | 'elsewhere'
  readonly digest?: AirDigest
  /** The text of the receipt on its way. */
  readonly text?: (base64: string) => string
  readonly deliver?: { readonly request?: (body: Octets) => Uint8Array; readonly response?: (body: Octets) => Uint8Array }
}

export type AirExchange = {
  readonly request: { readonly path: string; readonly body: Octets; readonly model: string }
  readonly response: { readonly headers: readonly { readonly name: string; readonly value: string }[]; readonly body: Octets }
  readonly receipt: Octets
  readonly evidence: AirEvidence
  readonly startedAt: Date
  readonly issuedAt: Date
  readonly endedAt: Date
}

export const AIR_AT = new Date('2026-11-16T10:20:30.000Z')
const ANSWER = 'Invoices are kept for eight years, counted from the end of the calendar year in which they were issued.'
const PATHS: Readonly<Record<AirRoute, string>> = { chat: '/v1/chat/completions', responses: '/v1/responses', embeddings: '/v1/embeddings' }
const HEADER_LIMIT = 8192

/** An exchange with an EphemeralML gateway before an enclave. The same options give the same octets. */
export function makeAirExchange(options: AirExchangeOptions = {}): AirExchange {
  const { seed = DEFAULT_SEED, at = AIR_AT, platform = 'nitro-user-data', delivery = 'json', route = 'chat' } = options
  const model = options.backendModel ?? AIR_MODEL
  const asked = options.request ?? requestOf(route)
  const sent = utf8(JSON.stringify(asked))
  const evidence = makeAirEvidence(platform, new Date(at.getTime() - 600_000), { seed, ...options.evidence })
  const random = randomFrom(`${seed}/air/exchange`)
  const embedding = Array.from({ length: 8 }, () => Math.fround(((random(1)[0] ?? 0) - 128) / 300))
  const elsewhere = random(32)
  const receipt = signAir(
    {
      issuedAt: at,
      requestHash: sha256(utf8(enclaveRequest(route, asked, model))),
      responseHash: sha256(floats(route === 'embeddings' ? embedding : tokenNumbers(ANSWER))),
      attestationDocHash: options.documentHash === 'elsewhere' ? elsewhere : sha256(evidence.hashed),
      measurements: evidence.measurements,
    },
    { seed, ...options.receipt },
  )
  const base64 = Buffer.from(receipt).toString('base64')
  const text = (options.text ?? ((same) => same))(base64)
  const digest = digestOf(options.digest ?? 'text', base64, receipt)
  const id = uuid(random(16))
  const metadata = {
    receipt_id: id,
    attestation_mode: 'nitro-pcr',
    executed_model: model,
    requested_model: AIR_MODEL,
    ...(digest === undefined ? {} : { receipt_sha256: digest }),
    air_v1_receipt_b64: text,
  }
  const inBody = delivery === 'json' || delivery === 'header-and-json' || delivery === 'stream'
  const answer = { id, model, ...(inBody ? { _ephemeralml: metadata } : {}) }
  const body = delivery === 'stream' ? streamOf(id, model, metadata) : utf8(JSON.stringify(answerOf(route, answer, embedding)))
  const inHeader = delivery === 'header' || delivery === 'header-and-json'
  return {
    request: { path: PATHS[route], body: octets(options.deliver?.request?.(sent) ?? sent), model: String(asked['model']) },
    response: {
      headers: [
        { name: 'content-type', value: delivery === 'stream' ? 'text/event-stream' : 'application/json' },
        { name: 'x-request-id', value: id },
        { name: 'x-ephemeralml-attestation-mode', value: 'nitro-pcr' },
        { name: 'x-ephemeralml-receipt-present', value: 'true' },
        ...(digest === undefined ? [] : [{ name: 'x-ephemeralml-receipt-sha256', value: digest }]),
        ...(inHeader ? [{ name: 'x-ephemeralml-air-receipt-b64', value: text.slice(0, HEADER_LIMIT) }] : []),
      ],
      body: octets(options.deliver?.response?.(body) ?? body),
    },
    receipt,
    evidence,
    startedAt: new Date(at.getTime() - 2000),
    issuedAt: at,
    endedAt: new Date(at.getTime() + 100),
  }
}

const QUESTION = 'How long may we keep invoices under German law? “Grundsätze”'

function requestOf(route: AirRoute): Readonly<Record<string, unknown>> {
  switch (route) {
    case 'chat':
      return {
        model: AIR_MODEL,
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: QUESTION },
        ],
        temperature: 0.2,
      }
    case 'responses':
      return { model: AIR_MODEL, instructions: 'Be brief.', input: QUESTION, max_output_tokens: 64 }
    case 'embeddings':
      return { model: AIR_MODEL, input: QUESTION }
  }
}

/** What the gateway sends to the enclave: compact JSON, members in the order of its structure, the prompt as numbers. */
function enclaveRequest(route: AirRoute, asked: Readonly<Record<string, unknown>>, model: string): string {
  const data = [...utf8(promptOf(route, asked))]
  const limit = asked['max_tokens'] ?? asked['max_output_tokens'] ?? 256
  const generating = route === 'embeddings' ? {} : { generate: true, max_tokens: limit }
  return JSON.stringify({ model_id: model, input_data: data, input_shape: null, ...generating })
}

function promptOf(route: AirRoute, asked: Readonly<Record<string, unknown>>): string {
  const { messages, input, instructions } = asked
  if (route === 'embeddings') return String(Array.isArray(input) ? input.at(-1) : input)
  let prompt = typeof instructions === 'string' ? `system: ${instructions}\n` : ''
  if (typeof input === 'string') return `${prompt}user: ${input}`
  const list: unknown = messages ?? input
  for (const { role, content } of Array.isArray(list) ? list : []) {
    if (prompt !== '') prompt += '\n'
    prompt += `${role}: ${content}`
  }
  return prompt
}

function answerOf(route: AirRoute, common: { readonly id: string; readonly model: string }, embedding: readonly number[]): object {
  const { id, ...rest } = common
  switch (route) {
    case 'chat': {
      const choice = { index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }
      return { id: `chatcmpl-${id}`, object: 'chat.completion', created: 1, choices: [choice], ...rest }
    }
    case 'responses': {
      const content = [{ type: 'output_text', text: ANSWER }]
      return { id: `resp-${id}`, object: 'response', output: [{ type: 'message', role: 'assistant', content }], ...rest }
    }
    case 'embeddings':
      return { object: 'list', data: [{ object: 'embedding', embedding, index: 0 }], ...rest }
  }
}

/** The gateway waits for the whole answer and plays it back three words at a time; the metadata is in the last chunk that has content. */
function streamOf(id: string, model: string, metadata: object): Octets {
  const words = ANSWER.split(' ')
  const pieces = Array.from({ length: Math.ceil(words.length / 3) }, (_, index) => words.slice(3 * index, 3 * index + 3).join(' '))
  const chunk = (delta: object, more: object = {}, finish: string | null = null) => ({
    name: '',
    data: JSON.stringify({ id: `chatcmpl-${id}`, model, choices: [{ index: 0, delta, finish_reason: finish }], ...more }),
  })
  const contents = pieces.map((content, index) => chunk({ content }, index === pieces.length - 1 ? { _ephemeralml: metadata } : {}))
  return encodeEvents([chunk({ role: 'assistant' }), ...contents, chunk({}, {}, 'stop'), DONE])
}

function digestOf(over: AirDigest, base64: string, receipt: Octets): string | undefined {
  switch (over) {
    case 'text':
      return hex(sha256(utf8(base64)))
    case 'octets':
      return hex(sha256(receipt))
    case 'other':
      return hex(sha256(utf8('another receipt')))
    case 'absent':
      return undefined
  }
}

/** Numbers that stand for the tokens of an answer; the gateway's are of a vocabulary that nobody outside has. */
function tokenNumbers(answer: string): readonly number[] {
  return answer.split(' ').map((word) => createHash('sha256').update(word).digest().readUInt16BE())
}

function floats(numbers: readonly number[]): Octets {
  const buffers = numbers.map((number) => {
    const buffer = Buffer.alloc(4)
    buffer.writeFloatLE(number)
    return buffer
  })
  return join(...buffers)
}

function uuid(source: Octets): string {
  const digits = hex(source)
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-')
}

function sha256(source: Uint8Array): Octets {
  return octets(createHash('sha256').update(source).digest())
}
