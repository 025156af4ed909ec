import type { Files } from './subject.ts'

/** A golden receipt of the draft, and its key. */
export function golden(files: Files): { readonly receipt: Uint8Array<ArrayBuffer>; readonly key: Uint8Array<ArrayBuffer> } {
  const { receipt_hex, public_key_hex } = JSON.parse(files.text('air/golden-draft02/valid/v1-nitro-no-nonce.json'))
  return { receipt: fromHex(receipt_hex), key: fromHex(public_key_hex) }
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
