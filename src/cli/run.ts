import { appraise } from '../verify/appraise.ts'
import type { Moment } from '../verify/claims/types.ts'
import type { Result } from '../verify/encoding/result.ts'
import type { Report } from '../verify/report.ts'
import { SHIPPED_ANCHORS } from '../verify/trust/anchors.ts'
import { SHIPPED_SIGSTORE_ROOT } from '../verify/trust/shipped-sigstore-root.ts'
import type { IssuerKeys, TrustStore } from '../verify/trust/types.ts'
import { bodyDigest, type LoadError, loadExchange, loadPolicy, loadText } from './load.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { printJson, printTable } from './print.ts'

/** What a run ends with; `USAGE` says the same to the user. */
export const EXIT = { sound: 0, failed: 1, unusable: 2, unchecked: 3 } as const
type Exit = (typeof EXIT)[keyof typeof EXIT]

/** Worst last: of several files the worst decides. A claim that failed is worse news than a file that could not be used. */
const BY_WEIGHT: readonly Exit[] = [EXIT.sound, EXIT.unchecked, EXIT.unusable, EXIT.failed]

/** Whose keys `--jwks` gives where `--issuer` does not say. */
const TOKEN_ISSUER = 'https://confidentialcomputing.googleapis.com'

/** Where a run writes its text: `out` for results, `err` for complaints. */
export type Output = { readonly out: (text: string) => void; readonly err: (text: string) => void }

/** Verifies the files named on the command line, in order, and gives the exit code. One unusable file does not keep the others back. */
export async function run(argv: readonly string[], output: Output): Promise<Exit> {
  const options = readOptions(argv)
  if (!options.ok) {
    if (options.code === 'help') output.out(`${USAGE}\n`)
    else output.err(`error usage: ${options.detail ?? ''}\n\n${USAGE}\n`)
    return options.code === 'help' ? EXIT.sound : EXIT.unusable
  }
  const trust = await loadTrust(options.value)
  if (!trust.ok) return complain(output, trust.code, trust.detail)
  const exits: Exit[] = []
  const receipts = new Map<string, Owner>()
  for (const file of options.value.files) exits.push(await verifyFile(file, options.value, trust.value, receipts, output))
  return BY_WEIGHT.findLast((exit) => exits.includes(exit)) ?? EXIT.unusable
}

/** The exchange that a receipt first came with in this run. A copy of the same recording is the same exchange, by whatever name. */
type Owner = { readonly id: string; readonly answer: string | undefined }

/** `receipts`: what each receipt of this run first came with. Of earlier runs nothing is remembered. */
async function verifyFile(file: string, options: Options, trust: TrustStore, receipts: Map<string, Owner>, output: Output): Promise<Exit> {
  const moment: Moment = options.at === undefined ? { now: new Date(), basis: 'now' } : { now: options.at, basis: 'given' }
  const loaded = await loadExchange(file, options, moment.now)
  if (!loaded.ok) return complain(output, loaded.code, loaded.detail)
  const { dossier, contradictions } = loaded.value
  const policy = await loadPolicy(options.policy, dossier.service)
  if (!policy.ok) return complain(output, policy.code, policy.detail)
  const answer = bodyDigest(dossier.exchange.response)
  const seen = (receipt: string) => {
    const owner = receipts.get(receipt)
    return owner !== undefined && owner.answer === answer ? dossier.id : owner?.id
  }
  const report = await appraise(dossier, { policy: policy.value, trust, seen, forgetful: true, moment })
  if (report.receiptId !== undefined && !receipts.has(report.receiptId)) receipts.set(report.receiptId, { id: dossier.id, answer })
  const indent = options.files.length === 1 ? 2 : 0
  for (const contradiction of contradictions) output.err(`${file}: ${contradiction}\n`)
  output.out(`${options.json ? printJson(file, report, indent) : printTable(file, report, options.findings)}\n`)
  return contradictions.length > 0 ? EXIT.failed : exitOf(report)
}

/** A receipt that did not come is no success, whoever left it out; one that could not be checked is neither success nor failure. */
function exitOf({ claims }: Report): Exit {
  const signature = claims.find(({ id }) => id === 'signature')?.standing
  if (claims.some(({ standing }) => standing === 'failed') || signature === 'absent') return EXIT.failed
  return signature === 'unchecked' ? EXIT.unchecked : EXIT.sound
}

async function loadTrust({ jwks, issuer = TOKEN_ISSUER }: Options): Promise<Result<TrustStore, LoadError>> {
  if (jwks === undefined) return { ok: true, value: { anchors: SHIPPED_ANCHORS, issuerKeys: [], sigstoreRoot: SHIPPED_SIGSTORE_ROOT } }
  const text = await loadText(jwks)
  if (!text.ok) return text
  const keys: IssuerKeys = { issuer, jwks: text.value, addedBy: 'user' }
  return { ok: true, value: { anchors: SHIPPED_ANCHORS, issuerKeys: [keys], sigstoreRoot: SHIPPED_SIGSTORE_ROOT } }
}

function complain(output: Output, code: LoadError, detail: string | undefined): Exit {
  output.err(`error ${code}: ${detail ?? ''}\n`)
  return EXIT.unusable
}
