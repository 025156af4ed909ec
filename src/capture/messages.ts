import type { Capture } from '../dossier/types.ts'

/** Name of the event with which the hook hands its port to the relay, before any script of the page runs. */
export const HANDSHAKE = 'inference-receipt-checker'

/** Most octets of a response, and of a request, that are handed over. Past it the exchange is "too large", not failed. */
export const LARGEST_RESPONSE = 16 * 1024 * 1024
export const LARGEST_REQUEST = 16 * 1024 * 1024

/** What the page's side can say about how it got the octets of a response. */
export type PageCapture = Extract<Capture, 'complete' | 'broken-off' | 'too-large' | 'unsupported-body' | 're-encoded'>

/**
 * What the hook in the page reports of one request, once its response has ended. It comes out of the page's own world: every value is
 * untrusted until checked.
 */
export type HookReport = {
  readonly method: string
  readonly url: string
  /** Octets of the request's body; `null` where the page handed over something that has no octets of its own (a form, a stream). */
  readonly request: Uint8Array | null
  /** The first `length` octets count. */
  readonly response: Uint8Array
  readonly length: number
  readonly capture: PageCapture
  /** When the page made the call and when its response ended, in milliseconds of the page's own clock (`performance.now`). */
  readonly began: number
  readonly ended: number
  /** Names the call among those of this page, so that something can be looked up as its maker. */
  readonly ticket: number
}

/**
 * From the relay to the hook: fetch an address with the credential that one of the page's calls carried. The credential itself never leaves
 * the page.
 */
export type HookLookup = { readonly ticket: number; readonly lookup: number; readonly url: string }
/** The hook's answer to the look-up of that number. `status` 0: nothing came. */
export type HookAnswer = { readonly lookup: number; readonly status: number; readonly body: Uint8Array; readonly length: number }

/** Most octets of a document that is looked up through the page. */
export const LARGEST_LOOKUP = 4 * 1024 * 1024

/** From the relay to the background. It is sent again until the background says that it is kept, so a stopped worker loses nothing. */
export type OctetsMessage = {
  readonly type: 'capture/octets'
  /** Names the report, so that a repetition is known as one. */
  readonly capture: string
  readonly method: string
  readonly url: string
  readonly request: Uint8Array | null
  readonly response: Uint8Array
  readonly state: PageCapture
  /** When the page made the call and when its response ended, in milliseconds since the epoch. */
  readonly beganAt: number
  readonly endedAt: number
}

/** The relay of a page's top frame stands ready: its tab is captured. */
export type ReadyMessage = { readonly type: 'capture/ready' }

/** From the background to the relay of a tab, which answers `true`: is there one? */
export type PingMessage = { readonly type: 'capture/ping' }

/** From the background to the relay of a tab's top frame, which answers `true` and says once more that it stands ready. */
export type AnnounceMessage = { readonly type: 'capture/announce' }

/** From the background to the relay of the frame that a report came from: look something up as the maker of that call. */
export type LookupMessage = { readonly type: 'capture/lookup'; readonly capture: string; readonly url: string }
/** The relay's answer: what the service said. No answer: the page is gone, or does not know the call. `status` 0: nothing came. */
export type LookupAnswer = { readonly status: number; readonly body: Uint8Array }

export type CaptureMessage = OctetsMessage | ReadyMessage
/** `kept`: written through; forget the octets. */
export type CaptureAnswer = { readonly kept: boolean }
