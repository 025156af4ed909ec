import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { short } from './short.ts'

describe('the short form', () => {
  it.each([
    ['sha256:cf91973741331833afed5fb47a55f39b8d748000d26d5b6c8298ac0b5c97a0ff', 'sha256:cf91…a0ff'],
    ['0x52908400098527886E0F7030069857D2E4169EE7', '0x5290…9EE7'],
    ['47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU', '47DE…SuFU'],
    ['47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', '47DE…SuFU'],
    [
      'registry.example/model@sha256:cf91973741331833afed5fb47a55f39b8d748000d26d5b6c8298ac0b5c97a0ff',
      'registry.example/model@sha256:cf91…a0ff',
    ],
  ])('of %s', (value, expected) => expect(short(value)).toBe(expected))

  it.each([
    'https://api.trustedrouter.com',
    'us-central1-docker.pkg.dev/quill-cloud-proxy/quill/enclave-multi',
    'Qwen3-Coder-480B-A35B-Instruct-FP8',
    'GH100 A01 GSP BROM',
    '2026-11-27T14:03:11.000Z',
    'deadbeef',
    'the model “qwen/qwen3-235b-a22b-instruct-2507-and-a-long-name-beside”',
    'chatcmpl-9f86d081884c',
    'zeadbeefdeadbeefdeadbeefdeadbeef',
    '',
  ])('leaves alone what people read: %s', (value) => expect(short(value)).toBe(value))

  it('keeps both ends, so that two hashes that differ there are told apart', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{32,128}$/), (hex) => {
        expect(short(hex)).toBe(`${hex.slice(0, 4)}…${hex.slice(-4)}`)
      }),
    )
  })
})
