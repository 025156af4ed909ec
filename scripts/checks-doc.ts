import messages from '../public/_locales/en/messages.json' with { type: 'json' }
import { ADVICE, ADVICE_BY_ROLE } from '../src/ui/shared/advice.ts'
import { CHECKS as azureMaa } from '../src/verify/attestation/azure-maa/checks.ts'
import { EXPLAINED as azureMaaExplained } from '../src/verify/attestation/azure-maa/explained.ts'
import { CHECKS as chutes } from '../src/verify/attestation/chutes/checks.ts'
import { EXPLAINED as chutesExplained } from '../src/verify/attestation/chutes/explained.ts'
import { CHECKS as confidentialSpace } from '../src/verify/attestation/confidential-space/checks.ts'
import { EXPLAINED as confidentialSpaceExplained } from '../src/verify/attestation/confidential-space/explained.ts'
import { CHECKS as dstack } from '../src/verify/attestation/dstack/checks.ts'
import { EXPLAINED as dstackExplained } from '../src/verify/attestation/dstack/explained.ts'
import { EXPLAINED as pairingExplained } from '../src/verify/attestation/explained.ts'
import { CHECKS as pairing } from '../src/verify/attestation/gpu-pairing.ts'
import { CHECKS as nitro } from '../src/verify/attestation/nitro/checks.ts'
import { EXPLAINED as nitroExplained } from '../src/verify/attestation/nitro/explained.ts'
import { CHECKS as nras } from '../src/verify/attestation/nras/checks.ts'
import { EXPLAINED as nrasExplained } from '../src/verify/attestation/nras/explained.ts'
import { CHECKS as nvidiaGpu } from '../src/verify/attestation/nvidia-gpu/checks.ts'
import { EXPLAINED as nvidiaGpuExplained } from '../src/verify/attestation/nvidia-gpu/explained.ts'
import { CHECKS as openSecret } from '../src/verify/attestation/opensecret/checks.ts'
import { EXPLAINED as openSecretExplained } from '../src/verify/attestation/opensecret/explained.ts'
import { CHECKS as sevSnp } from '../src/verify/attestation/sev-snp/checks.ts'
import { EXPLAINED as sevSnpExplained } from '../src/verify/attestation/sev-snp/explained.ts'
import { CHECKS as tdx } from '../src/verify/attestation/tdx/checks.ts'
import { EXPLAINED as tdxExplained } from '../src/verify/attestation/tdx/explained.ts'
import { CHECKS as tinfoil } from '../src/verify/attestation/tinfoil/checks.ts'
import { EXPLAINED as tinfoilExplained } from '../src/verify/attestation/tinfoil/explained.ts'
import type { Explained } from '../src/verify/claims/explained.ts'
import { ROLES, type Role, RULES } from '../src/verify/claims/rules.ts'
import type { Standing } from '../src/verify/claims/types.ts'
import { CHECKS as common } from '../src/verify/common-checks.ts'
import { EXPLAINED as commonExplained } from '../src/verify/explained.ts'
import { CHECKS as machines } from '../src/verify/machines.ts'
import { CHECKS as model } from '../src/verify/model-check.ts'
import { CHECKS as parties } from '../src/verify/parties.ts'
import { EXPLAINED as policyExplained } from '../src/verify/policy/explained.ts'
import { CHECKS as policy } from '../src/verify/policy/match.ts'
import { CHECKS as sigstore } from '../src/verify/provenance/sigstore/checks.ts'
import { EXPLAINED as sigstoreExplained } from '../src/verify/provenance/sigstore/explained.ts'
import { CHECKS as aci } from '../src/verify/receipts/aci/checks.ts'
import { EXPLAINED as aciExplained } from '../src/verify/receipts/aci/explained.ts'
import { CHECKS as air } from '../src/verify/receipts/air/checks.ts'
import { EXPLAINED as airExplained } from '../src/verify/receipts/air/explained.ts'
import { CHECKS as chatSignature } from '../src/verify/receipts/chat-signature/checks.ts'
import { EXPLAINED as chatSignatureExplained } from '../src/verify/receipts/chat-signature/explained.ts'
import { CHECKS as httpSignature } from '../src/verify/receipts/http-signature/checks.ts'
import { EXPLAINED as httpSignatureExplained } from '../src/verify/receipts/http-signature/explained.ts'
import { CHECKS as inferenceReceipt } from '../src/verify/receipts/inference-receipt/checks.ts'
import { EXPLAINED as inferenceReceiptExplained } from '../src/verify/receipts/inference-receipt/explained.ts'
import { CHECKS as openGradient } from '../src/verify/receipts/opengradient/checks.ts'
import { EXPLAINED as openGradientExplained } from '../src/verify/receipts/opengradient/explained.ts'

/** The checks of one format, or of one folder, as one table of the document. */
type Table = {
  readonly title: string
  readonly checks: Readonly<Record<string, Role>>
  readonly explained: Readonly<Record<string, Explained>>
}

const TABLES: readonly Table[] = [
  { title: 'Of every exchange', checks: { ...common, ...parties, ...machines, ...model }, explained: commonExplained },
  { title: 'Against the policy', checks: policy, explained: policyExplained },
  { title: 'Receipts: `inference-receipt/1`', checks: inferenceReceipt, explained: inferenceReceiptExplained },
  { title: 'Receipts: ACI', checks: aci, explained: aciExplained },
  { title: 'Receipts: chat signatures', checks: chatSignature, explained: chatSignatureExplained },
  { title: 'Receipts: AIR v1', checks: air, explained: airExplained },
  { title: 'Receipts: HTTP message signatures', checks: httpSignature, explained: httpSignatureExplained },
  { title: 'Receipts: OpenGradient', checks: openGradient, explained: openGradientExplained },
  { title: 'Evidence: Intel TDX', checks: tdx, explained: tdxExplained },
  { title: 'Evidence: AMD SEV-SNP', checks: sevSnp, explained: sevSnpExplained },
  { title: 'Evidence: AWS Nitro Enclaves', checks: nitro, explained: nitroExplained },
  { title: 'Evidence: Google Confidential Space', checks: confidentialSpace, explained: confidentialSpaceExplained },
  { title: 'Evidence: Microsoft Azure Attestation', checks: azureMaa, explained: azureMaaExplained },
  { title: 'Evidence: dstack', checks: dstack, explained: dstackExplained },
  { title: 'Evidence: Chutes', checks: chutes, explained: chutesExplained },
  { title: 'Evidence: Tinfoil', checks: tinfoil, explained: tinfoilExplained },
  { title: 'Evidence: OpenSecret (Maple)', checks: openSecret, explained: openSecretExplained },
  { title: 'Evidence: NVIDIA GPU', checks: nvidiaGpu, explained: nvidiaGpuExplained },
  { title: 'Evidence: NVIDIA Remote Attestation Service', checks: nras, explained: nrasExplained },
  { title: 'Evidence: GPU beside a processor', checks: pairing, explained: pairingExplained },
  { title: 'Provenance: Sigstore', checks: sigstore, explained: sigstoreExplained },
]

/** Where the document lies. */
export const CHECKS_DOC = 'docs/CHECKS.md'

/** The whole document. Nothing in it is written by hand: texts stand beside the checks, roles in the table of rules, advice in the popup’s. */
export function checksDoc(): string {
  const used = ROLES.filter((role) => TABLES.some(({ checks }) => Object.values(checks).includes(role)))
  return `${[
    '# The checks',
    INTRODUCTION,
    '## What to do',
    'By the role that a check plays (`src/verify/claims/rules.ts`). Where several checks are bad news, the headline tells of one, and its advice is shown.',
    table(['role', 'decides', 'when it failed', 'when it could not be made'], used.map(roleRow)),
    ...TABLES.flatMap(({ title, checks, explained }) => [
      `## ${title}`,
      table(['check', 'compares', 'asked for in', 'role'], rowsOf(checks, explained)),
    ]),
  ].join('\n\n')}\n`
}

const INTRODUCTION = `Every check by the name that reports, dossiers and the command line give it (\`check\` of a finding), with what it compares, and what asks
for that: a section of a specification, a maker's document or source, or our own rules. How findings become the five rows is in
[CLAIMS.md](CLAIMS.md). This file is written by \`npm run docs\` from the tables beside the checks; a test compares.`

function rowsOf(checks: Table['checks'], explained: Table['explained']): readonly (readonly string[])[] {
  return Object.entries(checks).map(([id, role]) => {
    const { compares = '', section = '' } = explained[id] ?? {}
    return [`\`${id}\``, compares, section, `\`${role}\``]
  })
}

function roleRow(role: Role): readonly string[] {
  const { claims, failed, unchecked } = RULES[role]
  return [`\`${role}\``, claims.map((claim) => `\`${claim}\``).join(', '), become(role, failed), become(role, unchecked)]
}

/** What the rows become, and the popup's advice where that is bad news. */
function become(role: Role, standing: Standing): string {
  if (standing === 'verified') return 'the row does not depend on it: an assumption, and nothing to do'
  const [claim] = RULES[role].claims
  const id = ADVICE_BY_ROLE[standing][role] ?? ADVICE[standing][claim]
  return `**${standing}**: ${textOf(id)}`
}

const TEXTS: Readonly<Record<string, { readonly message: string }>> = messages

function textOf(id: string): string {
  const text = TEXTS[id]?.message
  if (text === undefined) throw new Error(`no text ${id}`)
  return text
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}
