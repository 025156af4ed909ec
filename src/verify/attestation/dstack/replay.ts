import { type Bytes, concatBytes } from '../../encoding/bytes.ts'
import { type DigestedEvent, sha384 } from './event-digest.ts'

const REGISTER_SIZE = 48

/**
 * The value of a register after its events: from 48 zero octets, SHA-384(register ‖ digest) for each in turn, digests filled up with zero
 * octets to 48 (Intel TDX Module specification, TDG.MR.RTMR.EXTEND). Undefined where one of its events has no digest.
 */
export async function replayRegister(events: readonly DigestedEvent[], register: number): Promise<Bytes | undefined> {
  let value: Bytes = new Uint8Array(REGISTER_SIZE)
  for (const { event, digest } of events) {
    if (event.imr !== register) continue
    if (digest.length === 0) return undefined
    value = await sha384(concatBytes(value, digest, new Uint8Array(REGISTER_SIZE - digest.length)))
  }
  return value
}
