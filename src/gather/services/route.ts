import type { Exchange, PartySeen } from '../../dossier/types.ts'
import { matchesAddress, matchesOrigin } from '../../platform/match.ts'
import { completionUrls, type Relay, type Service, sitesOf } from './types.ts'

/** The service as it is at the site whose address was called, or whose page's server was. Undefined where the address is none of its own. */
export function siteCalled(service: Service, address: string): Service | undefined {
  return sitesOf(service).find((site) => completionUrls(site).some((pattern) => matchesAddress(pattern, address)))
}

/** The relay at which an exchange asked for its answer, by the adapter's own list. Undefined where it called the interface itself. */
export function relayOf(service: Service, address: string): Relay | undefined {
  const relays = sitesOf(service).flatMap((site) => site.relays ?? [])
  return relays.find(({ addresses }) => addresses.some((pattern) => matchesAddress(pattern, address)))
}

/**
 * Origin of the interface that answered an exchange: the one that was called, or the one behind the relay that was. Undefined where it is none of
 * the service's.
 */
export function interfaceOf(service: Service, { url, enclave }: Pick<Exchange, 'url' | 'enclave'>): string | undefined {
  const relay = relayOf(service, url)
  if (relay !== undefined && (relay.namedBy === undefined || enclave === undefined)) return relay.interface
  const answered = relay === undefined ? url : enclave
  const origin = answered !== undefined && URL.canParse(answered) ? new URL(answered).origin : ''
  const origins = sitesOf(service).flatMap(({ apis, failOver = [] }) => [...apis, ...failOver])
  return origins.some((pattern) => matchesOrigin(pattern, origin)) ? origin : undefined
}

/** Who takes part in an answer of an address, by the adapter. Undefined where it does not say. */
export function partiesOf(service: Service, address: string): readonly PartySeen[] | undefined {
  const origin = interfaceOf(service, { url: address })
  if (origin === undefined) return undefined
  return service.parties?.find((parties) => matchesOrigin(parties.origin, origin))?.roles
}
