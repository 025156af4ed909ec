import { type WatchedService, watchRequests } from '../capture/browser/watch.ts'
import { SERVICES } from '../gather/services/registry.ts'
import { type Service, sitesOf, watchedUrls } from '../gather/services/types.ts'
import type { TabState } from '../platform/messages.ts'
import { onPermissionsChanged } from '../platform/permissions.ts'
import { answerMessages } from '../platform/runtime.ts'
import { onTabs } from '../platform/tabs.ts'
import { onFirstInstalled, openWelcome } from '../platform/welcome.ts'
import { onLastPrivateWindowClosed } from '../platform/windows.ts'
import { route } from './router.ts'
import { showing } from './show.ts'
import { alignWithPermissions, followPermissions } from './sites.ts'
import { openVaults } from './vaults.ts'

/** Put in by the build: whether this browser's build can capture. */
declare const __CAPTURE__: boolean

/*
 * The worker may be stopped between any two lines and is started again for the next event. All listeners are registered here, before
 * anything is waited for; what is known is in the stores.
 */
onFirstInstalled(() => inBackground(openWelcome()))

if (__CAPTURE__) {
  const vaults = openVaults('receipts', {
    changed: (tabId) => inBackground(show.changed(tabId)),
    turned: (works) => inBackground(Promise.all([works ? resume() : undefined, show.allTabs()])),
  })
  const show = showing(vaults)
  const resume = () => Promise.all(vaults.all.flatMap(({ exchanges, documents }) => [exchanges.resume(), documents.forgetEarlierRuns()]))

  watchRequests(SERVICES.map(watchedOf), (request, fact) => vaults.of(request.incognito === true).exchanges.takeFact(fact))
  answerMessages((message, sender) => route(message, sender, { vaults, showTab: show.changed, showAllTabs: show.allTabs }))
  onPermissionsChanged(() => inBackground(follow()))
  onTabs({
    changed: (tabId) => inBackground(look(tabId)),
    closed: (tabId) => inBackground(close(tabId)),
  })
  onLastPrivateWindowClosed(vaults.forgetPrivate)

  inBackground(alignWithPermissions())
  inBackground(resume())

  /** What access no longer allows is over, what it allows is watched, and every tab says so. */
  async function follow(): Promise<void> {
    await Promise.all(vaults.all.map(({ exchanges }) => exchanges.endUnwatched()))
    await followPermissions(show.changed)
  }

  /** News that a closed tab leaves behind is shown in other tabs from now on. */
  async function close(tabId: number): Promise<void> {
    const left = await Promise.all(vaults.all.map(({ documents }) => documents.closed(tabId)))
    if (left.includes(true)) await show.allTabs()
  }

  async function look(tabId: number): Promise<void> {
    const { documents } = await vaults.ofTab(tabId)
    if (await documents.look(tabId)) await show.changed(tabId)
  }
} else {
  answerMessages((_, sender) => {
    const state: TabState = { kind: 'unsupported-browser', earlier: [], recording: 'works' }
    return sender.kind === 'own-page' ? Promise.resolve(state) : undefined
  })
}

/** A failure of work that nobody waits for goes to the extension's error log. */
function inBackground(work: Promise<unknown>): void {
  work.catch(reportError)
}

function watchedOf(service: Service): WatchedService {
  const optIn = service.optIn === undefined ? {} : { optIn: service.optIn.header }
  const namedBy = sitesOf(service).flatMap(({ relays = [] }) => relays.flatMap((relay) => relay.namedBy ?? []))[0]
  return {
    id: service.id,
    addresses: watchedUrls(service),
    headers: service.headers,
    ...optIn,
    ...(namedBy === undefined ? {} : { namedBy }),
  }
}
