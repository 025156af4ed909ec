import { expect, it } from 'vitest'
import { verify } from '../../src/verify/attestation/tdx/verify.ts'
import type { AttestationResult } from '../../src/verify/attestation/types.ts'
import { SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import { crlIssuerOfAnchor, parseCrl, verifyCrl } from '../../src/verify/trust/crl.ts'
import { notPassed, tdxInput } from '../support/tdx.ts'
import { describeVectors, vectorBytes, vectorText } from './files.ts'

/** Many more flips by `FUZZ_RUNS` (any number: then all eight bits of every octet). */
const isFuzzing = process.env['FUZZ_RUNS'] !== undefined

type Row = { readonly id: string; readonly kind: string; readonly files: readonly string[]; readonly at: string; readonly outcome: string }

/** The quote in a file, whatever the file is. */
function quoteIn(path: string): Uint8Array {
  if (path.endsWith('.json')) {
    const document = JSON.parse(vectorText(path))
    return fromHex(document.quote ?? document.intel_quote)
  }
  return path.endsWith('.hex') ? fromHex(vectorText(path)) : vectorBytes(path)
}

function fromHex(text: string): Uint8Array {
  const octets = Buffer.from(text.trim(), 'hex')
  if (octets.length === 0) throw new Error('no hexadecimal')
  return octets
}

const judge = (quote: Uint8Array, collateral: readonly string[], at: string): Promise<AttestationResult> =>
  verify(tdxInput(quote, collateral, SHIPPED_ANCHORS, new Date(at)))

/** What each row must say, by the reason that the row names. Computed by hand from the rows. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  'dcap-tdx': [],
  'dcap-tdx-v5-no-level': ['failed tdx.tcb-level tdx_level_none'],
  'dcap-sgx': ['failed tdx.format tdx_not_tdx'],
  'dstack-quote-report': [],
  'dstack-ra-tls-below': ['failed tdx.tcb-level tdx_level_none'],
  'near-triple': [],
  'phala-near-quote': [],
  'air-publication-gcp-cpu-tdx': ['failed tdx.format tdx_synthetic'],
  'air-publication-gcp-gpu-h100cc': ['failed tdx.format tdx_synthetic'],
}

const QUOTE = 'dstack/dcap/tdx_quote'
const COLLATERAL = 'dstack/dcap/tdx_quote_collateral.json'
const AT = '2025-06-19T11:32:27Z'

describeVectors('recorded TDX quotes', () => {
  it('are judged as EXPECTED.json says, for the reason that it names', async () => {
    const { rows }: { rows: readonly Row[] } = JSON.parse(vectorText('EXPECTED.json'))
    const ours = rows.filter(({ kind }) => /\b(tdx|sgx)\b/.test(kind))
    expect(ours.map(({ id }) => id).sort()).toEqual(Object.keys(REASONS).sort())
    for (const { id, files, at, outcome } of ours) {
      const [quote = '', ...others] = files
      const collateral = others.filter((name) => name.endsWith('_collateral.json')).map(vectorText)
      const result = await judge(quoteIn(quote), collateral, at === 'receipt iat' ? '2026-02-27T09:34:35Z' : at)
      expect([id, notPassed(result)]).toEqual([id, REASONS[id]])
      expect([id, result.findings.every((finding) => finding.outcome === 'passed')]).toEqual([id, outcome === 'accept'])
    }
  })

  it('bind address and nonce in the report data of NEAR', async () => {
    const triple = JSON.parse(vectorText('dstack/near/trace-commons_near_live_triple.json'))
    const result = await judge(
      fromHex(triple.intel_quote),
      [vectorText('dstack/dcap/tdx_quote_outdated_collateral.json')],
      '2026-03-12T07:20:00Z',
    )
    const address = triple.signing_address.replace(/^0x/, '').toLowerCase()
    expect(result.authentic?.commits).toEqual([{ field: 'report-data', value: `${address}${'00'.repeat(12)}${triple.nonce}` }])
    expect(result.authentic?.measurements.find(({ name }) => name === 'tdx.mr-config-id')?.value).toBe(
      `01${triple.compose_hash}${'00'.repeat(15)}`,
    )
  })

  it('hold their signatures when the collateral had ended, which is then unchecked', async () => {
    const triple = JSON.parse(vectorText('dstack/near/trace-commons_near_live_triple.json'))
    const result = await judge(
      fromHex(triple.intel_quote),
      [vectorText('dstack/dcap/tdx_quote_outdated_collateral.json')],
      '2026-09-01T00:00:00Z',
    )
    const ended = ['unchecked tdx.collateral-time tdx_collateral_expired', 'unchecked tdx.revocation tdx_revocation_unchecked']
    expect(notPassed(result)).toEqual(ended)
    expect(result.authentic).toBeDefined()
    expect(notPassed(await judge(vectorBytes(QUOTE), [vectorText(COLLATERAL)], '2025-07-19T10:00:36Z')).slice(0, 1)).toEqual([
      'unchecked tdx.collateral-time tdx_collateral_expired',
    ])
  })

  it('without collateral are authentic and otherwise unchecked', async () => {
    const result = await judge(vectorBytes(QUOTE), [], AT)
    expect(notPassed(result)).toEqual(['unchecked tdx.collateral tdx_collateral_missing'])
  })

  it('with the collateral of another platform are unchecked', async () => {
    const other = vectorText('dstack/dcap/tdx_quote_outdated_collateral.json')
    expect(notPassed(await judge(vectorBytes(QUOTE), [other], '2026-03-12T07:20:00Z'))).toEqual([
      'unchecked tdx.platform tdx_platform_other',
    ])
  })

  it('pass with collateral as fetched, its JSON re-wrapped around the same text', async () => {
    const library = JSON.parse(vectorText(COLLATERAL))
    const fetched = JSON.stringify({
      format: 'intel-pcs',
      tcbInfo: {
        body: `{"tcbInfo":${library.tcb_info},"signature":"${library.tcb_info_signature}"}`,
        issuerChain: encodeURIComponent(library.tcb_info_issuer_chain),
      },
      qeIdentity: {
        body: `{"enclaveIdentity":${library.qe_identity},"signature":"${library.qe_identity_signature}"}`,
        issuerChain: encodeURIComponent(library.qe_identity_issuer_chain),
      },
      pckCrl: { body: Buffer.from(library.pck_crl, 'hex').toString('base64') },
      rootCaCrl: { body: library.root_ca_crl },
    })
    expect(notPassed(await judge(vectorBytes(QUOTE), [fetched], AT))).toEqual([])
  })
})

describeVectors('what peers let through', () => {
  const changed = async (change: (collateral: Record<string, string>) => Record<string, string>) =>
    notPassed(await judge(vectorBytes(QUOTE), [JSON.stringify(change(JSON.parse(vectorText(COLLATERAL))))], AT))
  const flippedHex = (text = '') => text.slice(0, -1) + (Number.parseInt(text.slice(-1), 16) ^ 1).toString(16)

  it('a CRL with one flipped signature bit', async () => {
    expect(await changed((collateral) => ({ ...collateral, pck_crl: flippedHex(collateral['pck_crl']) }))).toEqual([
      'unchecked tdx.pck-crl tdx_part_refused',
      'unchecked tdx.revocation tdx_revocation_unchecked',
    ])
    expect(await changed((collateral) => ({ ...collateral, root_ca_crl: flippedHex(collateral['root_ca_crl']) }))).toEqual([
      'unchecked tdx.root-crl tdx_part_refused',
      'unchecked tdx.revocation tdx_revocation_unchecked',
    ])
  })

  it('a one-byte CRL', async () => {
    expect(await changed((collateral) => ({ ...collateral, pck_crl: '00', root_ca_crl: '30' }))).toEqual([
      'unchecked tdx.root-crl tdx_part_unreadable',
      'unchecked tdx.pck-crl tdx_part_unreadable',
      'unchecked tdx.revocation tdx_revocation_unchecked',
    ])
  })

  it('a tampered QE identity signature', async () => {
    expect(
      await changed((collateral) => ({ ...collateral, qe_identity_signature: flippedHex(collateral['qe_identity_signature']) })),
    ).toEqual(['unchecked tdx.qe-identity-signature tdx_part_refused'])
  })

  it('a platform below every TCB level', async () => {
    const result = await judge(vectorBytes('dstack/dstack/ra-tls_tdx_quote'), [vectorText(COLLATERAL)], AT)
    expect(notPassed(result)).toEqual(['failed tdx.tcb-level tdx_level_none'])
  })

  it('TCB info that says the same in other octets', async () => {
    expect(
      await changed((collateral) => ({ ...collateral, tcb_info: JSON.stringify(JSON.parse(collateral['tcb_info'] ?? ''), undefined, 1) })),
    ).toEqual(['unchecked tdx.tcb-info-signature tdx_part_refused'])
  })
})

describeVectors('one flipped bit anywhere in a real quote', () => {
  /**
   * Where a change may leave all as it was: between the lines and blocks of PEM, in the root's own certificate at their end, which is not
   * trusted for being there, and in the zero that ends the text. Everything else is signed or compared.
   */
  function isUnread(text: string, index: number): boolean {
    const root = text.lastIndexOf('-----BEGIN')
    const end = text.lastIndexOf('-----') + '-----\n\0'.length
    return (index >= root && index < end) || /[\s-]/.test(text.charAt(index))
  }

  it('is refused, or changes nothing where nothing is read', { timeout: 600_000 }, async () => {
    const quote = vectorBytes(QUOTE)
    const collateral = [vectorText(COLLATERAL)]
    const honest = await judge(quote, collateral, AT)
    expect(notPassed(honest)).toEqual([])
    const text = Buffer.from(quote).toString('latin1')
    const accepted: string[] = []
    for (let index = 0; index < quote.length; index += 1) {
      // One bit of each octet, another in each; with FUZZ_RUNS all of them.
      const bits = isFuzzing ? [0, 1, 2, 3, 4, 5, 6, 7] : [(index * 5 + (index >> 3)) % 8]
      for (const bit of bits) {
        const flipped = quote.slice()
        flipped[index] = (flipped[index] ?? 0) ^ (1 << bit)
        const result = await judge(flipped, collateral, AT)
        const isAccepted = result.authentic !== undefined || result.findings.every(({ outcome }) => outcome === 'passed')
        if (isAccepted && isUnread(text, index)) expect(result).toEqual(honest)
        else if (isAccepted) accepted.push(`octet ${index}, bit ${bit}`)
      }
    }
    expect(accepted).toEqual([])
  })
})

describeVectors("Intel's revocation lists", () => {
  const [anchor] = SHIPPED_ANCHORS.filter(({ id }) => id === 'intel-sgx-root')
  const der = () => Uint8Array.from(Buffer.from(JSON.parse(vectorText(COLLATERAL)).root_ca_crl, 'hex'))

  it("are read and verified under the root's own key", async () => {
    const issuer = anchor && crlIssuerOfAnchor(anchor)
    const crl = parseCrl(der())
    if (issuer?.ok !== true || !crl.ok) throw new Error('not read')
    expect(crl.value).toMatchObject({ thisUpdate: new Date('2025-03-20T11:21:57Z'), nextUpdate: new Date('2026-04-03T11:21:57Z') })
    expect(crl.value.revoked.size).toBe(0)
    expect(await verifyCrl(crl.value, issuer.value)).toEqual({ ok: true, value: true })
  })

  it('are refused with any bit flipped', async () => {
    const issuer = anchor && crlIssuerOfAnchor(anchor)
    if (issuer?.ok !== true) throw new Error('no issuer')
    const original = der()
    for (let index = 0; index < original.length; index += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = original.slice()
        flipped[index] = (flipped[index] ?? 0) ^ (1 << bit)
        const crl = parseCrl(flipped)
        const verdict = crl.ok ? await verifyCrl(crl.value, issuer.value) : crl
        expect([index, bit, verdict.ok]).toEqual([index, bit, false])
      }
    }
  })
})
