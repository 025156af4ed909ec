import type { CollateralSeen, Dossier } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import { decodeBase64url, encodeBase64url } from '../../src/verify/encoding/base64.ts'
import { presetFor } from '../../src/verify/policy/presets.ts'
import { SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import type { Anchor } from '../simulator/certificates.ts'
import { makeNrasReply } from '../simulator/nras.ts'
import { makeGpuItem, makeGpuPayload } from '../simulator/nvidia-gpu.ts'
import { makeAtcBundle, makeDocumentV3 } from '../simulator/tinfoil.ts'
import { lookedUpDossier } from '../support/lookup.ts'
import { dossierOf } from '../verify/dossiers.ts'
import type { Target } from './fuzz.ts'
import * as seeds from './seeds.ts'

/**
 * Whole exchanges through the verifier's front door, with one document of them changed: what a parser lets through meets everything behind it. Trusted is
 * the simulator's root, so that chains hold. A run counts as accepted where no row failed.
 */
type Made = { readonly dossier: Dossier; readonly anchors: readonly TrustAnchor[] }

function anchor(purpose: string, made: Anchor): TrustAnchor {
  return { id: `simulated-${purpose}`, purpose, publishedAt: '', addedBy: 'user', ...made }
}

const SEEN = { source: 'https://api.example.com/', at: seeds.AT.toISOString(), provenance: 'fetched' } as const
const collateralOf = (kind: CollateralSeen['kind'], issuer: string, document: string): CollateralSeen => ({
  kind,
  issuer,
  document,
  ...SEEN,
})

/** Evidence by itself, as a service publishes it. */
async function published(kind: string, document: string, collateral: readonly CollateralSeen[] = []): Promise<Dossier> {
  const looked = await lookedUpDossier({
    at: seeds.AT,
    path: '/v1/chat/completions',
    request: seeds.REQUEST,
    response: seeds.STREAM,
    contentType: 'text/event-stream',
    evidence: [{ kind, document }],
    collateral: [],
  })
  return { ...looked, collateral }
}

async function judged({ dossier, anchors }: Made): Promise<boolean> {
  const report = await appraise(dossier, {
    policy: presetFor(''),
    trust: { anchors: [...SHIPPED_ANCHORS, ...anchors], issuerKeys: [] },
    seen: () => undefined,
    moment: { now: seeds.AT, basis: 'captured-here' },
  })
  return report.claims.every(({ standing }) => standing !== 'failed')
}

/** Octets as base64url are changed as octets, so that changes reach what is inside. */
const isBinary = (document: string) => /^[A-Za-z0-9_-]{64,}$/.test(document) && decodeBase64url(document).ok
const octetsOf = (document: string): Uint8Array => (isBinary(document) ? Buffer.from(document, 'base64url') : Buffer.from(document))
const documentOf = (octets: Uint8Array, original: string): string =>
  isBinary(original) ? encodeBase64url(octets) : Buffer.from(octets).toString('utf8')

type Slot = 'receipts' | 'evidence' | 'collateral'

function withDocument(dossier: Dossier, slot: Slot, index: number, octets: Uint8Array): Dossier {
  switch (slot) {
    case 'receipts':
      return {
        ...dossier,
        receipts: dossier.receipts.map((item, at) => (at === index ? { ...item, text: documentOf(octets, item.text) } : item)),
      }
    case 'evidence':
      return {
        ...dossier,
        evidence: dossier.evidence.map((item, at) => (at === index ? { ...item, document: documentOf(octets, item.document) } : item)),
      }
    case 'collateral':
      return {
        ...dossier,
        collateral: dossier.collateral.map((item, at) => (at === index ? { ...item, document: documentOf(octets, item.document) } : item)),
      }
  }
}

function documentsOf(dossier: Dossier, slot: Slot): readonly string[] {
  return slot === 'receipts' ? dossier.receipts.map(({ text }) => text) : dossier[slot].map(({ document }) => document)
}

/** One document of an exchange as a target. */
function target(name: string, make: () => Promise<Made>, slot: Slot, index = 0, syntax: Target['syntax'] = 'json'): Target {
  let made: Promise<Made> | undefined
  const get = () => {
    made ??= make()
    return made
  }
  return {
    name: `appraise-${name}-${slot}${index === 0 ? '' : index}`,
    syntax,
    seeds: async () => {
      const document = documentsOf((await get()).dossier, slot)[index]
      return document === undefined ? [] : [octetsOf(document)]
    },
    run: async (input) => {
      const { dossier, anchors } = await get()
      return judged({ dossier: withDocument(dossier, slot, index, input), anchors })
    },
  }
}

const tdx = async (): Promise<Made> => ({
  dossier: await published('tdx-quote', encodeBase64url(seeds.tdx().quote), [collateralOf('dcap', 'intel', seeds.tdx().collateral)]),
  anchors: [anchor('intel-sgx', seeds.tdx().anchor)],
})
const snp = async (): Promise<Made> => ({
  dossier: await published('sev-snp-report', encodeBase64url(seeds.snp().report), [
    collateralOf('amd-vcek', 'https://kdsintf.amd.com', encodeBase64url(seeds.snp().vcek)),
    collateralOf('amd-ca', 'https://kdsintf.amd.com', encodeBase64url(seeds.snp().authority)),
    collateralOf('amd-crl', 'https://kdsintf.amd.com', encodeBase64url(seeds.snp().crl())),
  ]),
  anchors: [anchor('sev-snp', seeds.snp().ark)],
})
const nitro = async (): Promise<Made> => ({
  dossier: await published('aws-nitro-cose', encodeBase64url(seeds.nitro().document)),
  anchors: [anchor('aws-nitro', seeds.nitro().chain.anchor)],
})
const maa = async (): Promise<Made> => ({
  dossier: await published('azure-maa-jwt', seeds.maa().token, [collateralOf('jwks', seeds.maa().issuer, seeds.maa().jwksText)]),
  anchors: [],
})
const nras = async (): Promise<Made> => {
  const reply = makeNrasReply(seeds.AT)
  return { dossier: await published('nvidia-nras', reply.text, [collateralOf('jwks', reply.issuer, reply.jwksText)]), anchors: [] }
}
const gpu = async (): Promise<Made> => {
  const { item, chain } = makeGpuItem()
  return { dossier: await published('nvidia-payload', makeGpuPayload([item])), anchors: [anchor('nvidia-gpu', chain.anchor)] }
}
const dstack = async (): Promise<Made> => ({
  dossier: await published('dstack-evidence', seeds.workload().document, [collateralOf('dcap', 'intel', seeds.workload().tdx.collateral)]),
  anchors: [anchor('intel-sgx', seeds.workload().tdx.anchor)],
})
const tinfoil = async (): Promise<Made> => ({
  dossier: await published('tinfoil-attestation', JSON.stringify(makeDocumentV3({ at: seeds.AT }).document)),
  anchors: [],
})
const atc = async (): Promise<Made> => ({
  dossier: await published('tinfoil-atc-bundle', JSON.stringify(makeAtcBundle({ at: seeds.AT }).document)),
  anchors: [],
})
const stream = async (): Promise<Made> => {
  const exchange = seeds.exchange()
  return { dossier: await dossierOf(exchange), anchors: [anchor('confidential-space', exchange.anchor)] }
}

const looked = {
  at: seeds.AT,
  path: '/v1/chat/completions',
  request: seeds.REQUEST,
  response: seeds.STREAM,
  contentType: 'text/event-stream',
}
const near = async (): Promise<Made> => {
  const { answer, report, workloads } = seeds.near()
  const [workload] = Object.values(workloads)
  return {
    dossier: await lookedUpDossier({
      ...looked,
      receipt: { format: 'chat-signature', text: answer },
      evidence: [{ kind: 'near-attestation-report', nonce: seeds.NONCE, document: report }],
      collateral: workload === undefined ? [] : [workload.dstack.tdx.collateral],
    }),
    anchors: workload === undefined ? [] : [anchor('intel-sgx', workload.dstack.tdx.anchor)],
  }
}
const aci = async (): Promise<Made> => {
  const { receipt, report, session, headers, workload } = seeds.aciExchange()
  return {
    dossier: await lookedUpDossier({
      ...looked,
      headers,
      receipt: { format: 'aci', text: receipt },
      evidence: [
        { kind: 'aci-report', nonce: seeds.NONCE, document: report },
        ...(session === undefined ? [] : [{ kind: 'aci-session', document: session.text }]),
      ],
      collateral: [workload.dstack.tdx.collateral],
    }),
    anchors: [anchor('intel-sgx', workload.dstack.tdx.anchor)],
  }
}
const air = async (): Promise<Made> => ({
  dossier: await lookedUpDossier({
    ...looked,
    receipt: { format: 'air', text: encodeBase64url(seeds.airExchange().receipt) },
    evidence: [],
    collateral: [],
  }),
  anchors: [],
})

export const APPRAISALS: readonly Target[] = [
  target('inference-receipt', stream, 'receipts'),
  target('inference-receipt', stream, 'evidence', 0, 'text'),
  target('tdx', tdx, 'evidence'),
  target('tdx', tdx, 'collateral'),
  target('sev-snp', snp, 'evidence'),
  target('sev-snp', snp, 'collateral', 0, 'der'),
  target('sev-snp', snp, 'collateral', 2, 'der'),
  target('nitro', nitro, 'evidence', 0, 'cbor'),
  target('azure-maa', maa, 'evidence', 0, 'text'),
  target('azure-maa', maa, 'collateral'),
  target('nras', nras, 'evidence'),
  target('nvidia', gpu, 'evidence'),
  target('dstack', dstack, 'evidence'),
  target('tinfoil', tinfoil, 'evidence'),
  target('tinfoil-bundle', atc, 'evidence'),
  target('chat-signature', near, 'receipts'),
  target('chat-signature', near, 'evidence'),
  target('aci', aci, 'receipts'),
  target('aci', aci, 'evidence'),
  target('aci', aci, 'evidence', 1),
  target('air', air, 'receipts', 0, 'cbor'),
]
