import process from 'node:process'
import { appraise } from '../verify/appraise.ts'
import type { Moment } from '../verify/claims/types.ts'
import type { Result } from '../verify/encoding/result.ts'
import { SHIPPED_ANCHORS } from '../verify/trust/anchors.ts'
import { SHIPPED_SIGSTORE_ROOT } from '../verify/trust/shipped-sigstore-root.ts'
import type { IssuerKeys, TrustStore } from '../verify/trust/types.ts'
import { type LoadError, loadDossier, loadPolicy, loadText } from './load.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { printJson, printTable } from './print.ts'

const NO_CLAIM_FAILED = 0
const A_CLAIM_FAILED = 1
const UNUSABLE_INPUT = 2

/** Whose keys `--jwks` gives where `--issuer` does not say. */
const TOKEN_ISSUER = 'https://confidentialcomputing.googleapis.com'

/** Verifies the files named on the command line, in order, and gives the exit code. One unusable file does not keep the others back. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv)
  if (!options.ok) {
    if (options.code === 'help') process.stdout.write(`${USAGE}\n`)
    else process.stderr.write(`${options.detail ?? ''}\n\n${USAGE}\n`)
    return options.code === 'help' ? NO_CLAIM_FAILED : UNUSABLE_INPUT
  }
  const trust = await loadTrust(options.value)
  if (!trust.ok) return complain(trust.code, trust.detail)
  let worst = NO_CLAIM_FAILED
  for (const file of options.value.files) worst = Math.max(worst, await verifyFile(file, options.value, trust.value))
  return worst
}

async function verifyFile(file: string, options: Options, trust: TrustStore): Promise<number> {
  const moment: Moment = options.at === undefined ? { now: new Date(), basis: 'now' } : { now: options.at, basis: 'given' }
  const dossier = await loadDossier(file, options, moment.now)
  if (!dossier.ok) return complain(dossier.code, dossier.detail)
  const policy = await loadPolicy(options.policy, dossier.value.service)
  if (!policy.ok) return complain(policy.code, policy.detail)
  const report = await appraise(dossier.value, { policy: policy.value, trust, seen: () => undefined, moment })
  const indent = options.files.length === 1 ? 2 : 0
  process.stdout.write(`${options.json ? printJson(file, report, indent) : printTable(file, report, options.findings)}\n`)
  return report.claims.some((claim) => claim.standing === 'failed') ? A_CLAIM_FAILED : NO_CLAIM_FAILED
}

async function loadTrust({ jwks, issuer = TOKEN_ISSUER }: Options): Promise<Result<TrustStore, LoadError>> {
  if (jwks === undefined) return { ok: true, value: { anchors: SHIPPED_ANCHORS, issuerKeys: [], sigstoreRoot: SHIPPED_SIGSTORE_ROOT } }
  const text = await loadText(jwks)
  if (!text.ok) return text
  const keys: IssuerKeys = { issuer, jwks: text.value, addedBy: 'user' }
  return { ok: true, value: { anchors: SHIPPED_ANCHORS, issuerKeys: [keys], sigstoreRoot: SHIPPED_SIGSTORE_ROOT } }
}

function complain(code: LoadError, detail: string | undefined): number {
  process.stderr.write(`error ${code}: ${detail ?? ''}\n`)
  return UNUSABLE_INPUT
}

process.exitCode = await main(process.argv.slice(2))
