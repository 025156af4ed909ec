export const TEST_BUILD = 'dist/test-chromium'
export const SHIPPED_WITH_HOSTS = 'dist/shipped-with-hosts'
