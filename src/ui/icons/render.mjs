/**
 * Draws the icons: `node src/ui/icons/render.mjs` writes public/icons/*.png from the SVG files beside it, with a local Chromium
 * (CHROMIUM_PATH, or where Debian puts it). The pictures are committed; this runs only when a drawing changes.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'

const sources = dirname(fileURLToPath(import.meta.url))
const target = resolve(sources, '../../../public/icons')

const drawings = [
  { source: 'icon-small.svg', name: 'icon', sizes: [16, 32] },
  { source: 'icon.svg', name: 'icon', sizes: [48, 128] },
  ...(await readdir(sources))
    .filter((file) => file.startsWith('state-') && file.endsWith('.svg'))
    .map((source) => ({ source, name: source.slice(0, -'.svg'.length), sizes: [16, 32] })),
]

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
try {
  const page = await browser.newPage()
  await mkdir(target, { recursive: true })
  for (const { source, name, sizes } of drawings) {
    const svg = await readFile(join(sources, source), 'utf8')
    for (const size of sizes) {
      await page.setViewportSize({ width: size, height: size })
      await page.setContent(`<style>*{margin:0}svg{display:block;inline-size:${size}px;block-size:${size}px}</style>${svg}`)
      await writeFile(join(target, `${name}-${size}.png`), await page.screenshot({ omitBackground: true }))
    }
  }
} finally {
  await browser.close()
}
