/** Where an exchange stands on its way from request to report. It is stored with the exchange, so that a stopped worker resumes there. */
export const STATES = ['requested', 'answering', 'captured', 'checking', 'done'] as const
export type State = (typeof STATES)[number]

/**
 * What can happen to an exchange. `octets`: the page's octets were joined to it. `settled`: there are none and there will be none, or they
 * cannot be told apart. `gathered`: the evidence is there, or its absence has a reason. `again`: a retry, or news that changes what is known.
 */
export type Event = 'headers' | 'octets' | 'settled' | 'gathered' | 'appraised' | 'again'

/** The way of an exchange. What is not in here does not happen: `next` says so by giving nothing. */
const WAY: { readonly [state in State]: { readonly [event in Event]?: State } } = {
  requested: { headers: 'answering', octets: 'captured', settled: 'captured' },
  answering: { headers: 'answering', octets: 'captured', settled: 'captured' },
  captured: { settled: 'captured', gathered: 'checking' },
  checking: { settled: 'captured', appraised: 'done' },
  done: { octets: 'captured', settled: 'captured', again: 'captured' },
}

/** The state after an event, or `undefined` when the event has no place in this state. */
export function next(state: State, event: Event): State | undefined {
  return WAY[state][event]
}

/** States in which the background has work to do, whatever the browser and the page still say. */
export const OPEN: readonly State[] = ['captured', 'checking']
