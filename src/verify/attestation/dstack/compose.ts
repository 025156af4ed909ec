import * as v from 'valibot'
import { parseForeignJson } from '../../encoding/json.ts'
import { failure, type Result, renamed, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { type ComposeFileErrorCode, type ComposeService, readServices } from './compose-file.ts'

/** What `app-compose.json` says will run. All of it is hashed into the compose hash; the values of `variables` are not. */
export type AppCompose = {
  /** The images of the compose file, or why they cannot be told. */
  readonly images: Result<Images, ComposeErrorCode>
  /** Names of environment variables that the operator may set at any time. */
  readonly variables: readonly string[]
  /** Names of the scripts that run besides the containers. */
  readonly scripts: readonly string[]
  /** Whether a container is given the socket of Docker, with which it may start others that no compose file here names. */
  readonly hasDockerSocket: boolean
}

export type Images = {
  /** `sha256:` and the digest, each once. */
  readonly digests: readonly string[]
  /** Image references without a digest, and services that are built on the machine: what runs is not determined by them. */
  readonly unpinned: readonly string[]
  /** Variables that the operator may set and that stand in an image reference: another image may run than the file's own. */
  readonly replaceable: readonly string[]
}

export type ComposeErrorCode = 'compose-json' | 'compose-schema' | 'compose-no-file' | ComposeFileErrorCode

const script = v.optional(v.nullable(v.string()))

/** The format is open: what is not read here means something to dstack, and is covered by the hash all the same. */
const schema = v.object({
  docker_compose_file: v.optional(v.nullable(v.string())),
  allowed_envs: v.optional(v.nullable(v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(1000)))),
  pre_launch_script: script,
  init_script: script,
  bash_script: script,
  init_scripts: v.optional(v.nullable(v.array(v.unknown()))),
})

/** Anywhere in the text: naming it where it is no mount is better than overlooking one. */
const DOCKER_SOCKET = 'docker.sock'

const SCRIPTS = ['init_script', 'pre_launch_script', 'bash_script'] as const

/** Reads `app-compose.json`, whose hash the caller has compared. */
export function readAppCompose(text: string): Result<AppCompose, 'compose-json' | 'compose-schema'> {
  const json = parseForeignJson(text)
  if (!json.ok) return failure('compose-json', json.code)
  const parsed = parseWith(schema, json.value)
  if (!parsed.ok) return renamed('compose-schema', parsed)
  const { docker_compose_file, allowed_envs, init_scripts } = parsed.value
  return success({
    images: typeof docker_compose_file === 'string' ? imagesOf(docker_compose_file, allowed_envs ?? []) : failure('compose-no-file'),
    variables: allowed_envs ?? [],
    hasDockerSocket: (docker_compose_file ?? '').includes(DOCKER_SOCKET),
    scripts: [
      ...SCRIPTS.filter((name) => (parsed.value[name] ?? '') !== ''),
      ...(init_scripts === undefined || init_scripts === null || init_scripts.length === 0 ? [] : ['init_scripts']),
    ],
  })
}

function imagesOf(file: string, settable: readonly string[]): Result<Images, ComposeFileErrorCode> {
  const services = readServices(file)
  if (!services.ok) return services
  const read = services.value.map((service) => ({ service, reference: referenceOf(service, settable) }))
  const fixed = read.filter(({ reference }) => reference.replaceable.length === 0)
  return success({
    digests: [...new Set(fixed.flatMap(({ reference }) => reference.digest ?? []))],
    unpinned: fixed.filter(({ reference }) => reference.digest === undefined).map(({ service: { name, image } }) => image ?? name),
    replaceable: [...new Set(read.flatMap(({ reference }) => reference.replaceable))],
  })
}

/** However a variable is named. */
const NAME = /\$\{?([A-Za-z_][A-Za-z0-9_]*)/g
/** One that is begun and not ended. */
const UNENDED = /\$\{[^}]*$/
/** `${NAME}`, `${NAME:-default}` or `${NAME-default}` (compose-spec, interpolation). */
const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^${}]*))?\}/g

/**
 * The digest that a reference comes to. A variable that the operator may not set has its default; one that may be set can bring any image. Docker
 * takes the image by its digest wherever the reference has one, whatever else stands in it. What is built here is not what was pulled.
 */
function referenceOf(
  { image = '', isBuilt }: ComposeService,
  settable: readonly string[],
): { readonly digest?: string; readonly replaceable: readonly string[] } {
  if (isBuilt) return { replaceable: [] }
  const names = [...image.matchAll(NAME)].flatMap(([, name]) => (name === undefined ? [] : [name]))
  const replaceable = names.filter((name) => settable.includes(name))
  const whole = image.replace(VARIABLE, (written, _, fallback?: string) => fallback ?? written)
  const digest = UNENDED.test(whole) ? undefined : /@(sha256:[0-9a-f]{64})$/.exec(whole)?.[1]
  return { replaceable, ...(digest === undefined ? {} : { digest }) }
}
