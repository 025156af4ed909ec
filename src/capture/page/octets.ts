import { getter, method, NativeResponse, NativeUint8Array, whenSettled } from './primordials.ts'

/** Takes the octets of something, or `null` where it has none that can be read without disturbing the page. */
export type TakeOctets = (octets: Uint8Array | null) => void

const TypedArray = Object.getPrototypeOf(Uint8Array.prototype)
const isView = ArrayBuffer.isView
export const byteLength = getter<Uint8Array, number>(TypedArray, 'byteLength')
const copyInto = method<Uint8Array, [Uint8Array, number], void>(TypedArray, 'set')
const bufferLength = getter<unknown, number>(ArrayBuffer.prototype, 'byteLength')
const blobSize = getter<unknown, number>(Blob.prototype, 'size')
const arrayBuffer = method<Response, [], Promise<ArrayBuffer>>(Response.prototype, 'arrayBuffer')
const responseBody = getter<Response, ReadableStream | null>(Response.prototype, 'body')
const cloneResponse = method<Response, [], Response>(Response.prototype, 'clone')
const getReader = method<ReadableStream, [], ReadableStreamDefaultReader>(ReadableStream.prototype, 'getReader')
const read = method<ReadableStreamDefaultReader, [], Promise<unknown>>(ReadableStreamDefaultReader.prototype, 'read')
const cancel = method<ReadableStreamDefaultReader, [], Promise<unknown>>(ReadableStreamDefaultReader.prototype, 'cancel')

function is(kind: (value: unknown) => unknown, value: unknown): boolean {
  try {
    kind(value)
    return true
  } catch {
    return false
  }
}

function hasOctets(body: unknown): body is string | ArrayBufferView<ArrayBuffer> | ArrayBuffer | Blob {
  return typeof body === 'string' || isView(body) || is(bufferLength, body) || is(blobSize, body)
}

/** Reads the octets of a body that was given to `fetch` or `send`. Forms get their boundary from the browser, streams can be read once. */
export function takeBody(body: unknown, take: TakeOctets): void {
  if (hasOctets(body)) takeBuffer(arrayBuffer(new NativeResponse(body)), take)
  else if (body === undefined || body === null) take(new NativeUint8Array(0))
  else take(null)
}

function takeBuffer(buffer: Promise<ArrayBuffer>, take: TakeOctets): void {
  whenSettled(
    buffer,
    (octets: ArrayBuffer) => take(new NativeUint8Array(octets)),
    () => take(null),
  )
}

/** `octets` may be longer than what was read: the first `length` count. */
export type TakeResponse = (
  octets: Uint8Array,
  length: number,
  capture: 'complete' | 'broken-off' | 'too-large' | 'unsupported-body',
) => void

const FIRST_CAPACITY = 64 * 1024

/** Reads a clone of the response beside the page, up to a limit, into one growing buffer. The response itself is never touched. */
export function takeResponse(response: Response, limit: number, take: TakeResponse): void {
  const body = responseBody(cloneResponse(response))
  if (body === null) {
    take(new NativeUint8Array(0), 0, 'unsupported-body')
    return
  }
  const reader = getReader(body)
  let octets = new NativeUint8Array(FIRST_CAPACITY)
  let length = 0
  const onChunk = (chunk: { done: boolean; value: Uint8Array }): void => {
    if (chunk.done) {
      take(octets, length, 'complete')
      return
    }
    const end = length + byteLength(chunk.value)
    if (end > limit) {
      whenSettled(
        cancel(reader),
        () => undefined,
        () => undefined,
      )
      take(new NativeUint8Array(0), 0, 'too-large')
      return
    }
    if (end > byteLength(octets)) {
      const larger = new NativeUint8Array(end * 2)
      copyInto(larger, octets, 0)
      octets = larger
    }
    copyInto(octets, chunk.value, length)
    length = end
    readOn()
  }
  const readOn = (): void => {
    whenSettled(read(reader), onChunk, () => take(octets, length, 'broken-off'))
  }
  readOn()
}
