import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { test } from 'playwright/test'
import { missingPrograms } from '../../scripts/ensure-display.ts'
import { shippedBuild } from '../e2e/builds.ts'
import { startLoopback } from '../e2e/server.ts'
import { type ChatService, chatService } from './chat.ts'
import { type Display, startDisplay } from './display.ts'
import { type Person, startPerson } from './person.ts'
import { writePng } from './picture.ts'

/** Somebody at a screen, who has just installed what is shipped, and a chat service. */
export type Scene = { readonly person: Person; readonly service: ChatService }

/** Sets a scene for each test of a file; a test that fails leaves a picture of the screen. Tests are skipped where no screen can be had. */
export async function sceneForEach(): Promise<() => Scene> {
  const missing = await missingPrograms()
  test.skip(missing.length > 0, `not installed: ${missing.join(', ')}`)
  let display: Display | undefined
  let scene: Scene | undefined
  /** What has to be closed, in this order, though what was to be opened after it could not be. */
  let open: { readonly close: () => Promise<void> }[] = []

  test.beforeEach(async () => {
    open = []
    display = await startDisplay()
    open.unshift(display)
    const loopback = await startLoopback()
    open.unshift(loopback)
    const person = await startPerson(display, { extension: shippedBuild(), port: loopback.port })
    open.unshift(person)
    scene = { person, service: chatService(loopback) }
  })

  test.afterEach(async ({ browserName: _ }, info) => {
    if (info.status !== info.expectedStatus && display !== undefined) {
      const path = info.outputPath('screen.png')
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, writePng(await display.look()))
    }
    for (const each of open) await each.close()
  })

  return () => {
    if (scene === undefined) throw new Error('the scene is set before each test')
    return scene
  }
}
