import type { MessageId } from '../../verify/claims/sentence.ts'
import { STANDINGS } from '../../verify/claims/types.ts'
import { html, svg } from '../shared/element.ts'
import { standingGlyph } from '../shared/glyph.ts'
import { text } from '../shared/text.ts'
import { STANDING_WORDS } from '../shared/words.ts'
import { partLink } from './link.ts'
import { pinPicture } from './pin.ts'

export type Parts = { readonly captures: boolean; readonly sites: HTMLElement; readonly sample: HTMLElement }

/** The whole page: what this is, the sites, the icon, the sample. */
export function pageParts({ captures, sites, sample }: Parts): readonly HTMLElement[] {
  return [
    html(
      'header',
      { class: 'top' },
      html('p', { class: 'name' }, brandMark(), html('span', {}, text('ext_name'))),
      html(
        'nav',
        { 'aria-label': text('welcome_parts') },
        partLink('#sites', text('welcome_sites')),
        partLink('#icon', text('welcome_pin')),
        partLink('#sample', text('sample_title')),
      ),
    ),
    html('main', {}, introduction(), html('div', { class: 'two' }, sitesPart(sites, captures), iconPart(captures)), samplePart(sample)),
  ]
}

const DOES = ['welcome_does_check', 'welcome_does_trust', 'welcome_does_keep'] as const satisfies readonly MessageId[]
const DOES_NOT = ['welcome_does_not_vouch', 'welcome_does_not_look', 'welcome_does_not_send'] as const satisfies readonly MessageId[]

function introduction(): HTMLElement {
  return html(
    'section',
    { class: 'introduction' },
    html('h1', {}, text('welcome_title')),
    html('p', { class: 'lead' }, text('welcome_lead')),
    html('div', { class: 'two even' }, pointList('welcome_does', DOES), pointList('welcome_does_not', DOES_NOT)),
  )
}

function pointList(heading: MessageId, points: readonly MessageId[]): HTMLElement {
  return html(
    'div',
    {},
    html('h2', { class: 'minor' }, text(heading)),
    html('ul', { class: 'points' }, ...points.map((point) => html('li', {}, text(point)))),
  )
}

function sitesPart(sites: HTMLElement, captures: boolean): HTMLElement {
  return html(
    'section',
    { id: 'sites', 'aria-labelledby': 'sites-title' },
    html('h2', { id: 'sites-title' }, text('welcome_sites')),
    html('p', { class: 'under' }, text(captures ? 'welcome_sites_text' : 'ui_unsupported_text')),
    sites,
    captures ? html('p', { class: 'small' }, text('ui_enable_note')) : undefined,
    html('p', { class: 'small' }, text('welcome_sites_known')),
  )
}

function iconPart(captures: boolean): HTMLElement {
  const steps = ['welcome_pin_first', captures ? 'welcome_pin_chromium' : 'welcome_pin_firefox'] as const
  return html(
    'section',
    { id: 'icon', 'aria-labelledby': 'icon-title' },
    html('h2', { id: 'icon-title' }, text('welcome_pin')),
    pinPicture(captures ? 'pin' : 'cog'),
    html('ol', { class: 'numbered' }, ...steps.map((step) => html('li', {}, text(step)))),
    html('h3', {}, text('welcome_shapes')),
    html(
      'ul',
      { class: 'shapes' },
      ...[...STANDINGS]
        .reverse()
        .map((standing) => html('li', {}, standingGlyph(standing), html('span', {}, text(STANDING_WORDS[standing])))),
    ),
  )
}

function samplePart(sample: HTMLElement): HTMLElement {
  return html(
    'section',
    { id: 'sample', 'aria-labelledby': 'sample-title' },
    html('h2', { id: 'sample-title' }, text('sample_title')),
    html('p', { class: 'under' }, text('sample_lead')),
    html('p', { class: 'small measure' }, text('sample_simulated')),
    sample,
  )
}

/** The receipt of the extension's icon. */
function brandMark(): SVGSVGElement {
  return svg(
    'svg',
    { class: 'brand', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: 'M3.5 1.5h9v13l-2.25-1.5L8 14.5 5.75 13 3.5 14.5ZM6 5h4M6 8h4' }),
  )
}
