import { presetFor } from '../../../src/verify/policy/presets.ts'
import { collateralOf } from './evidence.ts'
import { judgeExchange } from './exchange.ts'
import type { Row, Said, VectorFiles } from './row.ts'

/** The image that ran that day. */
const IMAGE = 'sha256:cf91973741331833afed5fb47a55f39b8d748000d26d5b6c8298ac0b5c97a0ff'
const ISSUER = 'https://confidentialcomputing.googleapis.com'

/** A stream with its receipt, the request, and the nonce and keys of that day. */
export function judgeRecording({ files: [stream = '', request = '', meta = ''], at }: Row, files: VectorFiles): Promise<Said> {
  const { nonce, googleJwks } = JSON.parse(files.text(meta))
  const preset = presetFor('trustedrouter')
  return judgeExchange({
    at,
    startedAt: '2026-09-06T07:32:45Z',
    request: files.bytes(request),
    response: { body: files.bytes(stream), contentType: 'text/event-stream' },
    asked: { header: 'x-inference-receipt', nonce },
    collateral: [collateralOf('jwks', ISSUER, JSON.stringify(googleJwks))],
    policy: { ...preset, expects: [...preset.expects, { measurement: 'container.image-digest', anyOf: [IMAGE], source: 'user' }] },
  })
}
