import type * as v from 'valibot'
import { sha256 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { parseForeignJson } from '../../encoding/json.ts'
import { type Failure, failure, type Result, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { type OpenToken, openToken } from '../token.ts'
import { refusalOf } from './device-claims.ts'
import {
  type DeviceClaims,
  deviceClaims,
  documentSchema,
  type OverallClaims,
  overallClaims,
  REMOTE_CLAIMS,
  sdkSchema,
  tokenHeader,
} from './schema.ts'

/** What the token about all devices is called. */
export const OVERALL = 'JWT'

type Header = v.InferOutput<typeof tokenHeader>

export type OverallToken = OpenToken<Header, OverallClaims>
/** One device's token. `text`: what the digest is of. */
export type DeviceToken = OpenToken<Header, DeviceClaims> & { readonly name: string; readonly text: string }

export type Bundle = { readonly overall: OverallToken; readonly devices: readonly DeviceToken[] }

/** Made by the SDK on the machine itself, and signed by nobody. */
export const LOCAL = 'nras-local'

/**
 * Opens `[["JWT", overall], {"GPU-0": token, …}]`: JSON text with at least one device, by itself or as NVIDIA's SDK wraps it. The devices come in
 * the order of their names.
 */
export function openBundle(text: string): Result<Bundle, string> {
  const json = parseForeignJson(text)
  if (!json.ok) return json
  const unwrapped = unwrap(json.value)
  if (!unwrapped.ok) return unwrapped
  const document = parseWith(documentSchema, unwrapped.value)
  if (!document.ok) return document
  const [[, overallText], deviceTexts] = document.value
  const overall = openToken(overallText, tokenHeader, overallClaims)
  if (!overall.ok) return within(OVERALL, overall)
  const devices: DeviceToken[] = []
  for (const [name, deviceText] of Object.entries(deviceTexts)) {
    const device = openToken(deviceText, tokenHeader, deviceClaims)
    if (!device.ok) return within(name, device)
    if ((device.value.claims.eat_nonce ?? undefined) === undefined && refusalOf(device.value.payload) === undefined)
      return failure('schema', `${name}.eat_nonce`)
    devices.push({ ...device.value, name, text: deviceText })
  }
  devices.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  return devices.length === 0 ? failure('nras-no-devices') : success({ overall: overall.value, devices })
}

/** The service's reply out of the SDK's envelope; anything else as it is. */
function unwrap(value: unknown): Result<unknown, string> {
  const sdk = parseWith(sdkSchema, value)
  if (!sdk.ok) return success(value)
  const [, claims] = sdk.value
  const names = Object.keys(claims)
  if (!names.some((name) => name.endsWith('_CLAIMS'))) return success(value)
  const [remote, ...more] = names.filter((name) => REMOTE_CLAIMS.includes(name))
  if (remote === undefined) return failure(LOCAL)
  // Two replies, each under its own nonce and verdict, are two documents.
  return more.length > 0 ? failure('nras-several') : success(claims[remote])
}

/** The same fault, told of the token that has it. */
function within(name: string, fault: Failure<string>): Failure<string> {
  return { ...fault, path: fault.path === undefined ? name : `${name}.${fault.path}` }
}

export type DigestVerdict =
  | { readonly kind: 'match' }
  | { readonly kind: 'other-devices' }
  | { readonly kind: 'other-token'; readonly name: string }

/** Whether the token about all names exactly these devices, each by the digest of its token. */
export async function compareDigests({ overall, devices }: Bundle): Promise<DigestVerdict> {
  const stated = new Map(Object.entries(overall.claims.submods).map(([name, [, [, digest]]]) => [name, digest]))
  if (stated.size !== devices.length || devices.some(({ name }) => !stated.has(name))) return { kind: 'other-devices' }
  for (const { name, text } of devices) {
    if (encodeHex(await sha256(encodeUtf8(text))) !== stated.get(name)) return { kind: 'other-token', name }
  }
  return { kind: 'match' }
}
