/** An operating system image as its maker publishes it: SHA-256 of the image's `sha256sum.txt`, lower-case hex. */
export type OsImage = { readonly name: string; readonly hash: string }

/**
 * Images of dstack that its makers call production images, which allow no login. Source: the list that ships with their own ACI verifier,
 * https://github.com/Dstack-TEE/private-ai-gateway, clients/verifier-ts/src/transcript.ts (as of August 2026). It stands there with the
 * digest of the `os-image-hash` event for each, which recomputes. Whether a machine runs one of them is another question: the event is the
 * machine's own word.
 */
export const PRODUCTION_OS_IMAGES: readonly OsImage[] = [
  { name: 'dstack-0.5.9', hash: 'bd369a8c2f9edb2b52dad48ac8e0b32dde5f1337c423a506b48d07403a7d8033' },
  { name: 'dstack-nvidia-0.5.9', hash: '806a352e16175d90568de97dff563f31f680239e6b90e9b5b2e9141d0955b0d9' },
  { name: 'dstack-0.5.8', hash: '6427f4f5ded88b72d326bd973e581c1689c5080c6444a0cf90fec7d9e4c8b92a' },
  { name: 'dstack-nvidia-0.5.8', hash: '5d286131b20689d0d59bae1b34cd91cb78149016a9ef50afff51fb1a04cad5e4' },
]

export function nameOfOsImage(hash: string): string | undefined {
  return PRODUCTION_OS_IMAGES.find((image) => image.hash === hash)?.name
}
