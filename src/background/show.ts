import type { UiNotice } from '../platform/messages.ts'
import { tellOwnPages } from '../platform/runtime.ts'
import { allTabs, isOpen } from '../platform/tabs.ts'
import { ensureTexts, template } from '../platform/texts.ts'
import { showInToolbar } from '../platform/toolbar.ts'
import { say } from '../verify/claims/sentence.ts'
import { queue } from './serial.ts'
import { tabState } from './tab-state.ts'
import { toolbarOf } from './toolbar.ts'
import type { Vaults } from './vaults.ts'

export type Show = {
  /** Something about a tab changed: its icon follows, and own pages are told. */
  readonly changed: (tabId: number) => Promise<void>
  /** Something changed that may be about any tab. */
  readonly allTabs: () => Promise<void>
}

const WIDTH = 4

/** Brings icons in line with what is known. One after the other for each tab: what is found out last stands last. */
export function showing(vaults: Vaults): Show {
  const icons = queue(WIDTH, async (tab) => {
    const tabId = Number(tab)
    const { store, losses } = await vaults.ofTab(tabId)
    const { icon, badge, colour, title } = toolbarOf(await tabState(store, losses, tabId))
    await ensureTexts()
    await showInToolbar(tabId, icon, badge, colour, say(title, { template, instant: (iso) => iso, day: (iso) => iso }))
  })
  const changed = async (tabId: number): Promise<void> => {
    const notice: UiNotice = { type: 'ui/changed', tabId }
    await Promise.all([tellOwnPages(notice), tabId < 0 ? undefined : icons.add(String(tabId))])
  }
  const inAllTabs = async (): Promise<void> => {
    await Promise.all((await allTabs()).map(changed))
  }
  return {
    async changed(tabId) {
      // What is found out of a tab that is closed is shown in others.
      await (tabId < 0 || (await isOpen(tabId)) ? changed(tabId) : inAllTabs())
    },
    allTabs: inAllTabs,
  }
}
