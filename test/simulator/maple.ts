import { sign as nodeSign } from 'node:crypto'
import type { JsonObject } from './json.ts'
import { makeKey, type SigningKey } from './keys.ts'
import { makeNitroDocument, type NitroChain, type NitroKnobs, nitroPcrs } from './nitro.ts'
import { hex, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

/**
 * A service like Maple (OpenSecret): what its attestation endpoint answers, and the lists of images that its maker signs. Written from
 * OpenSecretCloud/OpenSecret-SDK (`src/lib/pcr.ts`, `getAttestation.ts`).
 */
export type MapleOptions = {
  readonly seed?: string
  readonly at: Date
  /** The UUID in the address, which the enclave repeats. */
  readonly nonce?: string
  readonly nitro?: NitroKnobs
}

export const NONCE = '0b5c6f2e-4d1a-4c59-9a3e-6a1f0d2b7c84'
export const SESSION_KEY: Uint8Array = randomFrom('maple/session-key')(32)

export type SimulatedMaple = {
  /** JSON text. */
  readonly answer: string
  readonly chain: NitroChain
  readonly pcr0: string
}

export function makeMaple({ at, nonce = NONCE, nitro = {} }: MapleOptions): SimulatedMaple {
  const { document, chain } = makeNitroDocument(at, { ...nitro, fields: { nonce: utf8(nonce), public_key: SESSION_KEY, ...nitro.fields } })
  return {
    answer: JSON.stringify({ attestation_document: Buffer.from(document).toString('base64') }),
    chain,
    pcr0: hex(nitroPcrs().get(0) ?? octets([])),
  }
}

export type HistoryKnobs = {
  readonly seed?: string
  readonly signWith?: SigningKey
  /** What is signed, in place of the digits of PCR0. */
  readonly over?: string
  readonly entry?: Readonly<Record<string, string | number>>
}

export function historyKey(seed: string = DEFAULT_SEED): SigningKey {
  return makeKey('ec-p384', `${seed}/maple/history`)
}

/** One entry of a list of images, signed over the digits of PCR0. */
export function historyEntry(pcr0: string, knobs: HistoryKnobs = {}): JsonObject {
  const key = (knobs.signWith ?? historyKey(knobs.seed)).privateKey
  return {
    PCR0: pcr0,
    PCR1: 'e4'.repeat(48),
    PCR2: 'fe'.repeat(48),
    timestamp: 1_743_710_235,
    signature: nodeSign('sha384', utf8(knobs.over ?? pcr0), { key, dsaEncoding: 'ieee-p1363' }).toString('base64'),
    ...knobs.entry,
  }
}
