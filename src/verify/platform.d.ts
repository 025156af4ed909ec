/**
 * All that the verifier may touch outside itself: WebCrypto, the text codecs and the inflater, which exist alike in a page, a service worker
 * and Node.
 * Read by `src/verify/tsconfig.json` only, which has neither DOM nor Node types: what is not declared here does not compile in the verifier.
 */
interface CryptoKey {
  readonly type: 'public' | 'private' | 'secret'
}

type KeyUsage = 'verify'
type JsonWebKey = Record<string, string | boolean | string[]>
type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'

interface KeyAlgorithm {
  name: string
  namedCurve?: string
  hash?: HashName
}

interface SignatureAlgorithm {
  name: string
  hash?: HashName
  saltLength?: number
}

interface SubtleCrypto {
  digest(algorithm: HashName, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
  importKey(
    format: 'raw' | 'spki',
    keyData: Uint8Array<ArrayBuffer>,
    algorithm: KeyAlgorithm,
    extractable: boolean,
    keyUsages: readonly KeyUsage[],
  ): Promise<CryptoKey>
  importKey(
    format: 'jwk',
    keyData: JsonWebKey,
    algorithm: KeyAlgorithm,
    extractable: boolean,
    keyUsages: readonly KeyUsage[],
  ): Promise<CryptoKey>
  verify(algorithm: SignatureAlgorithm, key: CryptoKey, signature: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>): Promise<boolean>
}

declare const crypto: { readonly subtle: SubtleCrypto }

declare class TextEncoder {
  encode(input: string): Uint8Array<ArrayBuffer>
}

declare class TextDecoder {
  constructor(label: 'utf-8', options: { fatal: true; ignoreBOM: true })
  decode(input: Uint8Array): string
}

interface InflatedReader {
  read(): Promise<{ readonly done: false; readonly value: Uint8Array<ArrayBuffer> } | { readonly done: true; readonly value?: undefined }>
  cancel(): Promise<void>
}

/** Compression Streams, in Chromium from 103, Firefox from 113, Node from 20.12: in workers, too. */
declare class DecompressionStream {
  constructor(format: 'deflate-raw')
  readonly readable: { getReader(): InflatedReader }
  readonly writable: { getWriter(): { write(chunk: Uint8Array<ArrayBuffer>): Promise<void>; close(): Promise<void> } }
}
