// One cold start in a process of its own: plain JavaScript, so that no loader is measured with it.
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { entry, event } = JSON.parse(process.env['COLD_START']);

const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 10_000 };
const startedAt = performance.now();
const { handler } = await import(pathToFileURL(entry).href);
const importedAt = performance.now();
const figures = { importMilliseconds: importedAt - startedAt };

if (event !== null) {
  const answer = await handler(event, context);
  figures.firstMilliseconds = performance.now() - importedAt;
  figures.answer = JSON.stringify(answer ?? null);
}

// Standard output belongs to the function's log.
writeSync(3, JSON.stringify(figures));
process.exit();
