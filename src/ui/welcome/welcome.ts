import { speakPageLanguage } from '../shared/text.ts'
import { pageParts } from './page.ts'
import { SamplePart } from './sample/part.ts'
import { SitesPart } from './sites.ts'

/** Put in by the build: whether this browser's build can capture. */
declare const __CAPTURE__: boolean

await speakPageLanguage()
const place = document.getElementById('welcome')
const news = document.getElementById('news')
if (place === null || news === null) throw new TypeError('the page lacks its places')

const say = (words: string) => {
  news.textContent = words
}
const sites = new SitesPart(__CAPTURE__, say)
const sample = new SamplePart(say)
place.append(...pageParts({ captures: __CAPTURE__, sites: sites.element, sample: sample.element }))

// What the address names was not there yet when the browser looked for it, and has its full height only when all is drawn.
const named = document.getElementById(location.hash.slice(1))
named?.scrollIntoView({ behavior: 'instant' })
const before = scrollY
await Promise.all([sites.refresh(), sample.load()])
if (scrollY === before) named?.scrollIntoView({ behavior: 'instant' })
