import { expect, it } from 'vitest'
import type { dstack } from '../../src/verify/attestation/dstack/index.ts'
import { nvidiaPayload } from '../../src/verify/attestation/nvidia-gpu/index.ts'
import { tdx } from '../../src/verify/attestation/tdx/index.ts'
import type { AttestationResult } from '../../src/verify/attestation/types.ts'
import { SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import type { DstackEvent } from '../simulator/dstack.ts'
import { measured, verifyDstack } from '../support/dstack.ts'
import { notPassed } from '../support/tdx.ts'
import { describeVectors, vectorText } from './files.ts'

/** Many more changes by `FUZZ_RUNS` (any number: then all bits of every sign). */
const isFuzzing = process.env['FUZZ_RUNS'] !== undefined

const COLLATERAL = 'dstack/dcap/tdx_quote_outdated_collateral.json'
const AT = '2026-03-12T07:20:00Z'
/** The certificate of the lite answer's platform is younger than that. */
const AT_LITE = '2026-07-01T00:00:00Z'
const REPORT = 'dstack/dstack/quote-report.json'
const LITE = 'dstack/dstack/tdx-lite-getquote.json'

type Recorded = { readonly quote: string; readonly event_log: string; readonly vm_config: string }

/** What the agent answered, under the names that this verifier's documents have. */
function recorded(path: string): Recorded {
  const { quote, event_log, vm_config } = JSON.parse(vectorText(path))
  return { quote, event_log, vm_config }
}

type Judged = { readonly collateral?: readonly string[]; readonly at?: string; readonly kinds?: readonly (typeof dstack)[] }

const judge = (
  document: object,
  { collateral = [COLLATERAL], at = AT, kinds = [tdx, nvidiaPayload] }: Judged = {},
): Promise<AttestationResult> =>
  verifyDstack(JSON.stringify(document), {
    anchors: SHIPPED_ANCHORS,
    collateral: collateral.map(vectorText),
    usedAt: new Date(at),
    kinds,
  })

const rowOf = (id: string) => {
  const { rows }: { rows: readonly { id: string; at: string; outcome: string; because: string }[] } = JSON.parse(
    vectorText('EXPECTED.json'),
  )
  return rows.find((row) => row.id === id)
}
const outcomes = ({ findings }: AttestationResult) =>
  findings.filter(({ check }) => check.startsWith('dstack.')).map(({ check, outcome, because }) => `${outcome} ${check} ${because.id}`)

describeVectors('recorded answers of dstack', () => {
  it('dstack-quote-report: all registers replay, RTMR3 from the payloads', async () => {
    expect(rowOf('dstack-quote-report')).toMatchObject({ at: AT, outcome: 'accept' })
    const result = await judge(recorded(REPORT))
    expect(outcomes(result)).toEqual([
      'passed dstack.format dstack_format_passed',
      'passed dstack.event-digests dstack_digests_passed',
      'passed dstack.boot-replay dstack_boot_replay_passed',
      'passed dstack.app-replay dstack_app_replay_passed',
      'passed dstack.boot-events dstack_boot_events_passed',
      'unchecked dstack.os-image dstack_os_host_only',
    ])
    expect(notPassed(result)).toEqual(['unchecked dstack.os-image dstack_os_host_only'])
    expect(measured(result, 'dstack.compose-hash')).toEqual(['3763bc34552cf3a27ff71ad5f7a90471562a1a2df552dfc1998cba2d60da27e7'])
    expect(measured(result, 'dstack.key-provider')).toEqual(['local-sgx:1b7a49378403249b6986a907844cab0921eca32dd47e657f3c10311ccaeccf8b'])
    expect(result.authentic?.commits).toEqual([{ field: 'report-data', value: `1234${'00'.repeat(62)}` }])
  })

  it('dstack-lite-log: RTMR3 only from the payloads; the operating system is one word against another', async () => {
    expect(rowOf('dstack-lite-log')?.outcome).toBe('accept')
    const result = await judge(recorded(LITE), { collateral: [], at: AT_LITE })
    expect(outcomes(result).slice(1)).toEqual([
      'passed dstack.event-digests dstack_digests_passed',
      'passed dstack.boot-replay dstack_boot_replay_passed',
      'passed dstack.app-replay dstack_app_replay_passed',
      'passed dstack.boot-events dstack_boot_events_passed',
      'passed dstack.config-id dstack_config_passed',
      'unchecked dstack.os-image dstack_os_differs',
    ])
    expect(notPassed(result)).toEqual(['unchecked dstack.os-image dstack_os_differs', 'unchecked tdx.collateral tdx_collateral_missing'])
    const os = result.findings.find(({ check }) => check === 'dstack.os-image')
    expect([os?.computed, os?.expected].map((hash) => hash?.slice(0, 8))).toEqual(['07a2388c', 'e6f5cfec'])
    expect(os?.assumes).toEqual(['assume_dstack_os_image'])
    expect(measured(result, 'dstack.compose-hash')).toEqual(['86b0e55f2fa8e4fb69d890f14f54d5612707646e2573d54e0d2ddaaade77caa9'])
  })

  it('gpu-nonce-mismatch: the GPU’s nonce is not the nonce of the quote', async () => {
    expect(rowOf('gpu-nonce-mismatch')).toMatchObject({ outcome: 'reject', because: 'GPU nonce is not the nonce of the quote' })
    const quote = vectorText('dstack/near/private-ai-verifier_intel_quote.hex').trim()
    const nvidia_payload = vectorText('dstack/near/private-ai-verifier_nvidia_payload.json')
    const result = await judge({ quote, nvidia_payload })
    expect(notPassed(result)).toContain('failed gpu.pairing gpu_pairing_other_nonce')
    expect(result.findings.filter(({ check, outcome }) => check.startsWith('nvidia-gpu.') && outcome === 'failed')).toEqual([])
  })

  it('without an event log say only what they were launched with', async () => {
    const triple = JSON.parse(vectorText('dstack/near/trace-commons_near_live_triple.json'))
    const result = await judge({ quote: triple.intel_quote })
    expect(notPassed(result)).toEqual(['unchecked dstack.event-log dstack_event_log_none', 'unchecked dstack.os-image dstack_os_silent'])
    expect(measured(result, 'tdx.mr-config-id')).toEqual([`01${triple.compose_hash}${'00'.repeat(15)}`])
    expect(measured(result, 'dstack.compose-hash')).toEqual([])
    // Another compose file than the one that was launched is refused.
    const other = await judge({ quote: triple.intel_quote, app_compose: '{}' })
    expect(notPassed(other)).toContain('failed dstack.config-id dstack_config_failed')
  })

  it('with the log of another machine are refused', async () => {
    const result = await judge({ ...recorded(REPORT), event_log: recorded(LITE).event_log })
    expect(notPassed(result).filter((said) => said.startsWith('failed'))).toEqual([
      'failed dstack.boot-replay dstack_boot_replay_failed',
      'failed dstack.app-replay dstack_app_replay_failed',
    ])
  })
})

describeVectors('what peers let through of recorded logs', () => {
  it.each([
    [REPORT, AT],
    [LITE, AT_LITE],
  ])('a swapped event payload with the old digest is refused: %s', async (path, at) => {
    const events: readonly DstackEvent[] = JSON.parse(recorded(path).event_log)
    const swapped = events.map((event) => (event.event === 'compose-hash' ? { ...event, event_payload: '00'.repeat(32) } : event))
    const result = await judge({ ...recorded(path), event_log: swapped }, { at })
    expect(notPassed(result)).toContain('failed dstack.app-replay dstack_app_replay_failed')
    expect(measured(result, 'dstack.compose-hash')).toEqual([])
  })
})

describeVectors('one changed sign anywhere in a real event log', () => {
  it.each([
    [REPORT, AT],
    [LITE, AT_LITE],
  ])('never shows another application: %s', { timeout: 600_000 }, async (path, at) => {
    const document = recorded(path)
    const honest = await judge(document, { at })
    // The quote is the same each time, so that it is verified once.
    const quote = await tdx.verify({
      evidence: {
        kind: 'tdx-quote',
        document: Buffer.from(document.quote, 'hex').toString('base64url'),
        source: '',
        at: '',
        provenance: 'fetched',
      },
      collateral: [],
      trust: { anchors: SHIPPED_ANCHORS, issuerKeys: [] },
      policy: { format: 'inference-receipt-checker/policy', version: 1, id: '', name: '', service: '', expects: [], receiptKeys: [] },
      usedAt: new Date(at),
      hop: 1,
      appraisePart: async () => undefined,
    })
    const kinds = [{ ...tdx, verify: async () => quote }]
    const { event_log: log } = document
    const own = ({ authentic }: AttestationResult) => authentic?.measurements.filter(({ name }) => name.startsWith('dstack.'))
    expect(own(honest)).not.toEqual([])
    let refused = 0
    for (let index = 0; index < log.length; index += 1) {
      for (const bit of isFuzzing ? [0, 1, 2, 3, 4, 5, 6] : [(index * 5 + (index >> 3)) % 7]) {
        const sign = String.fromCharCode(log.charCodeAt(index) ^ (1 << bit))
        const result = await judge({ ...document, event_log: log.slice(0, index) + sign + log.slice(index + 1) }, { kinds })
        const shown = own(result) ?? []
        if (shown.length === 0) refused += 1
        else expect([index, bit, shown]).toEqual([index, bit, own(honest)])
      }
    }
    expect(refused).toBeGreaterThan(log.length / 4)
  })
})
