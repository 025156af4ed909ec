import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalForm, parseObject } from './document.ts'
import { parseReceipt, readEvents } from './receipt.ts'
import { hasOtherRole, readReport } from './report.ts'
import { readSession } from './session.ts'

const HASH = `sha256:${'0a'.repeat(32)}`
const RECEIPT = {
  api_version: 'aci/1',
  receipt_id: 'r',
  chat_id: null,
  model: null,
  workload_keyset_digest: HASH,
  endpoint: '/v1/chat/completions',
  method: 'POST',
  served_at: 1_750_000_000,
  event_log: [{ type: 'request.received', body_hash: HASH }],
  key_id: 'k',
  signature: '0b'.repeat(64),
}
const codeOf = (receipt: object) => {
  const parsed = parseReceipt(JSON.stringify(receipt))
  return parsed.ok ? 'ok' : parsed.code
}

describe('what ACI signs and hashes', () => {
  it('is the document without its signature, sorted, unknown members included', () => {
    const parsed = parseReceipt(JSON.stringify({ zeta: [{ b: 1, a: '\u00e9' }], ...RECEIPT }, null, 3))
    expect(parsed.ok && parsed.value.signedText.startsWith('{"api_version":"aci/1","chat_id":null,"endpoint"')).toBe(true)
    expect(parsed.ok && parsed.value.signedText.endsWith(`"workload_keyset_digest":"${HASH}","zeta":[{"a":"é","b":1}]}`)).toBe(true)
    expect(parsed.ok && parsed.value.signedText).not.toContain('signature')
  })
  it('has integers and ASCII names only, however deep', () => {
    const formOf = (value: object) => {
      const form = canonicalForm({ deep: [[value]] })
      return form.ok ? 'ok' : form.code
    }
    expect(formOf({ a: 1.5 })).toBe('aci-number-not-integer')
    expect(formOf({ é: 1 })).toBe('aci-name-not-ascii')
    expect(formOf({ a: 1e3, b: 'é' })).toBe('ok')
  })
  it('names no member twice', () => {
    expect(parseObject('{"a":1,"\\u0061":2}')).toMatchObject({ ok: false, code: 'json-duplicate-key' })
    expect(parseObject('[]')).toMatchObject({ ok: false, code: 'aci-not-an-object' })
  })
})

describe('a receipt', () => {
  it.each<[string, object]>([
    ['without a time', { served_at: undefined }],
    ['with a time that is no integer', { served_at: 1.5 }],
    ['with a short signature', { signature: '0b'.repeat(63) }],
    ['with a digest without its prefix', { workload_keyset_digest: '0a'.repeat(32) }],
    ['without events', { event_log: [] }],
    ['with an event without a type', { event_log: [{}] }],
    ['without a model member', { model: undefined }],
  ])('%s is refused', (_, change) => {
    expect(codeOf(RECEIPT)).toBe('ok')
    expect(codeOf({ ...RECEIPT, ...change })).toBe('schema')
  })
  it('is found inside the legacy answer, and nowhere else', () => {
    expect(codeOf({ text: 'a:b', receipt: RECEIPT })).toBe('ok')
    expect(codeOf({ other: RECEIPT })).toBe('schema')
    // A receipt that has a member of that name is the receipt.
    expect(parseReceipt(JSON.stringify({ ...RECEIPT, receipt: {} }))).toMatchObject({ ok: true })
  })
  it('throws on nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(RECEIPT)), fc.jsonValue(), (name, value) => void codeOf({ ...RECEIPT, [name]: value })),
    )
  })
})

describe('an event log', () => {
  const received = { type: 'request.received', body_hash: HASH }
  const forwarded = { type: 'request.forwarded', body_hash: `sha256:${'0c'.repeat(32)}` }
  const returned = { type: 'response.returned', body_hash: `sha256:${'0d'.repeat(32)}` }
  const cited = (digit: string) => ({
    type: 'upstream.verified',
    result: 'verified',
    required: true,
    model_id: 'm',
    session_id: digit.repeat(64),
  })
  const outcome = (...events: { type: string }[]) => {
    const read = readEvents(events)
    return read.ok ? read.value : read.code
  }
  it('is read in order, unknown events passed over', () => {
    expect(outcome(received, { type: 'new.event' }, forwarded, returned)).toEqual({
      received: '0a'.repeat(32),
      forwarded: '0c'.repeat(32),
      returned: '0d'.repeat(32),
    })
  })
  it('has the last attempt decide', () => {
    const failed = { type: 'upstream.verified', result: 'failed', required: false, model_id: 'm', reason: 'no' }
    expect(outcome(received, cited('a'), cited('b'), returned)).toMatchObject({ upstream: { session_id: 'b'.repeat(64) } })
    expect(outcome(received, cited('a'), failed, returned)).toMatchObject({ upstream: { result: 'failed' } })
  })
  it.each([
    ['first-event', [returned, received]],
    ['first-event', []],
    ['event-missing', [received]],
    ['event-repeated', [received, returned, returned]],
    ['event-repeated', [received, received, returned]],
    ['event-repeated', [received, forwarded, forwarded, returned]],
    ['event-schema', [received, { ...returned, body_hash: 'x' }]],
    ['event-schema', [received, { ...forwarded, body_hash: 1 }, returned]],
    ['event-schema', [received, cited('X'), returned]],
    ['event-schema', [received, { type: 'upstream.verified', result: 'maybe' }, returned]],
  ])('%s', (code, events) => expect(outcome(...events)).toBe(code))
})

const seen = (document: string) => ({ kind: '', document, source: '', at: '', provenance: 'fetched' }) as const
const KEYSET = { subject: null, not_after: 1_800_000_000, receipt_signing_keys: [], e2ee_public_keys: [], tls_public_keys: [] }
const REPORT = {
  api_version: 'aci/1',
  workload_keyset_digest: HASH,
  attestation: { tee_type: 'tdx', workload_keyset: KEYSET, report_data: '00'.repeat(32), evidence: { quote: '0400' } },
}
const reportWith = async (attestation: object, more: object = {}) => {
  const read = await readReport(seen(JSON.stringify({ ...REPORT, ...more, attestation: { ...REPORT.attestation, ...attestation } })))
  return read.ok ? read.value : read.code
}

describe('a report', () => {
  it('runs the model itself only if it says so', async () => {
    for (const [serving, expected] of [
      ['direct', 'direct'],
      ['aggregator', 'aggregator'],
      ['upstream', 'aggregator'],
      [undefined, 'aggregator'],
    ] as const) {
      expect(await reportWith({}, { service_capabilities: { serving } })).toMatchObject({ serving: expected })
    }
    expect(await reportWith({}, { service_capabilities: null })).toMatchObject({ serving: 'aggregator' })
  })
  it('hashes what its keyset has besides, and every digit of an integer of 64 bits', async () => {
    const withKeyset = async (keyset: string) => {
      const text = JSON.stringify(REPORT).replace(JSON.stringify(KEYSET), keyset)
      const read = await readReport(seen(text))
      return read.ok ? read.value : read.code
    }
    // In the order of their names, as they are hashed.
    const spelled =
      '{"e2ee_public_keys":[],"not_after":18446744073709551615,"receipt_signing_keys":[],"roles":[],"subject":null,"tls_public_keys":[]}'
    const digest = createHash('sha256').update(spelled).digest('hex')
    expect(await withKeyset(spelled)).toMatchObject({ digest, keyset: { not_after: 253_402_300_799 } })
    const other = await withKeyset(spelled.replace('615', '616'))
    expect(other).toMatchObject({ keyset: { not_after: 253_402_300_799 } })
    expect(typeof other === 'string' ? '' : other.digest).not.toBe(digest)
  })
  it('has a keyset of known members', async () => {
    expect(await reportWith({ workload_keyset: { ...KEYSET, tls_public_keys: undefined } })).toBe('schema')
    expect(await reportWith({ workload_keyset: { ...KEYSET, not_after: 1.5 } })).toBe('schema')
    expect(
      await reportWith({ workload_keyset: { ...KEYSET, e2ee_public_keys: [{ key_id: 'k', algo: 'new', public_key: '', extra: 1 }] } }),
    ).toMatchObject({ serving: 'aggregator' })
  })
  it('names its source if any member of that does', async () => {
    const names = async (source_provenance: unknown) => {
      const report = await reportWith({ source_provenance })
      return typeof report === 'string' ? report : report.namesSource
    }
    expect(await names({ repo_url: 'https://example.com/', repo_commit: null })).toBe(true)
    expect(await names({ repo_url: null, repo_commit: null })).toBe(false)
    expect(await names({})).toBe(false)
    expect(await names(null)).toBe(false)
  })
  it('of another version is refused', async () => expect(await reportWith({}, { api_version: 'aci/2' })).toBe('schema'))
  it('unpacks to dstack evidence on TDX, and to a kind of its own on anything else', async () => {
    const evidence = {
      quote: '0400',
      event_log: '[]',
      app_compose: null,
      vm_config: { stub: true },
      key_custody: { provider: 'dstack-kms', keys: [] },
    }
    const ofTdx = await reportWith({ evidence })
    expect(ofTdx).toMatchObject({ offersCustody: true, evidence: { kind: 'dstack-evidence' } })
    expect(typeof ofTdx === 'string' ? '' : JSON.parse(ofTdx.evidence.document)).toEqual({
      quote: '0400',
      event_log: '[]',
      app_compose: null,
      vm_config: { stub: true },
      key_custody: { provider: 'dstack-kms', keys: [] },
    })
    expect(await reportWith({ tee_type: 'sev_snp' })).toMatchObject({ evidence: { kind: 'aci-evidence-sev_snp' } })
    expect(await reportWith({ evidence: {} })).toMatchObject({ evidence: { kind: 'aci-evidence-tdx' } })
  })
  it('knows a receipt key among those of another role', async () => {
    const key = new Uint8Array(32).fill(0x42)
    const keys = { ...KEYSET, e2ee_public_keys: [{ key_id: 'k', algo: 'x', public_key: '42'.repeat(32).toUpperCase() }] }
    expect(await hasOtherRole(key, keys)).toBe(true)
    expect(await hasOtherRole(key, KEYSET)).toBe(false)
    // SHA-256 over 302a300506032b6570032100 and the key.
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key])
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', spki)).toString('hex')
    expect(await hasOtherRole(key, { ...KEYSET, tls_public_keys: [{ spki_sha256: digest }] })).toBe(true)
  })
  it('throws on nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(REPORT.attestation)), fc.jsonValue(), async (name, value) => {
        await reportWith({ [name]: value })
      }),
    )
  })
})

const SESSION = {
  api_version: 'aci/1',
  upstream_name: 'u',
  endpoint: null,
  verifier_id: 'v',
  established_at: 1,
  expires_at: 2,
  channel_binding: [],
  claims: {},
  evidence: { digest: HASH, data: 'data:text/plain;base64,aGk=' },
}
const sessionWith = async (change: object) => {
  const read = await readSession(seen(JSON.stringify({ ...SESSION, ...change })))
  return read.ok ? read.value : read.code
}

describe('a session', () => {
  it('reads claims of the vocabulary, and takes the rest for unknown', async () => {
    const claims = {
      tee_attested: { status: 'asserted', source: 'hardware_proven', reason: 'r' },
      gpu_attested: { status: 'unknown' },
      tcb_up_to_date: { status: 'asserted', source: 'somebody', reason: 'r' },
      os_known_good: { status: 'surely', source: 'hardware_proven' },
      model_weights_provenance: { status: 'refuted', source: 'operator_asserted' },
      other_claim: { status: 'asserted', source: 'hardware_proven' },
    }
    expect(await sessionWith({ claims })).toMatchObject({
      claims: [
        { name: 'tee_attested', status: 'asserted', source: 'hardware_proven', reason: 'r' },
        { name: 'model_weights_provenance', status: 'refuted', source: 'operator_asserted' },
      ],
    })
  })
  it('reads bindings of the types that are known', async () => {
    const spki_sha256 = 'ab'.repeat(32)
    const channel_binding = [{ type: 'tls_spki_sha256', origin: 'https://u.example', spki_sha256 }, { type: 'new' }]
    expect(await sessionWith({ channel_binding })).toMatchObject({
      bindings: [{ type: 'tls_spki_sha256', origin: 'https://u.example', spki_sha256 }],
    })
  })
  it.each([
    ['data:text/plain;base64,aGk=', { ok: true, value: { contentType: 'text/plain' } }],
    ['data:Application/JSON; charset=utf-8;base64,aGk=', { ok: true, value: { contentType: 'application/json' } }],
    ['data:;base64,', { ok: true, value: { contentType: '' } }],
    ['data:text/plain,hi', { ok: false, code: 'data-uri' }],
    ['https://u.example/;base64,aGk=', { ok: false, code: 'data-uri' }],
    ['data:text/plain;base64,aGk', { ok: false, code: 'data-base64' }],
    ['data:text/plain;base64,aGl=', { ok: false, code: 'data-base64' }],
  ])('evidence %s', async (data, expected) => {
    expect(await sessionWith({ evidence: { digest: HASH, data } })).toMatchObject({ kept: { evidence: expected } })
  })
  it('has an id that changes with every member', async () => {
    const idOf = async (change: object) => {
      const session = await sessionWith(change)
      return typeof session === 'string' ? session : session.id
    }
    const ids = await Promise.all([{}, { upstream_name: 'w' }, { endpoint: 'x' }, { added: 1 }, { expires_at: 3 }].map(idOf))
    expect(new Set(ids).size).toBe(ids.length)
  })
  it('throws on nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(SESSION)), fc.jsonValue(), async (name, value) => {
        await sessionWith({ [name]: value })
      }),
    )
  })
})
