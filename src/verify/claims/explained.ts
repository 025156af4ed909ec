/**
 * What a check does, for people who look up its name: the two sides that it compares, and the section of the specification, of the maker's document or
 * of our own rules that asks for it.
 */
export type Explained = { readonly compares: string; readonly section: string }
