import type { Bytes } from '../../encoding/bytes.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import type { Certificate } from '../../trust/certificate.ts'
import { validatePath } from '../../trust/path.ts'
import { parsePemChain } from '../../trust/pem.ts'
import type { TrustAnchor } from '../../trust/types.ts'
import { verifyP256 } from './authenticity.ts'

/**
 * Why a document is not Intel's word. `signer-missing`: not all certificates of its signer are there; `signer-out-of-time` and `engine-failed`
 * leave the matter open too.
 */
export type DocumentCode =
  | 'chain-malformed'
  | 'signer-missing'
  | 'signer-path'
  | 'not-a-signer'
  | 'signer-out-of-time'
  | 'signature-invalid'
  | 'engine-failed'

/** Verifies Intel's signed documents; the same signer's path is validated once. */
export class DocumentVerifier {
  readonly #signers = new Map<string, Promise<Result<Certificate, DocumentCode>>>()
  readonly #anchors: readonly TrustAnchor[]
  readonly #at: Date
  readonly #verifiedRoot: Certificate | undefined

  /** `verifiedRoot`: the anchor's own certificate where another path has verified it already. */
  constructor(anchors: readonly TrustAnchor[], at: Date, verifiedRoot: Certificate | undefined) {
    this.#anchors = anchors
    this.#at = at
    this.#verifiedRoot = verifiedRoot
  }

  /** Gives the certificate of the signer of the text, as it came. */
  async verify(document: {
    readonly text: Bytes
    readonly signature: Bytes
    readonly issuerChain: string
  }): Promise<Result<Certificate, DocumentCode>> {
    const known = this.#signers.get(document.issuerChain)
    const running = known ?? this.#signerOf(document.issuerChain)
    if (known === undefined) this.#signers.set(document.issuerChain, running)
    const signer = await running
    if (!signer.ok) return signer
    const verdict = await verifyP256(signer.value.spki, document.signature, document.text)
    if (verdict.ok) return signer
    return failure(verdict.code === 'engine-failed' ? 'engine-failed' : 'signature-invalid')
  }

  /**
   * Intel's TCB signer is an end entity that the root itself issued. PCK certificates have an authority in between, so that no platform's
   * key passes for Intel's.
   */
  async #signerOf(chain: string): Promise<Result<Certificate, DocumentCode>> {
    if (chain === '') return failure('signer-missing')
    const parsed = parsePemChain(chain, this.#verifiedRoot === undefined ? [] : [this.#verifiedRoot])
    if (!parsed.ok) return failure('chain-malformed', parsed.code)
    const [leaf, ...others] = parsed.value
    const intermediates = others.filter((other) => other !== this.#verifiedRoot)
    const path = await validatePath({ leaf, intermediates, anchors: this.#anchors, at: this.#at, use: { keyUsage: 'digitalSignature' } })
    if (!path.ok) {
      if (path.code === 'engine-failed') return failure('engine-failed')
      if (path.code === 'issuer-missing') return failure('signer-missing', path.detail)
      const isOutOfTime = path.code === 'expired' || path.code === 'not-yet-valid'
      return failure(isOutOfTime ? 'signer-out-of-time' : 'signer-path', path.code)
    }
    const isSigner = path.value.certificates.length === 1 && leaf.basicConstraints?.ca !== true
    return isSigner ? success(leaf) : failure('not-a-signer')
  }
}
