/**
 * The anchors that ship with this verifier, as their owners publish them. To add one: its subject and SubjectPublicKeyInfo in hexadecimal,
 * and beside them what a person can compare with the published certificate. The tests hold the two against each other.
 */
export type ShippedAnchor = {
  readonly id: string
  /** What chains under it may vouch for. */
  readonly purpose: string
  /** The subject as people write it, most specific first. */
  readonly subject: string
  /** DER of the subject Name. */
  readonly nameHex: string
  /** DER of the SubjectPublicKeyInfo. */
  readonly spkiHex: string
  readonly spkiSha256: string
  /** Fingerprint of the published certificate. */
  readonly certificateSha256: string
  readonly notBefore: string
  readonly notAfter: string
  readonly publishedAt: string
}

export const SHIPPED: readonly ShippedAnchor[] = [
  {
    id: 'google-confidential-space-root',
    purpose: 'confidential-space',
    subject: 'CN=Confidential Space Root CA, OU=Google Cloud, O=Google LLC, L=Mountain View, ST=California, C=US',
    nameHex: [
      '30818b310b3009060355040613025553311330110603550408130a43616c69666f726e6961311630140603550407130d4d6f756e7461696e20566965',
      '7731133011060355040a130a476f6f676c65204c4c4331153013060355040b130c476f6f676c6520436c6f7564312330210603550403131a436f6e66',
      '6964656e7469616c20537061636520526f6f74204341',
    ].join(''),
    spkiHex: [
      '30820222300d06092a864886f70d01010105000382020f003082020a0282020100af46e65ab1ccc0aa13197b53831c9e8c14b5fc118555f9137bc623',
      'bd1a9b80e778b397d3b1829dcd5e293715b627fbb6dc22430c490a42afa2b48db4900994fa7793f93c94f90e93466232c7916ebbfdf97e06eede48c6',
      'f4a9109ad634bedce84d2bbb7b4886879b55dd992460863c28825291ba4dc21ab1786626bd45c13fa76314ebd1b2259a6a1d8c13a6536bdf1e3317ed',
      'a7264f3a1b2c033feb06c123d67dc9aa634e15403ed93c311967faa0cdda0be62944f767909c0b32fba9ba2f10441c755c1697c3b4d55422dd953025',
      '8b05e38a510727e63b3be7ac5b9489eac3f42d411474027d327d18c1b86be63230301130e8e444d8fdf73e9db415609ccd41373d10ea451563e9c3f6',
      '6315c37d0269dd7716141131573e60587ab31ecf42ca36d1a97ca6071e130c4c8de68f49bf57d7c26df87661b0549cc4b64b0776d18488322fc78866',
      'aa3a9194a9731e415c3ba611934b74182bc64ceb9b02fd08484335ddb222c3805062b559e522ede522fe82ba21ef5de489051951c50f15bbeb7a27b8',
      '41765d1eb5604a02ef55b62e3a69fe5c8c2d3776ca641d1dcc01419cacb5844e44349ac4002af200970c9044bb90388e43ea917ee9a7f535b97ebd1e',
      'ec2c26c359d32a9b513d5fa2b214a77a7b7ae713d3b8764149a77e56bd1da0a880245286be56ad4c5cb1581b88a66a764a1f48a0ac86e56dac110abd',
      'c6af6e055d0203010001',
    ].join(''),
    spkiSha256: '40b464f4d4ff947572c6b23869a7bccae3f69ba9c81ade6c09d035e4657e40c4',
    certificateSha256: '148b293821bb0c6a317f413c8ba475814091cb22d49b9e3c94198db8e8f86c39',
    notBefore: '2024-01-19T22:10:50Z',
    notAfter: '2034-01-16T22:10:49Z',
    publishedAt: 'https://confidentialcomputing.googleapis.com/.well-known/attestation-pki-root',
  },
]
