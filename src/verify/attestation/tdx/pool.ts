import type { CollateralSeen } from '../../../dossier/types.ts'
import { type Failure, failure, type Result, success } from '../../encoding/result.ts'
import type { Certificate } from '../../trust/certificate.ts'
import { type Crl, type CrlErrorCode, type CrlIssuer, type CrlSignatureCode, parseCrl, verifyCrl } from '../../trust/crl.ts'
import { type Collateral, type CollateralErrorCode, type PartErrorCode, parseCollateral, type SignedDocument } from './collateral.ts'
import type { QeIdentity, TcbInfo } from './collateral-schema.ts'
import type { Pck } from './pck-certificate.ts'
import type { DocumentCode, DocumentVerifier } from './signed-document.ts'

/*
 * What Intel says may be at hand several times: fetched, brought by the document, recorded in a file. All of it is one pool, in any order: what
 * is not Intel's says nothing, every authentic revocation counts, and of the rest the newest in force decides.
 */

/** Why a part is none of Intel's word: it cannot be read, or Intel did not sign it. */
export type PartFault = PartErrorCode | DocumentCode | CrlErrorCode | CrlSignatureCode

/** One kind of part from everything that was supplied. */
export type Pool<Value> = { readonly authentic: readonly Value[]; readonly faults: readonly Failure<PartFault>[] }

export type Signed<Value> = { readonly value: Value; readonly signer: Certificate }

/** Every document of Intel's that was supplied, as far as it can be read; or why none can. Undefined where nothing was supplied. */
export function readCollateral(collateral: readonly CollateralSeen[]): Result<readonly Collateral[], CollateralErrorCode> | undefined {
  const supplied = collateral.filter(({ kind }) => kind === 'dcap').map(({ document }) => parseCollateral(document))
  const [first] = supplied
  if (first === undefined) return undefined
  const readable = supplied.flatMap((result) => (result.ok ? [result.value] : []))
  return readable.length === 0 && !first.ok ? first : success(readable)
}

/** Verifies each signed document; the same one only once. */
export function poolDocuments<Value>(
  parts: readonly (Result<SignedDocument<Value>, PartErrorCode> | undefined)[],
  verifier: DocumentVerifier,
): Promise<Pool<Signed<Value>>> {
  return pooled(parts, async (document) => {
    const signer = await verifier.verify(document)
    return signer.ok ? success({ value: document.value, signer: signer.value }) : signer
  })
}

/** Verifies each list under the authority whose it should be; lists of other authorities are passed over. */
export async function poolLists(
  parts: readonly (Result<Uint8Array<ArrayBuffer>, PartErrorCode> | undefined)[],
  issuer: CrlIssuer | undefined,
): Promise<Pool<Crl>> {
  const pool = await pooled<Uint8Array<ArrayBuffer>, Crl>(parts, async (der) => {
    const list = parseCrl(der)
    if (!list.ok || issuer === undefined) return list.ok ? failure('name-malformed') : list
    const verdict = await verifyCrl(list.value, issuer)
    return verdict.ok ? list : verdict
  })
  return { ...pool, faults: pool.faults.filter(({ code }) => code !== 'crl-issuer-name') }
}

async function pooled<Part, Value>(
  parts: readonly (Result<Part, PartErrorCode> | undefined)[],
  verify: (part: Part) => Promise<Result<Value, PartFault>>,
): Promise<Pool<Value>> {
  const supplied = parts.filter((part) => part !== undefined)
  const verdicts = await Promise.all(supplied.map(async (part): Promise<Result<Value, PartFault>> => (part.ok ? verify(part.value) : part)))
  return {
    authentic: verdicts.flatMap((verdict) => (verdict.ok ? [verdict.value] : [])),
    faults: verdicts.flatMap((verdict) => (verdict.ok ? [] : [verdict])),
  }
}

/**
 * Collateral is fetched after the evidence was used, and Intel may have issued it in between. What is younger knows more, not less; beyond a
 * day it is about another time.
 */
const LEAD_MILLISECONDS = 24 * 60 * 60 * 1000

export function isWithin(from: Date, to: Date, at: Date): boolean {
  return from.getTime() <= at.getTime() + LEAD_MILLISECONDS && at.getTime() <= to.getTime()
}

/**
 * TCB infos for a platform, the one that decides first: in force before others, then the highest evaluation, then the newest. Where none is
 * for this platform, any, so that it can be said which it is for.
 */
export function tcbInfosFor(pool: Pool<Signed<TcbInfo>>, { fmspc, pceId }: Pck, at: Date): readonly Signed<TcbInfo>[] {
  const own = pool.authentic.filter(({ value }) => value.fmspc === fmspc && value.pceId === pceId)
  return inOrder(own.length > 0 ? own : pool.authentic, at)
}

/** The identity that decides: as with TCB infos, and of two in force the one of their set. */
export function qeIdentityFor(pool: Pool<Signed<QeIdentity>>, info: TcbInfo | undefined, at: Date): Signed<QeIdentity> | undefined {
  const ordered = inOrder(pool.authentic, at)
  const ofSet = ordered.find(({ value }) => value.tcbEvaluationDataNumber === info?.tcbEvaluationDataNumber && isCurrent(value, at))
  return ofSet ?? ordered[0]
}

type Dated = Pick<TcbInfo, 'issueDate' | 'nextUpdate' | 'tcbEvaluationDataNumber'>

export function isCurrent({ issueDate, nextUpdate }: Pick<Dated, 'issueDate' | 'nextUpdate'>, at: Date): boolean {
  return isWithin(issueDate, nextUpdate, at)
}

function inOrder<Value extends Dated>(documents: readonly Signed<Value>[], at: Date): readonly Signed<Value>[] {
  const rank = ({ value }: Signed<Value>) => (isCurrent(value, at) ? 1 : 0)
  return documents.toSorted(
    (one, other) =>
      rank(other) - rank(one) ||
      other.value.tcbEvaluationDataNumber - one.value.tcbEvaluationDataNumber ||
      other.value.issueDate.getTime() - one.value.issueDate.getTime(),
  )
}

/** The list that decides how current the answer is: in force before others, then the newest. */
export function newestList({ authentic }: Pool<Crl>, at: Date): Crl | undefined {
  const rank = ({ thisUpdate, nextUpdate }: Crl) => (isWithin(thisUpdate, nextUpdate, at) ? 1 : 0)
  const [newest] = authentic.toSorted((one, other) => rank(other) - rank(one) || other.thisUpdate.getTime() - one.thisUpdate.getTime())
  return newest
}
