/** The little of the browser's interface that the relay uses. It runs in every watched frame and does not carry the polyfill. */
declare const chrome: {
  readonly runtime: {
    /** Absent once the extension was updated or removed under a page that is still open. */
    readonly id?: string
    sendMessage(message: unknown): Promise<unknown>
    readonly onMessage: {
      addListener(listener: (message: unknown, sender: unknown, answer: (value: unknown) => void) => boolean): void
    }
  }
}
