/** The processors whose keys are pinned. Siena and Bergamo are signed for as Genoa. */
export const PRODUCTS = ['Milan', 'Genoa', 'Turin'] as const
export type Product = (typeof PRODUCTS)[number]

/** Family and model as in CPUID function 1, extended parts added in; stepping as it is. */
export type Cpuid = { readonly family: number; readonly model: number; readonly stepping: number }

/** Models of each product, first and last. Venice is known by its models, and AMD has published no keys for it yet. */
const MODELS: readonly (readonly [family: number, first: number, last: number, product: Product | 'Venice'])[] = [
  [0x19, 0x00, 0x0f, 'Milan'],
  [0x19, 0x10, 0x1f, 'Genoa'],
  [0x19, 0xa0, 0xaf, 'Genoa'],
  [0x1a, 0x00, 0x11, 'Turin'],
  [0x1a, 0x50, 0x57, 'Venice'],
  [0x1a, 0x90, 0xaf, 'Venice'],
  [0x1a, 0xc0, 0xc7, 'Venice'],
]

/** The product that a processor is of; undefined for one that is not known here. */
export function productOfCpuid({ family, model }: Cpuid): Product | 'Venice' | undefined {
  const found = MODELS.find(([of, first, last]) => family === of && model >= first && model <= last)
  return found?.[3]
}

/** For the details, as AMD writes families and models. */
export function cpuidInText({ family, model, stepping }: Cpuid): string {
  return `family 0x${family.toString(16)}, model 0x${model.toString(16)}, stepping ${stepping}`
}
