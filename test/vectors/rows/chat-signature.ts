import type { Bytes } from '../../../src/verify/encoding/bytes.ts'
import { encodeUtf8 } from '../../../src/verify/encoding/utf8.ts'
import { collateralOf } from './evidence.ts'
import { judgeExchange } from './exchange.ts'
import type { Row, Said, VectorFiles } from './row.ts'

/** Which bodies were hashed is recorded of the first two. */
type Chat = {
  readonly request_body: string | null
  readonly response_body: string | null
  readonly text: string
  readonly signature: string
  readonly signing_address: string
  readonly signing_algo: string
}

const answer = ({ text, signature, signing_address, signing_algo }: Chat) =>
  JSON.stringify({ text, signature, signing_address, signing_algo })

/** Signed chats of NEAR's documentation: signatures without evidence. */
export function judgeChats({ files: [path = ''] }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const chats: readonly Chat[] = JSON.parse(files.text(path))
  return Promise.all(
    chats.map((chat) =>
      judgeExchange({
        at: '2025-10-09T17:35:00Z',
        basis: 'given',
        ...(chat.request_body === null ? {} : { request: encodeUtf8(chat.request_body) }),
        ...(chat.response_body === null ? {} : { response: { body: encodeUtf8(chat.response_body), contentType: 'text/event-stream' } }),
        receipt: { format: 'chat-signature', text: answer(chat) },
      }),
    ),
  )
}

/** An exchange with NEAR as a third party recorded it: bodies, signature, and the entry of the machine that signed. */
export async function judgeTriple({ files: [path = '', collateral = ''], at }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const triple = JSON.parse(files.text(path))
  const said = await judgeExchange({
    at,
    request: fromBase64(triple.request_body_b64),
    response: { body: fromBase64(triple.response_body_b64), contentType: 'application/json' },
    receipt: { format: 'chat-signature', text: answer(triple.receipt) },
    evidence: [
      { kind: 'near-attestation-report', nonce: triple.nonce, document: JSON.stringify({ ...triple, request_nonce: triple.nonce }) },
    ],
    collateral: [collateralOf('dcap', 'intel', files.text(collateral))],
  })
  return [said]
}

function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
