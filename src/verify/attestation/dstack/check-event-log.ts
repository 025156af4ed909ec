import { type Sentence, sentence } from '../../claims/sentence.ts'
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
  if (contradicted === undefined) log.add('dstack.event-digests', 'passed', sentence('dstack_digests_passed'), { at })
  else log.add('dstack.event-digests', 'failed', sentence('dstack_digests_failed', contradicted.event.event), { at })

  await checkBootReplay(events, registers, log)
  const replayed = await replayRegister(events, APP_REGISTER)
  if (replayed === undefined || encodeHex(replayed) !== registers.rtmrs[APP_REGISTER]) {
    log.add('dstack.app-replay', 'failed', sentence('dstack_app_replay_failed'), { at })
    return undefined
  }
  log.add('dstack.app-replay', 'passed', sentence('dstack_app_replay_passed'), { at })

  const boot = readBootEvents(eventLog)
  if (!boot.ok) {
    log.add('dstack.boot-events', 'failed', faultSentence(boot.code, boot.detail ?? ''), { at })
    return undefined
  }
  log.add('dstack.boot-events', 'passed', sentence('dstack_boot_events_passed'), { at })
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
  if (differs === undefined) log.add('dstack.boot-replay', 'passed', sentence('dstack_boot_replay_passed'), { at })
  else log.add('dstack.boot-replay', 'failed', sentence('dstack_boot_replay_failed', `RTMR${differs}`), { at })
}

function faultSentence(fault: BootFault, event: string): Sentence {
  switch (fault) {
    case 'boot-foreign-event':
      return sentence('dstack_boot_foreign', event)
    case 'boot-duplicate':
      return sentence('dstack_boot_duplicate', event)
    case 'boot-missing':
      return sentence('dstack_boot_missing', event)
    case 'boot-payload':
      return sentence('dstack_boot_payload', event)
  }
}
