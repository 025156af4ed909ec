import { parseArgs } from 'node:util'
import { failure, type Result, success } from '../verify/encoding/result.ts'

export type Options = {
  readonly files: readonly string[]
  readonly request?: string
  readonly nonce?: string
  readonly jwks?: string
  readonly issuer?: string
  readonly policy?: string
  readonly attestation?: string
  readonly receipt?: string
  readonly at?: Date
  readonly json: boolean
  readonly findings: boolean
}

export const USAGE = `Usage: npm run -s verify -- FILE… [options]

FILE is a dossier saved by the extension, or a recorded response (an event stream or a body).

  --request FILE      the request body that was sent, octet for octet
  --nonce NONCE       the nonce that was sent with the request
  --receipt JWS       the receipt out of the response header x-inference-receipt
  --attestation FILE  the attestation document that such a receipt names
  --jwks FILE         the token issuer's keys, trusted because you name them
  --issuer URL        whose keys these are; Google's attestation service where not given
  --policy FILE       what you expect of the service
  --at INSTANT        give the verdict as of this time (ISO 8601), not as of now
  --findings          list every check under its row
  --json              print the whole report as JSON

Exit code: 0 no claim failed, 1 a claim failed, 2 the input could not be used.`

/** Reads the command line. The error's detail is fit to be shown. */
export function readOptions(argv: readonly string[]): Result<Options, 'usage' | 'help'> {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      strict: true,
      options: {
        request: { type: 'string' },
        nonce: { type: 'string' },
        receipt: { type: 'string' },
        attestation: { type: 'string' },
        jwks: { type: 'string' },
        issuer: { type: 'string' },
        policy: { type: 'string' },
        at: { type: 'string' },
        json: { type: 'boolean', default: false },
        findings: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return failure('help')
    if (positionals.length === 0) return failure('usage', 'Name at least one file.')
    const { at, json, findings, help: _, ...given } = values
    if (at === undefined) return success({ files: positionals, json, findings, ...given })
    const instant = new Date(at)
    if (!/^\d{4}-\d\d-\d\dT/.test(at) || Number.isNaN(instant.getTime())) return failure('usage', `Not an ISO 8601 instant: ${at}`)
    return success({ files: positionals, json, findings, ...given, at: instant })
  } catch (error) {
    return failure('usage', error instanceof Error ? error.message : String(error))
  }
}
