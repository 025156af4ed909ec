import type { BodySeen, DigestDomain, Exchange, ReceiptSeen } from '../../../dossier/types.ts'
import { type Sentence, sentence } from '../../claims/sentence.ts'
import type { AssumptionId, Outcome } from '../../claims/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import type { AirClaims } from './claims.ts'
import { draftArguments } from './draft.ts'
import type { Log } from './log.ts'

type Verdict = { readonly outcome: Outcome; readonly because: Sentence; readonly assumes?: readonly AssumptionId[] }

/**
 * Compares the signed hashes with what was captured. The draft leaves open what the payload is. The exact octets count for any sender; behind
 * a gateway also what its source code makes of them. A chat's response hash is over the model's token numbers, which nobody is given.
 */
export function checkExchange(claims: AirClaims, delivery: ReceiptSeen['delivery'], exchange: Exchange, log: Log): void {
  const isGateway = delivery !== 'lookup'
  const request = judgeRequest(claims, isGateway, exchange)
  log.add('air.request-hash', request.outcome, request.because, {
    ...(request.assumes === undefined ? {} : { assumes: request.assumes }),
    at: 'receipt.payload.request_hash',
  })
  const response = judgeResponse(claims, isGateway, exchange.response)
  log.add('air.response-hash', response.outcome, response.because, { at: 'receipt.payload.response_hash' })
}

function judgeRequest({ requestHash, modelId }: AirClaims, isGateway: boolean, { request, model }: Exchange): Verdict {
  if (request.capture !== 'complete') return { outcome: 'unchecked', because: sentence('air_request_incomplete') }
  const signed = encodeBase64url(requestHash)
  if (digestOf(request, 'body') === signed) return { outcome: 'passed', because: sentence('air_request_octets') }
  const rebuilt = [digestOf(request, 'air-request'), digestOf(request, 'air-embedding-request')].filter((digest) => digest !== undefined)
  if (rebuilt.includes(signed)) {
    return { outcome: 'passed', because: sentence('air_request_gateway'), assumes: ['assume_air_request_parts'] }
  }
  if (isGateway && rebuilt.length === 0) return { outcome: 'unchecked', because: sentence('air_request_not_rebuilt') }
  // The name under which the gateway asked its enclave is known from the receipt alone; under another than ours the digests say nothing.
  if (isGateway && model !== modelId) {
    return { outcome: 'unchecked', because: sentence('air_request_other_model', modelId, model ?? '?') }
  }
  return { outcome: 'failed', because: sentence('air_request_failed', ...draftArguments('air.request-hash', 'REQUEST_HASH_MISMATCH')) }
}

function judgeResponse({ responseHash }: AirClaims, isGateway: boolean, response: BodySeen): Verdict {
  if (response.capture !== 'complete') return { outcome: 'unchecked', because: sentence('air_response_incomplete') }
  const signed = encodeBase64url(responseHash)
  if (digestOf(response, 'body') === signed) return { outcome: 'passed', because: sentence('air_response_octets') }
  const embedding = digestOf(response, 'air-embedding')
  if (embedding === signed) return { outcome: 'passed', because: sentence('air_response_embedding') }
  if (isGateway && embedding === undefined) return { outcome: 'unchecked', because: sentence('air_response_tokens') }
  return { outcome: 'failed', because: sentence('air_response_failed', ...draftArguments('air.response-hash', 'RESPONSE_HASH_MISMATCH')) }
}

function digestOf({ digests }: BodySeen, of: DigestDomain): string | undefined {
  return digests.find((digest) => digest.of === of && digest.alg === 'sha-256')?.value
}
