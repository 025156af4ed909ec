import { type MessageId, type Sentence, sentence } from '../claims/sentence.ts'

/** How people call what policies call by a measurement's name. */
const NAMES: Readonly<Record<string, MessageId>> = {
  'receipt.issuer': 'measurement_receipt_issuer',
  'receipt.model': 'measurement_receipt_model',
  'receipt.provider': 'measurement_receipt_provider',
  'receipt.security-mode': 'measurement_receipt_security_mode',
  'receipt.measurement-type': 'measurement_receipt_measurement_type',
  'token.issuer': 'measurement_token_issuer',
  'token.audience': 'measurement_token_audience',
  'platform.hardware': 'measurement_platform_hardware',
  'platform.software': 'measurement_platform_software',
  'cloud.project': 'measurement_cloud_project',
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
  'tdx.mrtd': 'measurement_tdx_mrtd',
  'tdx.rtmr0': 'measurement_tdx_rtmr0',
  'tdx.rtmr1': 'measurement_tdx_rtmr1',
  'tdx.rtmr2': 'measurement_tdx_rtmr2',
  'tdx.rtmr3': 'measurement_tdx_rtmr3',
  'tdx.mr-config-id': 'measurement_tdx_mr_config_id',
}

/** A measurement in words; by its own name in quotation marks where there are none. */
export function measurementInWords(name: string): Sentence {
  const words = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
  return words === undefined ? sentence('measurement_other', name) : sentence(words)
}
