import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.ts'
import type { Dossier } from '../../src/dossier/types.ts'
import { makeExchange, type SimulatedExchange } from '../simulator/index.ts'
import { dossierOf } from '../verify/dossiers.ts'

/*
 * The command line's table: what people hand over, what it exits with, and what its first line says. A file is told by its content, and an
 * input that cannot be judged is never a success.
 */
const MARK = Buffer.from([0xef, 0xbb, 0xbf])
let folder = ''
let honest: SimulatedExchange
let changed: SimulatedExchange
let stripped: SimulatedExchange
let forged: SimulatedExchange
let dossier: Dossier

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'receipt-cli-'))
  honest = await makeExchange({ scenario: 'honest', form: 'oidc' })
  changed = await makeExchange({ scenario: 'response-changed', form: 'oidc' })
  forged = await makeExchange({ scenario: 'bad-signature', form: 'oidc' })
  stripped = await makeExchange({ scenario: 'stripped', form: 'oidc' })
  dossier = await dossierOf(honest)
})
afterAll(() => rm(folder, { recursive: true }))

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

type Ended = { readonly code: number; readonly out: string; readonly err: string }

async function verify(...args: string[]): Promise<Ended> {
  let out = ''
  let err = ''
  const code = await run(args, { out: (text) => (out += text), err: (text) => (err += text) })
  return { code, out: out.replaceAll(folder, ''), err: err.replaceAll(folder, '') }
}

/** The first line that a person reads: of the complaint if there is one, else of the verdict. */
function firstLine({ out, err }: Ended): string {
  return err !== '' ? (err.split('\n')[0] ?? '') : (out.split('\n')[1]?.trim() ?? '')
}

/** Members in the reverse order, all the way down: the same JSON value. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  )
}

const json = (value: unknown): string => JSON.stringify(value, null, 2)
const at = (): string[] => ['--at', honest.issuedAt.toISOString()]
const jwks = async (): Promise<string[]> => ['--jwks', await put('keys.json', honest.jwksText)]

/** A verdict's headline: whose words are its own business. */
const VERDICT = /^(?!error)./

type Row = readonly [what: string, run: () => Promise<Ended>, code: number, first: RegExp]

const ROWS: readonly Row[] = [
  [
    'a recorded stream with its request, nonce and keys',
    async () => verify(await put('s.sse', honest.response.body), ...(await given())),
    0,
    /./,
  ],
  [
    'the same, the answer changed',
    async () => verify(await put('c.sse', changed.response.body), ...(await given(changed))),
    1,
    /not the one that was signed/,
  ],
  ['a stripped receipt', async () => verify(await put('t.sse', stripped.response.body), ...at()), 1, /receipt|signed/],
  [
    'a stripped receipt that was asked for',
    async () => verify(await put('t.sse', stripped.response.body), '--nonce', 'AAAA', ...at()),
    1,
    /receipt/,
  ],
  ['a stream with a byte order mark', async () => verify(await put('m.sse', Buffer.concat([MARK, honest.response.body])), ...at()), 0, /./],
  ['a body of an answer without its headers', async () => verify(await put('b.json', json({ id: 'x', choices: [] })), ...at()), 3, /./],
  ['a dossier', async () => verify(await put('d.json', json(dossier)), ...at()), 0, VERDICT],
  ['its members in another order', async () => verify(await put('o.json', json(reversed(dossier))), ...at()), 0, VERDICT],
  [
    'with a byte order mark',
    async () => verify(await put('bom.json', Buffer.concat([MARK, Buffer.from(json(dossier))])), ...at()),
    0,
    VERDICT,
  ],
  [
    'a record of the popup, members in another order',
    async () => verify(await put('r.json', json({ report: {}, dossier })), ...at()),
    0,
    VERDICT,
  ],
  [
    'a dossier of a later version',
    async () => verify(await put('v.json', json({ ...dossier, version: 99 })), ...at()),
    2,
    /^error dossier: /,
  ],
  [
    'a dossier and the request that was sent',
    async () => verify(await put('d.json', json(dossier)), '--request', await put('q.json', honest.request.body), ...at()),
    0,
    VERDICT,
  ],
  [
    'a dossier and another request',
    async () => verify(await put('d.json', json(dossier)), '--request', await put('p.json', '{}'), ...at()),
    1,
    /request given is not the one that the dossier records/,
  ],
  [
    'a dossier and another nonce',
    async () => verify(await put('d.json', json(dossier)), '--nonce', 'another', ...at()),
    1,
    /nonce given is not the one that the dossier records/,
  ],
  [
    'a dossier and a receipt',
    async () => verify(await put('d.json', json(dossier)), '--receipt', 'a.b.c', ...at()),
    2,
    /^error usage: .*--receipt does not apply/,
  ],
  ['an empty file', async () => verify(await put('e', '')), 2, /^error not-recognised: .*an empty file/],
  ['a PDF', async () => verify(await put('f.json', '%PDF-1.7\n1 0 obj\n')), 2, /^error not-recognised: .*a PDF document/],
  ['a HAR', async () => verify(await put('h.json', json({ log: { version: '1.2', entries: [] } }))), 2, /^error not-recognised: .*HAR/],
  [
    'unrelated JSON',
    async () => verify(await put('u.json', json({ name: 'x', version: '1' }))),
    2,
    /^error not-recognised: .*members: name, version/,
  ],
  ['a web page', async () => verify(await put('w.json', '<!doctype html><p>Sign in')), 2, /^error not-recognised: .*a web page/],
  [
    'an error of a service',
    async () => verify(await put('x.json', json({ error: { message: 'no' } }))),
    2,
    /^error not-recognised: .*an error message/,
  ],
  ['a policy as the file', async () => verify(await put('y.json', json({ format: 'inference-receipt-checker/policy' }))), 2, /--policy/],
  ['a signed token as the file', async () => verify(await put('z.txt', 'eyJhbGciOiJFZERTQSJ9.e30.c2ln\n')), 2, /--receipt/],
  ['JSON cut short', async () => verify(await put('k.json', '{"choices": [')), 2, /cut short/],
  ['a binary file', async () => verify(await put('n.bin', new Uint8Array([0, 255, 254, 3, 4]))), 2, /a binary file/],
  ['UTF-16', async () => verify(await put('i.json', Buffer.from('\ufeff{"choices":[]}', 'utf16le'))), 2, /UTF-16/],
  ['a file that is not there', async () => verify(join(folder, 'none')), 2, /^error unreadable: .*no such file/],
  ['a folder', async () => verify(folder), 2, /^error unreadable: .*folder/],
  ['no file', async () => verify(), 2, /^error usage: Name at least one file/],
  ['an option twice', async () => verify(await put('d.json', json(dossier)), '--nonce', 'a', '--nonce', 'b'), 2, /--nonce is given twice/],
  ['an issuer without keys', async () => verify(await put('d.json', json(dossier)), '--issuer', 'https://example.com'), 2, /--jwks/],
  [
    'an attestation without its receipt',
    async () => verify(await put('s.sse', honest.response.body), '--attestation', 'x'),
    2,
    /--receipt too/,
  ],
  ['a nonce for two files', async () => verify('a', 'b', '--nonce', 'x'), 2, /about one exchange/],
  ['a nonce that is none', async () => verify('a', '--nonce', 'not a nonce'), 2, /nonce/],
  ['an unknown option', async () => verify('a', '--nonsense'), 2, /^error usage: /],
  [
    'a failed file beside one that cannot be used',
    async () => verify(await put('c.sse', forged.response.body), join(folder, 'none'), ...at(), ...(await jwks())),
    1,
    /^error unreadable/,
  ],
  [
    'one receipt with two answers in one run',
    async () => verify(await put('d.json', json(dossier)), await put('t.json', json({ ...other(dossier), id: 'another' })), ...at()),
    1,
    VERDICT,
  ],
  [
    'one exchange twice in one run',
    async () => verify(await put('d.json', json(dossier)), await put('t.json', json({ ...dossier, id: 'another' })), ...at()),
    0,
    VERDICT,
  ],
  [
    'an unusable file beside a sound one',
    async () => verify(await put('d.json', json(dossier)), join(folder, 'none'), ...at()),
    2,
    /^error unreadable/,
  ],
]

/** The same receipt, beside another answer. */
function other(given: Dossier): Dossier {
  const digests = given.exchange.response.digests.map((digest) => ({ ...digest, value: 'A'.repeat(43) }))
  return { ...given, exchange: { ...given.exchange, response: { ...given.exchange.response, digests } } }
}

async function given(exchange = honest): Promise<string[]> {
  const request = await put('request.json', exchange.request.body)
  return ['--request', request, ...(exchange.nonce === undefined ? [] : ['--nonce', exchange.nonce]), ...(await jwks()), ...at()]
}

describe('what people hand over', () => {
  it.each(ROWS)('%s', async (_, make, code, first) => {
    const ended = await make()
    expect({ code: ended.code, first: firstLine(ended) }).toEqual({ code, first: expect.stringMatching(first) })
  })
  it('help is no error', async () => {
    const { code, out, err } = await verify('--help')
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('Exit code')
  })
  it('an unusable input prints nothing to the results', async () => {
    expect((await verify(await put('f.json', '%PDF-1.7'))).out).toBe('')
  })
})

/** The program itself, once: its exit code and streams are those of `run`. */
describe('the program', () => {
  it('exits with the code and complains on the standard error', async () => {
    const file = await put('f.json', '%PDF-1.7')
    const ended = await new Promise<Ended>((resolve) => {
      execFile(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', file], (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      )
    })
    expect([ended.code, ended.out]).toEqual([2, ''])
    expect(ended.err).toContain('a PDF document')
  })
})
