import { sentence } from '../../claims/sentence.ts'
import { chipOf } from './endorsement.ts'
import type { EndorsementKey } from './endorsement-key.ts'
import { cpuidInText, productOfCpuid } from './product.ts'
import type { SnpReport } from './report.ts'
import type { Log } from './verify.ts'

/** Is the certificate of the kind, the product and the chip that the report says? */
export function checkKey(report: SnpReport, key: EndorsementKey, log: Log): void {
  checkKind(report, key, log)
  checkProduct(report, key, log)
  const chip = chipOf(report, key)
  log.add('snp.chip', chip === 'other' ? 'failed' : 'passed', CHIP_SENTENCES[chip], { at: 'evidence.chip_id' })
}

const CHIP_SENTENCES = {
  same: 'snp_chip_passed',
  other: 'snp_chip_failed',
  hidden: 'snp_chip_hidden',
  'not-certified': 'snp_chip_not_certified',
} as const

function checkKind({ signingKey }: SnpReport, { kind, provider }: EndorsementKey, log: Log): void {
  const more = { at: 'evidence.key_info', expected: signingKey, computed: kind } as const
  if (signingKey === 'unknown') log.add('snp.signing-key', 'unchecked', 'snp_signing_key_unknown', more)
  else if (signingKey !== kind) log.add('snp.signing-key', 'failed', 'snp_signing_key_failed', more)
  else if (kind === 'vcek') log.add('snp.signing-key', 'passed', 'snp_signing_key_vcek', more)
  else {
    const said = provider === undefined ? sentence('snp_signing_key_vlek') : sentence('snp_signing_key_vlek_of', nameOf(provider))
    log.add('snp.signing-key', 'passed', said, { ...more, assumes: ['assume_snp_loaded_key'] })
  }
}

/** `CN=cc-us-east-2.amazonaws.com` as people read it. */
function nameOf(provider: string): string {
  return provider.replace(/^CN=/, '')
}

/** By the processor's own word (CPUID, from version 3 on) and by the certificate. */
function checkProduct({ cpuid }: SnpReport, { product }: EndorsementKey, log: Log): void {
  const at = 'evidence.cpuid'
  if (cpuid === undefined) {
    log.add('snp.product', 'passed', sentence('snp_product_certified', String(product)), { at })
    return
  }
  const ran = productOfCpuid(cpuid)
  const compared = { at, expected: product, computed: cpuidInText(cpuid) } as const
  if (ran === product) log.add('snp.product', 'passed', sentence('snp_product_passed', String(product)), compared)
  else if (ran === undefined) log.add('snp.product', 'unchecked', sentence('snp_product_unknown', String(product)), compared)
  else log.add('snp.product', 'failed', 'snp_product_failed', compared)
}
