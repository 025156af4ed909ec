import { canShowBeside, showBeside } from '../../platform/beside.ts'
import { activeTab, ownWindow } from '../shared/background.ts'
import { speakPageLanguage } from '../shared/text.ts'
import { Popup } from './controller.ts'
import { tabInAddress } from './model.ts'

/** The popup of the toolbar icon: about the tab that it was opened on. */
await speakPageLanguage()
const named = tabInAddress(location.search)
const ours = canShowBeside() ? await ownWindow() : undefined
await new Popup(named ?? (await activeTab()), ours === undefined ? undefined : () => besideOf(ours)).refresh()

/** The panel has to be opened in the click itself. It shows what the popup shows, which may go then. */
async function besideOf(windowId: number): Promise<void> {
  await showBeside(windowId)
  if (named === undefined) window.close()
}
