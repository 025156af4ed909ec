import type { MessageId } from '../../verify/claims/sentence.ts'
import { html } from '../shared/element.ts'
import { text } from '../shared/text.ts'

/**
 * What a button does; the controller listens for it. `data-of` says of which exchange or row, where there are several.
 */
export type Action =
  | 'enable'
  | 'reload'
  | 'retry'
  | 'copy'
  | 'copy-checks'
  | 'refresh'
  | 'toggle-list'
  | 'read'
  | 'back'
  | 'sites'
  | 'sample'
  | 'beside'
  | 'delete'
  | 'delete-all'
  | 'delete-nothing'

/** A busy button keeps its place and its focus; it only says that it does nothing now. */
export function button(action: Action, words: MessageId, look: 'primary' | 'plain' = 'plain', busy = false): HTMLButtonElement {
  return html(
    'button',
    { type: 'button', class: look, 'data-key': `button-${action}`, 'data-action': action, 'aria-disabled': busy ? 'true' : undefined },
    text(words),
  )
}
