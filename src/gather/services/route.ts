import { matchesAddress, matchesOrigin } from '../../platform/match.ts'
import type { Relay, Service } from './types.ts'

/** The relay at which an exchange asked for its answer, by the adapter's own list. Undefined where it called the interface itself. */
export function relayOf({ relays = [] }: Service, address: string): Relay | undefined {
  return relays.find(({ addresses }) => addresses.some((pattern) => matchesAddress(pattern, address)))
}

/**
 * Origin of the interface that answered an exchange: the one that was called, or the one behind the relay that was. Undefined where it is none of
 * the service's.
 */
export function interfaceOf(service: Service, address: string): string | undefined {
  const relay = relayOf(service, address)
  if (relay !== undefined) return relay.interface
  const called = URL.canParse(address) ? new URL(address).origin : ''
  return service.apis.some((pattern) => matchesOrigin(pattern, called)) ? called : undefined
}
