import { type MessageId, type Sentence, sentence } from '../claims/sentence.ts'

/** How people call what policies call by a measurement's name. */
const NAMES: Readonly<Record<string, MessageId>> = {
  'receipt.issuer': 'measurement_receipt_issuer',
  'receipt.model': 'measurement_receipt_model',
  'receipt.provider': 'measurement_receipt_provider',
  'token.issuer': 'measurement_token_issuer',
  'token.audience': 'measurement_token_audience',
  'platform.hardware': 'measurement_platform_hardware',
  'platform.software': 'measurement_platform_software',
  'cloud.project': 'measurement_cloud_project',
  'container.image-digest': 'measurement_container_image_digest',
  'container.image-repository': 'measurement_container_image_repository',
  'container.image-reference': 'measurement_container_image_reference',
}

/** A measurement in words; by its own name in quotation marks where there are none. */
export function measurementInWords(name: string): Sentence {
  const words = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
  return words === undefined ? sentence('measurement_other', name) : sentence(words)
}
