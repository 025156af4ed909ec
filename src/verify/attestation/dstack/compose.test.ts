import { describe, expect, it } from 'vitest'
import { readAppCompose } from './compose.ts'

const DIGEST = `sha256:${'a1'.repeat(32)}`
const OTHER = `sha256:${'b2'.repeat(32)}`

/** Digests, references without one, and variables that may bring another image. */
function imagesOf(image: string, allowed_envs: readonly string[] = []) {
  const compose = readAppCompose(JSON.stringify({ allowed_envs, docker_compose_file: `services:\n  model:\n    image: ${image}\n` }))
  const images = compose.ok ? compose.value.images : compose
  return images.ok ? [images.value.digests, images.value.unpinned, images.value.replaceable] : images.code
}

describe('an image with a variable', () => {
  it.each([
    ['an image by its digest', `\${MODEL_IMAGE:-vllm/vllm-openai@${DIGEST}}`],
    ['an image by its digest, where only an unset variable has it', `\${MODEL_IMAGE-vllm/vllm-openai@${DIGEST}}`],
    ['a digest', `vllm/vllm-openai@\${DIGEST:-${DIGEST}}`],
    ['a name and a tag in front of a digest', `\${REGISTRY:-docker.io}/\${NAME:-vllm}:\${TAG:-latest}@${DIGEST}`],
    ['a name without a default in front of a digest', `\${REGISTRY}/vllm@${DIGEST}`],
  ])('is what the file says, where the operator cannot set it: %s', (_, image) => {
    expect(imagesOf(image)).toEqual([[DIGEST], [], []])
    expect(imagesOf(`"${image}"`, ['TOKEN'])).toEqual([[DIGEST], [], []])
  })

  it('may be any other, where the operator can', () => {
    expect(imagesOf(`\${MODEL_IMAGE:-vllm/vllm-openai@${DIGEST}}`, ['MODEL_IMAGE'])).toEqual([[], [], ['MODEL_IMAGE']])
    // A digest that is fixed decides, and what stands in front of it does not; which of the two it is need not be told apart.
    expect(imagesOf(`\${TAG:-x}@${DIGEST}`, ['TAG'])).toEqual([[], [], ['TAG']])
    expect(imagesOf(`a@\${A:-${DIGEST}}\${B-}`, ['B', 'A'])).toEqual([[], [], ['A', 'B']])
    expect(imagesOf(`\${A:-\${B:-vllm@${DIGEST}}}`, ['B'])).toEqual([[], [], ['B']])
    expect(imagesOf(`$A@${DIGEST}`, ['A'])).toEqual([[], [], ['A']])
  })

  it.each([
    `\${MODEL_IMAGE}`,
    `\${MODEL_IMAGE:-vllm/vllm-openai:latest}`,
    `\${MODEL_IMAGE:?vllm@${DIGEST}}`,
    `\${MODEL_IMAGE:+vllm@${DIGEST}}`,
    `\${A:-\${B:-vllm@${DIGEST}}}`,
    `\${A:-vllm@${DIGEST}`,
    `$MODEL_IMAGE@${DIGEST.slice(0, -1)}`,
  ])('is left open by %s', (image) => {
    expect(imagesOf(image)).toEqual([[], [image], []])
  })

  it('of several services is told for each', () => {
    const file = `services:\n  a:\n    image: \${A:-a@${DIGEST}}\n  b:\n    image: \${B:-b@${OTHER}}\n  c:\n    image: c:latest\n`
    const compose = readAppCompose(JSON.stringify({ allowed_envs: ['B'], docker_compose_file: file }))
    expect(compose.ok && compose.value.images).toEqual({
      ok: true,
      value: { digests: [DIGEST], unpinned: ['c:latest'], replaceable: ['B'] },
    })
  })
})
