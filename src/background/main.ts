import { type WatchedService, watchRequests } from '../capture/browser/watch.ts'
import { SERVICES } from '../gather/services/registry.ts'
import { type Service, sitesOf, watchedUrls } from '../gather/services/types.ts'
import type { TabState, UiNotice } from '../platform/messages.ts'
import { onPermissionsChanged } from '../platform/permissions.ts'
import { answerMessages, tellOwnPages } from '../platform/runtime.ts'
import { template } from '../platform/texts.ts'
import { showInToolbar } from '../platform/toolbar.ts'
import { onFirstInstalled, openWelcome } from '../platform/welcome.ts'
import { say } from '../verify/claims/sentence.ts'
import type { ExchangeRow } from './exchange.ts'
import { exchangesIn } from './exchanges.ts'
import { route } from './router.ts'
import { alignWithPermissions, followPermissions } from './sites.ts'
import { openStore } from './store.ts'
import { toolbarOf } from './tab-toolbar.ts'

/** Put in by the build: whether this browser's build can capture. */
declare const __CAPTURE__: boolean

/*
 * The worker may be stopped between any two lines and is started again for the next event. All listeners are registered here, before
 * anything is waited for; what is known is in the store.
 */
onFirstInstalled(() => openWelcome().catch(reportError))

if (__CAPTURE__) {
  const store = openStore('receipts')
  const exchanges = exchangesIn(store, announce)
  const showTab = async (tabId: number): Promise<void> => {
    const { icon, badge, colour, title } = await toolbarOf(store, tabId)
    await showInToolbar(tabId, icon, badge, colour, say(title, { template, instant: (iso) => iso, day: (iso) => iso }))
  }

  watchRequests(SERVICES.map(watchedOf), exchanges.takeFact)
  answerMessages((message, sender) => route(message, sender, { store, exchanges, showTab }))
  onPermissionsChanged(() => followPermissions(tellOf).catch(reportError))

  alignWithPermissions().catch(reportError)
  exchanges.resume().catch(reportError)

  function announce({ tabId }: ExchangeRow): void {
    tellOf(tabId).catch(reportError)
  }

  async function tellOf(tabId: number): Promise<void> {
    const notice: UiNotice = { type: 'ui/changed', tabId }
    await Promise.all([tellOwnPages(notice), tabId < 0 ? undefined : showTab(tabId)])
  }
} else {
  answerMessages((_, sender) => {
    const state: TabState = { kind: 'unsupported-browser', earlier: [], recording: 'works' }
    return sender.kind === 'own-page' ? Promise.resolve(state) : undefined
  })
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
