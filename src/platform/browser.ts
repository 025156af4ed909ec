/** The one place where the browser's extension interface enters. Everything else goes through the typed wrappers beside this file. */
export { default as browser } from 'webextension-polyfill'
