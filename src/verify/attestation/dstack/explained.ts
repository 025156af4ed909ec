import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'dstack.format': { compares: 'the parts of the document with the forms that dstack gives them', section: 'Dstack-TEE/dstack' },
  'dstack.quote': { compares: 'the quote with the rules of its own kind', section: 'Intel TDX DCAP Quoting Library API, appendix A.3' },
  'dstack.event-log': {
    compares: 'the entries of the event log with the form that dstack gives them',
    section: 'Dstack-TEE/dstack, cc-eventlog/src/tdx.rs',
  },
  'dstack.event-digests': {
    compares: 'the digest of each runtime event with the hash of its name and payload',
    section: 'Dstack-TEE/dstack, cc-eventlog/src/runtime_events.rs',
  },
  'dstack.boot-replay': {
    compares: 'the registers that the boot’s events give with RTMR0 to RTMR2 of the quote',
    section: 'Dstack-TEE/dstack, cc-eventlog/src/tdx.rs',
  },
  'dstack.app-replay': {
    compares: 'the register that the runtime events give with RTMR3 of the quote',
    section: 'Dstack-TEE/dstack, cc-eventlog/src/runtime_events.rs',
  },
  'dstack.boot-events': {
    compares: 'the events before the system was ready with one for each of application, compose file, instance and key provider',
    section: 'Dstack-TEE/dstack, cc-eventlog/src/runtime_events.rs',
  },
  'dstack.config-id': { compares: 'MRCONFIGID of the quote with compose file, application and key provider', section: 'Dstack-TEE/dstack' },
  'dstack.compose': { compares: 'the hash of the compose file with the one in the event log', section: 'Dstack-TEE/dstack' },
  'dstack.images': { compares: 'each image in the compose file with a digest that fixes it', section: 'Dstack-TEE/dstack' },
  'dstack.variables': { compares: 'the environment variables that the operator may set with none', section: 'Dstack-TEE/dstack' },
  'dstack.more-containers': { compares: 'the mounts of each container with the means to start others', section: 'Dstack-TEE/dstack' },
  'dstack.scripts': { compares: 'the compose file’s scripts with none', section: 'Dstack-TEE/dstack' },
  'dstack.os-image': {
    compares: 'the registers of firmware, virtual hardware, kernel and file system with the policy’s, or with images that are known',
    section: 'Dstack-TEE/dstack',
  },
  'dstack.key-custody': {
    compares: 'the chain of signatures over the workload’s keys with the key management service in the event log',
    section: 'Dstack-TEE/private-ai-gateway, src/aci/verifier/dstack.rs',
  },
  'dstack.compose-manager': {
    compares:
      'the hash of the deployment log with the quote that its manager shows, and the registers of that quote with the machine’s own',
    section: 'nearai/cloud-api',
  },
  'dstack.gpu-evidence': {
    compares: 'the GPU evidence with the rules of its own kind',
    section: 'DMTF DSP0274 version 1.1.0, MEASUREMENTS',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
