import type { Files, Subject } from './subjects/subject.ts'
import type { Operation } from './table.ts'

/** Runs in the browser's page: everything is measured here. Times in milliseconds. */
export type Times = readonly number[]

async function filesOf(paths: readonly string[]): Promise<Files> {
  const loaded = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const path of paths) {
    const response = await fetch(`/vectors/${path}`)
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    loaded.set(path, new Uint8Array(await response.arrayBuffer()))
  }
  const bytes = (path: string) => {
    const found = loaded.get(path)
    if (found === undefined) throw new Error(`${path} is not among the row's files`)
    return found.slice()
  }
  return { bytes, text: (path) => new TextDecoder().decode(bytes(path)) }
}

/** From the import of a module that this page has not seen to its first verdict. */
export async function cold(module: string, paths: readonly string[]): Promise<number> {
  const files = await filesOf(paths)
  const start = performance.now()
  const { prepare }: { prepare: Subject } = await import(/* @vite-ignore */ module)
  const call = await prepare(files)
  expectAccepted(module, await call())
  return performance.now() - start
}

const WARM_UP = 8
/** Several calls are timed together until they take this long: the clock has steps. */
const SAMPLE_MS = 1

/**
 * The bare operations and every subject in turn, round by round, so that whatever else the machine does falls on all alike. The floor comes
 * first.
 */
export async function warm(
  modules: readonly string[],
  paths: readonly string[],
  floor: readonly (readonly [Operation, number])[],
  rounds: number,
): Promise<readonly Times[]> {
  const files = await filesOf(paths)
  const calls: (() => Promise<unknown>)[] = [await bare(floor)]
  for (const module of modules) {
    const { prepare }: { prepare: Subject } = await import(/* @vite-ignore */ module)
    const call = await prepare(files)
    calls.push(async () => expectAccepted(module, await call()))
  }
  const repeats: number[] = []
  for (const call of calls) {
    for (let round = 0; round < WARM_UP; round += 1) await call()
    const start = performance.now()
    for (let round = 0; round < WARM_UP; round += 1) await call()
    repeats.push(Math.max(1, Math.ceil((SAMPLE_MS * WARM_UP) / (performance.now() - start))))
  }
  const times: number[][] = calls.map(() => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, call] of calls.entries()) {
      const repeat = repeats[index] ?? 1
      const start = performance.now()
      for (let left = repeat; left > 0; left -= 1) await call()
      times[index]?.push((performance.now() - start) / repeat)
    }
  }
  return times
}

function expectAccepted(module: string, verdict: string): void {
  if (verdict !== 'accepted') throw new Error(`${module}: ${verdict}`)
}

type Prepared = {
  readonly spki: ArrayBuffer
  readonly signature: ArrayBuffer
  readonly importAs: AlgorithmIdentifier | RsaHashedImportParams | EcKeyImportParams
  readonly verifyAs: AlgorithmIdentifier | RsaPssParams | EcdsaParams
}

/** Length of what is signed: about that of a certificate. */
const MESSAGE = new Uint8Array(800)

async function bare(floor: readonly (readonly [Operation, number])[]): Promise<() => Promise<void>> {
  const prepared: Prepared[] = []
  for (const [operation, times] of floor) for (let left = times; left > 0; left -= 1) prepared.push(await prepareOne(operation))
  return async () => {
    for (const { spki, signature, importAs, verifyAs } of prepared) {
      const key = await crypto.subtle.importKey('spki', spki, importAs, false, ['verify'])
      if (!(await crypto.subtle.verify(verifyAs, key, signature, MESSAGE))) throw new Error('a bare signature does not hold')
    }
  }
}

async function prepareOne(operation: Operation): Promise<Prepared> {
  const { makeAs, verifyAs } = algorithmsOf(operation)
  const keys = await crypto.subtle.generateKey(makeAs, true, ['sign', 'verify'])
  if (!('publicKey' in keys)) throw new Error('no key pair')
  return {
    spki: await crypto.subtle.exportKey('spki', keys.publicKey),
    signature: await crypto.subtle.sign(verifyAs, keys.privateKey, MESSAGE),
    importAs: makeAs,
    verifyAs,
  }
}

function algorithmsOf(operation: Operation) {
  const rsa = { publicExponent: Uint8Array.of(1, 0, 1) }
  switch (operation) {
    case 'P-256':
      return { makeAs: { name: 'ECDSA', namedCurve: 'P-256' }, verifyAs: { name: 'ECDSA', hash: 'SHA-256' } }
    case 'P-384':
      return { makeAs: { name: 'ECDSA', namedCurve: 'P-384' }, verifyAs: { name: 'ECDSA', hash: 'SHA-384' } }
    case 'RS256 2048':
      return {
        makeAs: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, ...rsa },
        verifyAs: { name: 'RSASSA-PKCS1-v1_5' },
      }
    case 'RS256 4096':
      return {
        makeAs: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 4096, ...rsa },
        verifyAs: { name: 'RSASSA-PKCS1-v1_5' },
      }
    case 'PS384 4096':
      return { makeAs: { name: 'RSA-PSS', hash: 'SHA-384', modulusLength: 4096, ...rsa }, verifyAs: { name: 'RSA-PSS', saltLength: 48 } }
    case 'Ed25519':
      return { makeAs: { name: 'Ed25519' }, verifyAs: { name: 'Ed25519' } }
  }
}
