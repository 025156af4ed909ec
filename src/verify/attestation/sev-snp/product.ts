/** The processors whose keys are pinned. Siena and Bergamo are signed for as Genoa. */
export const PRODUCTS = ['Milan', 'Genoa', 'Turin'] as const
export type Product = (typeof PRODUCTS)[number]

/** Family and model as in CPUID function 1, extended parts added in; stepping as it is. */
export type Cpuid = { readonly family: number; readonly model: number; readonly stepping: number }

/** The product that a processor is of; undefined for one that is not known here. */
export function productOfCpuid({ family, model }: Cpuid): Product | undefined {
  if (family === 0x19 && model <= 0x0f) return 'Milan'
  if (family === 0x19 && ((model >= 0x10 && model <= 0x1f) || (model >= 0xa0 && model <= 0xaf))) return 'Genoa'
  if (family === 0x1a && model <= 0x11) return 'Turin'
  return undefined
}
