/** The little of the browser's interface that tests call inside the extension's own page. */
declare const chrome: {
  readonly runtime: {
    sendMessage(message: unknown): Promise<unknown>
    readonly onMessage: { addListener(listener: (message: unknown) => void): void }
  }
  readonly storage: {
    readonly local: { set(values: Readonly<Record<string, unknown>>): Promise<void>; get(): Promise<unknown> }
    readonly session: { get(): Promise<unknown>; clear(): Promise<void> }
  }
  readonly declarativeNetRequest: { getSessionRules(): Promise<unknown> }
  readonly permissions: { getAll(): Promise<{ readonly origins?: readonly string[] }> }
  readonly action: {
    getBadgeText(details: { readonly tabId: number }): Promise<string>
    getTitle(details: { readonly tabId: number }): Promise<string>
  }
  /** Not read-only: a test puts a browser in its place that gives no texts. */
  readonly i18n: { getMessage: (id: string) => string }
  readonly tabs: {
    query(filter: object): Promise<readonly { readonly id?: number }[]>
    getCurrent(): Promise<{ readonly id?: number } | undefined>
  }
  readonly windows: { create(options: { readonly url: string }): Promise<unknown> }
  /** The windows of the extension's own pages, the side panel's among them. */
  readonly extension: { getViews(): readonly Window[] }
  readonly management: { getPermissionWarningsByManifest(manifest: string): Promise<readonly string[]> }
}
