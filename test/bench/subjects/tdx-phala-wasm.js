import initialise, { js_verify } from '@phala/dcap-qvl-web'

/** @type {import('./subject.ts').Subject} */
export const prepare = async (files) => {
  await initialise({ module_or_path: '/wasm/dcap-qvl-web.wasm' })
  const quote = files.bytes('dstack/dcap/tdx_quote')
  const collateral = JSON.parse(files.text('dstack/dcap/tdx_quote_collateral.json'))
  const at = BigInt(Date.parse('2025-06-19T11:32:27Z') / 1000)
  return async () => {
    const { status } = js_verify(quote, collateral, at)
    return status === 'UpToDate' ? 'accepted' : status
  }
}
