import { createHash } from 'node:crypto'
import { AIR_MODEL, airKey, CLAIM, modelHash, rawKey, signAir } from './air-receipt.ts'
import type { Cbor } from './cbor.ts'
import { makeNitroDocument } from './nitro.ts'
import { base64url, hex, type Octets, octets, utf8 } from './octets.ts'
import { randomFrom } from './random.ts'

/*
 * The ingredients of the sample that the extension shows to whoever has no site yet: one question, one answer, and for every combination of
 * faults the evidence and the receipt that would have come with it. An enclave answers by itself and signs an AIR v1 receipt, the only kind
 * that hashes the model's weights, so that each of the five claims has something to lose. No private key is among the ingredients.
 */

/** What stands in the place of the honest thing. `program`: another enclave image ran. `root`: the chain ends somewhere else. */
export type SampleFault = 'program' | 'root'

export type SampleEvidence = { readonly faults: readonly SampleFault[]; readonly kind: string; readonly document: string }

/** `nonce`: whether the receipt carries the number that was sent, or another. */
export type SampleReceipt = { readonly faults: readonly SampleFault[]; readonly nonce: 'sent' | 'other'; readonly text: string }

export type Sample = {
  readonly format: 'inference-receipt-checker/sample'
  readonly version: 1
  readonly startedAt: string
  readonly endedAt: string
  readonly url: string
  readonly model: string
  /** As sent with the request, base64url. */
  readonly nonce: string
  readonly question: string
  readonly answer: string
  /** The one letter that a switch changes: its place in the answer, and what is put there. */
  readonly letter: { readonly index: number; readonly becomes: string }
  /** The exact texts that went over the wire. The answer occurs in the response once, unescaped. */
  readonly request: string
  readonly response: string
  readonly root: { readonly name: string; readonly spki: string; readonly notBefore: string; readonly notAfter: string }
  /** What somebody who had reviewed code and model would expect: lower-case hex. */
  readonly expects: { readonly image: string; readonly modelHash: string; readonly modelScheme: string; readonly modelName: string }
  readonly evidence: readonly SampleEvidence[]
  readonly receipts: readonly SampleReceipt[]
}

const SEED = 'sample'
/** Long ago enough that nobody takes it for a conversation of their own. */
const AT = new Date('2026-11-02T09:30:00.000Z')
const QUESTION = 'Is the battery of my bicycle still under warranty?'
const ANSWER = 'You bought it in May 2025. By the terms of last spring, the battery is now covered for three years.'
/** "now" becomes "not". */
const LETTER = { index: ANSWER.indexOf('now covered') + 2, becomes: 't' }
const MINUTE = 60_000

/** Makes the sample: always the same octets. */
export function makeSample(): Sample {
  const random = randomFrom(`${SEED}/exchange`)
  const nonce = random(24)
  const otherNonce = random(24)
  const id = hex(random(12))
  const request = JSON.stringify({ model: AIR_MODEL, messages: [{ role: 'user', content: QUESTION }] })
  const choice = { index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }
  const response = JSON.stringify({ id: `chatcmpl-${id}`, object: 'chat.completion', model: AIR_MODEL, choices: [choice] })
  const variants: readonly (readonly SampleFault[])[] = [[], ['program'], ['root'], ['program', 'root']]
  const documents = variants.map((faults) => ({ faults, ...documentWith(faults) }))
  const [honest] = documents
  if (honest === undefined) throw new Error('no honest document')
  const { name, spki, notBefore, notAfter } = honest.root
  return {
    format: 'inference-receipt-checker/sample',
    version: 1,
    startedAt: new Date(AT.getTime() - 2000).toISOString(),
    endedAt: new Date(AT.getTime() + 100).toISOString(),
    url: 'https://api.lantern.example/v1/chat/completions',
    model: AIR_MODEL,
    nonce: base64url(nonce),
    question: QUESTION,
    answer: ANSWER,
    letter: LETTER,
    request,
    response,
    root: { name: base64url(name), spki: base64url(spki), notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() },
    expects: {
      image: hex(honest.registers.get(0) ?? octets([])),
      modelHash: hex(modelHash(SEED)),
      modelScheme: 'sha256-single',
      modelName: 'Atlas 8B, version 1.4.0',
    },
    evidence: documents.map(({ faults, document }) => ({ faults, kind: 'aws-nitro-cose', document: base64url(document) })),
    receipts: documents.flatMap(({ faults, document, registers }) =>
      (['sent', 'other'] as const).map((which): SampleReceipt => {
        const receipt = signAir(
          {
            issuedAt: AT,
            requestHash: sha256(utf8(request)),
            responseHash: sha256(utf8(response)),
            attestationDocHash: sha256(document),
            measurements: new Map<string, Cbor>([
              ...[0, 1, 2].map((index): [string, Cbor] => [`pcr${index}`, registers.get(index) ?? octets([])]),
              ['measurement_type', 'nitro-pcr'],
            ]),
          },
          {
            seed: SEED,
            claims: new Map<number, Cbor>([
              [CLAIM.iss, 'enclave.lantern.example'],
              [CLAIM.nonce, which === 'sent' ? nonce : otherNonce],
            ]),
          },
        )
        return { faults, nonce: which, text: base64url(receipt) }
      }),
    ),
  }
}

type Document = {
  readonly document: Octets
  readonly registers: ReadonlyMap<number, Octets>
  readonly root: { readonly name: Octets; readonly spki: Octets; readonly notBefore: Date; readonly notAfter: Date }
}

/** The enclave's attestation document, made ten minutes before the answer; its public key is the one that signs receipts. */
function documentWith(faults: readonly SampleFault[]): Document {
  const registers = registersOf(faults.includes('program') ? 'another program' : 'the program')
  const { document, chain } = makeNitroDocument(new Date(AT.getTime() - 10 * MINUTE), {
    seed: faults.includes('root') ? `${SEED}/elsewhere` : SEED,
    ...(faults.includes('root') ? { root: { subject: [['CN', 'A root from elsewhere']] } } : {}),
    fields: { pcrs: registers, public_key: rawKey(airKey(SEED)) },
  })
  return { document, registers, root: chain.anchor }
}

/** What an enclave image measures: the image, its kernel, its application. The rest of the sixteen is unused. */
function registersOf(program: string): Map<number, Octets> {
  const random = randomFrom(`${SEED}/${program}`)
  return new Map(Array.from({ length: 16 }, (_, index) => [index, index < 3 ? random(48) : new Uint8Array(48)]))
}

function sha256(source: Uint8Array): Octets {
  return octets(createHash('sha256').update(source).digest())
}
