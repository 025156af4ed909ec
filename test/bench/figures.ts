export function minimum(times: readonly number[]): number {
  return Math.min(...times)
}

export function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
}
