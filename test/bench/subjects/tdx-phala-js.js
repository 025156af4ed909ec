import { verify } from '@phala/dcap-qvl'
import { Buffer } from 'buffer/'

/** @type {import('./subject.ts').Subject} */
export const prepare = async (files) => {
  const quote = Buffer.from(files.bytes('dstack/dcap/tdx_quote'))
  const collateral = JSON.parse(files.text('dstack/dcap/tdx_quote_collateral.json'))
  const at = Date.parse('2025-06-19T11:32:27Z') / 1000
  return async () => {
    const { status } = verify(quote, collateral, at)
    return status === 'UpToDate' ? 'accepted' : status
  }
}
