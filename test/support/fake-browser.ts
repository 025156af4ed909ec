import messages from '../../public/_locales/en/messages.json' with { type: 'json' }

/*
 * The little of the browser's extension interface that the platform layer uses, in memory. A test puts it in place of
 * `src/platform/browser.ts` and plays the browser: it grants, opens tabs, and lets events happen.
 */

/** An event of the browser's. `happen` calls every listener, in order, and gives what they gave. */
export type FakeEvent<Details> = {
  readonly addListener: (listener: (details: Details, ...more: unknown[]) => unknown, ...options: unknown[]) => void
  readonly happen: (details: Details, ...more: unknown[]) => readonly unknown[]
  /** What each listener was registered with, besides itself. */
  readonly registered: readonly (readonly unknown[])[]
}

export type FakeTab = {
  readonly url?: string
  readonly incognito?: boolean
  /** The document that the tab shows. */
  readonly document?: string
  /** A document that was left, and is kept as it is for going back: what is sent to it is never answered. */
  readonly kept?: string
  /** Answers what is sent to the tab's scripts, the top frame's or those of the document that is named; a tab without it has none. */
  readonly answer?: (message: unknown, frameId: number) => unknown
}

/** What the toolbar shows of a tab. */
export type Shown = { readonly icon?: unknown; readonly badge?: string; readonly title?: string }

export type HeaderRule = { readonly id: number; readonly action: unknown; readonly condition: unknown }
export type Script = { readonly id: string; readonly matches?: readonly string[]; readonly world?: string }

function fakeEvent<Details>(): FakeEvent<Details> & { readonly clear: () => void } {
  const listeners: ((details: Details, ...more: unknown[]) => unknown)[] = []
  const registered: (readonly unknown[])[] = []
  return {
    addListener: (listener, ...options) => {
      listeners.push(listener)
      registered.push(options)
    },
    happen: (details, ...more) => listeners.map((listener) => listener(details, ...more)),
    registered,
    clear: () => {
      listeners.length = 0
      registered.length = 0
    },
  }
}

function area() {
  const values = new Map<string, unknown>()
  return {
    values,
    get: async (key: string) => (values.has(key) ? { [key]: structuredClone(values.get(key)) } : {}),
    set: async (changed: Readonly<Record<string, unknown>>) => {
      for (const [key, value] of Object.entries(changed)) values.set(key, structuredClone(value))
    },
    remove: async (key: string) => void values.delete(key),
  }
}

const request = {
  onBeforeRequest: fakeEvent<unknown>(),
  onSendHeaders: fakeEvent<unknown>(),
  onHeadersReceived: fakeEvent<unknown>(),
  onBeforeRedirect: fakeEvent<unknown>(),
  onCompleted: fakeEvent<unknown>(),
  onErrorOccurred: fakeEvent<unknown>(),
}
const permissions = { onAdded: fakeEvent<unknown>(), onRemoved: fakeEvent<unknown>() }
const tabEvents = { onRemoved: fakeEvent<number>(), onUpdated: fakeEvent<number>() }
const windowEvents = { onRemoved: fakeEvent<number>() }
const onMessage = fakeEvent<unknown>()
const onInstalled = fakeEvent<{ readonly reason: string }>()
const local = area()
const session = area()

/** What a test plays the browser with. */
export const fake = {
  id: 'this-extension',
  /** Match patterns that the user has granted. */
  granted: new Set<string>(),
  tabs: new Map<number, FakeTab>(),
  /** Open windows: whether each is private. */
  windows: new Map<number, boolean>(),
  toolbar: new Map<number, Shown>(),
  rules: new Map<number, HeaderRule>(),
  scripts: new Map<string, Script>(),
  /** What was said to the extension's own pages; `undefined` while none is open. */
  pages: undefined as unknown[] | undefined,
  incognito: false,
  /** Whether the browser gives texts: in Chromium it may give none for as long as a process lives. */
  givesTexts: true,
  /** The user's language. */
  language: 'en',
  /** Addresses that were opened in new tabs. */
  opened: [] as string[],
  /** What went to the extension's error log. */
  faults: [] as unknown[],
  local: local.values,
  session: session.values,
  request,
  permissions,
  tabEvents,
  windowEvents,
  onMessage,
  onInstalled,

  grant(...patterns: readonly string[]): void {
    for (const pattern of patterns) fake.granted.add(pattern)
    permissions.onAdded.happen({ origins: patterns })
  },
  revoke(...patterns: readonly string[]): void {
    for (const pattern of patterns) fake.granted.delete(pattern)
    permissions.onRemoved.happen({ origins: patterns })
  },
  /** The worker is stopped: nobody listens until it is started again. */
  stopWorker(): void {
    const events = [request, permissions, tabEvents, windowEvents, { onMessage, onInstalled }].flatMap((group) => Object.values(group))
    for (const event of events) event.clear()
  },
  /** A browser newly started: nothing granted, nothing stored, nobody listening. */
  reset(): void {
    fake.stopWorker()
    for (const memory of [fake.granted, fake.tabs, fake.windows, fake.toolbar, fake.rules, fake.scripts, fake.local, fake.session])
      memory.clear()
    fake.pages = undefined
    fake.incognito = false
    fake.givesTexts = true
    fake.language = 'en'
    fake.faults.length = 0
    fake.opened.length = 0
    globalThis.reportError = (fault: unknown) => void fake.faults.push(fault)
  },
}

function show(tabId: number, change: Shown): void {
  fake.toolbar.set(tabId, { ...fake.toolbar.get(tabId), ...change })
}

function tabOf(tabId: number): FakeTab {
  const tab = fake.tabs.get(tabId)
  if (tab === undefined) throw new Error(`No tab with id: ${tabId}.`)
  return tab
}

/** Stands in for `browser` of `src/platform/browser.ts`. */
export const browser = {
  runtime: {
    id: fake.id,
    getURL: (path: string) => `chrome-extension://${fake.id}/${path}`,
    getManifest: () => ({ default_locale: 'en' }),
    onMessage,
    onInstalled,
    sendMessage: async (message: unknown) => {
      if (fake.pages === undefined) throw new Error('Could not establish connection. Receiving end does not exist.')
      fake.pages.push(message)
      return undefined
    },
  },
  storage: { local, session },
  permissions: {
    ...permissions,
    contains: async ({ origins }: { readonly origins: readonly string[] }) => origins.every((origin) => fake.granted.has(origin)),
  },
  tabs: {
    ...tabEvents,
    get: async (tabId: number) => ({ id: tabId, incognito: false, ...tabOf(tabId) }),
    create: async ({ url }: { readonly url: string }) => void fake.opened.push(url),
    query: async () => [...fake.tabs.keys()].map((id) => ({ id })),
    sendMessage: async (tabId: number, message: unknown, to: { readonly frameId?: number; readonly documentId?: string }) => {
      const { answer, document, kept } = tabOf(tabId)
      if (to.documentId !== undefined && to.documentId === kept) return new Promise(() => undefined)
      const isReached = to.documentId === undefined || to.documentId === document
      if (answer === undefined || !isReached) throw new Error('Could not establish connection. Receiving end does not exist.')
      return answer(message, to.frameId ?? 0)
    },
  },
  windows: { ...windowEvents, getAll: async () => [...fake.windows].map(([id, incognito]) => ({ id, incognito })) },
  webRequest: request,
  declarativeNetRequest: {
    getSessionRules: async () => [...fake.rules.values()],
    updateSessionRules: async (change: { readonly removeRuleIds: readonly number[]; readonly addRules: readonly HeaderRule[] }) => {
      for (const id of change.removeRuleIds) fake.rules.delete(id)
      for (const rule of change.addRules) fake.rules.set(rule.id, rule)
    },
  },
  scripting: {
    getRegisteredContentScripts: async () => [...fake.scripts.values()],
    unregisterContentScripts: async () => fake.scripts.clear(),
    registerContentScripts: async (scripts: readonly Script[]) => {
      for (const { id } of scripts) if (fake.scripts.has(id)) throw new Error(`Duplicate script ID '${id}'`)
      for (const script of scripts) fake.scripts.set(script.id, script)
    },
  },
  action: {
    setIcon: async ({ tabId, path: icon }: { readonly tabId: number; readonly path: unknown }) => show(tabId, { icon }),
    setBadgeText: async ({ tabId, text: badge }: { readonly tabId: number; readonly text: string }) => show(tabId, { badge }),
    setBadgeBackgroundColor: async () => undefined,
    setBadgeTextColor: async () => undefined,
    setTitle: async ({ tabId, title }: { readonly tabId: number; readonly title: string }) => show(tabId, { title }),
  },
  extension: {
    get inIncognitoContext() {
      return fake.incognito
    },
  },
  i18n: {
    getUILanguage: () => fake.language,
    getMessage: (id: string, substitutions: readonly string[] = []) => {
      if (!fake.givesTexts) return ''
      const known: Readonly<Record<string, { readonly message: string }>> = messages
      return (known[id]?.message ?? '').replace(/\$([1-9])/g, (_, digit: string) => substitutions[Number(digit) - 1] ?? '')
    },
  },
} as const

let workers = 0

/** The browser as one worker has it: what that still does after another was started reaches nobody, as in a browser, which has stopped it. */
export function browserOfNextWorker(): typeof browser {
  workers += 1
  const worker = workers
  const whileRunning =
    <Details>(call: (details: Details) => Promise<void>) =>
    async (details: Details) =>
      worker === workers ? call(details) : undefined
  const { setIcon, setBadgeText, setTitle, ...other } = browser.action
  const action = {
    ...other,
    setIcon: whileRunning(setIcon),
    setBadgeText: whileRunning(setBadgeText),
    setTitle: whileRunning(setTitle),
  }
  return { ...browser, action }
}
