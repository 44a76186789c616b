import * as z from 'zod';
import { deploymentRequest, type AnswerDeployment } from '../shared/deployment-answer.ts';
import type { Logger } from '../shared/logger.ts';

/** The console as it was built: text files by their path, e.g. `index.html`, `assets/index-1a2b.js`. */
export type ConsoleFiles = Readonly<Record<string, string>>;

/** An object that browsers are to read. */
export interface ConsoleObject {
  readonly key: string;
  readonly body: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

export interface ConsoleStore {
  put(object: ConsoleObject): Promise<void>;
  /** Every object, with when it was put (milliseconds since the epoch). */
  list(): Promise<readonly { readonly key: string; readonly putAt: number }[]>;
  delete(keys: readonly string[]): Promise<void>;
}

export interface PutConsoleDeps {
  readonly files: () => ConsoleFiles;
  readonly store: ConsoleStore;
  readonly answer: AnswerDeployment;
  readonly now: () => number;
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/** What the template tells of the deployment, besides the version that makes CloudFormation ask. */
const request = deploymentRequest.extend({
  ResourceProperties: z.object({ Workload: z.string(), Stage: z.string() }),
});

/** A page that is open may still ask for the files that it was built with. */
const keptMilliseconds = 7 * 86_400_000;

/** Builds what CloudFormation calls: lays the console's files into its bucket, and takes them away with it. */
export function putConsole(deps: PutConsoleDeps): (event: unknown) => Promise<void> {
  return async (event) => {
    const asked = request.parse(event);
    try {
      if (asked.RequestType === 'Delete') await deps.store.delete((await deps.store.list()).map(({ key }) => key));
      else await put(asked.ResourceProperties, deps);
    } catch (error) {
      deps.logger.error('the console could not be put', { error });
      await deps.answer(asked, `the console's files: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    await deps.answer(asked);
  };
}

async function put(
  { Workload, Stage }: z.infer<typeof request>['ResourceProperties'],
  { files, store, now, logger }: PutConsoleDeps,
): Promise<void> {
  const config = JSON.stringify({ workload: Workload, stage: Stage });
  const objects = consoleObjects({ ...files(), 'config.json': config });
  // The page comes last: what it asks for is there by then.
  const [pages, rest] = [objects.filter(isPage), objects.filter((object) => !isPage(object))];
  await Promise.all(rest.map((object) => store.put(object)));
  await Promise.all(pages.map((object) => store.put(object)));

  const present = new Set(objects.map(({ key }) => key));
  const old = (await store.list()).filter(({ key, putAt }) => !present.has(key) && now() - putAt > keptMilliseconds);
  if (old.length > 0) await store.delete(old.map(({ key }) => key));
  logger.info('the console is there', { files: objects.length, removed: old.length });
}

const isPage = ({ contentType }: ConsoleObject): boolean => contentType === contentTypes['html'];

const contentTypes: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
};

/** Names of built files change with what is in them; everything else is asked for anew. */
const forEver = 'public, max-age=31536000, immutable';
const anew = 'no-cache';

/** The objects of the console's files. CloudFront knows no index of a folder: the page lies under each of its names. */
export function consoleObjects(files: ConsoleFiles): readonly ConsoleObject[] {
  return Object.entries(files).flatMap(([path, body]) => {
    const contentType = contentTypes[path.slice(path.lastIndexOf('.') + 1)];
    if (contentType === undefined)
      throw new Error(`${path} is of no known type: ${Object.keys(contentTypes).join(', ')}`);
    const cacheControl = path.startsWith('assets/') ? forEver : anew;
    const keys = path === 'index.html' ? ['console', 'console/', `console/${path}`] : [`console/${path}`];
    return keys.map((key) => ({ key, body, contentType, cacheControl }));
  });
}
