import type { Role } from '../../verify/claims/rules.ts'
import { type MessageId, type Sentence, sentence } from '../../verify/claims/sentence.ts'
import type { ClaimId, Deciding, Standing } from '../../verify/claims/types.ts'
import type { Report } from '../../verify/report.ts'

/** "What does this mean, and what do I do now?", for every report and for every state of the popup that shows none. */

type BadNews = Exclude<Standing, 'verified'>

/** What is said of a row that decides, whichever check did. */
export const ADVICE: Readonly<Record<BadNews, Readonly<Record<ClaimId, MessageId>>>> = {
  failed: {
    environment: 'advice_environment_failed',
    workload: 'advice_workload_failed',
    model: 'advice_model_failed',
    exchange: 'advice_exchange_failed',
    signature: 'advice_signature_failed',
  },
  absent: {
    environment: 'advice_environment_absent',
    workload: 'advice_environment_absent',
    model: 'advice_signature_absent',
    exchange: 'advice_signature_absent',
    signature: 'advice_signature_absent',
  },
  unchecked: {
    environment: 'advice_environment_unchecked',
    workload: 'advice_environment_unchecked',
    model: 'advice_model_unchecked',
    exchange: 'advice_exchange_unchecked',
    signature: 'advice_signature_unchecked',
  },
  assumed: {
    environment: 'advice_environment_assumed',
    workload: 'advice_workload_assumed',
    model: 'advice_model_assumed',
    exchange: 'advice_exchange_unchecked',
    signature: 'advice_signature_assumed',
  },
}

/** Where the check that decided calls for other advice than its row. */
export const ADVICE_BY_ROLE: { readonly [standing in BadNews]: { readonly [role in Role]?: MessageId } } = {
  failed: {
    'evidence.anchor': 'advice_anchor_failed',
    'evidence.chain': 'advice_chain_failed',
    'evidence.time': 'advice_evidence_time_failed',
    'evidence.revocation': 'advice_revocation_failed',
    'evidence.debug': 'advice_debug_failed',
    'evidence.platform': 'advice_platform_failed',
    'evidence.binding': 'advice_binding_failed',
    'device.pairing': 'advice_device_failed',
    'device.state': 'advice_device_failed',
    'host.vouched': 'advice_host_failed',
    'workload.measurement': 'advice_measurement_failed',
    'workload.freshness': 'advice_freshness_failed',
    'exchange.request': 'advice_request_failed',
    'exchange.request-told': 'advice_request_failed',
    'exchange.response': 'advice_response_failed',
    'receipt.signature': 'advice_bad_signature',
    'receipt.key': 'advice_key_failed',
    'receipt.replay': 'advice_replay_failed',
  },
  absent: {
    'receipt.delivery': 'advice_receipt_withheld',
  },
  unchecked: {
    'policy.readable': 'advice_policy_unreadable',
    'exchange.capture': 'advice_capture_unchecked',
    'receipt.presence': 'advice_receipt_not_seen',
    'receipt.delivery': 'advice_receipt_cut',
  },
  assumed: {
    'device.pairing': 'advice_device_assumed',
    'host.vouched': 'advice_host_assumed',
    'workload.measurement': 'advice_measurement_assumed',
    'exchange.request-told': 'advice_request_told',
    'exchange.source': 'advice_source_assumed',
  },
}

/** Where the sentence of the check that decided is news of its own among those of its role. */
export const ADVICE_BY_SENTENCE: { readonly [id in MessageId]?: MessageId } = {
  clock_first_ahead: 'advice_clock',
  clock_first_behind: 'advice_clock',
  path_foreign_root: 'advice_anchor_failed',
  path_out_of_time: 'advice_evidence_time_failed',
  policy_not_stated: 'advice_policy_not_stated',
}

/** One sentence under the headline: what its news means, and what to do about it. */
export function adviceFor({ deciding, retry }: Pick<Report, 'deciding' | 'retry'>): Sentence {
  if (deciding === undefined) return sentence('advice_all_verified')
  const { claim, standing, role, says } = deciding
  if (mayBeFetched(deciding) && retry) return sentence('advice_check_again')
  const better = (says && ADVICE_BY_SENTENCE[says]) ?? (role && ADVICE_BY_ROLE[standing][role])
  return sentence(better ?? ADVICE[standing][claim])
}

/** What was not captured cannot be captured later, nor does what was sent, or a policy, become readable; everything else may be there by then. */
function mayBeFetched({ claim, standing, role, theirs }: Deciding): boolean {
  return standing === 'unchecked' && claim !== 'exchange' && role !== 'policy.readable' && theirs === undefined
}

/** A state in which the popup shows no report. */
export type StateShown =
  | { readonly kind: 'no-reply' | 'no-site' | 'unsupported-browser' | 'not-enabled' | 'needs-reload' }
  | { readonly kind: 'no-adapter'; readonly host: string }
  | { readonly kind: 'waiting'; readonly service: string }
  | { readonly kind: 'answering' | 'gathering' | 'checking' | 'no-result' }

/** The same for a state without a report. */
export function adviceForState(state: StateShown): Sentence {
  switch (state.kind) {
    case 'no-reply':
      return sentence('ui_no_reply_text')
    case 'no-site':
      return sentence('ui_no_site_text')
    case 'unsupported-browser':
      return sentence('ui_unsupported_text')
    case 'not-enabled':
      return sentence('ui_enable_text')
    case 'needs-reload':
      return sentence('ui_reload_text')
    case 'no-adapter':
      return sentence('ui_no_adapter_text', state.host)
    case 'waiting':
      return sentence('ui_waiting_text', state.service)
    case 'answering':
      return sentence('ui_answering_text')
    case 'gathering':
      return sentence('ui_gathering_text')
    case 'checking':
      return sentence('ui_checking_text')
    case 'no-result':
      return sentence('ui_no_result_text')
  }
}
