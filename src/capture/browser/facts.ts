import type { BodySeen, Breaker } from '../../dossier/types.ts'
import type { Header, RequestIdentity } from '../../platform/web-request.ts'

/** What the browser itself says about one request to a watched service, one event at a time. */
export type RequestFact = { readonly request: RequestIdentity; readonly service: string } & (
  | { readonly kind: 'requested'; readonly body: BodySeen }
  /**
   * `optIn`: value of the header that asks for a receipt, as it left. `enclave`: value of the one that names whom the request is for. Absent where
   * they were not there.
   */
  | { readonly kind: 'sent'; readonly optIn?: string; readonly enclave?: string }
  | { readonly kind: 'headers'; readonly status: number; readonly headers: readonly Header[] }
  | { readonly kind: 'ended'; readonly end: End }
)

/** How a request ended. `redirected`: its answer comes from an address that is not watched. */
export type End =
  | { readonly outcome: 'completed' }
  | { readonly outcome: 'failed'; readonly by: Breaker }
  | { readonly outcome: 'redirected' }
