import { type Because, FindingLog, type FindingMore, faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import type { AssumptionId } from '../../claims/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { decodeHex, decodeHexText, encodeHex } from '../../encoding/hex.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { Measurement } from '../../policy/types.ts'
import { pairGpu } from '../gpu-pairing.ts'
import type { AttestationResult, AuthenticEvidence, Commitment, CompositeInput } from '../types.ts'
import type { BootFacts } from './boot-events.ts'
import { checkEventLog } from './check-event-log.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { readAppCompose } from './compose.ts'
import { checkComposeManager } from './compose-manager.ts'
import { type ConfigVerdict, judgeConfigId } from './config-id.ts'
import { followCustody, isKnownRole, KMS } from './key-custody.ts'
import { asIdentity, composeHash, image, kmsRoot, ofBoot, ofQuote, type Registers, registersOf } from './measurements.ts'
import { isOsPinned, osImages, sayOsImage } from './os-image.ts'
import { type DstackEvidence, type KeyCustody, parseEvidence, type UnreadablePart } from './schema.ts'

export type Log = FindingLog<CheckName>

/**
 * Verifies what a dstack workload shows of itself. The quote is handed to its own verifier, and nothing else is looked at until it is
 * authentic. Then, against the registers in it: the event log, the compose file, the configuration id, the keys that the KMS issued; and GPU
 * evidence by its own verifier, for the nonce that the quote holds too.
 */
export async function verify(input: CompositeInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const parsed = parseEvidence(input.evidence.document)
  if (!parsed.ok) {
    log.add('dstack.format', 'unchecked', 'dstack_format_failed', { ...faultIn('evidence', parsed), theirs: true })
    return { findings: log.findings }
  }
  log.add('dstack.format', 'passed', 'dstack_format_passed')
  const evidence = parsed.value
  for (const part of evidence.unreadable) reportUnreadable(part, log)

  const quote = await appraiseQuote(evidence.quote, input)
  const registers = quote?.authentic && registersOf(quote.authentic.measurements)
  if (quote?.authentic === undefined || registers === undefined) {
    if (quote === undefined || quote.authentic !== undefined) log.add('dstack.quote', 'unchecked', 'dstack_quote_unchecked')
    return { findings: [...log.findings, ...(quote?.findings ?? [])] }
  }
  const application = await checkApplication(evidence, registers, log)
  checkOsImage(evidence, application.boot, quote.authentic, input, log)
  const custody = checkCustody(evidence.keyCustody, application.boot, input, log)
  const managed = await checkComposeManager(evidence.composeManager, quote.authentic, input, log)
  const gpu = await appraiseGpu(evidence.nvidiaPayload, quote.authentic, input, log)
  return {
    findings: [...log.findings, ...quote.findings, ...(gpu?.findings ?? [])],
    authentic: {
      commits: [...quote.authentic.commits, ...custody.commits, ...managed],
      measurements: [
        ...application.measurements,
        ...custody.measurements,
        ...ofQuote(quote.authentic.measurements),
        ...asIdentity(gpu?.authentic?.measurements ?? []),
      ],
      platform:
        gpu?.authentic === undefined
          ? quote.authentic.platform
          : sentence('dstack_platform_gpu', quote.authentic.platform, gpu.authentic.platform),
    },
  }
}

/** The check that each part answers for. What came and cannot be read is not as if it had not come. */
const PART_CHECKS = {
  event_log: 'dstack.event-log',
  app_compose: 'dstack.compose',
  nvidia_payload: 'dstack.gpu-evidence',
  key_custody: 'dstack.key-custody',
  compose_manager: 'dstack.compose-manager',
} as const satisfies Readonly<Record<UnreadablePart['part'], CheckName>>

const PART_SENTENCES = {
  event_log: 'dstack_event_log_unreadable',
  app_compose: 'dstack_compose_unreadable',
  nvidia_payload: 'dstack_gpu_unreadable',
  key_custody: 'dstack_custody_unreadable',
  compose_manager: 'dstack_manager_unreadable',
} as const

function reportUnreadable({ part, fault }: UnreadablePart, log: Log): void {
  log.add(PART_CHECKS[part], 'unchecked', PART_SENTENCES[part], { ...faultIn(`evidence.${part}`, fault), theirs: true })
}

/** The quote is hexadecimal here and base64url to its own verifier. */
async function appraiseQuote(quote: string, { appraisePart }: CompositeInput): Promise<AttestationResult | undefined> {
  const octets = decodeHexText(quote)
  return octets.ok ? appraisePart({ kind: 'tdx-quote', document: encodeBase64url(octets.value) }) : undefined
}

type Application = { readonly boot?: BootFacts; readonly measurements: readonly Measurement[] }

/** What runs: by the event log and RTMR3, by the configuration id, and by the compose file whose hash they hold. */
async function checkApplication(
  { eventLog, appCompose, unreadable }: DstackEvidence,
  registers: Registers,
  log: Log,
): Promise<Application> {
  const boot = eventLog === undefined ? undefined : await checkEventLog(eventLog, registers, log)
  const shown = appCompose === undefined ? undefined : await sha256(encodeUtf8(appCompose))
  // A log that does not hold is no log: the compose file could then be anybody's.
  const claimed = eventLog === undefined ? shown : boot?.composeHash
  const verdict = claimed === undefined ? undefined : await checkConfigId(claimed, boot, registers, log)
  const cameUnread = unreadable.some(({ part }) => part === 'event_log')
  if (eventLog === undefined && !cameUnread && verdict !== 'commits') {
    log.add('dstack.event-log', 'unchecked', 'dstack_event_log_none', { at: 'evidence.event_log' })
  }
  const measured = boot?.composeHash ?? (verdict === 'commits' ? claimed : undefined)
  const measurements = [...(measured === undefined ? [] : [composeHash(measured)]), ...(boot === undefined ? [] : ofBoot(boot))]
  const facts = boot === undefined ? {} : { boot }
  if (appCompose === undefined || shown === undefined || measured === undefined) return { ...facts, measurements }
  const compared = { at: 'evidence.app_compose', expected: encodeHex(measured), computed: encodeHex(shown) } as const
  const said = { passed: 'dstack_compose_passed', failed: 'dstack_compose_failed' } as const
  if (!log.decide('dstack.compose', equalBytes(shown, measured), said, compared)) return { ...facts, measurements }
  return { ...facts, measurements: [...measurements, ...checkCompose(appCompose, log)] }
}

/** Older hosts, and hosts that were not told to, leave the configuration id zero: then there is nothing to compare. */
async function checkConfigId(
  hash: Bytes,
  boot: BootFacts | undefined,
  { configId }: Registers,
  log: Log,
): Promise<ConfigVerdict | undefined> {
  const octets = configId === undefined ? undefined : decodeHex(configId)
  if (octets?.ok !== true) return undefined
  const verdict = await judgeConfigId(octets.value, { composeHash: hash, ...(boot === undefined ? {} : { boot }) })
  const at = 'evidence.quote.body.mr-config-id'
  switch (verdict) {
    case 'commits':
      log.add('dstack.config-id', 'passed', 'dstack_config_passed', { at })
      break
    case 'contradicts':
      log.add('dstack.config-id', 'failed', 'dstack_config_failed', { at, expected: encodeHex(hash), computed: configId })
      break
    case 'unconfirmed':
      log.add('dstack.config-id', 'unchecked', 'dstack_config_unconfirmed', { at, code: verdict, computed: configId })
      break
    case 'unknown-version':
      log.add('dstack.config-id', 'unchecked', 'dstack_config_unknown', { at, code: verdict, computed: configId })
      break
  }
  return verdict
}

/** What the compose file fixes, and what it leaves open. Its text was compared with the measured hash before. */
function checkCompose(text: string, log: Log): readonly Measurement[] {
  const compose = readAppCompose(text)
  const document = 'evidence.app_compose'
  if (!compose.ok) {
    log.add('dstack.images', 'unchecked', 'dstack_images_unreadable', faultIn(document, compose))
    return []
  }
  const { images, variables, scripts, hasDockerSocket } = compose.value
  const at = `${document}.docker_compose_file` as const
  if (!images.ok) {
    log.add('dstack.images', 'unchecked', 'dstack_images_unreadable', faultIn(at, images))
  } else if (images.value.replaceable.length > 0) {
    log.add('dstack.images', 'unchecked', sentence('dstack_images_replaceable', images.value.replaceable.join(', ')), {
      at,
      assumes: ['assume_dstack_images'],
    })
  } else if (images.value.unpinned.length > 0) {
    log.add('dstack.images', 'unchecked', sentence('dstack_images_unpinned', images.value.unpinned.join(', ')), {
      at,
      assumes: ['assume_dstack_images'],
    })
  } else log.add('dstack.images', 'passed', sentence('dstack_images_passed', String(images.value.digests.length)), { at })

  const names = { at: `${document}.allowed_envs`, computed: variables.join(', ') } as const
  if (variables.length === 0) log.add('dstack.variables', 'passed', 'dstack_variables_none', { at: names.at })
  else {
    const said = sentence('dstack_variables', String(variables.length))
    log.add('dstack.variables', 'passed', said, { ...names, assumes: ['assume_dstack_variables'] })
  }
  if (hasDockerSocket) {
    log.add('dstack.more-containers', 'passed', 'dstack_more_containers', {
      at,
      assumes: ['assume_dstack_more_containers'],
    })
  }
  if (scripts.length > 0) log.add('dstack.scripts', 'passed', 'dstack_scripts', { at: document, computed: scripts.join(', ') })
  return images.ok ? images.value.digests.map(image) : []
}

/** RTMR3 is what the operating system wrote there: whoever may start another system writes the same. */
function checkOsImage(
  { vmConfig }: DstackEvidence,
  boot: BootFacts | undefined,
  { measurements }: AuthenticEvidence,
  { policy }: CompositeInput,
  log: Log,
): void {
  const at = 'evidence.event_log.os-image-hash'
  if (isOsPinned(policy, measurements)) log.add('dstack.os-image', 'passed', 'dstack_os_pinned', { at })
  else
    log.add('dstack.os-image', 'unchecked', sayOsImage(boot, vmConfig), {
      ...osImages(boot, vmConfig),
      at,
      assumes: ['assume_dstack_os_image'],
    })
}

type Custody = { readonly commits: readonly Commitment[]; readonly measurements: readonly Measurement[] }

const NO_CUSTODY: Custody = { commits: [], measurements: [] }

/**
 * Which keys the KMS issued to this application. The chain stands beside the quote, not in it, and its signatures lead to some root
 * whoever made them: keys are committed to only under a root that the policy names, and never make up for the quote's own commitment.
 */
function checkCustody(custody: KeyCustody | undefined, boot: BootFacts | undefined, { policy }: CompositeInput, log: Log): Custody {
  if (custody === undefined) return NO_CUSTODY
  const at = 'evidence.key_custody'
  const say = (outcome: 'passed' | 'failed' | 'unchecked', because: Because, more: FindingMore = {}) =>
    log.add('dstack.key-custody', outcome, because, { at, ...more })
  if (custody.provider !== KMS) {
    say('unchecked', sentence('dstack_custody_provider', custody.provider))
    return NO_CUSTODY
  }
  if (boot === undefined) {
    say('unchecked', 'dstack_custody_no_app')
    return NO_CUSTODY
  }
  const issued = followCustody(custody, boot.appId)
  if (!issued.ok) {
    say('failed', 'dstack_custody_failed', faultIn(at, issued))
    return NO_CUSTODY
  }
  const { root, keys } = issued.value
  const isNamed = policy.expects.some(({ measurement, anyOf }) => measurement === 'dstack.kms-root' && anyOf.includes(root))
  const derived: readonly AssumptionId[] = keys.every(({ isSigned }) => isSigned) ? [] : ['assume_dstack_key_derivation']
  if (!isNamed) {
    say('passed', 'dstack_custody_root_unnamed', { computed: root, assumes: ['assume_dstack_kms_root', ...derived] })
    return { commits: [], measurements: [kmsRoot(root)] }
  }
  const roles = keys.map(({ role }) => role).join(', ')
  say('passed', 'dstack_custody_passed', { computed: `${root}: ${roles}`, assumes: ['assume_dstack_kms', ...derived] })
  return {
    commits: keys
      .filter(({ role }) => isKnownRole(role))
      .map(({ role, publicKey }) => ({ field: 'runtime-claim', name: `dstack-kms:${role}`, value: publicKey })),
    measurements: [kmsRoot(root)],
  }
}

/** Hex digits of the report data: 32 octets of the application's, then the nonce that the quote was asked for with, or zeros. */
const NONCE_AT = 64

/** GPU evidence of this same machine. That it is, only the nonce says, which the GPU answered and the quote holds. */
async function appraiseGpu(
  payload: string | undefined,
  { commits }: AuthenticEvidence,
  { appraisePart, hop }: CompositeInput,
  log: Log,
): Promise<AttestationResult | undefined> {
  if (payload === undefined) return undefined
  const gpu = await appraisePart({ kind: 'nvidia-payload', document: payload })
  if (gpu === undefined) {
    log.add('dstack.gpu-evidence', 'unchecked', 'dstack_gpu_unchecked', { at: 'evidence.nvidia_payload' })
    return undefined
  }
  if (gpu.authentic === undefined) return gpu
  const nonce = commits.find(({ field }) => field === 'report-data')?.value.slice(NONCE_AT) ?? ''
  return pairGpu(gpu, /^0*$/.test(nonce) ? { kind: 'none' } : { kind: 'nonce', nonce }, hop)
}
