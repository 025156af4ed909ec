import type { Dossier } from '../dossier/types.ts'
import type { MessageId } from '../verify/claims/sentence.ts'
import type { Report } from '../verify/report.ts'

/** What the extension's own pages ask of the background. Content scripts may send capture messages only (`src/capture/messages.ts`). */
export type UiRequest =
  | { readonly type: 'ui/state'; readonly tabId: number }
  | { readonly type: 'ui/retry'; readonly exchange: string }
  | { readonly type: 'ui/exchange'; readonly exchange: string }
  /** The user was shown this exchange's report: bad news in it need not be kept in view any longer. */
  | { readonly type: 'ui/seen'; readonly exchange: string }
  /** Delete everything that is kept of exchanges, of all sites. */
  | { readonly type: 'ui/delete-all' }

/** Sent by the background to its own pages whenever the state of a tab changed: ask again. */
export type UiNotice = { readonly type: 'ui/changed'; readonly tabId: number }

/** Everything the popup shows of the tab it was opened on: what the tab shows now, and news that outlives it. */
export type TabState = TabPlace & {
  /** Bad news of documents that this tab has left, not seen yet. Newest first. */
  readonly earlier: readonly ExchangeState[]
  /** `fault`: the database is closed, full or broken, so that nothing new can be recorded. */
  readonly recording: 'works' | 'fault'
  /** Access to the site was taken away while its page was watched: that page is still there, and is watched no longer. */
  readonly off?: true
  /** Answers of which something is kept, of all tabs and sites. Absent where that is not known. */
  readonly stored?: number
}

/** The answer to `ui/delete-all`: how many exchanges were not deleted, because they are still arriving. */
export type Deleted = { readonly staying: number }

/** What a tab shows now. */
export type TabPlace =
  /** Not a web page (the browser's own pages, files). */
  | { readonly kind: 'no-site' }
  /** No service adapter knows this site. */
  | { readonly kind: 'no-adapter'; readonly host: string }
  /** Known site, host access not given yet. `asks` is everything that one prompt will ask for, each with what it is for. */
  | { readonly kind: 'not-enabled'; readonly host: string; readonly service: string; readonly asks: readonly HostAsk[] }
  /** Host access given, but this tab was loaded before: its page has no capture script. `notCaptured`: what it asked since, which was not seen. */
  | { readonly kind: 'needs-reload'; readonly host: string; readonly service: string; readonly notCaptured: number }
  /** This browser's build captures nothing yet (Firefox); nothing can be checked here. */
  | { readonly kind: 'unsupported-browser' }
  | {
      readonly kind: 'watching'
      readonly host: string
      readonly service: string
      /** Newest first. */
      readonly exchanges: readonly ExchangeState[]
      /** Requests to the service that the browser saw and the page's capture script did not report, and those that could not be recorded. */
      readonly notCaptured: number
      /** Whether the newest of all is one of them: then no report here is about the newest answer. */
      readonly newestNotCaptured?: true
    }

/** A host permission (match pattern) and the text that says what it is for. */
export type HostAsk = { readonly pattern: string; readonly purpose: MessageId }

export type ExchangeState = {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** Position among the exchanges of this tab, from 1. */
  readonly ordinal: number
  /** Name of the service that was called and judged. */
  readonly service: string
  /** Whether that is another service than the one whose page asked. */
  readonly elsewhere: boolean
  readonly progress: 'answering' | 'gathering' | 'checking' | 'done'
  readonly report?: Report
  /** Whether its report has bad news that the user was not shown yet. */
  readonly unseen?: true
}

export const SOURCE_TOPICS = ['page', 'interface', 'receipts', 'evidence', 'lists'] as const
/**
 * Where an adapter has something of its service from, and how well it is known. `live`: seen of the service itself on the day it was read;
 * `recorded`: in somebody's recording of the service; `read`: in source code or documentation, and never seen.
 */
export type AdapterSource = {
  readonly topic: (typeof SOURCE_TOPICS)[number]
  /** A public repository and the path in it, or the address of a page. */
  readonly source: string
  /** Day of what was read, where that is known, and day on which it was read (ISO 8601). */
  readonly dated?: string
  readonly read: string
  readonly known: 'live' | 'recorded' | 'read'
}

/** The answer to `ui/exchange`: everything there is, for export. */
export type ExchangeDetail = { readonly dossier: Dossier; readonly report?: Report; readonly sources?: readonly AdapterSource[] }
