import { type MessageId, type Sentence, sentence } from '../claims/sentence.ts'
import type { TcbStatus } from './types.ts'

const WORDS: Readonly<Record<TcbStatus, MessageId>> = {
  UpToDate: 'tdx_status_up_to_date',
  SWHardeningNeeded: 'tdx_status_sw_hardening',
  ConfigurationNeeded: 'tdx_status_configuration',
  ConfigurationAndSWHardeningNeeded: 'tdx_status_configuration_and_hardening',
  OutOfDate: 'tdx_status_out_of_date',
  OutOfDateConfigurationNeeded: 'tdx_status_out_of_date_configuration',
  Revoked: 'tdx_status_revoked',
}

/** A status that Intel gives platforms, in words; one that is not Intel's by its own name. */
export function tcbStatusInWords(status: string): Sentence {
  return isTcbStatus(status) ? sentence(WORDS[status]) : sentence('tdx_status_unknown', status)
}

function isTcbStatus(status: string): status is TcbStatus {
  return Object.hasOwn(WORDS, status)
}
