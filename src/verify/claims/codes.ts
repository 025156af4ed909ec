/* Codes of findings that others than the screens act on. */

/** Of a receipt's finding: its answer was cut off before it. */
export const CUT_OFF = 'cut-off'
/** Of a capture that broke off with nothing to be alarmed about: its user stopped it, or there was no answer at all. */
export const STOPPED = 'stopped'
export const NO_ANSWER = 'no-answer'
