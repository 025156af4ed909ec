import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COMPOSE_FILE, type DstackEvent, type DstackKnobs, makeDstack, runtimeEvent, strip } from '../../../../test/simulator/dstack.ts'
import { makeKmsKey, uncompressed } from '../../../../test/simulator/dstack-kms.ts'
import { GPU_NONCE, type GpuKnobs, makeGpuChain, makeGpuItem, makeGpuPayload } from '../../../../test/simulator/nvidia-gpu.ts'
import { flipBit, join, type Octets, octets } from '../../../../test/simulator/octets.ts'
import { randomFrom } from '../../../../test/simulator/random.ts'
import { zeros } from '../../../../test/simulator/tdx-quote.ts'
import { expecting, measured, verifyDstack } from '../../../../test/support/dstack.ts'
import { diceFrom, mutate } from '../../../../test/support/mutate.ts'
import { notPassed, tdxAnchor } from '../../../../test/support/tdx.ts'
import { deriveClaims } from '../../claims/derive.ts'
import { sentence } from '../../claims/sentence.ts'
import type { Finding, Standing } from '../../claims/types.ts'
import { matchPolicy } from '../../policy/match.ts'
import type { Expectation } from '../../policy/types.ts'
import { tdx } from '../tdx/index.ts'
import type { AttestationKind, AttestationResult } from '../types.ts'
import { OS_REGISTERS } from './measurements.ts'

/** Many more runs by `FUZZ_RUNS=100000`, repeatable by `FUZZ_SEED`. */
const RUNS = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 150), seed: Number(process.env['FUZZ_SEED'] ?? 20261122) }
const LONG = process.env['FUZZ_RUNS'] === undefined ? 20_000 : 3_600_000

const USED = new Date('2026-11-16T10:20:30.000Z')
const OWN_WORD = 'unchecked dstack.os-image dstack_os_own_word'

type Knobs = Omit<DstackKnobs, 'at'>
type Situation = { readonly expects?: readonly Expectation[]; readonly kinds?: readonly AttestationKind[]; readonly document?: string }

const made = (knobs: Knobs = {}) => makeDstack({ at: USED, ...knobs })

function check(knobs: Knobs = {}, { expects = [], kinds, document }: Situation = {}): Promise<AttestationResult> {
  const simulated = made(knobs)
  const gpu = { ...makeGpuChain().anchor, id: 'gpu', purpose: 'nvidia-gpu', addedBy: 'shipped', publishedAt: '' } as const
  return verifyDstack(document ?? simulated.document, {
    anchors: [tdxAnchor(simulated.tdx), gpu],
    collateral: [simulated.tdx.collateral],
    usedAt: USED,
    policy: { expects },
    ...(kinds === undefined ? {} : { kinds }),
  })
}

/** What did not pass, besides that nobody knows which operating system it is. */
const faults = async (knobs: Knobs = {}, situation: Situation = {}) =>
  notPassed(await check(knobs, situation)).filter((said) => !said.startsWith('unchecked dstack.os-image'))
const findingOf = ({ findings }: AttestationResult, name: string) => findings.find(({ check: id }) => id === name)
const replace = (name: string, change: (event: DstackEvent) => DstackEvent) => (events: readonly DstackEvent[]) =>
  events.map((event) => (event.event === name ? change(event) : event))
const without = (name: string) => (events: readonly DstackEvent[]) => events.filter(({ event }) => event !== name)
/** Puts an event in front of the first of that name. */
const putBefore = (name: string, added: DstackEvent) => (events: readonly DstackEvent[]) =>
  events.flatMap((event) => (event.event === name ? [added, event] : [event]))
const flipHex = (text: string) => Buffer.from(flipBit(Buffer.from(text, 'hex'))).toString('hex')

describe('a dstack workload', () => {
  it('passes whole, save that which operating system runs is its own word', async () => {
    const { findings, authentic } = await check()
    expect(findings.filter(({ check: id }) => id.startsWith('dstack.')).map(({ check: id, outcome }) => `${id} ${outcome}`)).toEqual([
      'dstack.format passed',
      'dstack.event-digests passed',
      'dstack.boot-replay passed',
      'dstack.app-replay passed',
      'dstack.boot-events passed',
      'dstack.config-id passed',
      'dstack.compose passed',
      'dstack.images passed',
      'dstack.variables passed',
      'dstack.os-image unchecked',
    ])
    expect(notPassed({ findings })).toEqual([OWN_WORD])
    // The quote's own findings are among them, and everything is about the same hop.
    expect(findings.some(({ check: id }) => id === 'tdx.tcb-status')).toBe(true)
    expect(findings.every(({ hop }) => hop === 1)).toBe(true)
    expect(authentic?.platform).toEqual(sentence('tdx_platform'))
    expect(authentic?.commits.map(({ field }) => field)).toEqual(['report-data'])
  })

  it.each<[string, Knobs]>([
    ['with digests of the second version', { version: 2 }],
    ['stripped of digests and payloads', { show: (events) => events.map(strip) }],
    ['stripped, with digests of the second version', { version: 2, show: (events) => events.map(strip) }],
    ['as a list', { logAs: 'list' }],
    ['without the boot', { show: (events) => events.filter(({ imr }) => imr === 3) }],
    ['with preimages', { show: (events) => events.map((event) => ({ ...event, ...preimage(event) })) }],
    ['with digits in upper case', { show: (events) => events.map((event) => ({ ...event, digest: event.digest.toUpperCase() })) }],
  ])('shows the same in an event log %s', async (_, knobs) => {
    const plain = await check()
    const result = await check(knobs)
    expect(notPassed(result)).toEqual([OWN_WORD])
    const own = ({ authentic }: AttestationResult) => authentic?.measurements.filter(({ name }) => name.startsWith('dstack.'))
    expect(own(result)).toEqual(own(plain))
  })

  it('states what was measured: the compose file is its code, the rest says who and where', async () => {
    const { composeHash, appId } = made()
    const { authentic } = await check()
    expect(authentic?.measurements.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'dstack.compose-hash code',
      'dstack.app-id identity',
      'dstack.instance-id identity',
      'dstack.key-provider identity',
      'dstack.os-image-hash identity',
      'dstack.image identity',
      'dstack.image identity',
      'tdx.mrtd identity',
      'tdx.rtmr0 identity',
      'tdx.rtmr1 identity',
      'tdx.rtmr2 identity',
      'tdx.rtmr3 code',
      'tdx.mr-config-id code',
      'tdx.td-attributes identity',
      'tdx.xfam identity',
      'tdx.mr-seam identity',
      'tdx.tee-tcb-svn identity',
      'tdx.fmspc identity',
      'platform.hardware identity',
    ])
    const result = await check()
    expect(measured(result, 'dstack.compose-hash')).toEqual([composeHash])
    expect(measured(result, 'dstack.app-id')).toEqual([Buffer.from(appId).toString('hex')])
    expect(measured(result, 'dstack.image')).toEqual([`sha256:${'a1'.repeat(32)}`, `sha256:${'b2'.repeat(32)}`])
    expect(measured(result, 'dstack.key-provider')[0]).toMatch(/^kms:3059[0-9a-f]{178}$/)
    const none = await check({ keyProvider: { name: 'none', id: '' }, instanceId: octets([]) })
    expect(measured(none, 'dstack.key-provider')).toEqual(['none'])
    expect(measured(none, 'dstack.instance-id')).toEqual([])
  })

  const other = (event: DstackEvent) => ({ ...event, event_payload: flipHex(event.event_payload) })
  const noLog = { show: null } as const
  it.each<[string, readonly string[], Knobs]>([
    [
      'a stated digest that is another',
      ['failed dstack.event-digests dstack_digests_failed'],
      { show: replace('app-id', (event) => ({ ...event, digest: flipHex(event.digest) })) },
    ],
    [
      'a preimage that is another',
      ['failed dstack.event-digests dstack_digests_failed'],
      { show: replace('app-id', (event) => ({ ...event, preimage: '00' })) },
    ],
    [
      'another payload in a stripped log',
      ['failed dstack.app-replay dstack_app_replay_failed'],
      { show: (events) => replace('compose-hash', other)(events.map(strip)) },
    ],
    ['an event left out', ['failed dstack.app-replay dstack_app_replay_failed'], { show: without('storage-fs') }],
    [
      'an event of the application added',
      ['failed dstack.app-replay dstack_app_replay_failed'],
      { show: (events) => [...events, runtimeEvent('later', zeros(0))] },
    ],
    [
      'events in another order',
      ['failed dstack.app-replay dstack_app_replay_failed'],
      { show: (events) => [...events.filter(({ imr }) => imr < 3), ...events.filter(({ imr }) => imr === 3).toReversed()] },
    ],
    [
      'a boot event with another digest',
      ['failed dstack.boot-replay dstack_boot_replay_failed'],
      { show: (events) => events.map((event, index) => (index === 0 ? { ...event, digest: flipHex(event.digest) } : event)) },
    ],
    [
      'a boot event without a digest',
      ['failed dstack.boot-replay dstack_boot_replay_failed'],
      { show: (events) => events.map((event, index) => (index === 0 ? { ...event, digest: '' } : event)) },
    ],
    [
      'a boot register left out',
      ['failed dstack.boot-replay dstack_boot_replay_failed'],
      { show: (events) => events.filter(({ imr }) => imr !== 2) },
    ],
    [
      'the same event twice',
      ['failed dstack.boot-events dstack_boot_duplicate'],
      { measure: putBefore('instance-id', runtimeEvent('app-id', zeros(20))) },
    ],
    [
      'an unknown event twice',
      ['failed dstack.boot-events dstack_boot_duplicate'],
      { measure: putBefore('instance-id', runtimeEvent('storage-fs', zeros(1))) },
    ],
    [
      'an event of the boot in RTMR3',
      ['failed dstack.boot-events dstack_boot_foreign'],
      {
        measure: putBefore('instance-id', { imr: 3, event_type: 10, digest: 'aa'.repeat(48), event: 'gpu-policy-hash', event_payload: '' }),
      },
    ],
    [
      'an event of dstack in another register',
      ['failed dstack.boot-events dstack_boot_foreign'],
      { measure: putBefore('system-preparing', { ...runtimeEvent('gpu-policy-hash', zeros(32)), imr: 2 }) },
    ],
    ...['system-ready', 'app-id', 'compose-hash', 'instance-id', 'key-provider'].map((name): [string, readonly string[], Knobs] => [
      `no event ${name}`,
      ['failed dstack.boot-events dstack_boot_missing'],
      { measure: without(name) },
    ]),
    ...['app-id', 'compose-hash', 'instance-id', 'os-image-hash', 'key-provider'].map((name): [string, readonly string[], Knobs] => [
      `a short ${name}`,
      ['failed dstack.boot-events dstack_boot_payload'],
      { measure: replace(name, () => runtimeEvent(name, octets([0x7b]))) },
    ]),
    [
      'a short GPU policy hash',
      ['failed dstack.boot-events dstack_boot_payload'],
      { measure: putBefore('instance-id', runtimeEvent('gpu-policy-hash', zeros(31))) },
    ],
    [
      'a short hash of an init script',
      ['failed dstack.boot-events dstack_boot_payload'],
      { measure: putBefore('instance-id', runtimeEvent('init-script-hash', zeros(31))) },
    ],
    [
      'another compose file',
      ['failed dstack.compose dstack_compose_failed'],
      { document: { app_compose: '{"docker_compose_file":"services:\\n  a:\\n    image: a"}' } },
    ],
    ['a launch with another compose file', ['failed dstack.config-id dstack_config_failed'], { configId: join(octets([1]), zeros(47)) }],
    [
      'a launch configuration that goes on behind the hash',
      ['failed dstack.config-id dstack_config_failed'],
      { tdx: { quote: { td: { mrConfigId: join(octets([1]), Buffer.from(made().composeHash, 'hex'), zeros(14), octets([1])) } } } },
    ],
    ['a launch for another key provider', ['failed dstack.config-id dstack_config_failed'], { configId: join(octets([2]), zeros(47)) }],
    [
      'a launch document that cannot be rebuilt',
      ['unchecked dstack.config-id dstack_config_unconfirmed'],
      { configId: 3, configDocument: (document) => JSON.stringify(document, null, 1) },
    ],
    [
      'a launch configuration of another kind',
      ['unchecked dstack.config-id dstack_config_unknown'],
      { configId: octets([4, ...zeros(47)]) },
    ],
    ['no event log, and no launch configuration', ['unchecked dstack.event-log dstack_event_log_none'], { ...noLog, configId: 'none' }],
    [
      'no event log, and a launch configuration that needs one',
      ['unchecked dstack.config-id dstack_config_unconfirmed', 'unchecked dstack.event-log dstack_event_log_none'],
      { ...noLog, configId: 3 },
    ],
    [
      'no event log, and no compose file',
      ['unchecked dstack.event-log dstack_event_log_none'],
      { ...noLog, document: { app_compose: undefined } },
    ],
    [
      'an image without a digest',
      ['unchecked dstack.images dstack_images_unpinned'],
      { composeFile: COMPOSE_FILE.replace(/@sha256:(?:a1)+/, ':latest') },
    ],
    [
      'an image by a variable',
      ['unchecked dstack.images dstack_images_unpinned'],
      { composeFile: COMPOSE_FILE.replace(/registry.example\/model@sha256:(?:a1)+/, `\${IMAGE}`) },
    ],
    [
      'no compose file for containers',
      ['unchecked dstack.images dstack_images_unreadable'],
      { compose: { docker_compose_file: undefined } },
    ],
    ['a compose file that is not read', ['unchecked dstack.images dstack_images_unreadable'], { composeFile: 'services: *elsewhere' }],
    ['lists of another type', ['unchecked dstack.images dstack_images_unreadable'], { compose: { allowed_envs: 'TOKEN' } }],
  ])('does not pass with %s, by that alone', async (_, expected, knobs) => {
    expect(await faults(knobs)).toEqual(expected)
  })

  it.each<[string, Knobs]>([
    ['version 2', { configId: 2 }],
    ['version 2 without a key provider', { configId: 2, keyProvider: { name: 'none', id: '' } }],
    ['version 2 with a local one', { configId: 2, keyProvider: { name: 'local-sgx', id: '1b'.repeat(32) } }],
    ['version 3', { configId: 3 }],
    ['version 3 with a local key provider', { configId: 3, keyProvider: { name: 'local-sgx', id: '1b'.repeat(32) } }],
    ['version 3 without ids', { configId: 3, keyProvider: { name: 'none', id: '' }, instanceId: octets([]) }],
    [
      'version 3 with an empty list of scripts',
      {
        configId: 3,
        configDocument: ({ app_id, compose_hash, ...rest }) => JSON.stringify({ app_id, compose_hash, init_script_hashes: [], ...rest }),
      },
    ],
    [
      'version 3 with scripts and a GPU policy',
      {
        configId: 3,
        configDocument: ({ app_id, compose_hash, ...rest }) =>
          JSON.stringify({
            app_id,
            compose_hash,
            gpu_policy_hash: '01'.repeat(32),
            init_script_hashes: ['02'.repeat(32), '03'.repeat(32)],
            ...rest,
          }),
        measure: (events) =>
          [
            runtimeEvent('init-script-hash', zeros(32).fill(2)),
            runtimeEvent('init-script-hash', zeros(32).fill(3)),
            runtimeEvent('gpu-policy-hash', zeros(32).fill(1)),
          ].reduce<readonly DstackEvent[]>((so, event) => putBefore('instance-id', event)(so), events),
      },
    ],
    ['none', { configId: 'none' }],
  ])('may have been launched with a configuration of %s', async (form, knobs) => {
    const result = await check(knobs)
    expect(notPassed(result)).toEqual([OWN_WORD])
    expect(findingOf(result, 'dstack.config-id')?.outcome).toBe(form === 'none' ? undefined : 'passed')
  })

  it('needs no event log where its launch configuration is the compose hash', async () => {
    const result = await check({ show: null })
    expect(notPassed(result)).toEqual(['unchecked dstack.os-image dstack_os_host_only'])
    expect(measured(result, 'dstack.compose-hash')).toEqual([made().composeHash])
    expect(measured(result, 'dstack.image')).toHaveLength(2)
    expect(measured(result, 'dstack.app-id')).toEqual([])
  })

  it('states nothing of its own where the log does not hold', async () => {
    for (const show of [without('storage-fs'), (events: readonly DstackEvent[]) => events.toReversed()]) {
      const result = await check({ show })
      expect(result.authentic?.measurements.filter(({ name }) => name.startsWith('dstack.'))).toEqual([])
      expect(findingOf(result, 'dstack.compose')).toBeUndefined()
      expect(measured(result, 'tdx.rtmr3')).toHaveLength(1)
    }
    const twice = await check({ measure: putBefore('instance-id', runtimeEvent('app-id', zeros(20))) })
    expect(measured(twice, 'dstack.app-id')).toEqual([])
  })

  it('may say anything after it was ready', async () => {
    const later = (events: readonly DstackEvent[]) => [
      ...events,
      runtimeEvent('compose-hash', zeros(32)),
      runtimeEvent('app-id', zeros(20)),
    ]
    const result = await check({ measure: later })
    expect(notPassed(result)).toEqual([OWN_WORD])
    expect(measured(result, 'dstack.compose-hash')).toEqual([made().composeHash])
  })

  it('names the variables and scripts that its operator has in hand', async () => {
    const result = await check({
      compose: { allowed_envs: ['TOKEN', 'MODEL'], pre_launch_script: 'docker run x', init_script: '', init_scripts: ['a'] },
    })
    const variables = findingOf(result, 'dstack.variables')
    expect(variables).toMatchObject({ because: { id: 'dstack_variables', args: ['2'] }, computed: 'TOKEN, MODEL' })
    expect(variables?.assumes).toEqual(['assume_dstack_variables'])
    expect(findingOf(result, 'dstack.scripts')?.computed).toBe('pre_launch_script, init_scripts')
    const none = findingOf(await check({ compose: { allowed_envs: [] } }), 'dstack.variables')
    expect([none?.because.id, none?.assumes]).toEqual(['dstack_variables_none', []])
    expect(findingOf(await check(), 'dstack.scripts')).toBeUndefined()
  })

  it('names that a container may start others', async () => {
    const composeFile = COMPOSE_FILE.replace('ports:', 'volumes: ["/var/run/docker.sock:/var/run/docker.sock"]\n    ports:')
    const result = await check({ composeFile })
    expect(notPassed(result)).toEqual([OWN_WORD])
    expect(findingOf(result, 'dstack.more-containers')?.assumes).toEqual(['assume_dstack_more_containers'])
    expect(findingOf(await check(), 'dstack.more-containers')).toBeUndefined()
  })

  it('names the images that it leaves open', async () => {
    const composeFile = COMPOSE_FILE.replace(/@sha256:(?:a1)+/, ':latest').replace(/image: "registry.*/, 'build: .')
    const images = findingOf(await check({ composeFile }), 'dstack.images')
    expect(images?.because).toEqual({ id: 'dstack_images_unpinned', args: ['registry.example/model:latest, proxy'] })
    expect(images?.assumes).toEqual(['assume_dstack_images'])
  })
})

function preimage(event: DstackEvent) {
  return event.imr === 3
    ? { preimage: Buffer.from(`\x01\x00\x00\x08:${event.event}:`, 'latin1').toString('hex') + event.event_payload }
    : {}
}

describe('what peers let through of dstack workloads', () => {
  it('a swapped event payload with the old digest is refused', async () => {
    const swapped = '00'.repeat(32)
    const result = await check({ show: replace('compose-hash', (event) => ({ ...event, event_payload: swapped })) })
    expect(notPassed(result).slice(0, 2)).toEqual([
      'failed dstack.event-digests dstack_digests_failed',
      'failed dstack.app-replay dstack_app_replay_failed',
    ])
    expect(measured(result, 'dstack.compose-hash')).toEqual([])
  })

  it('a swapped payload of the second version, calling itself the first, is refused', async () => {
    const show = replace('compose-hash', ({ version: _, ...event }) => event)
    expect(await faults({ version: 2, show })).toEqual([
      'failed dstack.event-digests dstack_digests_failed',
      'failed dstack.app-replay dstack_app_replay_failed',
    ])
  })

  it('a boot event that calls itself the compose hash is not one', async () => {
    const disguised = { imr: 3, event_type: 0, digest: 'bb'.repeat(48), event: 'compose-hash', event_payload: '44'.repeat(32) }
    const result = await check({ measure: (events) => putBefore('instance-id', disguised)(without('compose-hash')(events)) })
    expect(notPassed(result)[0]).toBe('failed dstack.boot-events dstack_boot_foreign')
    expect(measured(result, 'dstack.compose-hash')).toEqual([])
  })
})

describe('the operating system of a dstack workload', () => {
  const hash = 'cc'.repeat(32)

  it.each<[string, string, readonly string[], Knobs]>([
    ['what it says itself', 'dstack_os_own_word', [hash], { osImageHash: hash }],
    ['what it says itself, with no word of the host’s', 'dstack_os_own_word', [hash], { osImageHash: hash, document: { vm_config: null } }],
    [
      'what it says itself, where the host’s word is not read',
      'dstack_os_own_word',
      [hash],
      { osImageHash: hash, document: { vm_config: '{' } },
    ],
    [
      'by the name that it is published under',
      'dstack_os_own_word',
      ['dstack-0.5.9'],
      { osImageHash: 'bd369a8c2f9edb2b52dad48ac8e0b32dde5f1337c423a506b48d07403a7d8033' },
    ],
    [
      'another than the host names',
      'dstack_os_differs',
      [hash, 'dd'.repeat(32)],
      { osImageHash: hash, document: { vm_config: JSON.stringify({ os_image_hash: 'DD'.repeat(32) }) } },
    ],
    [
      'named by the host alone',
      'dstack_os_host_only',
      [hash],
      { osImageHash: null, document: { vm_config: JSON.stringify({ os_image_hash: hash }) } },
    ],
    ['named by nobody', 'dstack_os_silent', [], { osImageHash: null }],
  ])('is %s, and so unchecked', async (_, id, args, knobs) => {
    const result = await check(knobs)
    const finding = findingOf(result, 'dstack.os-image')
    expect([finding?.outcome, finding?.because.id, finding?.because.args ?? []]).toEqual(['unchecked', id, args])
    expect(finding?.assumes).toEqual(['assume_dstack_os_image'])
  })

  const pins = async () => {
    const result = await check()
    return Object.fromEntries(OS_REGISTERS.map((name) => [name, measured(result, name)[0] ?? '']))
  }

  it('is known where the policy accepts all four measurements of its boot', async () => {
    expect(notPassed(await check({}, { expects: expecting(await pins()) }))).toEqual([])
  })

  it.each(OS_REGISTERS)('is not known without %s, nor with another value of it', async (name) => {
    const { [name]: value = '', ...others } = await pins()
    expect(notPassed(await check({}, { expects: expecting(others) }))).toEqual([OWN_WORD])
    expect(notPassed(await check({}, { expects: expecting({ ...others, [name]: flipHex(value) }) }))).toEqual([OWN_WORD])
  })
})

describe('the workload row of a dstack workload', () => {
  const standing = async (expects: readonly Expectation[], knobs: Knobs = {}): Promise<Standing | undefined> => {
    const result = await check(knobs, { expects })
    const findings: readonly Finding[] = [
      ...result.findings.map((finding) => ({ ...finding, hop: 0 })),
      { check: 'test.binding', role: 'evidence.binding', hop: 0, outcome: 'passed', because: sentence('tdx_platform'), assumes: [] },
      ...matchPolicy(
        { format: 'inference-receipt-checker/policy', version: 1, id: '', name: '', service: '', expects, receiptKeys: [] },
        { index: 0, role: 'service', isSigner: true },
        { evidence: result.authentic?.measurements, receipt: undefined },
      ),
    ]
    const { claims } = deriveClaims({ findings, hops: [{ role: 'service', name: '', backing: 'evidence' }], signer: 0, keyPinned: false })
    expect(claims[0]?.standing).toBe('verified')
    return claims[1]?.standing
  }
  const pinned = async (...names: readonly string[]) => {
    const result = await check()
    return expecting(Object.fromEntries(names.map((name) => [name, measured(result, name)[0] ?? ''])))
  }

  it('is verified by the compose file on a known operating system, and by nothing less', async () => {
    expect(await standing(await pinned('dstack.compose-hash', ...OS_REGISTERS))).toBe('verified')
    expect(await standing(await pinned('dstack.compose-hash'))).toBe('assumed')
    expect(await standing(await pinned(...OS_REGISTERS))).toBe('assumed')
    // One image of two is allowed: the other runs beside it, and all of them have to be.
    expect(await standing(await pinned('dstack.image', ...OS_REGISTERS))).toBe('failed')
    const images = { measurement: 'dstack.image', anyOf: measured(await check(), 'dstack.image'), source: 'user' } as const
    expect(await standing([images, ...(await pinned(...OS_REGISTERS))])).toBe('assumed')
    expect(await standing([])).toBe('assumed')
  })

  it('is failed by a swapped payload, whatever was pinned', async () => {
    const show = replace('app-id', (event) => ({ ...event, event_payload: '00'.repeat(20) }))
    expect(await standing(await pinned(...OS_REGISTERS), { show })).toBe('failed')
  })

  it('is only assumed where an image has no digest', async () => {
    const knobs = { composeFile: COMPOSE_FILE.replace(/@sha256:(?:a1)+/, ':latest') }
    const result = await check(knobs)
    const names = ['dstack.compose-hash', ...OS_REGISTERS]
    const expects = expecting(Object.fromEntries(names.map((name) => [name, measured(result, name)[0] ?? ''])))
    expect(await standing(expects, knobs)).toBe('assumed')
  })
})

describe('the quote of a dstack workload', () => {
  it('comes first: where it is not authentic, nothing else is looked at', async () => {
    const result = await check({ tdx: { quote: { signature: 'flipped' } } })
    expect(notPassed(result)).toEqual(['failed tdx.quote-signature tdx_quote_signature_failed'])
    expect(result.findings.map(({ check: id }) => id).filter((id) => id.startsWith('dstack.'))).toEqual(['dstack.format'])
    expect(result.authentic).toBeUndefined()
  })

  it('has its own findings among the others', async () => {
    const result = await check({ tdx: { quote: { td: { tdAttributes: octets([1, 0, 0, 0x10, 0, 0, 0, 0]) } } } })
    expect(notPassed(result)).toEqual([OWN_WORD, 'failed tdx.debug tdx_debug_failed'])
  })

  it('is unchecked where nobody knows quotes', async () => {
    const result = await check({}, { kinds: [] })
    expect(notPassed(result)).toEqual(['unchecked dstack.quote dstack_quote_unchecked'])
    expect(result.authentic).toBeUndefined()
  })

  it('has to measure registers', async () => {
    const verify: AttestationKind['verify'] = async () => ({
      findings: [],
      authentic: { commits: [], measurements: [], platform: sentence('tdx_platform') },
    })
    const result = await check({}, { kinds: [{ ...tdx, verify }] })
    expect(notPassed(result)).toEqual(['unchecked dstack.quote dstack_quote_unchecked'])
    expect(result.authentic).toBeUndefined()
  })
})

describe('the keys of a dstack workload', () => {
  const named = () => ({ expects: expecting({ 'dstack.kms-root': made().kmsRoot }) })
  const claims = ({ authentic }: AttestationResult) => authentic?.commits.filter(({ field }) => field === 'runtime-claim')
  const kmsKey = makeKmsKey('simulator/kms-key/1')
  const both = {
    custody: { keys: [{}, { role: 'e2ee-secp256k1', purpose: 'aci.e2ee.v1', publicKey: uncompressed(kmsKey) }] },
  } as const

  it('are committed to where their root is one that the policy names', async () => {
    const result = await check(both, named())
    expect(notPassed(result)).toEqual([OWN_WORD])
    const inUse = Buffer.from(randomFrom('simulator/key-in-use/0')(32)).toString('hex')
    expect(claims(result)).toEqual([
      { field: 'runtime-claim', name: 'dstack-kms:receipt', value: inUse },
      { field: 'runtime-claim', name: 'dstack-kms:e2ee-secp256k1', value: Buffer.from(kmsKey.publicKey).toString('hex') },
    ])
    expect(measured(result, 'dstack.kms-root')).toEqual([made().kmsRoot])
    const finding = findingOf(result, 'dstack.key-custody')
    expect(finding?.because).toEqual(sentence('dstack_custody_passed'))
    expect(finding?.computed).toBe(`${made().kmsRoot}: receipt, e2ee-secp256k1`)
    expect(finding?.assumes).toEqual(['assume_dstack_kms', 'assume_dstack_key_derivation'])
  })

  it('rest on the workload’s code only where they are not the ones that were signed', async () => {
    const [, signed] = both.custody.keys
    const publicKey = makeKmsKey('simulator/kms-key/0').publicKey
    const result = await check({ custody: { keys: [{ ...signed, publicKey }] } }, named())
    expect(findingOf(result, 'dstack.key-custody')?.assumes).toEqual(['assume_dstack_kms'])
  })

  it.each<[string, readonly Expectation[]]>([
    ['no root', []],
    ['another root', expecting({ 'dstack.kms-root': `02${'aa'.repeat(32)}` })],
    ['the root as something else', expecting({ 'dstack.app-id': made().kmsRoot })],
  ])('are not committed to where the policy names %s', async (_, expects) => {
    const result = await check(both, { expects })
    expect(claims(result)).toEqual([])
    const finding = findingOf(result, 'dstack.key-custody')
    expect([finding?.outcome, finding?.because.id, finding?.computed]).toEqual(['passed', 'dstack_custody_root_unnamed', made().kmsRoot])
    expect(finding?.assumes).toContain('assume_dstack_kms_root')
    expect(measured(result, 'dstack.kms-root')).toEqual([made().kmsRoot])
  })

  it('of roles that are not known here are not committed to', async () => {
    const custody = { keys: [{ role: 'oak-session-binding', purpose: 'oak.session.binding.ed25519.v1' }] }
    expect(claims(await check({ custody }, named()))).toEqual([])
  })

  const stranger = makeKmsKey('stranger')
  it.each<[string, string, NonNullable<Knobs['custody']>]>([
    ['for another purpose', 'custody-purpose: receipt', { keys: [{ purpose: 'aci.e2ee.v1' }] }],
    ['that are no points', 'custody-key: receipt', { keys: [{ kmsPublicKey: join(octets([2]), zeros(31), octets([5])) }] }],
    [
      'that are others than those signed',
      'custody-other-key: e2ee-secp256k1',
      { keys: [{ role: 'e2ee-secp256k1', purpose: 'aci.e2ee.v1', publicKey: stranger.publicKey }] },
    ],
    [
      'with signatures out of range',
      'custody-signature: receipt',
      { keys: [{ rewriteChain: ([first]) => [first, `${'ff'.repeat(64)}00`] }] },
    ],
    [
      'with a first signature out of range',
      'custody-signature: receipt',
      { keys: [{ rewriteChain: ([, last]) => ['00'.repeat(65), last] }] },
    ],
    ['of several roots', 'custody-several-roots', { keys: [{}, { root: stranger }] }],
    ['of several applications', 'custody-several-roots', { keys: [{}, { application: stranger }] }],
    ['of which there are none', 'custody-empty', { keys: [] }],
  ])('are refused: keys %s', async (_, detail, custody) => {
    const result = await check({ custody }, named())
    expect(notPassed(result)).toEqual([OWN_WORD, 'failed dstack.key-custody dstack_custody_failed'])
    const { code, computed } = findingOf(result, 'dstack.key-custody') ?? {}
    expect(computed === undefined ? code : `${code}: ${computed}`).toBe(detail)
    expect(claims(result)).toEqual([])
    expect(measured(result, 'dstack.kms-root')).toEqual([])
  })

  it.each<[string, NonNullable<Knobs['custody']>]>([
    ['the chain of another application', { appId: zeros(20) }],
    ['a purpose that was not signed', { keys: [{ signedPurpose: 'aci.e2ee.v1' }] }],
    ['the key of another chain', { keys: [{ kmsPublicKey: stranger.publicKey }] }],
    ['the root of another service', { keys: [{ root: stranger }] }],
  ])('lead to another root with %s', async (_, custody) => {
    const result = await check({ custody }, named())
    expect(claims(result)).toEqual([])
    expect(measured(result, 'dstack.kms-root')).not.toEqual([made().kmsRoot])
    expect(measured(result, 'dstack.kms-root')).toHaveLength(1)
  })

  it('may have recovery ids from 0 or from 27', async () => {
    const result = await check({ custody: { keys: [{ recoveryBase: 27 }] } }, named())
    expect(claims(result)).toHaveLength(1)
  })

  it('of another service, or with no verified application, are unchecked', async () => {
    expect(await faults({ custody: { provider: 'other-kms' } }, named())).toEqual(['unchecked dstack.key-custody dstack_custody_provider'])
    const nobody = await check({ custody: {}, show: null }, named())
    expect(notPassed(nobody)).toContain('unchecked dstack.key-custody dstack_custody_no_app')
    expect(claims(nobody)).toEqual([])
  })
})

describe('the GPUs of a dstack workload', () => {
  const payload = (...gpus: readonly GpuKnobs[]) => makeGpuPayload(gpus.map((knobs) => makeGpuItem(knobs).item))
  const reportData = (nonce: Octets) => join(randomFrom('key')(32), nonce)
  const pairing = (result: AttestationResult) => {
    const found = result.findings.filter(({ check: id }) => id === 'gpu.pairing')
    return found.map(({ outcome, because, assumes }) => [outcome, because.id, assumes])
  }

  it('share a nonce with the quote: the same machine is an assumption', async () => {
    const result = await check({ nvidiaPayload: payload({}, { index: 1 }), reportData: reportData(GPU_NONCE) })
    expect(pairing(result)).toEqual([['passed', 'gpu_pairing_nonce', ['assume_gpu_same_machine']]])
    expect(result.findings.every(({ hop }) => hop === 1)).toBe(true)
    expect(result.authentic?.platform.id).toBe('dstack_platform_gpu')
    expect(measured(result, 'nvidia.gpu-count')).toEqual(['2'])
    expect(result.authentic?.measurements.filter(({ name, kind }) => name.startsWith('nvidia.') && kind === 'code')).toEqual([])
    // The nonce is the GPU's and commits the processor to nothing.
    expect(result.authentic?.commits.map(({ field }) => field)).toEqual(['report-data'])
  })

  it('are the same whether their evidence comes as text or as an object', async () => {
    const text = payload({}, { index: 1 })
    const asText = await check({ nvidiaPayload: text, reportData: reportData(GPU_NONCE) })
    const asObject = await check({ document: { nvidia_payload: JSON.parse(text) }, reportData: reportData(GPU_NONCE) })
    expect(asObject).toEqual(asText)
    const none = { evidence_list: [] }
    expect(findingOf(await check({ document: { nvidia_payload: none } }), 'nvidia-gpu.presence')?.outcome).toBe('unchecked')
  })

  it('that answered another nonce are elsewhere, or the answer is old', async () => {
    const result = await check({ nvidiaPayload: payload({}), reportData: reportData(randomFrom('other')(32)) })
    expect(pairing(result)).toEqual([['failed', 'gpu_pairing_other_nonce', []]])
    const one = await check({ nvidiaPayload: payload({}, { index: 1, nonce: zeros(32).fill(7) }), reportData: reportData(GPU_NONCE) })
    expect(pairing(one)).toEqual([['failed', 'gpu_pairing_other_nonce', []]])
  })

  it('are linked by nothing where the quote holds no nonce', async () => {
    const result = await check({ nvidiaPayload: payload({ nonce: zeros(32) }), reportData: reportData(zeros(32)) })
    expect(pairing(result)).toEqual([['unchecked', 'gpu_pairing_none', []]])
  })

  it('bring their own findings, and no pairing where they are not genuine', async () => {
    const result = await check({ nvidiaPayload: payload({ signature: 'flipped' }), reportData: reportData(GPU_NONCE) })
    expect(findingOf(result, 'nvidia-gpu.signature')?.outcome).toBe('failed')
    expect(pairing(result)).toEqual([['unchecked', 'gpu_pairing_none', []]])
    expect(measured(result, 'nvidia.gpu-count')).toEqual([])
  })

  it('are not paired where there are none', async () => {
    const result = await check({ nvidiaPayload: payload() })
    expect(pairing(result)).toEqual([])
    expect(findingOf(result, 'nvidia-gpu.presence')?.outcome).toBe('unchecked')
  })

  it('are unchecked where nobody knows their evidence', async () => {
    expect(await faults({ nvidiaPayload: payload({}) }, { kinds: [tdx] })).toEqual(['unchecked dstack.gpu-evidence dstack_gpu_unchecked'])
  })
})

describe('a dstack document that cannot be read', () => {
  const event = runtimeEvent('x', zeros(0))
  it.each<[string, Knobs]>([
    ['no quote', { document: { quote: undefined } }],
    ['an empty quote', { document: { quote: '' } }],
    ['a quote that is a prefix alone', { document: { quote: '0x' } }],
    ['a quote of half an octet', { document: { quote: '000' } }],
    ['a quote that is too long', { document: { quote: '00'.repeat(65_537) } }],
  ])('at all, with %s', async (_, knobs) => {
    const result = await check(knobs)
    expect(notPassed(result)).toEqual(['unchecked dstack.format dstack_format_failed'])
    expect(findingOf(result, 'dstack.format')?.theirs).toBe(true)
    expect(result.authentic).toBeUndefined()
  })

  /** One part is unread, and the others are checked as without it. */
  async function expectUnread(knobs: Knobs, id: string, member: string): Promise<void> {
    const result = await check(knobs)
    expect(findingOf(result, id)).toMatchObject({ outcome: 'unchecked', theirs: true, at: expect.stringContaining(`evidence.${member}`) })
    expect(result.findings.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    const without = await check({ document: { [member]: undefined } })
    expect(result.authentic).toEqual(without.authentic)
    expect(result.authentic).toBeDefined()
  }

  it.each<[string, Knobs]>([
    ['a log that is no JSON', { document: { event_log: '[' } }],
    ['a log that is no list', { document: { event_log: '{}' } }],
    ['a log with too many events', { document: { event_log: JSON.stringify(Array.from({ length: 1025 }, () => event)) } }],
    ['a log that is too long', { document: { event_log: `[${' '.repeat(2 * 1024 * 1024)}]` } }],
    ['a register too many', { show: () => [{ ...event, imr: 4 }] }],
    ['half a register', { show: () => [{ ...event, imr: 0.5 }] }],
    ['a negative type', { show: () => [{ ...event, event_type: -1 }] }],
    ['a type of more than 32 bits', { show: () => [{ ...event, event_type: 2 ** 32 }] }],
    ['a digest that is too long', { show: () => [{ ...event, digest: '00'.repeat(49) }] }],
    ['a digest that is no hexadecimal', { show: () => [{ ...event, digest: 'zz' }] }],
    ['a payload of half an octet', { show: () => [{ ...event, event_payload: '0' }] }],
    ['a payload that is too long', { show: () => [{ ...event, event_payload: '00'.repeat(65_537) }] }],
    ['a name that is too long', { show: () => [{ ...event, event: 'x'.repeat(257) }] }],
    ['a version that is not known', { show: () => [{ ...event, version: 3 }] }],
    ['a name that comes twice', { document: { event_log: '[{"imr":3,"imr":2}]' } }],
  ])('in its events: %s', async (_, knobs) => expectUnread(knobs, 'dstack.event-log', 'event_log'))
  it.each<[string, Knobs]>([
    ['a compose file that is no text', { document: { app_compose: {} } }],
    ['a compose file that is too long', { document: { app_compose: 'x'.repeat(1024 * 1024 + 1) } }],
    ['a compose file that has no UTF-8 form', { document: { app_compose: '\ud800' } }],
  ])('in its compose file: %s', async (_, knobs) => expectUnread(knobs, 'dstack.compose', 'app_compose'))
  it.each<[string, Knobs]>([
    ['keys as a list', { document: { key_custody: [] } }],
    ['a key of another length', { custody: { keys: [{ publicKey: zeros(31) }] } }],
    ['a derived key of another length', { custody: { keys: [{ kmsPublicKey: zeros(32) }] } }],
    ['one signature', { custody: { keys: [{ rewriteChain: ([first]) => [first] }] } }],
    ['three signatures', { custody: { keys: [{ rewriteChain: ([first, last]) => [first, last, last] }] } }],
    ['a signature of 64 octets', { custody: { keys: [{ rewriteChain: ([first, last]) => [first, last.slice(2)] }] } }],
    ['a role with signs in it', { custody: { keys: [{ role: 'receipt:x' }] } }],
    ['a purpose with a space', { custody: { keys: [{ purpose: 'a b' }] } }],
    ['too many keys', { custody: { keys: Array.from({ length: 17 }, () => ({})) } }],
  ])('in who issued its keys: %s', async (_, knobs) => expectUnread(knobs, 'dstack.key-custody', 'key_custody'))
  it.each<[string, Knobs]>([
    ['a list', { document: { nvidia_payload: [] } }],
    ['a number', { document: { nvidia_payload: 7 } }],
  ])('in its GPU evidence: %s', async (_, knobs) => expectUnread(knobs, 'dstack.gpu-evidence', 'nvidia_payload'))

  it('does not matter where nobody reads it', async () => {
    const honest = await check({})
    const vm = await check({ document: { vm_config: { stub: true } } })
    expect(vm.findings.filter(({ check: id }) => id !== 'dstack.os-image')).toEqual(
      honest.findings.filter(({ check: id }) => id !== 'dstack.os-image'),
    )
    expect(await check({ document: { report_data: '00' } })).toEqual(honest)
  })

  it.each(['event_log', 'app_compose', 'vm_config', 'nvidia_payload', 'key_custody'])('may have %s null or absent', async (member) => {
    const absent = await check({ document: { [member]: undefined } })
    expect(await check({ document: { [member]: null } })).toEqual(absent)
    expect(findingOf(absent, 'dstack.format')?.outcome).toBe('passed')
  })

  it('of any text never throws, and states nothing', { timeout: LONG }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (document) => {
        const { findings, authentic } = await check({}, { document })
        expect(authentic).toBeUndefined()
        expect(findings.some(({ theirs }) => theirs === true)).toBe(true)
      }),
      RUNS,
    )
  })

  it('with any octets changed never shows another application', { timeout: LONG }, async () => {
    const { document, composeHash } = made({ custody: {} })
    const honest = await check({}, { document })
    const own = ({ authentic }: AttestationResult) =>
      authentic?.measurements.filter(({ name }) => /^dstack\.(?!kms|image)/.test(name)) ?? []
    expect(own(honest)).not.toEqual([])
    // The quote in its hexadecimal digits is most of the document, and has tests of its own.
    const start = document.indexOf('"event_log"')
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 8 }), async (seed) => {
        const tail = mutate(new TextEncoder().encode(document.slice(start)), diceFrom(seed))
        const changed = document.slice(0, start) + new TextDecoder().decode(tail)
        const result = await check({}, { document: changed })
        // Either all that the events say, or without them the compose file by the launch configuration, or nothing.
        const shown = own(result)
        expect([own(honest), [{ name: 'dstack.compose-hash', value: composeHash, kind: 'code' }], []]).toContainEqual(shown)
      }),
      RUNS,
    )
  })
})
