import { Decoder, Encoder } from 'cbor-x'
import { golden } from './air-evidence.ts'

/** @type {import('./subject.ts').Subject} */
export const prepare = async (files) => {
  const { receipt, key } = golden(files)
  const decoder = new Decoder({ mapsAsObjects: false })
  const encoder = new Encoder({ mapsAsObjects: false, tagUint8Array: false })
  // Signature and claims only; nothing is held to the draft.
  return async () => {
    const decoded = decoder.decode(receipt)
    const [header, , payload, signature] = decoded.value ?? decoded
    const message = encoder.encode(['Signature1', header, new Uint8Array(0), payload])
    const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify'])
    const isSigned = await crypto.subtle.verify('Ed25519', imported, signature, message)
    return isSigned && decoder.decode(payload).size > 0 ? 'accepted' : 'refused'
  }
}
