/** Values of one metric that were put together: what a StatisticSet of CloudWatch has, and how the values lie. */
export class MetricBucket {
  count = 0;
  sum = 0;
  min = Infinity;
  max = -Infinity;
  /** How many values have each size, see `sizeOf`; percentiles are made of it. */
  private readonly sizes = new Map<number, number>();

  add(value: number): void {
    this.count += 1;
    this.sum += value;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
    const size = sizeOf(value);
    this.sizes.set(size, (this.sizes.get(size) ?? 0) + 1);
  }

  addAll(other: MetricBucket): void {
    this.count += other.count;
    this.sum += other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    for (const [size, count] of other.sizes) this.sizes.set(size, (this.sizes.get(size) ?? 0) + count);
  }

  /** The value that this share (0 to 1) of the values does not exceed, true to 2 %. */
  percentile(share: number): number {
    const rank = share * (this.count - 1);
    let passed = 0;
    for (const [size, count] of [...this.sizes].toSorted(([a], [b]) => a - b)) {
      passed += count;
      if (passed > rank) return Math.min(Math.max(valueOf(size), this.min), this.max);
    }
    return this.max;
  }
}

/** Sizes are steps of 4 %: values from a thousandth to 1e12 have 880 of them. */
const step = Math.log(1.04);
/** Of whatever is smaller than a thousandth. */
const none = -1_000;

const sizeOf = (value: number): number => (value < 1e-3 ? none : Math.round(Math.log(value) / step));

const valueOf = (size: number): number => (size === none ? 0 : Math.exp(size * step));
