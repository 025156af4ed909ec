import { failure, type Result, success } from '../../encoding/result.ts'
import { type ComposeFileErrorCode, type Entry, readEntries } from './yaml.ts'

export type { ComposeFileErrorCode } from './yaml.ts'

/** A service of a compose file. `image` as it is written; absent for a service that only builds one. */
export type ComposeService = { readonly name: string; readonly image?: string; readonly isBuilt: boolean }

/**
 * The services of a compose file (compose-spec). A file that takes parts of a service from elsewhere (`extends`, `include`, a merged alias
 * instead of an image) is refused: what would run is then not what is read here.
 */
export function readServices(text: string): Result<readonly ComposeService[], ComposeFileErrorCode> {
  const entries = readEntries(text)
  if (!entries.ok) return entries
  const top = entries.value.filter(({ start }) => start === 0)
  if (top.some(({ isItem }) => isItem)) return failure('compose-structure', 'a list at the top')
  if (top.some(({ key }) => key === 'include' || key === '<<')) return failure('compose-elsewhere')
  const [services, ...more] = top.filter(({ key }) => key === 'services')
  if (services === undefined || more.length > 0 || services.value.kind !== 'none') return failure('compose-structure', 'services')
  const from = entries.value.indexOf(services) + 1
  const next = entries.value.findIndex(({ start }, index) => index >= from && start === 0)
  return servicesOf(entries.value.slice(from, next < 0 ? undefined : next))
}

/** Takes the entries under `services` apart: names at one indentation, their properties at the next, and what is deeper belongs to these. */
function servicesOf(entries: readonly Entry[]): Result<readonly ComposeService[], ComposeFileErrorCode> {
  const [first] = entries
  if (first === undefined) return failure('compose-structure', 'no services')
  const services: ComposeService[] = []
  let index = 0
  while (index < entries.length) {
    const head = entries[index]
    if (head === undefined || head.start !== first.start || head.isItem) return failure('compose-structure', head?.key)
    if (head.value.kind !== 'none' || head.key === '<<') return failure('compose-elsewhere', head.key)
    if (services.some(({ name }) => name === head.key)) return failure('compose-duplicate', head.key)
    const next = entries.findIndex(({ start }, place) => place > index && start <= first.start)
    const end = next < 0 ? entries.length : next
    const service = serviceOf(head.key, entries.slice(index + 1, end))
    if (!service.ok) return service
    services.push(service.value)
    index = end
  }
  return success(services)
}

function serviceOf(name: string, entries: readonly Entry[]): Result<ComposeService, ComposeFileErrorCode> {
  const [first] = entries
  if (first === undefined || first.isItem) return failure('compose-structure', name)
  if (entries.some(({ start }) => start < first.start)) return failure('compose-structure', name)
  // A list may stand at the indentation of the property that holds it.
  const properties = entries.filter(({ start, isItem }) => start === first.start && !isItem)
  const twice = properties.find(({ key }, index) => properties.findIndex((other) => other.key === key) !== index)
  if (twice !== undefined) return failure('compose-duplicate', twice.key)
  if (properties.some(({ key }) => key === 'extends')) return failure('compose-elsewhere', name)
  const isBuilt = properties.some(({ key }) => key === 'build')
  const image = properties.find(({ key }) => key === 'image')
  if (image === undefined) return isBuilt ? success({ name, isBuilt }) : failure('compose-elsewhere', name)
  return image.value.kind === 'scalar' ? success({ name, image: image.value.text, isBuilt }) : failure('compose-structure', name)
}
