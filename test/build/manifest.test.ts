import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BROWSERS, manifestFor } from '../../scripts/manifest.ts'
import { SERVICES } from '../../src/gather/services/registry.ts'
import { TRUSTEDROUTER } from '../../src/gather/services/trustedrouter.ts'

const SOURCE: unknown = JSON.parse(readFileSync('manifest.json', 'utf8'))
const shipped = (browser: (typeof BROWSERS)[number]) => manifestFor(SOURCE, browser, [TRUSTEDROUTER])

describe('a shipped manifest', () => {
  it.each(BROWSERS)('of %s opens nothing to pages or to other extensions', (browser) => {
    const manifest = shipped(browser)
    expect(manifest['manifest_version']).toBe(3)
    for (const key of ['key', 'web_accessible_resources', 'externally_connectable', 'content_scripts']) {
      expect(manifest).not.toHaveProperty(key)
    }
    expect(Object.keys(manifest).filter((key) => key.includes('@'))).toEqual([])
  })

  it('holds from installation the one host that Chromium’s listeners need, which docs/permissions.md explains, and never asks for it', () => {
    const held = 'https://api.trustedservices.intel.com/*'
    expect(shipped('chromium')['host_permissions']).toEqual([held])
    expect(shipped('firefox')).not.toHaveProperty('host_permissions')
    expect(readFileSync('docs/permissions.md', 'utf8')).toContain(`\`${held}\``)
    const all = (browser: (typeof BROWSERS)[number]) => manifestFor(SOURCE, browser, SERVICES)['optional_host_permissions']
    expect(all('chromium')).not.toContain(held)
    expect(all('firefox')).toContain(held)
  })

  it('asks for exactly the permissions that docs/permissions.md gives reasons for', () => {
    expect(shipped('chromium')['permissions']).toEqual([
      'storage',
      'activeTab',
      'scripting',
      'webRequest',
      'declarativeNetRequestWithHostAccess',
      'sidePanel',
    ])
    expect(shipped('firefox')['permissions']).toEqual(['storage', 'activeTab'])
    const reasons = readFileSync('docs/permissions.md', 'utf8')
    for (const permission of shipped('chromium')['permissions'] as string[]) expect(reasons).toContain(`\`${permission}\``)
  })

  it('may ask for the services’ hosts only, and connects to their endpoints only', () => {
    const manifest = shipped('chromium')
    expect(manifest['optional_host_permissions']).toEqual([
      'https://allyrouter.com/*',
      'https://api-aws.trustedrouter.com/*',
      'https://api-europe-west4.quillrouter.com/*',
      'https://api-us-central1.quillrouter.com/*',
      'https://api-us-east4.quillrouter.com/*',
      'https://api.allyrouter.com/*',
      'https://api.trustedrouter.com/*',
      'https://api.uptimerouter.com/*',
      'https://trustedrouter.com/*',
      'https://uptimerouter.com/*',
      'https://www.allyrouter.com/*',
      'https://www.googleapis.com/*',
      'https://www.trustedrouter.com/*',
      'https://www.uptimerouter.com/*',
    ])
    const { extension_pages: policy } = manifest['content_security_policy'] as { extension_pages: string }
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      [
        "connect-src 'self'",
        'https://api-aws.trustedrouter.com',
        'https://api-europe-west4.quillrouter.com',
        'https://api-us-central1.quillrouter.com',
        'https://api-us-east4.quillrouter.com',
        'https://api.allyrouter.com',
        'https://api.trustedrouter.com',
        'https://api.uptimerouter.com',
        'https://trustedrouter.com',
        'https://www.googleapis.com',
      ].join(' '),
    ])
  })

  it('resolves what is marked for one browser', () => {
    expect(shipped('chromium')).toMatchObject({
      minimum_chrome_version: '148',
      message_serialization: 'structured_clone',
      background: { service_worker: 'background.js', type: 'module' },
    })
    expect(shipped('chromium')).not.toHaveProperty('browser_specific_settings')
    expect(shipped('firefox')).toMatchObject({
      background: { scripts: ['background.js'], type: 'module' },
      browser_specific_settings: { gecko: { strict_min_version: '140.0', data_collection_permissions: { required: ['none'] } } },
    })
    expect(shipped('firefox')).not.toHaveProperty('message_serialization')
  })
})
