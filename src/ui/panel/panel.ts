import { Popup } from '../popup/controller.ts'
import { activeTab, onTabInFront } from '../shared/background.ts'
import { speakPageLanguage } from '../shared/text.ts'

/**
 * The side panel (Chromium) and the sidebar (Firefox): what the popup shows, beside the chat, of whichever tab is in
 * front.
 */
await speakPageLanguage()
const view = new Popup(undefined)
await onTabInFront((tabId) => void view.follow(tabId))
await view.follow(await activeTab())
