/** Values at the points of a window, undefined where there is none. */
export type Series = readonly (number | undefined)[];

/** What an expression may become on its way: a number, one series, or several. */
type Value = number | Series | readonly Series[];

/** Metric math that is read already. */
export type MetricMath = (series: ReadonlyMap<string, Series>) => Value;

/**
 * Reads an expression of CloudWatch's metric math: numbers, ids, + - * /, comparisons, AND, OR, lists in brackets, and
 * the functions of `functions`. Throws on anything else.
 * (`https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html`)
 */
export function readMetricMath(expression: string): MetricMath {
  const tokens = tokensOf(expression);
  let at = 0;
  const fail = (): never => {
    throw new Error(
      `the metric math ${JSON.stringify(expression)} is not understood here at ${tokens[at] ?? 'its end'}`,
    );
  };
  const take = (...texts: readonly string[]): string | undefined => {
    const token = tokens[at];
    if (token === undefined || !texts.includes(token)) return undefined;
    at += 1;
    return token;
  };
  const need = (text: string): void => void (take(text) ?? fail());

  function list(end: string): MetricMath[] {
    const items: MetricMath[] = [];
    if (take(end)) return items;
    do items.push(binary(0));
    while (take(','));
    need(end);
    return items;
  }

  function primary(): MetricMath {
    if (take('(')) {
      const inner = binary(0);
      need(')');
      return inner;
    }
    if (take('[')) {
      const items = list(']');
      return (series) => items.flatMap((item) => allSeries(item(series), series));
    }
    if (take('-')) {
      const inner = primary();
      return (series) => pointwise([inner(series)], ([value]) => -value!);
    }
    const token = tokens[at] ?? fail();
    at += 1;
    if (/^[\d.]/.test(token)) return () => Number(token);
    if (!/^[A-Za-z]/.test(token)) {
      at -= 1;
      return fail();
    }
    if (!take('(')) return (series) => series.get(token) ?? missing(series);
    const compute = Object.hasOwn(functions, token) ? functions[token] : undefined;
    if (!compute) {
      at -= 2;
      return fail();
    }
    const items = list(')');
    return (series) =>
      compute(
        items.map((item) => item(series)),
        series,
      );
  }

  function binary(level: number): MetricMath {
    const operators = levels[level];
    if (!operators) return primary();
    let left = binary(level + 1);
    for (let sign = take(...Object.keys(operators)); sign; sign = take(...Object.keys(operators))) {
      const [one, other, compute] = [left, binary(level + 1), operators[sign]!];
      left = (series) => pointwise([one(series), other(series)], ([a, b]) => compute(a!, b!));
    }
    return left;
  }

  const read = binary(0);
  if (at < tokens.length) fail();
  return read;
}

/** The series that an expression becomes; a number stands at every point. Throws where it becomes several. */
export function oneSeries(value: Value, points: number): Series {
  if (typeof value === 'number') return Array.from({ length: points }, () => value);
  if (isSeveral(value)) throw new Error('an expression that becomes several series has no stand-in');
  return value;
}

type Operators = Readonly<Record<string, (a: number, b: number) => number | undefined>>;

/** From the weakest to the strongest. */
const levels: readonly Operators[] = [
  { OR: (a, b) => Number(a !== 0 || b !== 0), '||': (a, b) => Number(a !== 0 || b !== 0) },
  { AND: (a, b) => Number(a !== 0 && b !== 0), '&&': (a, b) => Number(a !== 0 && b !== 0) },
  {
    '<': (a, b) => Number(a < b),
    '<=': (a, b) => Number(a <= b),
    '>': (a, b) => Number(a > b),
    '>=': (a, b) => Number(a >= b),
    '==': (a, b) => Number(a === b),
    '!=': (a, b) => Number(a !== b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  // Whatever is divided by zero is missing.
  { '*': (a, b) => a * b, '/': (a, b) => (b === 0 ? undefined : a / b) },
];

type Compute = (values: readonly Value[], series: ReadonlyMap<string, Series>) => Value;

const functions: Readonly<Record<string, Compute>> = {
  IF: ([condition = 0, then = 0, otherwise]) =>
    pointwise(
      [condition, then, otherwise ?? Number.NaN],
      ([met, a, b]) => (met === undefined ? met : met !== 0 ? a : b),
      {
        withMissing: true,
      },
    ),
  FILL: ([value = 0, filler = 0]) => pointwise([value, filler], ([a, b]) => a ?? b, { withMissing: true }),
  METRICS: (_, series) => [...series.values()],
  SUM: (values, series) => combine(values, series, (present) => present.reduce((sum, one) => sum + one, 0)),
  AVG: (values, series) =>
    combine(values, series, (present) => present.reduce((sum, one) => sum + one, 0) / present.length),
  MAX: (values, series) => combine(values, series, (present) => Math.max(...present)),
  MIN: (values, series) => combine(values, series, (present) => Math.min(...present)),
};

/** Of several series one, point by point; of one series a number. Points that are missing are passed over. */
function combine(
  [value = 0]: readonly Value[],
  series: ReadonlyMap<string, Series>,
  compute: (present: readonly number[]) => number,
): Value {
  if (typeof value === 'number') return value;
  const of = (values: Series): number | undefined => {
    const present = values.filter((one) => one !== undefined);
    return present.length === 0 ? undefined : compute(present);
  };
  if (!isSeveral(value)) return Array.from(value, () => of(value));
  return missing(series).map((_, point) => of(value.map((one) => one[point])));
}

function pointwise(
  values: readonly Value[],
  compute: (at: Series) => number | undefined,
  { withMissing = false } = {},
): Value {
  if (values.some((value) => typeof value !== 'number' && isSeveral(value))) {
    throw new Error('arithmetic over several series has no stand-in');
  }
  const lengths = values.flatMap((value) => (typeof value === 'number' ? [] : [value.length]));
  const at = (point: number): number | undefined => {
    const ofPoint = values.map((value) => (typeof value === 'number' ? value : (value as Series)[point]));
    const result = withMissing || !ofPoint.includes(undefined) ? compute(ofPoint) : undefined;
    return result === undefined || Number.isNaN(result) ? undefined : result;
  };
  if (lengths.length === 0) return at(0) ?? Number.NaN;
  return Array.from({ length: lengths[0]! }, (_, point) => at(point));
}

const isSeveral = (value: Series | readonly Series[]): value is readonly Series[] => Array.isArray(value[0]);

function allSeries(value: Value, series: ReadonlyMap<string, Series>): readonly Series[] {
  if (typeof value !== 'number' && isSeveral(value)) return value;
  return [oneSeries(value, missing(series).length)];
}

/** As many points as the others have, all missing. */
function missing(series: ReadonlyMap<string, Series>): Series {
  const [first = []] = series.values();
  return Array.from(first, () => undefined);
}

function tokensOf(expression: string): readonly string[] {
  const tokens = expression.match(/\d+(?:\.\d+)?|\.\d+|[A-Za-z]\w*|<=|>=|==|!=|&&|\|\||[-+*/<>()[\],]|\S/g);
  return tokens ?? [];
}
