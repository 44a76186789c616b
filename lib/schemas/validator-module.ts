import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import standalone from 'ajv/dist/standalone/index.js';
import { buildSync } from 'esbuild';
import { envelopeAjv, eventDataAjv } from '../../business-logic/events-processing/ajv.ts';
import { envelopeSchema } from '../../business-logic/events-processing/envelope.ts';
import type { EventSchema, EventSchemas } from './event-schema.ts';
import { patternsInCode } from './linear-patterns.ts';
import { withoutProse } from './without-prose.ts';
import { patternProgram, type PatternProgram } from './pattern-program.ts';

/** A CommonJS module: its default is one level further down wherever it is imported without a bundler. */
const standaloneCode =
  typeof standalone === 'function' ? standalone : (standalone as { readonly default: typeof standalone }).default;

const nodeModules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const runner = fileURLToPath(new URL('run-pattern.ts', import.meta.url));

/** By the text of the schemas: several stacks are made of the same ones in one process. */
const made = new Map<string, string>();

/**
 * An ES module that imports nothing, with the validators of the envelope and of every schema: `CompiledValidators`. What
 * the transform would compile in each cold start is compiled once, and it needs neither Ajv nor RE2.
 */
export function validatorModule(schemas: EventSchemas): string {
  const key = JSON.stringify(schemas);
  const known = made.get(key) ?? bundled(parts(Object.values(withoutProse(schemas)).flat()));
  made.set(key, known);
  return known;
}

/** Source texts by file name; Ajv's names are its own in each. */
function parts(schemas: readonly EventSchema[]): Readonly<Record<string, string>> {
  const patterns = new Map<string, PatternProgram>();
  const code = { source: true, esm: true } as const;
  const envelope = envelopeAjv(code);
  const eventData = eventDataAjv(code);
  for (const schema of schemas) {
    eventData.addSchema(schema);
    for (const pattern of patternsIn(schema)) patterns.set(pattern, patternProgram(pattern));
  }
  const names = schemas.map(({ $id: id }, at) => [`schema_${at}`, id] as const);
  return {
    'patterns.mjs': `import { runPattern } from ${JSON.stringify(runner)};
      const programs = new Map(${JSON.stringify([...patterns])});
      export const ${patternsInCode} = (pattern) => {
        // Made ready with the first text: most functions never meet most patterns.
        let run;
        return { test: (text) => (run ??= runPattern(programs.get(pattern)))(text) };
      };`,
    'envelope.mjs': standaloneCode(envelope, envelope.compile(envelopeSchema)),
    'event-data.mjs': `import { ${patternsInCode} } from './patterns.mjs';
      ${standaloneCode(eventData, Object.fromEntries(names))}
      export const eventData = {${names.map(([name, id]) => `${JSON.stringify(id)}: ${name}`).join()}};`,
    'event-validators.mjs': `export { default as envelope } from './envelope.mjs';
      export { eventData } from './event-data.mjs';`,
  };
}

/** Values of every `pattern`; some may be names of fields, which does no harm. */
function patternsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'pattern' && typeof member === 'string' ? [member] : patternsIn(member),
  );
}

function bundled(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'validators-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { outputFiles } = buildSync({
      entryPoints: [join(folder, 'event-validators.mjs')],
      write: false,
      bundle: true,
      platform: 'node',
      target: 'node22',
      format: 'esm',
      nodePaths: [nodeModules],
      // Nobody reads what Ajv wrote: names may be short.
      minify: true,
      lineLimit: 200,
      legalComments: 'none',
      logLevel: 'warning',
    });
    return outputFiles[0]!.text;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
