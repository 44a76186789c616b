import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { UsageError } from '../../cli/run-cli.ts';
import type { Figure } from '../figure.ts';
import { units } from './units.ts';

const spread = z
  .strictObject({ median: z.number(), low: z.number(), high: z.number() })
  .refine(({ median, low, high }) => low <= median && median <= high, 'low, median and high are not in this order');

const figure: z.ZodType<Figure> = z.strictObject({
  name: z.string().regex(/^[a-z][a-z-]*: ./, 'must be the name of a bench, a colon and what is measured'),
  unit: z.enum(Object.keys(units) as Figure['unit'][]),
  better: z.enum(['higher', 'lower']),
  values: spread,
  rounds: z.int().min(1),
  promised: z.number().optional(),
});

/** Figures of one run: each name once. */
export const figuresSchema = z.array(figure).superRefine((figures, context) => {
  const names = new Set<string>();
  for (const { name } of figures) {
    if (names.has(name))
      context.addIssue({ code: 'custom', message: `two figures are called ${JSON.stringify(name)}` });
    names.add(name);
  }
});

const resultsSchema = z.strictObject({
  /** Of package.json. */
  version: z.string().min(1),
  date: z.iso.datetime(),
  /** Version of Node. */
  node: z.string().min(1),
  cpu: z.strictObject({ model: z.string().min(1), cores: z.int().min(1) }),
  rounds: z.int().min(1),
  full: z.boolean(),
  figures: figuresSchema,
});

/** A run as `--json` writes it. */
export interface Results extends Readonly<Omit<z.infer<typeof resultsSchema>, 'figures'>> {
  readonly figures: readonly Figure[];
}

/**
 * Reads what `--json` wrote.
 * @throws UsageError for a file that cannot be read, is no JSON, or holds something else
 */
export async function readResults(path: string): Promise<Results> {
  const parsed = resultsSchema.safeParse(parse(path, await read(path)));
  if (parsed.success) return parsed.data;
  throw new UsageError(`${path} is no file that npm run bench -- --json writes:\n${z.prettifyError(parsed.error)}`);
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`${path} cannot be read; npm run bench -- --json writes such a file`, { cause });
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${path} is no JSON; npm run bench -- --json writes what can be compared`, { cause });
  }
}
