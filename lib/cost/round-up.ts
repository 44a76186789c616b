/** The next whole number of steps, in the unit of both. What arithmetic with fractions adds by itself begins no step. */
export const roundUp = (value: number, step: number): number =>
  Math.ceil(Number((value / step).toPrecision(12))) * step;
