/** A straight line through what was measured. */

export interface Slope {
  /** Of y, for one of x. */
  slope: number;
  /** Standard error of the slope, as if the residuals were independent. */
  error: number;
}

/** By least squares. NaN for fewer than three points. */
export function slopeOf(points: readonly (readonly [number, number])[]): Slope {
  const n = points.length;
  if (n < 3) return { slope: Number.NaN, error: Number.NaN };
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((total, point) => total + of(point), 0) / n;
  const meanX = mean(([x]) => x);
  const meanY = mean(([, y]) => y);
  const spread = mean(([x]) => (x - meanX) ** 2) * n;
  const slope = (mean(([x, y]) => (x - meanX) * (y - meanY)) * n) / spread;
  const residual = mean(([x, y]) => (y - meanY - slope * (x - meanX)) ** 2) * n;
  return { slope, error: Math.sqrt(residual / (n - 2) / spread) };
}

/** Whether what is measured does not grow, as far as can be told: by two errors, or by less than is of any account. */
export function isFlat({ slope, error }: Slope, negligible: number): boolean {
  return slope <= Math.max(negligible, 2 * error);
}
