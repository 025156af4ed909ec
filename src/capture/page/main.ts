import { HANDSHAKE } from '../messages.ts'
import { installHook } from './hook.ts'
import { method } from './primordials.ts'

/** Put in by the build: the addresses of the known services. */
declare const __WATCHED__: readonly string[]

const post = method<MessagePort, [unknown], void>(MessagePort.prototype, 'postMessage')

/**
 * The relay listens already (its script runs before this one, and both before the page's). It takes the port and stops the event; later
 * events of this name, which only the page could make, meet nobody.
 */
const { port1, port2 } = new MessageChannel()
window.dispatchEvent(new MessageEvent(HANDSHAKE, { ports: [port2] }))
installHook(__WATCHED__, (report) => post(port1, report))
