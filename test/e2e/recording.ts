import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A real exchange with the service, as recorded: the request's octets, the stream's, the nonce that was sent, the issuer's keys of that day. */
export type Recording = {
  readonly request: string
  readonly stream: Buffer
  readonly nonce: string
  readonly now: number
  readonly jwks: string
  readonly imageDigest: string
}

export const VECTORS_DIR = process.env['VECTORS_DIR']

/** Reads the recording. VECTORS_DIR is set and the file is missing: an error, not a skip. */
export function readRecording(): Recording {
  if (VECTORS_DIR === undefined) throw new Error('VECTORS_DIR is not set')
  const folder = join(VECTORS_DIR, 'inference-receipt')
  const meta: { nonce: string; nowMs: number; expect: { imageDigest: string }; googleJwks: unknown } = JSON.parse(
    readFileSync(join(folder, 'meta.json'), 'utf8'),
  )
  return {
    request: readFileSync(join(folder, 'request.json'), 'utf8'),
    stream: readFileSync(join(folder, 'stream.sse')),
    nonce: meta.nonce,
    now: meta.nowMs,
    jwks: JSON.stringify(meta.googleJwks),
    imageDigest: meta.expect.imageDigest,
  }
}
