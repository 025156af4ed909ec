import type { BodySeen, DigestDomain, Exchange, ReceiptSeen } from '../../../dossier/types.ts'
import { spellSha256 } from '../../claims/compared.ts'
import type { Because, FindingMore } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import type { AssumptionId, Outcome } from '../../claims/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import type { AirClaims } from './claims.ts'
import type { Log } from './log.ts'

type Verdict = { readonly outcome: Outcome; readonly because: Because; readonly code?: string; readonly assumes?: readonly AssumptionId[] }

/**
 * Compares the signed hashes with what was captured. The draft leaves open what the payload is. The exact octets count for any sender; behind
 * a gateway also what its source code makes of them. A chat's response hash is over the model's token numbers, which nobody is given.
 */
export function checkExchange(claims: AirClaims, delivery: ReceiptSeen['delivery'], exchange: Exchange, log: Log): void {
  const isGateway = delivery !== 'lookup'
  const request = judgeRequest(claims, isGateway, exchange)
  log.add('air.request-hash', request.outcome, request.because, {
    ...(request.assumes === undefined ? {} : { assumes: request.assumes }),
    ...comparedWith(claims.requestHash, exchange.request, ['body', 'air-request', 'air-embedding-request']),
    at: 'receipt.payload.request_hash',
    code: request.code,
  })
  const response = judgeResponse(claims, isGateway, exchange.response)
  log.add('air.response-hash', response.outcome, response.because, {
    ...comparedWith(claims.responseHash, exchange.response, ['body', 'air-embedding']),
    at: 'receipt.payload.response_hash',
    code: response.code,
  })
}

/** The signed hash, and the one over what was captured: over the domain that has it, or else over the first. */
function comparedWith(signed: Bytes, body: BodySeen, domains: readonly DigestDomain[]): Pick<FindingMore, 'expected' | 'computed'> {
  const expected = encodeBase64url(signed)
  const digests = body.capture === 'complete' ? domains.flatMap((of) => digestOf(body, of) ?? []) : []
  const computed = digests.find((digest) => digest === expected) ?? digests[0]
  return { expected: spellSha256(expected), computed: computed && spellSha256(computed) }
}

function judgeRequest({ requestHash, modelId }: AirClaims, isGateway: boolean, { request, model }: Exchange): Verdict {
  if (request.capture !== 'complete') return { outcome: 'unchecked', because: 'air_request_incomplete' }
  const signed = encodeBase64url(requestHash)
  if (digestOf(request, 'body') === signed) return { outcome: 'passed', because: 'air_request_octets' }
  const rebuilt = [digestOf(request, 'air-request'), digestOf(request, 'air-embedding-request')].filter((digest) => digest !== undefined)
  if (rebuilt.includes(signed)) {
    return { outcome: 'passed', because: 'air_request_gateway', assumes: ['assume_air_request_parts'] }
  }
  if (isGateway && rebuilt.length === 0) return { outcome: 'unchecked', because: 'air_request_not_rebuilt' }
  // The name under which the gateway asked its enclave is known from the receipt alone; under another than ours the digests say nothing.
  if (isGateway && model !== modelId) {
    return { outcome: 'unchecked', because: otherModel(modelId, model) }
  }
  return { outcome: 'failed', because: 'air_request_failed', code: 'REQUEST_HASH_MISMATCH' }
}

function otherModel(named: string, asked: string | undefined): Because {
  return asked === undefined ? 'air_request_not_rebuilt' : sentence('air_request_other_model', named, asked)
}

function judgeResponse({ responseHash }: AirClaims, isGateway: boolean, response: BodySeen): Verdict {
  if (response.capture !== 'complete') return { outcome: 'unchecked', because: 'air_response_incomplete' }
  const signed = encodeBase64url(responseHash)
  if (digestOf(response, 'body') === signed) return { outcome: 'passed', because: 'air_response_octets' }
  const embedding = digestOf(response, 'air-embedding')
  if (embedding === signed) return { outcome: 'passed', because: 'air_response_embedding' }
  if (isGateway && embedding === undefined) return { outcome: 'unchecked', because: 'air_response_tokens' }
  return { outcome: 'failed', because: 'air_response_failed', code: 'RESPONSE_HASH_MISMATCH' }
}

function digestOf({ digests }: BodySeen, of: DigestDomain): string | undefined {
  return digests.find((digest) => digest.of === of && digest.alg === 'sha-256')?.value
}
