import type { BodySeen, Dossier, Provenance } from '../../../dossier/types.ts'
import { appraise, type Context } from '../../../verify/appraise.ts'
import { decodeBase64url } from '../../../verify/encoding/base64.ts'
import type { Bytes } from '../../../verify/encoding/bytes.ts'
import { encodeUtf8 } from '../../../verify/encoding/utf8.ts'
import { observe, observeRequest } from '../../../verify/observe.ts'
import type { Policy } from '../../../verify/policy/types.ts'
import type { Report } from '../../../verify/report.ts'
import type { TrustStore } from '../../../verify/trust/types.ts'
import { EVIDENCE_FAULTS, type Ingredients } from './ingredients.ts'
import type { Switches } from './switches.ts'

/** The sample with some switches on: what arrived, and what the verifier says of it. */
export type Judged = {
  readonly answer: string
  /** The receipt as it came. Absent: none did. */
  readonly receipt?: string
  readonly report: Report
}

/** This page hands the octets over itself, as a chat page's code does; the receipt and the evidence lie in the extension's own file. */
const BODIES: Provenance = 'page-reported'
const DOCUMENTS: Provenance = 'given'

/**
 * Judges the sample, by the verifier that judges everything else: nothing here knows what a switch ought to change. The root of the sample is
 * trusted in this call and nowhere else, as one that a user added; the verdict's moment is the sample's own.
 */
export async function judgeSample(sample: Ingredients, on: Switches): Promise<Judged> {
  const answer = on.has('letter') ? changed(sample) : sample.answer
  const receipt = on.has('receipt') ? undefined : receiptOf(sample, on)
  const report = await appraise(await dossierOf(sample, on, answer, receipt), contextOf(sample))
  return { answer, ...(receipt === undefined ? {} : { receipt }), report }
}

function changed({ answer, letter }: Ingredients): string {
  return answer.slice(0, letter.index) + letter.becomes + answer.slice(letter.index + 1)
}

function receiptOf({ receipts }: Ingredients, on: Switches): string | undefined {
  const nonce = on.has('nonce') ? 'other' : 'sent'
  return receipts.find((receipt) => receipt.nonce === nonce && hasFaults(receipt.faults, on))?.text
}

/** Whether something was made with exactly those faults of the evidence that are switched on. */
function hasFaults(faults: readonly string[], on: Switches): boolean {
  return EVIDENCE_FAULTS.every((fault) => faults.includes(fault) === on.has(fault))
}

async function dossierOf(sample: Ingredients, on: Switches, answer: string, receipt: string | undefined): Promise<Dossier> {
  const { url, model, nonce, startedAt, endedAt } = sample
  const headers = [{ name: 'content-type', value: 'application/json' }]
  const request = encodeUtf8(sample.request)
  const response = encodeUtf8(sample.response.replace(sample.answer, () => answer))
  const seen = await observe({
    body: response,
    contentType: 'application/json',
    headers,
    bodyProvenance: BODIES,
    headerProvenance: BODIES,
  })
  const whole = (body: Bytes): Omit<BodySeen, 'digests'> => ({ provenance: BODIES, length: body.length, capture: 'complete' })
  return {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'sample',
    service: '',
    exchange: {
      method: 'POST',
      url,
      model,
      startedAt,
      endedAt,
      status: 200,
      headers,
      request: { ...whole(request), digests: await observeRequest({ body: request, contentType: 'application/json' }) },
      response: { ...whole(response), digests: seen.digests, ids: seen.ids },
    },
    asked: { header: 'x-receipt-nonce', nonce, sharedBy: 1, provenance: DOCUMENTS },
    receipts:
      receipt === undefined
        ? []
        : [{ format: 'air', delivery: 'lookup', position: 'not-applicable', text: receipt, provenance: DOCUMENTS }],
    evidence: sample.evidence
      .filter(({ faults }) => hasFaults(faults, on))
      .map(({ kind, document }) => ({ kind, document, source: 'sample', at: endedAt, provenance: DOCUMENTS })),
    collateral: [],
    missing: [],
  }
}

function contextOf(sample: Ingredients): Context {
  return {
    policy: policyOf(sample),
    trust: trustOf(sample),
    seen: () => undefined,
    moment: { now: new Date(sample.endedAt), basis: 'given' },
  }
}

/** The code and the weights that somebody would expect who had reviewed them. */
function policyOf({ expects }: Ingredients): Policy {
  const { image, modelHash, modelScheme, modelName } = expects
  return {
    format: 'inference-receipt-checker/policy',
    version: 1,
    id: 'sample',
    name: 'Sample',
    service: '',
    expects: [{ measurement: 'nitro.pcr0', anyOf: [image], source: 'user' }],
    receiptKeys: [],
    models: [{ hash: modelHash, scheme: modelScheme, name: modelName, publishedAt: 'https://lantern.example/models', source: 'user' }],
  }
}

function trustOf({ root }: Ingredients): TrustStore {
  const name = decodeBase64url(root.name)
  const spki = decodeBase64url(root.spki)
  if (!name.ok || !spki.ok) return { anchors: [], issuerKeys: [] }
  return {
    anchors: [
      {
        id: 'sample-root',
        purpose: 'aws-nitro',
        name: name.value,
        spki: spki.value,
        notBefore: new Date(root.notBefore),
        notAfter: new Date(root.notAfter),
        addedBy: 'user',
        publishedAt: 'sample',
      },
    ],
    issuerKeys: [],
  }
}
