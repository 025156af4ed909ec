import { base64url, utf8 } from './octets.ts'

/** The three parts of a JWS (RFC 7515 section 3), each base64url. */
export type Jws = { readonly protected: string; readonly payload: string; readonly signature: string }

/** Signs the texts as they are, so that a test can sign what no serialiser would write. */
export function signJws(headerText: string, payloadText: string, sign: (input: Uint8Array) => Uint8Array): Jws {
  const [header, payload] = [base64url(headerText), base64url(payloadText)]
  return { protected: header, payload, signature: base64url(sign(utf8(`${header}.${payload}`))) }
}

export function compact(jws: Jws): string {
  return `${jws.protected}.${jws.payload}.${jws.signature}`
}
