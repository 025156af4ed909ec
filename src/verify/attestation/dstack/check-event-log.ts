import { faultIn } from '../../claims/finding.ts'
import type { MessageId } from '../../claims/sentence.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { type BootFacts, type BootFault, readBootEvents } from './boot-events.ts'
import { type DigestedEvent, digestEvents } from './event-digest.ts'
import { APP_REGISTER, type EventLog } from './event-log.ts'
import type { Registers } from './measurements.ts'
import { replayRegister } from './replay.ts'
import type { Log } from './verify.ts'

const BOOT_REGISTERS = [0, 1, 2] as const

/**
 * Replays the log against the registers of an authentic quote and reads dstack's own events. Undefined unless RTMR3 comes out, by digests
 * computed from names and payloads: until then nothing in the log is more than somebody's text.
 */
export async function checkEventLog(eventLog: EventLog, registers: Registers, log: Log): Promise<BootFacts | undefined> {
  const at = 'evidence.event_log'
  const events = await digestEvents(eventLog)
  const contradicted = events.find(({ isContradicted }) => isContradicted)
  const digests = { passed: 'dstack_digests_passed', failed: 'dstack_digests_failed' } as const
  log.decide('dstack.event-digests', contradicted === undefined, digests, { at, computed: contradicted?.event.event })

  await checkBootReplay(events, registers, log)
  const replayed = await replayRegister(events, APP_REGISTER)
  const expected = registers.rtmrs[APP_REGISTER]
  const computed = replayed && encodeHex(replayed)
  const isReplayed = computed !== undefined && computed === expected
  const replay = { passed: 'dstack_app_replay_passed', failed: 'dstack_app_replay_failed' } as const
  if (!log.decide('dstack.app-replay', isReplayed, replay, { at, expected, computed })) return undefined

  const boot = readBootEvents(eventLog)
  if (!boot.ok) {
    log.add('dstack.boot-events', 'failed', FAULT_WORDS[boot.code], faultIn(at, boot))
    return undefined
  }
  log.add('dstack.boot-events', 'passed', 'dstack_boot_events_passed', { at })
  return boot.value
}

/**
 * The boot's events can only be taken by their digests: that they give RTMR0 to RTMR2 shows that none is missing or added, not what
 * they were digests of. Logs that leave the boot out say nothing of it, which is no fault.
 */
async function checkBootReplay(events: readonly DigestedEvent[], registers: Registers, log: Log): Promise<void> {
  const present = BOOT_REGISTERS.filter((register) => events.some(({ event }) => event.imr === register))
  if (present.length === 0) return
  const replayed = await Promise.all(BOOT_REGISTERS.map((register) => replayRegister(events, register)))
  const differs = BOOT_REGISTERS.find((register) => {
    const value = replayed[register]
    return value === undefined || encodeHex(value) !== registers.rtmrs[register]
  })
  const at = 'evidence.event_log'
  if (differs === undefined) return void log.add('dstack.boot-replay', 'passed', 'dstack_boot_replay_passed', { at })
  const value = replayed[differs]
  const compared = { expected: registers.rtmrs[differs], computed: value && encodeHex(value) }
  log.add('dstack.boot-replay', 'failed', 'dstack_boot_replay_failed', { at, code: `rtmr${differs}`, ...compared })
}

const FAULT_WORDS = {
  'boot-foreign-event': 'dstack_boot_foreign',
  'boot-duplicate': 'dstack_boot_duplicate',
  'boot-missing': 'dstack_boot_missing',
  'boot-payload': 'dstack_boot_payload',
} as const satisfies Record<BootFault, MessageId>
