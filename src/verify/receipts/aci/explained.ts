import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'aci.receipt-format': { compares: 'the members of the receipt with the specification’s', section: 'ACI specification, section 7.3' },
  'aci.api-version': { compares: 'the receipt’s version with `aci/1`', section: 'ACI specification, section 7.3' },
  'aci.event-order': {
    compares: 'the order and number of the receipt’s events with the rules for them',
    section: 'ACI specification, section 7.4',
  },
  'aci.signature': {
    compares: 'the signature over the canonical receipt with the key that it names in the report’s keyset',
    section: 'ACI specification, section 7.2',
  },
  'aci.keyset-reference': {
    compares: 'the keyset digest in the receipt with the one of the report',
    section: 'ACI specification, section 7.3',
  },
  'aci.key-id': { compares: 'the receipt’s key id with the keys of the keyset', section: 'ACI specification, section 7.2' },
  'aci.key-role': { compares: 'the key that signed with the keys of other roles', section: 'ACI specification, section 3.1' },
  'aci.report': { compares: 'the service’s attestation report with being there', section: 'ACI specification, section 4.1' },
  'aci.report-format': { compares: 'the members of the report with the specification’s', section: 'ACI specification, section 4.1' },
  'aci.keyset-digest': {
    compares: 'the digest that the report states with the one of its keyset',
    section: 'ACI specification, section 3.1',
  },
  'aci.keyset-expiry': { compares: 'the keyset’s end with the time of use', section: 'ACI specification, section 3.1' },
  'aci.report-data': {
    compares: 'the first half of the quote’s report data with the hash over keyset digest and one-time number',
    section: 'ACI specification, section 3.2',
  },
  'aci.report-data-tail': { compares: 'the second half of the quote’s report data with zero', section: 'ACI specification, section 3.2' },
  'aci.report-data-restated': {
    compares: 'the report data that the report states with the quote’s',
    section: 'ACI specification, section 4.1',
  },
  'aci.key-custody': {
    compares: 'the key that signed with those that the key management service released for receipts',
    section: 'ACI specification, section 3.3',
  },
  'aci.nonce': {
    compares: 'the one-time number in the attestation statement with the one that was sent',
    section: 'ACI specification, section 9.1',
  },
  'aci.served-at': { compares: 'the receipt’s time with the time of the exchange', section: 'ACI specification, section 7.3' },
  'aci.request-hash': {
    compares: 'the signed hash with the one of the request as it was captured',
    section: 'ACI specification, section 7.4',
  },
  'aci.endpoint': { compares: 'the receipt’s endpoint and method with those that were called', section: 'ACI specification, section 7.3' },
  'aci.rewrite': { compares: 'the hash of the request as received with the one as forwarded', section: 'ACI specification, section 7.4' },
  'aci.response-hash': {
    compares: 'the signed hash with the one of the answer as it was captured',
    section: 'ACI specification, section 7.4',
  },
  'aci.response-id': { compares: 'the receipt’s chat id with the answer’s', section: 'ACI specification, section 7.3' },
  'aci.upstream': { compares: 'the receipt’s word on the host behind with what is known of it', section: 'ACI specification, section 7.5' },
  'aci.upstream-evidence': { compares: 'the host’s evidence with there being any', section: 'ACI specification, section 9.3' },
  'aci.session': {
    compares: 'the session that the receipt cites with being there and well formed',
    section: 'ACI specification, section 8.2',
  },
  'aci.session-id': {
    compares: 'the hash of the session with the id by which the receipt cites it',
    section: 'ACI specification, section 8.2',
  },
  'aci.session-evidence': {
    compares: 'the evidence that the session keeps with the kinds that are known',
    section: 'ACI specification, section 9.2',
  },
  'aci.session-evidence-digest': {
    compares: 'the hash of the kept evidence with the one that the session states',
    section: 'ACI specification, section 8.2',
  },
  'aci.session-window': { compares: 'the session’s window with the time of the answer', section: 'ACI specification, section 8.2' },
  'aci.session-claim': {
    compares: 'each claim of the session with what the gateway may say of it',
    section: 'ACI specification, section 8.3',
  },
  'aci.session-channel': {
    compares: 'what the kept evidence commits to with the channel that the session binds',
    section: 'ACI specification, section 9.2',
  },
  'aci.session-nonce': {
    compares: 'the one-time number of the kept evidence with one of this checker’s: it is the gateway’s',
    section: 'ACI specification, section 9.2',
  },
  'aci.model': { compares: 'what is signed of the model with a hash: it is a name', section: 'ACI specification, section 7.3' },
} as const satisfies Readonly<Record<CheckName, Explained>>
