import { activeTab } from '../shared/background.ts'
import { speakPageLanguage } from '../shared/text.ts'
import { Popup } from './controller.ts'
import { tabInAddress } from './model.ts'

/** The popup of the toolbar icon: about the tab that it was opened on. */
speakPageLanguage()
await new Popup(tabInAddress(location.search) ?? (await activeTab())).refresh()
