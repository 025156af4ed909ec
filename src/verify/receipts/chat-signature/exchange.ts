import type { BodySeen, DigestDomain, Exchange } from '../../../dossier/types.ts'
import { spellSha256 } from '../../claims/compared.ts'
import type { FindingMore } from '../../claims/finding.ts'
import type { MessageId } from '../../claims/sentence.ts'
import type { AssumptionId } from '../../claims/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { decodeHex } from '../../encoding/hex.ts'
import type { ChatSignature } from './parse.ts'
import type { ServiceReport } from './report.ts'
import type { Log } from './verify.ts'

/** Response header by which cloud-api says that it served a model under another name, and put a warning into the answer. */
const ALIAS_HEADER = 'x-model-alias-resolved'

type Side = { readonly said: 'request' | 'response'; readonly body: BodySeen; readonly signed: string }

/** Compares the signed hashes with the digests of what was captured; where a service's known habit explains a difference, says so. */
export function checkExchange(signed: ChatSignature, exchange: Exchange, request: ServiceReport['request'], log: Log): void {
  checkRequest(signed, exchange, request, log)
  checkResponse(signed, exchange, log)
}

function checkRequest({ kind, request: hash }: ChatSignature, exchange: Exchange, made: ServiceReport['request'], log: Log): void {
  const side: Side = { said: 'request', body: exchange.request, signed: hash }
  const compared = comparedOf(side)
  // A model host takes the hash from whoever calls it with the internal token; a gateway hashes for itself.
  const told: readonly AssumptionId[] = kind === 'gateway' ? [] : ['assume_chat_request_hash_told']
  switch (matchOf(side, ['body', 'json-python'])) {
    case 'none-captured':
      log.add('chat-signature.request-hash', 'unchecked', 'ir_request_hash_unchecked', compared)
      return
    case 'differs':
      if (made === 'rewritten') {
        const assumes = ['assume_chat_request_rewritten'] as const
        log.add('chat-signature.request-rewritten', 'unchecked', 'chat_request_rewritten', { ...compared, assumes })
      } else if (isLegacyCompletions(exchange)) {
        log.add('chat-signature.request-hash', 'unchecked', 'chat_completions_not_exact', compared)
      } else log.add('chat-signature.request-hash', 'failed', 'ir_request_hash_failed', compared)
      return
    case 'json-python':
      log.add('chat-signature.request-hash', 'passed', 'chat_request_respaced', {
        ...compared,
        assumes: ['assume_chat_respaced', ...told],
      })
      return
    default:
      log.add('chat-signature.request-hash', 'passed', 'ir_request_hash_passed', { ...compared, assumes: told })
  }
}

function checkResponse({ response: hash }: ChatSignature, exchange: Exchange, log: Log): void {
  const side: Side = { said: 'response', body: exchange.response, signed: hash }
  const compared = comparedOf(side)
  const say = (outcome: 'passed' | 'failed' | 'unchecked', id: MessageId, assumes: readonly AssumptionId[] = []) =>
    log.add('chat-signature.response-hash', outcome, id, { ...compared, assumes })
  const match = matchOf(side, isResponsesApi(exchange) ? ['body', 'sse-to-completed', 'json-python'] : ['body', 'json-python'])
  switch (match) {
    case 'none-captured':
      return void say('unchecked', 'ir_response_hash_unchecked')
    case 'differs':
      if (isLegacyCompletions(exchange)) return void say('unchecked', 'chat_completions_not_exact')
      // The header is the service's word, and takes nothing back: what was shown is not what was signed.
      return void say('failed', hasAlias(exchange) ? 'chat_response_alias' : 'ir_response_hash_failed')
    case 'sse-to-completed':
      return void say('passed', 'chat_response_to_completed', ['assume_chat_after_completed'])
    case 'json-python':
      return void say('passed', 'chat_response_respaced', ['assume_chat_respaced'])
    default:
      return void say('passed', 'ir_response_hash_passed')
  }
}

/** The signed hash, and the one over what was captured, as it stands. */
function comparedOf({ body, signed }: Side): FindingMore {
  const digest = body.capture === 'complete' ? body.digests.find(({ alg, of }) => alg === 'sha-256' && of === 'body') : undefined
  return { at: 'receipt.text', expected: `sha256:${signed}`, computed: digest && spellSha256(digest.value) }
}

/**
 * The first of the domains over which the captured body has the signed hash. The whole body goes first: where it matches, nothing of the answer
 * is outside the signature, which is worth more than a match of its beginning.
 */
function matchOf({ body, signed }: Side, domains: readonly DigestDomain[]): DigestDomain | 'differs' | 'none-captured' {
  const octets = decodeHex(signed)
  const known = body.capture === 'complete' ? body.digests.filter(({ alg }) => alg === 'sha-256') : []
  if (!octets.ok || !known.some(({ of }) => of === 'body')) return 'none-captured'
  const value = encodeBase64url(octets.value)
  return domains.find((domain) => known.some((digest) => digest.of === domain && digest.value === value)) ?? 'differs'
}

function isResponsesApi({ url }: Exchange): boolean {
  return url.endsWith('/responses')
}

/** NEAR's proxies re-encode these, so that no hash of them can be recomputed. */
function isLegacyCompletions({ url }: Exchange): boolean {
  return url.endsWith('/completions') && !url.endsWith('/chat/completions')
}

function hasAlias({ headers }: Exchange): boolean {
  return headers.some(({ name, value }) => name === ALIAS_HEADER && value !== '')
}
