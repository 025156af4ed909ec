import { parseForeignJson } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { refusalAnswer, signatureAnswer } from './schema.ts'

/** Whose signature it is by its label. Without one, nobody's in particular: it was stored before there were labels. */
export type Kind = 'provider_tee' | 'gateway' | 'unlabelled'

export type ChatSignature = {
  /** What was signed, as it stands. */
  readonly text: string
  /** The model's name, where the text has one. */
  readonly model?: string
  /** SHA-256 of request and response, lower-case hex. */
  readonly request: string
  readonly response: string
  readonly signature: string
  readonly signingAddress: string
  readonly algorithm?: string
  readonly kind: Kind
  /** What the label says, where it is none of those that are known. */
  readonly unknownLabel?: string
}

export type ParsedAnswer = { readonly refused: string } | { readonly signed: ChatSignature }
export type ParseCode = 'json' | 'schema' | 'text' | 'text-kind'

/** Takes the answer of `/v1/signature/{id}` apart without believing it. */
export function parseAnswer(source: string): Result<ParsedAnswer, ParseCode> {
  const json = parseForeignJson(source)
  if (!json.ok) return failure('json', json.code)
  const answer = parseWith(signatureAnswer, json.value)
  if (!answer.ok) {
    const refusal = parseWith(refusalAnswer, json.value)
    return refusal.ok ? success({ refused: refusal.value.error_code }) : answer
  }
  const { text, signature, signing_address, signing_algo, signature_kind } = answer.value
  const parts = parseText(text)
  if (parts === undefined) return failure('text')
  const label = signature_kind ?? undefined
  const kind = kindOf(label)
  if (kind === 'gateway' && parts.model !== undefined) return failure('text-kind')
  return success({
    signed: {
      ...parts,
      text,
      signature,
      signingAddress: signing_address,
      ...(signing_algo === undefined || signing_algo === null ? {} : { algorithm: signing_algo }),
      kind,
      ...(label === undefined || kind !== 'unlabelled' ? {} : { unknownLabel: label }),
    },
  })
}

/** `request:response` or `model:request:response`, hashes as 64 lower-case hex digits. Names of models may hold colons. */
function parseText(text: string): Pick<ChatSignature, 'model' | 'request' | 'response'> | undefined {
  const match = /^(?:(.+):)?([0-9a-f]{64}):([0-9a-f]{64})$/su.exec(text)
  const [, model, request, response] = match ?? []
  if (request === undefined || response === undefined) return undefined
  return { ...(model === undefined ? {} : { model }), request, response }
}

/** The label alone decides; the shape of the text never does. */
function kindOf(label: string | undefined): Kind {
  const spelled = label?.toLowerCase()
  return spelled === 'provider_tee' || spelled === 'gateway' ? spelled : 'unlabelled'
}
