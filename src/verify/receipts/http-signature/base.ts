import type { BodySeen, Exchange } from '../../../dossier/types.ts'
import { decodeBase64url, encodeBase64 } from '../../encoding/base64.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { serializeInnerList, serializeItem } from '../../encoding/structured-fields.ts'
import type { Component, MessageSignature } from './parse.ts'

/** What a signature is made over (RFC 9421 section 2.5), as far as a captured response shows what that is. */
export type SignatureBase = {
  readonly text: string
  /** Components whose values were not seen but worked out: a request's own digest field, an address that may have had a query. */
  readonly assumed: readonly string[]
}

/**
 * `component-unseen`: a field that was not kept, so that its value is not known. `component-unsupported`: one that is not rebuilt here.
 * `component-not-in-response`: a request's component that is not marked as such, which no response has.
 */
export type BaseCode = 'component-unseen' | 'component-unsupported' | 'component-not-in-response'

/** Rebuilds the signature base of a captured response; `req` components are those of its request (section 2.4). */
export function signatureBase({ components, input }: MessageSignature, exchange: Exchange): Result<SignatureBase, BaseCode> {
  const lines: string[] = []
  const assumed: string[] = []
  for (const component of components) {
    const name = serializeItem(component)
    const value = componentValue(component, exchange)
    if (!value.ok) return failure(value.code, name)
    if (value.value.assumed) assumed.push(name)
    lines.push(`${name}: ${value.value.text}`)
  }
  return success({ text: [...lines, `"@signature-params": ${serializeInnerList(input)}`].join('\n'), assumed })
}

type Value = { readonly text: string; readonly assumed: boolean }

const REQUEST_COMPONENTS = ['@method', '@target-uri', '@authority', '@scheme', '@request-target', '@path', '@query', '@query-param']

function componentValue({ value: name, parameters }: Component, exchange: Exchange): Result<Value, BaseCode> {
  const ofRequest = parameters.get('req') === true
  if (parameters.size > (ofRequest ? 1 : 0)) return failure('component-unsupported')
  if (ofRequest) return name.startsWith('@') ? requestComponent(name, exchange) : requestField(name, exchange.request)
  if (name === '@status') return seen(exchange.status === undefined ? undefined : String(exchange.status))
  if (REQUEST_COMPONENTS.includes(name)) return failure('component-not-in-response')
  if (name.startsWith('@') || name !== name.toLowerCase()) return failure('component-unsupported')
  const values = exchange.headers.filter((header) => header.name === name)
  return seen(values.length === 0 ? undefined : values.map(({ value }) => value.trim()).join(', '))
}

/** Origin and path, as an exchange keeps them. */
const ADDRESS = /^(https?):\/\/([^/?#@]+)(\/[^?#]*)$/

/** The query is not kept, and most requests of this kind have none: where one is needed, none is assumed. */
function requestComponent(name: string, { method, url }: Exchange): Result<Value, BaseCode> {
  const [, scheme, authority, path] = ADDRESS.exec(url) ?? []
  switch (name) {
    case '@method':
      return seen(method === '' ? undefined : method)
    case '@scheme':
      return seen(scheme)
    case '@authority':
      return seen(authority)
    case '@path':
      return seen(path)
    case '@target-uri':
      return path === undefined ? failure('component-unseen') : success({ text: url, assumed: true })
    case '@query':
      return success({ text: '?', assumed: true })
    default:
      return failure('component-unsupported')
  }
}

/** A request's fields are not kept; two of them can be worked out from its octets. */
function requestField(name: string, request: BodySeen): Result<Value, BaseCode> {
  if (request.capture !== 'complete') return failure('component-unseen')
  switch (name) {
    case 'content-digest': {
      const digest = request.digests.find(({ alg, of }) => alg === 'sha-256' && of === 'body')
      const octets = digest === undefined ? undefined : decodeBase64url(digest.value)
      return octets?.ok === true ? success({ text: `sha-256=:${encodeBase64(octets.value)}:`, assumed: true }) : failure('component-unseen')
    }
    case 'content-length':
      return success({ text: String(request.length), assumed: true })
    default:
      return failure('component-unseen')
  }
}

function seen(text: string | undefined): Result<Value, BaseCode> {
  return text === undefined ? failure('component-unseen') : success({ text, assumed: false })
}
