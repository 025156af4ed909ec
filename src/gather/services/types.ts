import type { PartySeen, RelaySeen } from '../../dossier/types.ts'
import type { AdapterSource, HostAsk } from '../../platform/messages.ts'

/**
 * A service as data: where its pages and its interface are, which requests ask for an answer, how a receipt is asked for, and where its
 * evidence is. Adding a service is adding such a value; no code asks for a service by name.
 */
export type Service = {
  readonly id: string
  readonly name: string
  /** Origins of the pages that are watched. */
  readonly pages: readonly string[]
  /** Where the chat itself is, if something else stands at the first page's root. */
  readonly chat?: string
  /** Origins of the programming interface that the pages call; `https://*.example.com` for every host below one. */
  readonly apis: readonly string[]
  /**
   * Other origins of the same interface, for when the usual ones do not answer. No page is known to call them, so no prompt asks for them; they are
   * watched where the user has allowed them.
   */
  readonly failOver?: readonly string[]
  /**
   * Who takes part in an answer of an interface, from the page to the model, as its vendor documents it. The first whose origin fits counts. What an
   * answer leaves out of this picture is still there.
   */
  readonly parties?: readonly Parties[]
  /** What the pages call in place of the interface. */
  readonly relays?: readonly Relay[]
  /** Other sites that stand in for the usual one. Each is allowed by itself: a prompt asks for what its own page uses. */
  readonly standIns?: readonly Site[]
  /** Paths under an interface's origin where a POST asks for an answer. */
  readonly completions: readonly string[]
  /** Request header that asks for a receipt; its value is a fresh nonce. */
  readonly optIn?: { readonly header: string }
  /** Response headers that may be stored, in lower case. Nothing else of a response's header is kept. */
  readonly headers: readonly string[]
  /** The documents of `inference-receipt/1`, under an interface's origin. */
  readonly evidence?: EvidenceEndpoints
  /** Where a receipt is that does not come with the answer: the first whose id is known. */
  readonly receipts?: readonly ReceiptLookup[]
  /** What the service reports of itself, asked for with a fresh nonce of ours. */
  readonly reports?: readonly ReportEndpoint[]
  /** Documents that receipts name. */
  readonly linked?: readonly LinkedEndpoint[]
  /** What the vendor publishes and signs for everybody to check its evidence with. */
  readonly lists?: readonly VendorList[]
  /** Makers of hardware whose collateral the service's evidence is checked with. */
  readonly vendors?: readonly Vendor[]
  /** Where that collateral is, if not with the makers: a service whose hardware is simulated has simulated makers. */
  readonly vendorOrigins?: Partial<VendorOrigins>
  readonly issuers: readonly TokenIssuer[]
  /** Where all this is known from; empty for a service that is made up. */
  readonly sources: readonly AdapterSource[]
}

/** Pages, and what they call. */
export type Site = Pick<Service, 'pages' | 'apis' | 'relays'>
export type Parties = { readonly origin: string; readonly roles: readonly PartySeen[] }

/** A server of the site's own that passes calls on to the service's interface. It shows no evidence of what it is. */
export type Relay = {
  /** Where, in full, a POST asks for an answer. */
  readonly addresses: readonly string[]
  /** Origin of the interface behind it, where receipts and evidence are looked for. */
  readonly interface: string
  readonly handles: RelaySeen
  /** Request header in which the page names the interface, where there is more than one. */
  readonly namedBy?: string
  /** Its answers carry nothing by which a receipt could be looked up. */
  readonly unnamed?: true
}

export type EvidenceEndpoints = {
  /**
   * Where the attestation document is served raw, and the response header that names its kind. `hashMember`: the query member by which an earlier
   * one is asked for, by its SHA-256.
   */
  readonly attestation: { readonly path: string; readonly kindHeader: string; readonly hashMember?: string }
  /** Where the current receipt key is served as JSON together with its attestation. */
  readonly key: { readonly path: string }
  /** Where all documents are logged that keys ever had. */
  readonly log?: KeyLog
}

/** A log of receipt keys and their documents, asked by `kid`; the same at each of its addresses. */
export type KeyLog = { readonly addresses: readonly string[] }

/**
 * An address under an origin. `{id}`, `{model}` and `{nonce}` stand for what is known of the exchange; a query member whose value is not known
 * is left out, a path whose value is not known is no address.
 */
export type Template = {
  /** Absent: the origin of the interface that the page called. */
  readonly origin?: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /**
   * `page`: the service answers only whoever made the call, so the page's own credential goes with it, and stays in the page. `if-refused`: it is
   * asked without one first.
   */
  readonly credential: 'page' | 'none' | 'if-refused'
}

export type ReceiptLookup = Template & {
  /** Id of the receipt format. */
  readonly format: string
  /** What names the receipt: a response header, or the answer's own id. */
  readonly id: { readonly header: string } | 'answer'
}

/**
 * `kind`: the name by which the verifier knows the document. `nonce`: what is sent as such, so many random octets in hexadecimal or a random
 * UUID; absent: none. `with`: the receipt format that needs it; absent: any, and none. `served`: how the document comes; absent: as text.
 * `having`: a member without which a JSON document is of a form that is not meant. `resold`: it is what others
 * showed the service, who may have been asked with a nonce of the service's own. `orElse`: what is asked for where this is not to be had.
 */
export type ReportEndpoint = Template & {
  readonly kind: string
  readonly nonce?: number | 'uuid'
  readonly with?: string
  readonly served?: Served
  readonly having?: string
  readonly resold?: true
  readonly orElse?: ReportEndpoint
}

/** `octets`: a binary document as it is. `base64`: one in base64 with padding (RFC 4648 section 4), a line's end behind it or none. */
export type Served = 'text' | 'octets' | 'base64'

/** A list that stands at one fixed address, by which the verifier knows what it is for. */
export type VendorList = { readonly kind: 'pcr-history'; readonly address: string }

export const LINK_KINDS = ['aci-session'] as const
export type LinkedEndpoint = Template & { readonly kind: (typeof LINK_KINDS)[number] }

/** Intel's certification service and its certificates; AMD's key distribution service. */
export type VendorOrigins = {
  readonly intel: readonly [certification: string, certificates: string]
  readonly amd: readonly [keys: string]
}
export type Vendor = keyof VendorOrigins

/** Who signs the evidence tokens of a kind, and where that party publishes its keys (RFC 7517). */
export type TokenIssuer = { readonly evidenceKind: string; readonly issuer: string; readonly jwks: string }

/** Where the makers of hardware publish what evidence is checked with. */
export const VENDOR_ORIGINS: VendorOrigins = {
  intel: ['https://api.trustedservices.intel.com', 'https://certificates.trustedservices.intel.com'],
  amd: ['https://kdsintf.amd.com'],
}

/** A service as it is at each of its sites, the usual one first. What is said of a site below holds for each of these. */
export function sitesOf({ standIns = [], ...usual }: Service): readonly Service[] {
  const { failOver: _, relays: __, ...shared } = usual
  return [usual, ...standIns.map((site) => ({ ...shared, ...site }))]
}

/** Everything that one prompt has to ask for, so that a service can be checked at a site, each with what it is for. */
export function hostAsks(service: Service): readonly HostAsk[] {
  const ask = (purpose: HostAsk['purpose']) => (origin: string) => ({ pattern: `${origin}/*`, purpose })
  const asks: readonly HostAsk[] = [
    ...service.pages.map(ask('purpose_page')),
    ...[...relayOrigins(service), ...interfaceOrigins(service)].map(ask(apiPurpose(service))),
    ...reportOrigins(service).map(ask('purpose_reports')),
    ...issuerOrigins(service).map(ask('purpose_issuer_keys')),
    ...listOrigins(service).map(ask('purpose_lists')),
    ...vendorOrigins(service).map(ask('purpose_vendor')),
  ]
  // A page may be its own interface: the host then stands under both purposes, and the prompt asks for it once.
  return asks.filter(
    ({ pattern, purpose }, index) => asks.findIndex((other) => other.pattern === pattern && other.purpose === purpose) === index,
  )
}

/** What is done at the interface: whether a header is added to requests, and whether look-ups use the page's own sign-in. */
function apiPurpose(service: Service): HostAsk['purpose'] {
  const signsIn = templatesOf(service).some(({ origin, credential }) => origin === undefined && credential !== 'none')
  if (service.optIn === undefined) return signsIn ? 'purpose_api_sign_in' : 'purpose_api'
  return signsIn ? 'purpose_api_ask_sign_in' : 'purpose_api_ask'
}

/** Where the pages of a site send what is to be seen: its interface, and what they call in its place. */
export function calledOrigins(service: Service): readonly string[] {
  return [...new Set([...relayOrigins(service), ...service.apis])]
}

/** Every host that the user may be asked for or may allow by themselves (match patterns). */
export function hostPatterns(service: Service): readonly string[] {
  const asked = sitesOf(service).flatMap((site) => hostAsks(site).map(({ pattern }) => pattern))
  return [...new Set([...asked, ...(service.failOver ?? []).map((origin) => `${origin}/*`)])]
}

/** Where the extension itself may connect on behalf of a site. */
export function reachableOrigins(service: Service): readonly string[] {
  const own = service.evidence !== undefined || ownTemplates(service).some(({ origin }) => origin === undefined)
  return [
    ...(own ? answeringOrigins(service) : []),
    ...reportOrigins(service),
    ...issuerOrigins(service),
    ...listOrigins(service),
    ...vendorOrigins(service),
  ]
}

/** Addresses, without query, at which a POST asks this site's service for an answer. */
export function completionUrls({ apis, failOver = [], relays = [], completions }: Service): readonly string[] {
  const direct = [...apis, ...failOver].flatMap((origin) => completions.map((path) => origin + path))
  return [...relays.flatMap(({ addresses }) => addresses), ...direct]
}

/** The same, of all its sites. */
export function watchedUrls(service: Service): readonly string[] {
  return [...new Set(sitesOf(service).flatMap(completionUrls))]
}

/** How the addresses begin at which something may be looked up with the page's credential. */
export function pageLookupUrls(service: Service): readonly string[] {
  return templatesOf(service)
    .filter(({ credential }) => credential !== 'none')
    .flatMap((template) => originsOf(template, service).map((origin) => origin + fixedPart(template)))
}

/**
 * Every address that the extension itself may fetch for a site. One that ends in `?*` stands for itself with any query, one that ends in `/*` for all that begin
 * so.
 */
export function endpointsOf(service: Service): readonly string[] {
  const paths = evidencePaths(service)
  return [
    ...answeringOrigins(service).flatMap((origin) => paths.map((path) => origin + path)),
    ...(service.evidence?.log?.addresses ?? []).map((address) => `${address}?*`),
    ...ownTemplates(service).flatMap((template) => originsOf(template, service).map((origin) => origin + patternOf(template))),
    ...service.issuers.map((issuer) => issuer.jwks),
    ...(service.lists ?? []).map(({ address }) => address),
    ...vendorOrigins(service).map((origin) => `${origin}/*`),
  ]
}

function evidencePaths({ evidence }: Service): readonly string[] {
  if (evidence === undefined) return []
  const { attestation, key } = evidence
  return [attestation.path, ...(attestation.hashMember === undefined ? [] : [`${attestation.path}?*`]), key.path]
}

function templatesOf({ receipts = [], reports = [], linked = [] }: Service): readonly Template[] {
  return [...receipts, ...reports.flatMap(({ orElse, ...report }) => (orElse === undefined ? [report] : [report, orElse])), ...linked]
}

/** What the extension asks for itself. With the page's credential the page asks. */
function ownTemplates(service: Service): readonly Template[] {
  return templatesOf(service).filter(({ credential }) => credential !== 'page')
}

function originsOf({ origin }: Template, service: Service): readonly string[] {
  return origin === undefined ? answeringOrigins(service) : [origin]
}

/** Of all interfaces that may have answered. */
function answeringOrigins(service: Service): readonly string[] {
  return [...new Set([...interfaceOrigins(service), ...(service.failOver ?? [])])]
}

/** Of the interfaces that pages call, and of those behind relays. */
function interfaceOrigins({ apis, relays = [] }: Service): readonly string[] {
  return [...new Set([...apis, ...relays.map((relay) => relay.interface)])]
}

function relayOrigins({ relays = [] }: Service): readonly string[] {
  return [...new Set(relays.flatMap(({ addresses }) => addresses.map((address) => new URL(address).origin)))]
}

function fixedPart({ path }: Template): string {
  return path.split('{', 1)[0] ?? path
}

/** A path that is known in full, with a query where the template has one; or a folder in which ids are looked up. */
function patternOf(template: Template): string {
  if (template.path.includes('{')) return `${fixedPart(template)}*`
  return template.query === undefined ? template.path : `${template.path}?*`
}

function reportOrigins(service: Service): readonly string[] {
  const logs = (service.evidence?.log?.addresses ?? []).map((address) => new URL(address).origin)
  return [...new Set([...templatesOf(service).flatMap(({ origin }) => (origin === undefined ? [] : [origin])), ...logs])]
}

function issuerOrigins(service: Service): readonly string[] {
  return [...new Set(service.issuers.map((issuer) => new URL(issuer.jwks).origin))]
}

function listOrigins({ lists = [] }: Service): readonly string[] {
  return [...new Set(lists.map(({ address }) => new URL(address).origin))]
}

function vendorOrigins({ vendors = [], vendorOrigins: origins }: Service): readonly string[] {
  const known = { ...VENDOR_ORIGINS, ...origins }
  return [...new Set(vendors.flatMap((vendor): readonly string[] => known[vendor]))]
}
