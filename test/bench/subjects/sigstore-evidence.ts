/** Who signed the bundles of Sigstore's conformance suite. */
export const SUBJECT =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main'
export const ISSUER = 'https://token.actions.githubusercontent.com'
