import * as v from 'valibot'
import type { EvidenceSeen } from '../../../dossier/types.ts'
import type { AuthenticEvidence } from '../../attestation/types.ts'
import { makeFinding } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import type { Finding, HopFact } from '../../claims/types.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { decodeHex, encodeHex } from '../../encoding/hex.ts'
import { isJsonObject, parseForeignJsonBytes } from '../../encoding/json.ts'
import { parseWith } from '../../encoding/schema.ts'
import { dstackEvidence } from '../dstack-document.ts'
import { evidenceOfEntry, identityOfEntry, type NearEntry, nearEntry } from '../near-entry.ts'
import { layoutOf } from '../report-data.ts'
import type { HopEvidence } from '../types.ts'
import { CHECKS } from './checks.ts'
import type { ChannelBinding, PreservedEvidence, Session } from './session.ts'

/** What a session's preserved evidence speaks for, where it is of a form that is read here. */
export type Audit = {
  /** The upstream's evidence is that of a gateway, behind which the model host is one hop further. */
  readonly role: Extract<HopFact['role'], 'gateway' | 'model-host'>
  evidenceAt(hop: number): HopEvidence
}

/**
 * Looks for hardware evidence in what a session preserved (section 9.2, deep audit): a bare TDX quote; a report of NEAR's form, of one machine or
 * of a gateway, alone or as the member `raw` of a verifier's own record; a dstack quote with its event log. Undefined for anything else, which
 * then stays the gateway's word.
 */
export function auditOf(session: Session, evidence: PreservedEvidence): Audit | undefined {
  const source = { ...session.seen, at: session.seen.at }
  if (looksLikeTdxQuote(evidence.octets)) {
    const document = dstackEvidence(source, { quote: encodeHex(evidence.octets) })
    return audit('model-host', document, session.bindings, undefined)
  }
  const json = parseForeignJsonBytes(evidence.octets)
  if (!json.ok || !isJsonObject(json.value)) return undefined
  const report = isJsonObject(json.value['raw']) ? json.value['raw'] : json.value
  const gateway = parseWith(nearEntry, report['gateway_attestation'])
  if (gateway.ok) return audit('gateway', evidenceOfEntry(source, gateway.value), session.bindings, gateway.value)
  const machine = parseWith(nearEntry, report)
  if (machine.ok) return audit('model-host', evidenceOfEntry(source, machine.value), session.bindings, machine.value)
  const bare = parseWith(quoteReport, report)
  if (!bare.ok) return undefined
  const { quote, event_log, app_compose, vm_config } = bare.value
  const document = dstackEvidence(source, { quote, eventLog: event_log, appCompose: app_compose, vmConfig: vm_config })
  return audit('model-host', document, session.bindings, undefined)
}

/** dstack's own answer to a request for a quote. An ACI report is none: its quote stands deeper, and binds a nonce that the session does not keep. */
const quoteReport = v.object({
  quote: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2}){600,}$/i)),
  event_log: v.optional(v.unknown()),
  app_compose: v.optional(v.unknown()),
  vm_config: v.optional(v.unknown()),
})

/** Version 4 or 5 and type 0x81 in the header of a quote (Intel TDX DCAP Quoting Library API, appendix A.3.1). */
function looksLikeTdxQuote(octets: Bytes): boolean {
  return octets.length > 600 && (octets[0] === 4 || octets[0] === 5) && octets[1] === 0 && octets[4] === 0x81 && octets[5] === 0
}

function audit(role: Audit['role'], document: EvidenceSeen, bindings: readonly ChannelBinding[], entry: NearEntry | undefined): Audit {
  return {
    role,
    evidenceAt: (hop) => ({ hop, document, binds: (evidence) => channelFindings(evidence, bindings, entry, hop) }),
  }
}

/**
 * Whether the upstream's evidence commits to the channel that the gateway says it enforced: the digest of the TLS or encryption key stands in
 * the report data as itself, as the digest of the key that stands there, or hashed together with the signer.
 */
async function channelFindings(
  { commits }: AuthenticEvidence,
  bindings: readonly ChannelBinding[],
  entry: NearEntry | undefined,
  hop: number,
): Promise<readonly Finding[]> {
  const at = 'session.channel_binding'
  const say = (outcome: Finding['outcome'], because: Finding['because'], assumes: Finding['assumes'] = []) => [
    makeFinding(CHECKS, 'aci.session-channel', outcome, because, { hop, assumes, at }),
    makeFinding(CHECKS, 'aci.session-nonce', 'unchecked', sentence('aci_session_nonce'), { hop, assumes: ['assume_aci_session_fresh'] }),
  ]
  const [reportData] = commits.flatMap(({ field, value }) => (field === 'report-data' ? [decodeHex(value)] : []))
  if (reportData?.ok !== true || reportData.value.length !== 64) return say('failed', sentence('aci_session_channel_failed'))
  const keys = new Set(bindings.map((binding) => (binding.type === 'tls_spki_sha256' ? binding.spki_sha256 : binding.public_key_sha256)))
  if (keys.size === 0) return say('unchecked', sentence('aci_session_channel_none'))
  const bound = await boundKeys(reportData.value, entry)
  return [...keys].every((key) => bound.has(key))
    ? say('passed', sentence('aci_session_channel_passed'), ['assume_aci_channel_enforced'])
    : say('failed', sentence('aci_session_channel_failed'))
}

/**
 * Digests of keys to which report data commits, in hex. Only its first half counts: the second is the nonce of whoever asked, who may have put the
 * digest of a key of his own there.
 */
async function boundKeys(reportData: Bytes, entry: NearEntry | undefined): Promise<ReadonlySet<string>> {
  const half = reportData.slice(0, 32)
  const bound = new Set([...(isPadded(half) ? [] : [encodeHex(half)]), encodeHex(await sha256(half))])
  const identity = entry === undefined ? undefined : identityOfEntry(entry)
  if (identity?.tlsSpki !== undefined && (await layoutOf(reportData, identity)) === 'tls') bound.add(encodeHex(identity.tlsSpki))
  return bound
}

/** So many zeros at an end are padding: a digest ends so once in 2^64. */
const PADDING = 8

/**
 * Whether this is a shorter value filled up with zeros (the address of a signer, a short digest), and so no digest of a key. Anybody may write such
 * a value down as if it were one.
 */
function isPadded(half: Bytes): boolean {
  const isZero = (octet: number) => octet === 0
  return half.subarray(-PADDING).every(isZero) || half.subarray(0, PADDING).every(isZero)
}
