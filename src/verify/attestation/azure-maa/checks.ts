import type { Checks } from '../../claims/finding.ts'

/** The checks of a token of Microsoft Azure Attestation, and the role of each in the table of rules. */
export const CHECKS = {
  'azure-maa.format': 'evidence.format',
  'azure-maa.signature': 'evidence.signature',
  'azure-maa.key-source': 'evidence.anchor',
  'azure-maa.issuer': 'evidence.anchor',
  'azure-maa.validity': 'evidence.time',
  'azure-maa.age': 'workload.freshness',
  'azure-maa.attestation-type': 'evidence.platform',
  'azure-maa.compliance': 'evidence.platform',
  'azure-maa.debug': 'evidence.debug',
  'azure-maa.migration': 'evidence.platform',
  'azure-maa.privilege-level': 'evidence.platform',
  'azure-maa.uvm-endorsement': 'evidence.platform',
  'azure-maa.runtime-claims': 'evidence.binding',
} as const satisfies Checks<`azure-maa.${string}`>

export type CheckName = keyof typeof CHECKS
