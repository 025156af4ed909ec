import { describe, expect, it } from 'vitest'
import type { Bytes } from '../../encoding/bytes.ts'
import { decodeHex } from '../../encoding/hex.ts'
import type { BootFacts } from './boot-events.ts'
import { judgeConfigId } from './config-id.ts'

const octets = (text: string): Bytes => {
  const decoded = decodeHex(text)
  if (!decoded.ok) throw new Error(decoded.code)
  return decoded.value
}
const counting = (length: number) => octets(Array.from({ length }, (_, index) => index.toString(16).padStart(2, '0')).join(''))
const padded = (text: string) => octets(text + '00'.repeat(15))

const boot = (facts: Partial<BootFacts>): BootFacts => ({
  appId: counting(20),
  composeHash: counting(32),
  instanceId: octets(''),
  keyProvider: { name: 'none', id: '' },
  initScriptHashes: [],
  ...facts,
})
const judge = (configId: Bytes, facts: BootFacts) => judgeConfigId(configId, { composeHash: facts.composeHash, boot: facts })

/** Published by a second implementation of the layouts, the first two of them as dstack’s own code printed them. */
describe('MRCONFIGID as other implementations write it', () => {
  it('in version 2', async () => {
    const kms = boot({ keyProvider: { name: 'kms', id: 'aabbccdd' } })
    expect(await judge(padded('02e472ed80a08042f044ba63b53b798e98e3ea5219cd078007b1ac8b3dfc762b94'), kms)).toBe('commits')
    expect(await judge(padded('02b21a3a65891c2c3955d82000b30fab13f4adc1a12dc4a84793ea322b71f1882a'), boot({}))).toBe('commits')
    expect(await judge(padded('02b21a3a65891c2c3955d82000b30fab13f4adc1a12dc4a84793ea322b71f1882a'), kms)).toBe('contradicts')
  })

  const facts = { appId: octets('11'.repeat(20)), composeHash: octets('22'.repeat(32)), instanceId: octets('44'.repeat(20)) }
  it.each<[string, string, Partial<BootFacts>]>([
    [
      'in version 3',
      '0350fc88d0a462b6a0b06ba25859abc02e98c2a8d9bd000b7dc0d8bae65e71ecbb',
      { ...facts, keyProvider: { name: 'kms', id: '33'.repeat(32) } },
    ],
    [
      'in version 3 with an empty list of scripts',
      '03ce2f8b8e4aa4cccdae73fb3a118047726b77d70b1e47bb0e3e48600603fd612c',
      { ...facts, keyProvider: { name: 'kms', id: '33'.repeat(32) } },
    ],
    [
      'in version 3 with scripts and a local key provider',
      '039af46bdc5deb1ea74f2c77b4f83165f1f3e4e37e3ce15462b5fee0d235912390',
      {
        ...facts,
        keyProvider: { name: 'local-sgx', id: '55'.repeat(20) },
        initScriptHashes: [octets('aa'.repeat(32)), octets('bb'.repeat(32))],
      },
    ],
    [
      'in version 3 without ids',
      '0301d4d7e6ca2922bb80683c27fe1f4da318cf14d1c38db97563c2b6209af7dba5',
      { ...facts, instanceId: octets('') },
    ],
  ])('%s', async (_, text, more) => {
    expect(await judge(padded(text), boot(more))).toBe('commits')
    expect(await judge(padded(text), boot({ ...more, composeHash: octets('23'.repeat(32)) }))).toBe('unconfirmed')
    expect(await judge(octets(`${text}${'00'.repeat(14)}01`), boot(more))).toBe('unconfirmed')
  })

  it('cannot be confirmed for key providers that are not known', async () => {
    for (const keyProvider of [
      { name: 'constructor', id: '' },
      { name: 'kms', id: 'zz' },
    ]) {
      expect(await judge(octets(`02${'00'.repeat(47)}`), boot({ keyProvider }))).toBe('unconfirmed')
      expect(await judge(octets(`03${'00'.repeat(47)}`), boot({ keyProvider }))).toBe('unconfirmed')
    }
  })
})
