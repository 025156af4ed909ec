import { packagedText } from '../../../platform/packaged.ts'
import { adviceFor } from '../../shared/advice.ts'
import { html } from '../../shared/element.ts'
import { patch } from '../../shared/patch.ts'
import { speak, text } from '../../shared/text.ts'
import { type Ingredients, parseIngredients } from './ingredients.ts'
import { judgeSample } from './judge.ts'
import { SWITCHES, type Switch } from './switches.ts'
import { sampleView } from './view.ts'

/** Where the build puts the ingredients. */
const FILE = 'welcome/sample.json'

/** The sample in its page: loads the ingredients, has them judged anew with every switch, draws. Nothing of it is told to the background. */
export class SamplePart {
  readonly element = html('div', { class: 'sample' })
  readonly #say: (words: string) => void
  #ingredients: Ingredients | undefined
  #on: ReadonlySet<Switch> = new Set()

  constructor(say: (words: string) => void) {
    this.#say = say
    this.element.append(html('p', { class: 'small' }, text('sample_loading')))
    this.element.addEventListener('change', (event) => this.#changed(event))
  }

  async load(): Promise<void> {
    try {
      const parsed = parseIngredients(await packagedText(FILE))
      if (!parsed.ok) throw new TypeError(`the sample cannot be read: ${parsed.code}`)
      this.#ingredients = parsed.value
      await this.#judge()
    } catch {
      this.element.replaceChildren(html('p', {}, text('sample_failed')))
    }
  }

  #changed(event: Event): void {
    const { target } = event
    const name = target instanceof HTMLInputElement ? SWITCHES.find((known) => known === target.value) : undefined
    if (!(target instanceof HTMLInputElement) || name === undefined) return
    const on = new Set(this.#on)
    if (target.checked) on.add(name)
    else on.delete(name)
    this.#on = on
    this.#judge().then(
      (words) => words !== undefined && this.#say(words),
      () => this.element.replaceChildren(html('p', {}, text('sample_failed'))),
    )
  }

  /** Judges with the switches as they stand, and draws; gives the news in words. A verdict that was overtaken by another switch is not shown. */
  async #judge(): Promise<string | undefined> {
    const on = this.#on
    if (this.#ingredients === undefined) return undefined
    const judged = await judgeSample(this.#ingredients, on)
    if (on !== this.#on) return undefined
    patch(this.element, html('div', { class: 'sample' }, ...sampleView(this.#ingredients, judged, on)))
    const { report } = judged
    return [report.headline, report.count, adviceFor(report)].map(speak).join('. ')
  }
}
