import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { MODEL } from '../simulator/index.ts'
import { GROUPS, textOf } from './scenarios.ts'

const FILES: Readonly<Record<string, readonly [name: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/chat.js': ['chat.js', 'text/javascript; charset=utf-8'],
  '/completions.js': ['completions.js', 'text/javascript; charset=utf-8'],
  '/messages.js': ['messages.js', 'text/javascript; charset=utf-8'],
  '/panel.js': ['panel.js', 'text/javascript; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
}

/** Where the two interfaces are that the page calls. */
export type ApiUrls = { readonly gateway: string; readonly aci: string }

/** Serves the chat page: its files, and what it needs to know as `config.json`. */
export function pageListener(apis: ApiUrls): RequestListener {
  const files = new Map<string, { readonly content: Buffer; readonly type: string }>()
  for (const [path, [name, type]] of Object.entries(FILES)) {
    files.set(path, { content: readFileSync(new URL(`page/${name}`, import.meta.url)), type })
  }
  files.set('/config.json', { content: Buffer.from(JSON.stringify(configFor(apis))), type: 'application/json' })
  const policy = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ${apis.gateway} ${apis.aci}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  return (request, response) => {
    const file = files.get((request.url ?? '/').split('?', 1)[0] ?? '/')
    const readable = request.method === 'GET' || request.method === 'HEAD'
    if (file === undefined || !readable) {
      response.writeHead(readable ? 404 : 405, { 'content-type': 'text/plain' }).end()
      return
    }
    response.writeHead(200, {
      'content-type': file.type,
      'content-length': file.content.length,
      'cache-control': 'no-store',
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
    })
    response.end(request.method === 'HEAD' ? undefined : file.content)
  }
}

function configFor(apis: ApiUrls) {
  const groups = GROUPS.map(({ title, about, api, ids }) => ({
    title,
    about,
    completions: `${apis[api]}/v1/chat/completions`,
    // The gateway takes questions from anybody.
    signsIn: api === 'aci',
    scenarios: ids.map((id) => ({ id, ...textOf(id) })),
  }))
  return { model: MODEL, groups }
}
