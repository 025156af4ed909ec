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

FILE is a dossier saved by the extension, or a recorded response (an event stream or a body). Which one it is, its content says.

  --request FILE      the request body that was sent, byte for byte; beside a dossier it takes the place of what was recorded
  --nonce NONCE       the nonce that was sent with the request; likewise
  --receipt JWS       the receipt out of the response header x-inference-receipt (with a recorded response)
  --attestation FILE  the attestation document that such a receipt names
  --jwks FILE         the token issuer's keys, trusted because you name them
  --issuer URL        whose keys these are; Google's attestation service where not given
  --policy FILE       what you expect of the service
  --at INSTANT        give the verdict as of this time (ISO 8601), not as of now
  --findings          list every check under its row
  --json              print the whole report as JSON

--request, --nonce, --receipt and --attestation are about one exchange, so they go with one FILE.

Exit code
  0  a receipt was there, and no claim failed
  1  a claim failed, or no receipt came
  2  the input could not be used
  3  no claim failed, but whether the receipt is signed could not be checked`

/** Options that speak of one exchange. */
const OF_ONE_EXCHANGE = ['request', 'nonce', 'receipt', 'attestation'] as const
const NONCE = /^[A-Za-z0-9_-]{1,88}$/

/** Reads the command line. The error's detail is fit to be shown. */
export function readOptions(argv: readonly string[]): Result<Options, 'usage' | 'help'> {
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      strict: true,
      tokens: true,
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
    const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []))
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) return failure('usage', `--${twice} is given twice.`)
    const misfit = whatDoesNotApply(values, positionals.length)
    if (misfit !== undefined) return failure('usage', misfit)
    const { at, json, findings, help: _, ...given } = values
    if (at === undefined) return success({ files: positionals, json, findings, ...given })
    const instant = new Date(at)
    if (!/^\d{4}-\d\d-\d\dT/.test(at) || Number.isNaN(instant.getTime())) return failure('usage', `Not an ISO 8601 instant: ${at}`)
    return success({ files: positionals, json, findings, ...given, at: instant })
  } catch (error) {
    return failure('usage', error instanceof Error ? error.message : String(error))
  }
}

/** What of the options cannot mean anything beside the others. An option that is passed over in silence would be taken for a check. */
function whatDoesNotApply(given: Readonly<Partial<Record<string, string | boolean>>>, files: number): string | undefined {
  const single = OF_ONE_EXCHANGE.find((name) => given[name] !== undefined)
  if (files > 1 && single !== undefined) return `--${single} is about one exchange: name one file.`
  const { issuer, jwks, attestation, receipt, nonce } = given
  if (issuer !== undefined && jwks === undefined) return '--issuer says whose keys --jwks gives: give both.'
  if (attestation !== undefined && receipt === undefined) {
    return '--attestation goes with a receipt out of a header: give --receipt too.'
  }
  if (typeof nonce === 'string' && !NONCE.test(nonce)) {
    return 'The nonce is not 1 to 88 characters of A-Z, a-z, 0-9, - and _.'
  }
  return undefined
}
