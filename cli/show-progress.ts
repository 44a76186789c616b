import { SingleBar } from 'cli-progress';

/** Tells how far a long task is. */
export interface Progress {
  add(count: number): void;
  /** A remark between two updates. */
  note(text: string): void;
  stop(): void;
}

/** Lines are written this often where there is no terminal to redraw. */
const plainEveryMs = 5000;

/**
 * A bar with its rate on a terminal, else (or when nobody knows the total) plain lines; both on standard error, so that
 * standard output stays clean.
 */
export function showProgress(
  total: number | undefined,
  unit: string,
  output: NodeJS.WriteStream = process.stderr,
): Progress {
  return output.isTTY && total !== undefined ? drawBar(total, unit, output) : writeLines(total, unit, output);
}

function drawBar(total: number, unit: string, output: NodeJS.WriteStream): Progress {
  const startedAt = Date.now();
  const bar = new SingleBar({
    format: `{bar} {percentage} % | {value}/{total} ${unit} | {rate} ${unit}/s | {remark}`,
    stream: output,
    hideCursor: true,
  });
  let count = 0;
  bar.start(total, 0, { rate: 0, remark: '' });
  return {
    add: (more) => {
      count += more;
      bar.update(count, { rate: rate(count, startedAt) });
    },
    note: (remark) => bar.update(count, { remark: remark.slice(0, 60) }),
    stop: () => bar.stop(),
  };
}

function writeLines(total: number | undefined, unit: string, output: NodeJS.WriteStream): Progress {
  const startedAt = Date.now();
  let count = 0;
  let nextAt = startedAt + plainEveryMs;
  const of = total === undefined ? '' : ` of ${total}`;
  const write = () => output.write(`${count}${of} ${unit}, ${rate(count, startedAt)} ${unit}/s\n`);
  return {
    add: (more) => {
      count += more;
      if (Date.now() < nextAt) return;
      nextAt = Date.now() + plainEveryMs;
      write();
    },
    note: (text) => output.write(`${text}\n`),
    stop: write,
  };
}

function rate(count: number, startedAt: number): number {
  return Math.round((count * 1000) / Math.max(1, Date.now() - startedAt));
}
