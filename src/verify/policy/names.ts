import { type MessageId, type Sentence, sentence } from '../claims/sentence.ts'

/** How people call what policies call by a measurement's name. */
const NAMES: Readonly<Record<string, MessageId>> = {
  'receipt.issuer': 'measurement_receipt_issuer',
  'receipt.model': 'measurement_receipt_model',
  'receipt.model-version': 'measurement_receipt_model_version',
  'receipt.policy-version': 'measurement_receipt_policy_version',
  'receipt.provider': 'measurement_receipt_provider',
  'receipt.security-mode': 'measurement_receipt_security_mode',
  'receipt.measurement-type': 'measurement_receipt_measurement_type',
  'receipt.keyset-digest': 'measurement_receipt_keyset_digest',
  'receipt.upstream-name': 'measurement_receipt_upstream_name',
  'receipt.upstream-model': 'measurement_receipt_upstream_model',
  'receipt.upstream-tee-attested': 'measurement_receipt_upstream_tee',
  'receipt.upstream-gpu-attested': 'measurement_receipt_upstream_gpu',
  'receipt.upstream-tcb-up-to-date': 'measurement_receipt_upstream_tcb',
  'receipt.upstream-os-known-good': 'measurement_receipt_upstream_os',
  'receipt.upstream-serving-software-known-good': 'measurement_receipt_upstream_software',
  'receipt.upstream-model-weights-provenance': 'measurement_receipt_upstream_weights',
  'token.issuer': 'measurement_token_issuer',
  'token.policy-hash': 'measurement_token_policy_hash',
  'token.audience': 'measurement_token_audience',
  'platform.hardware': 'measurement_platform_hardware',
  'platform.software': 'measurement_platform_software',
  'cloud.instance': 'measurement_cloud_instance',
  'cloud.project': 'measurement_cloud_project',
  'cloud.zone': 'measurement_cloud_zone',
  'container.image-digest': 'measurement_container_image_digest',
  'container.image-repository': 'measurement_container_image_repository',
  'container.image-reference': 'measurement_container_image_reference',
  'dstack.compose-hash': 'measurement_dstack_compose_hash',
  'dstack.app-id': 'measurement_dstack_app_id',
  'dstack.instance-id': 'measurement_dstack_instance_id',
  'dstack.key-provider': 'measurement_dstack_key_provider',
  'dstack.os-image-hash': 'measurement_dstack_os_image_hash',
  'dstack.gpu-policy-hash': 'measurement_dstack_gpu_policy_hash',
  'dstack.image': 'measurement_dstack_image',
  'dstack.kms-root': 'measurement_dstack_kms_root',
  'nitro.pcr0': 'measurement_nitro_pcr0',
  'nitro.pcr1': 'measurement_nitro_pcr1',
  'nitro.pcr2': 'measurement_nitro_pcr2',
  'nitro.pcr3': 'measurement_nitro_pcr3',
  'nitro.pcr4': 'measurement_nitro_pcr4',
  'nitro.pcr8': 'measurement_nitro_pcr8',
  'nitro.module-id': 'measurement_nitro_module_id',
  'snp.measurement': 'measurement_snp_measurement',
  'snp.host-data': 'measurement_snp_host_data',
  'snp.guest-policy': 'measurement_snp_guest_policy',
  'snp.reported-tcb': 'measurement_snp_reported_tcb',
  'snp.id-key-digest': 'measurement_snp_id_key_digest',
  'snp.author-key-digest': 'measurement_snp_author_key_digest',
  'snp.family-id': 'measurement_snp_family_id',
  'snp.image-id': 'measurement_snp_image_id',
  'snp.chip-id': 'measurement_snp_chip_id',
  'snp.vmpl': 'measurement_snp_vmpl',
  'snp.current-tcb': 'measurement_snp_current_tcb',
  'snp.committed-tcb': 'measurement_snp_committed_tcb',
  'snp.launch-tcb': 'measurement_snp_launch_tcb',
  'snp.firmware': 'measurement_snp_firmware',
  'snp.committed-firmware': 'measurement_snp_committed_firmware',
  'snp.platform-info': 'measurement_snp_platform_info',
  'snp.product': 'measurement_snp_product',
  'snp.launch-mitigations': 'measurement_snp_launch_mitigations',
  'snp.current-mitigations': 'measurement_snp_current_mitigations',
  'snp.cloud-provider': 'measurement_snp_cloud_provider',
  'snp.guest-svn': 'measurement_snp_guest_svn',
  'snp.bootloader-svn': 'measurement_snp_bootloader_svn',
  'snp.tee-svn': 'measurement_snp_tee_svn',
  'snp.firmware-svn': 'measurement_snp_firmware_svn',
  'snp.microcode-svn': 'measurement_snp_microcode_svn',
  'snp.chip-family': 'measurement_snp_chip_family',
  'uvm.feed': 'measurement_uvm_feed',
  'uvm.issuer': 'measurement_uvm_issuer',
  'uvm.svn': 'measurement_uvm_svn',
  'tdx.mrtd': 'measurement_tdx_mrtd',
  'tdx.rtmr0': 'measurement_tdx_rtmr0',
  'tdx.rtmr1': 'measurement_tdx_rtmr1',
  'tdx.rtmr2': 'measurement_tdx_rtmr2',
  'tdx.rtmr3': 'measurement_tdx_rtmr3',
  'tdx.mr-config-id': 'measurement_tdx_mr_config_id',
  'source.repository': 'measurement_source_repository',
  'source.tag': 'measurement_source_tag',
  'source.commit': 'measurement_source_commit',
  'tinfoil.key.tls': 'measurement_tinfoil_key_tls',
  'tinfoil.key.hpke': 'measurement_tinfoil_key_hpke',
  'opensecret.release': 'measurement_opensecret_release',
  'opensecret.session-key': 'measurement_opensecret_session_key',
  'receipt.tee-id': 'measurement_receipt_tee_id',
  'nvidia.gpu-count': 'measurement_nvidia_gpu_count',
  'nvidia.gpu-model': 'measurement_nvidia_gpu_model',
  'nvidia.driver-version': 'measurement_nvidia_driver_version',
  'nvidia.vbios-version': 'measurement_nvidia_vbios_version',
  'nvidia.firmware-id': 'measurement_nvidia_firmware_id',
  'nvidia.switch-count': 'measurement_nvidia_switch_count',
  'gpu.cc-mode': 'measurement_gpu_cc_mode',
  'gpu.cc-feature': 'measurement_gpu_cc_feature',
  'gpu.driver-version': 'measurement_gpu_driver_version',
  'gpu.count': 'measurement_gpu_count',
  'gpu.model': 'measurement_gpu_model',
  'gpu.vbios-version': 'measurement_gpu_vbios_version',
  'tdx.tcb-status': 'measurement_tdx_tcb_status',
  'tdx.tcb-date': 'measurement_tdx_tcb_date',
  'container.args': 'measurement_container_args',
  'container.command': 'measurement_container_command',
  'container.env-override': 'measurement_container_env_override',
}

/** Families of names that formats number: a register of an enclave, one that an AIR receipt repeats, a key that a Tinfoil document names. */
const FAMILIES: readonly { readonly names: RegExp; readonly words: MessageId }[] = [
  { names: /^nitro\.pcr([0-9]|[12][0-9]|3[01])$/, words: 'measurement_nitro_pcr' },
  { names: /^nitrotpm\.pcr([0-9]|[12][0-9]|3[01])$/, words: 'measurement_nitrotpm_pcr' },
  { names: /^receipt\.pcr([0-48])$/, words: 'measurement_receipt_pcr' },
  { names: /^tinfoil\.key\.([a-z0-9-]{1,64})$/, words: 'measurement_tinfoil_key' },
]

/** Whether anything that is read here states a measurement of this name. A policy that asks for another asks for nothing. */
export function isMeasurement(name: string): boolean {
  return Object.hasOwn(NAMES, name) || FAMILIES.some(({ names }) => names.test(name))
}

/** The names that have words, for the docs. */
export const KNOWN_MEASUREMENTS: readonly string[] = Object.keys(NAMES)

/** A measurement in words; by its own name in quotation marks where there are none. */
export function measurementInWords(name: string): Sentence {
  const words = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
  if (words !== undefined) return sentence(words)
  for (const family of FAMILIES) {
    const [, member] = family.names.exec(name) ?? []
    if (member !== undefined) return sentence(family.words, member)
  }
  return sentence('measurement_other', name)
}
