import type { CollateralSeen, EvidenceSeen } from '../../../src/dossier/types.ts'
import { ATTESTATION_KINDS } from '../../../src/verify/attestation/registry.ts'
import type { AttestationResult } from '../../../src/verify/attestation/types.ts'
import { encodeBase64url } from '../../../src/verify/encoding/base64.ts'
import type { Bytes } from '../../../src/verify/encoding/bytes.ts'
import { decodeHex } from '../../../src/verify/encoding/hex.ts'
import { presetFor } from '../../../src/verify/policy/presets.ts'
import type { Policy } from '../../../src/verify/policy/types.ts'
import { SHIPPED_ANCHORS } from '../../../src/verify/trust/anchors.ts'
import type { Said } from './row.ts'

const SEEN = { source: '', at: '', provenance: 'fetched' } as const

export type Given = {
  readonly kind: string
  readonly document: string
  readonly at: string
  readonly collateral?: readonly CollateralSeen[]
  readonly policy?: Partial<Policy>
}

/** Verifies one document as the kind that it is called by, under the shipped anchors. */
export async function verifyDocument({ kind, document, at, collateral = [], policy = {} }: Given): Promise<AttestationResult> {
  const input = {
    collateral,
    trust: { anchors: SHIPPED_ANCHORS, issuerKeys: [] },
    policy: { ...presetFor(''), ...policy },
    usedAt: new Date(at),
    hop: 0,
  }
  const verify = async (evidence: EvidenceSeen, also: readonly CollateralSeen[]): Promise<AttestationResult | undefined> => {
    const found = ATTESTATION_KINDS.find(({ names }) => names.includes(evidence.kind))
    return found?.verify({
      ...input,
      evidence,
      collateral: [...collateral, ...also],
      appraisePart: (part) => verify({ ...SEEN, kind: part.kind, document: part.document }, part.collateral ?? []),
    })
  }
  const result = await verify({ ...SEEN, kind, document }, [])
  if (result === undefined) throw new Error(`no verifier for ${kind}`)
  return result
}

export function saidOf({ findings, authentic }: Pick<AttestationResult, 'findings'> & { readonly authentic?: unknown }): Said {
  return { findings, authentic: authentic !== undefined }
}

export async function judgeDocument(given: Given): Promise<Said> {
  return saidOf(await verifyDocument(given))
}

export function collateralOf(kind: CollateralSeen['kind'], issuer: string, document: string): CollateralSeen {
  return { kind, issuer, document, ...SEEN }
}

export const base64url = (octets: Uint8Array) => encodeBase64url(octets)

export function fromHex(text: string): Bytes {
  const octets = decodeHex(text.trim())
  if (!octets.ok) throw new Error(octets.code)
  return octets.value
}

/** The DER of each certificate in PEM. */
export function pemBodies(text: string): Bytes[] {
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)].map(([, body = '']) =>
    Uint8Array.from(atob(body.replace(/\s/g, '')), (character) => character.charCodeAt(0)),
  )
}
