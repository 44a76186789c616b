/**
 * Slope of the line through the logarithms: 1 where what is measured grows as its size does, 2 where four times as much
 * takes sixteen times as long. By least squares.
 */
export function slopeOf(sizes: readonly number[], values: readonly number[]): number {
  const x = sizes.map(Math.log);
  const y = values.map(Math.log);
  const [meanX, meanY] = [x, y].map((one) => one.reduce((sum, value) => sum + value, 0) / one.length);
  const products = x.reduce((sum, value, at) => sum + (value - meanX!) * (y[at]! - meanY!), 0);
  return products / x.reduce((sum, value) => sum + (value - meanX!) ** 2, 0);
}
