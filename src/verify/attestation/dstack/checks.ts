import type { Checks } from '../../claims/finding.ts'

/**
 * The checks of a dstack workload's evidence, and the role of each in the table of rules. The quote answers for the environment; event log and
 * compose file say what runs in it, so that a fault in them is one of the workload.
 */
export const CHECKS = {
  'dstack.format': 'evidence.format',
  'dstack.quote': 'evidence.signature',
  'dstack.event-log': 'workload.identity',
  'dstack.event-digests': 'workload.identity',
  'dstack.boot-replay': 'workload.identity',
  'dstack.app-replay': 'workload.identity',
  'dstack.boot-events': 'workload.identity',
  'dstack.config-id': 'workload.identity',
  'dstack.compose': 'workload.identity',
  'dstack.images': 'workload.identity',
  'dstack.variables': 'workload.identity',
  'dstack.more-containers': 'workload.identity',
  'dstack.scripts': 'workload.identity',
  'dstack.os-image': 'workload.identity',
  'dstack.key-custody': 'workload.identity',
  'dstack.compose-manager': 'workload.identity',
  'dstack.gpu-evidence': 'evidence.platform',
} as const satisfies Checks<`dstack.${string}`>

export type CheckName = keyof typeof CHECKS
