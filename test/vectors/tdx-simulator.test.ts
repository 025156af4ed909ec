import { expect, it } from 'vitest'
import { hex, octets } from '../simulator/octets.ts'
import { encodePlatform } from '../simulator/tdx.ts'
import { encodeQeReport, encodeQuote, encodeTd, type QuoteParts, type TdFields } from '../simulator/tdx-quote.ts'
import { describeVectors, vectorBytes, vectorText } from './files.ts'

/** Takes a recorded quote apart by the offsets of the specification, with nothing of the verifier. */
function partsOf(quote: Uint8Array): QuoteParts & { readonly td: TdFields } {
  const view = new DataView(quote.buffer, quote.byteOffset)
  const isV5 = view.getUint16(0, true) === 5
  const start = isV5 ? 54 : 48
  const size = isV5 ? view.getUint32(50, true) : 584
  const at = (offset: number, length: number) => quote.slice(offset, offset + length)
  const data = start + size + 4
  const end = data + view.getUint32(start + size, true)
  const qe = data + 128 + 6
  const authentication = view.getUint16(qe + 448, true)
  const chain = qe + 450 + authentication + 6
  const body = at(start, size)
  const field = (offset: number, length: number) => body.slice(offset, offset + length)
  return {
    header: at(0, 48),
    ...(isV5 ? { bodyType: view.getUint16(48, true) === 3 ? 3 : 2 } : {}),
    body,
    signature: at(data, 64),
    attestationKey: at(data + 64, 64),
    certification: {
      qeReport: at(qe, 384),
      qeReportSignature: at(qe + 384, 64),
      qeAuthenticationData: at(qe + 450, authentication),
      pckChain: quote.slice(chain, end),
    },
    trailing: quote.slice(end),
    td: {
      teeTcbSvn: field(0, 16),
      mrSeam: field(16, 48),
      mrSignerSeam: field(64, 48),
      seamAttributes: field(112, 8),
      tdAttributes: field(120, 8),
      xfam: field(128, 8),
      mrTd: field(136, 48),
      mrConfigId: field(184, 48),
      mrOwner: field(232, 48),
      mrOwnerConfig: field(280, 48),
      rtmrs: [328, 376, 424, 472].map((offset) => field(offset, 48)),
      reportData: field(520, 64),
      teeTcbSvn2: field(584, 16),
      mrServiceTd: field(600, 48),
    },
  }
}

describeVectors('the simulator of TDX writes what was recorded', () => {
  it.each<[string, (name: string) => Uint8Array]>([
    ['dstack/dcap/tdx_quote', vectorBytes],
    ['dstack/dcap/tdx_quote_outdated', vectorBytes],
    ['2026-11/tdx/tdx-v5-body3.dat', vectorBytes],
    ['2026-11/tdx/tdx-named-6-is-v4.dat', vectorBytes],
    ['2026-11/tdx/tdx-v4-live.dat', vectorBytes],
    ['2026-11/tdx/tdx-v4-azure.b64', (name) => octets(Buffer.from(vectorText(name), 'base64'))],
    ['2026-11/tdx/tdx-v4-gcp.json', (name) => octets(Buffer.from(JSON.parse(vectorText(name)).tdx.quote, 'base64'))],
  ])('%s', (name, read) => {
    const quote = read(name)
    const parts = partsOf(quote)
    expect(hex(encodeTd(parts.td, parts.bodyType === 3 ? 'td15' : 'td10'))).toBe(hex(parts.body))
    expect(hex(encodeQuote(parts))).toBe(hex(quote))
  })

  it('as the report of the quoting enclave', () => {
    const { certification } = partsOf(vectorBytes('dstack/dcap/tdx_quote'))
    const report = certification?.qeReport ?? new Uint8Array()
    const fields = {
      miscSelect: report.slice(16, 20),
      attributes: report.slice(48, 64),
      mrSigner: report.slice(128, 160),
      isvProdId: (report[256] ?? 0) + (report[257] ?? 0) * 256,
      isvSvn: (report[258] ?? 0) + (report[259] ?? 0) * 256,
    }
    const written = encodeQeReport(fields, report.slice(320))
    // CPUSVN and MRENCLAVE are the simulator's own.
    expect(hex(written.slice(16, 64))).toBe(hex(report.slice(16, 64)))
    expect(hex(written.slice(96))).toBe(hex(report.slice(96)))
  })

  it('as the extension of a PCK certificate', () => {
    const { certification } = partsOf(vectorBytes('dstack/dcap/tdx_quote'))
    const pem = Buffer.from(certification?.pckChain ?? []).toString()
    const der = Buffer.from((pem.split('-----')[2] ?? '').replace(/\s/g, ''), 'base64')
    const written = encodePlatform({
      fmspc: 'b0c06f000000',
      pceId: '0000',
      components: [3, 3, 2, 2, 4, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0],
      pceSvn: 11,
    })
    // From the PCESVN on back to the first component: PPID, CPUSVN, SGX type and what follows differ from chip to chip.
    const components = hex(written).slice(hex(written).indexOf('060b2a864886f84d010d01020102') - 4)
    const compared = components.slice(0, components.indexOf('060b2a864886f84d010d010212') - 4)
    expect(compared.length).toBe(17 * 18 * 2)
    expect(der.toString('hex')).toContain(compared)
    expect(der.toString('hex')).toContain(`0406${'b0c06f000000'}`)
  })
})
