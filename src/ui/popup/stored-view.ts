import type { MessageId } from '../../verify/claims/sentence.ts'
import { html } from '../shared/element.ts'
import { chevron } from '../shared/glyph.ts'
import { text } from '../shared/text.ts'
import { button } from './button.ts'
import type { Showing } from './model.ts'

/** What is kept on this machine, of all sites, and the way to have none of it kept. Nothing where that is not known. */
export function storedView({ state, deleting }: Showing): HTMLElement | undefined {
  if (state.kind === 'no-reply' || state.stored === undefined) return undefined
  const { stored } = state
  return html(
    'section',
    { class: 'stored', 'data-key': 'stored', 'aria-labelledby': 'stored-title' },
    html(
      'details',
      { class: 'kept' },
      html('summary', {}, html('h2', { id: 'stored-title' }, text(titleOf(stored), String(stored))), chevron()),
      html('p', {}, text('ui_stored_text')),
      deleting === undefined
        ? html('div', { class: 'choices', 'data-key': 'choices' }, button('delete', 'ui_delete_button'))
        : question(deleting === 'busy'),
    ),
  )
}

function titleOf(stored: number): MessageId {
  if (stored === 0) return 'ui_stored_none_title'
  return stored === 1 ? 'ui_stored_one_title' : 'ui_stored_many_title'
}

/** Asked before anything is deleted. The way back comes first, where the focus is put. */
function question(busy: boolean): HTMLElement {
  return html(
    'div',
    { role: 'group', 'aria-labelledby': 'delete-question', class: 'question', 'data-key': 'question' },
    html('p', { id: 'delete-question' }, text('ui_delete_question')),
    html(
      'div',
      { class: 'choices' },
      button('delete-nothing', 'ui_delete_no_button', 'plain', busy),
      button('delete-all', busy ? 'ui_deleting_button' : 'ui_delete_yes_button', 'primary', busy),
    ),
  )
}
