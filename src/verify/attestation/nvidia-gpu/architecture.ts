import type { Certificate } from '../../trust/certificate.ts'

export const ARCHITECTURES = ['HOPPER', 'BLACKWELL'] as const
export type Architecture = (typeof ARCHITECTURES)[number]

/** What NVIDIA certified a device to be. `model` is what NVIDIA's own verifiers call `hwmodel`. */
export type Device = { readonly model: string; readonly architecture: Architecture }

const BY_CHIP: Readonly<Record<string, Architecture>> = { GH: 'HOPPER', GB: 'BLACKWELL' }

/**
 * Tells the device by the certificate of its boot ROM, which issues that of its firmware: the common name is chip, revision, the processor on it
 * that answers, `BROM` (`GH100 A01 GSP BROM`). NVIDIA's root stands above switches and other processors too: only the GSP of a GPU is known.
 */
export function deviceOf({ subject }: Certificate): Device | undefined {
  const [, model, chip] = /^CN=((G[A-Z])\d{3} [A-Z]\d{2} GSP BROM)(?:, |$)/.exec(subject.text) ?? []
  const architecture = chip === undefined ? undefined : BY_CHIP[chip]
  return model === undefined || architecture === undefined ? undefined : { model, architecture }
}
