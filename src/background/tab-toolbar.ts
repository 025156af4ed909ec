import type { Store } from './store.ts'
import { hasRelay, newestOf, placeOf } from './tab-state.ts'
import { TOOLBAR_OFF, TOOLBAR_RELOAD, type ToolbarState, toolbarState } from './toolbar.ts'

/** What the toolbar shows of a tab: what has to be done before anything can be checked, or else how the newest exchange stands. */
export async function toolbarOf(store: Store, tabId: number): Promise<ToolbarState> {
  const { kind } = await placeOf(store, tabId)
  switch (kind) {
    case 'watching':
      return toolbarState(await newestOf(store, tabId))
    case 'needs-reload':
      return TOOLBAR_RELOAD
    case 'no-site':
    case 'no-adapter':
    case 'not-enabled':
    case 'unsupported-browser':
      return (await hasRelay(tabId)) ? TOOLBAR_OFF : toolbarState(undefined)
  }
}
