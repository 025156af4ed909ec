/**
 * The page's builtins as they are before any script of the page runs. Code in this world uses these and nothing that the page can reach
 * later: no methods looked up on values, no iteration, no spreading, no reading of prototypes.
 */
export const { apply, getOwnPropertyDescriptor } = Reflect
export const NativeUint8Array = Uint8Array
export const NativeResponse = Response
export const NativeUrl = URL

const { construct } = Reflect
const NativeHeaders = Headers

/** Headers out of whatever the page gave as such. It throws where `fetch` would. */
export function headersFrom(init: object): Headers {
  return construct(NativeHeaders, [init])
}

const NativeProxy = Proxy

/**
 * Puts a function in front of a native one; `call` gets the native one, the receiver and the arguments. To the page it still looks native.
 * The handler has no prototype: the page could give it traps.
 */
export function wrap<Native extends (...args: never[]) => unknown>(
  native: Native,
  call: (native: Native, self: object, args: readonly unknown[]) => unknown,
): Native {
  const handler: ProxyHandler<Native> = Object.create(null)
  handler.apply = call
  return new NativeProxy(native, handler)
}

/** A method as a function of its receiver. It throws when the receiver is not of the method's kind, which makes it a test of kind. */
export function method<Receiver, Args extends unknown[], Value>(
  prototype: object,
  name: string,
): (receiver: Receiver, ...args: Args) => Value {
  const native = getOwnPropertyDescriptor(prototype, name)?.value
  return (receiver, ...args) => apply(native, receiver, args)
}

/** A property's getter as a function of its receiver. */
export function getter<Receiver, Value>(prototype: object, name: string): (receiver: Receiver) => Value {
  const native = getOwnPropertyDescriptor(prototype, name)?.get
  if (native === undefined) throw new TypeError(name)
  return (receiver) => apply(native, receiver, [])
}

/** `Promise.prototype.then` */
export const whenSettled = method<Promise<unknown>, [(value: never) => unknown, (() => unknown)?], Promise<unknown>>(
  Promise.prototype,
  'then',
)
export const now = method<Performance, [], number>(Performance.prototype, 'now')
export const clock = performance
