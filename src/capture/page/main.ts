import { HANDSHAKE } from '../messages.ts'
import { installHook } from './hook.ts'
import { lookups } from './lookup.ts'
import { getter, method } from './primordials.ts'

/** Put in by the build: the addresses of the known services at which answers are asked for, and those at which something is looked up. */
declare const __WATCHED__: readonly string[]
declare const __LOOKUPS__: readonly string[]

const post = method<MessagePort, [unknown], void>(MessagePort.prototype, 'postMessage')
const dataOf = getter<Event, { readonly ticket: unknown; readonly lookup: unknown; readonly url: unknown }>(MessageEvent.prototype, 'data')

/**
 * The relay listens already (its script runs before this one, and both before the page's). It takes the port and stops the event; later
 * events of this name, which only the page could make, meet nobody.
 */
const { port1, port2 } = new MessageChannel()
window.dispatchEvent(new MessageEvent(HANDSHAKE, { ports: [port2] }))
const { keep, lookUp } = lookups(window.fetch, __LOOKUPS__)
installHook(__WATCHED__, (report) => post(port1, report), keep)
// Set while the page's scripts have not run yet; what comes is a clone of what the relay sent, with all its members its own.
port1.onmessage = (event) => {
  const data = dataOf(event)
  lookUp(data.ticket, data.lookup, data.url, (answer) => post(port1, answer))
}
