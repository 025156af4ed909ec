import initialise, { PCRs, validateAttestationDocPcrs } from '@evervault/wasm-attestation-bindings'

const RECORDED = Date.parse('2022-10-13T08:58:02.136Z')

/** @type {import('./subject.ts').Subject} */
export const prepare = async (files) => {
  await initialise({ module_or_path: '/wasm/evervault.wasm' })
  const octets = files.bytes('nitro/evervault/beta/valid-attestation-doc-bytes')
  const document = btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(''))
  // It takes no time to judge at: for the call, the clock shows when the document was made.
  return async () => {
    const now = Date.now
    Date.now = () => RECORDED
    try {
      return validateAttestationDocPcrs(document, [PCRs.empty()]) ? 'accepted' : 'refused'
    } finally {
      Date.now = now
    }
  }
}
