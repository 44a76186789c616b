import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as othersFirst } from 'node:timers/promises';
import { systemErrorCode } from '../durable-files.ts';
import { compareUtf8 } from './compare-utf8.ts';

export interface ListOptions {
  readonly prefix: string;
  /** Keys up to this one are left out. */
  readonly after?: string;
  /** Keys that begin with this are left out, and so are those before it. */
  readonly afterPrefix?: string;
}

/** Whether the options leave out every key that begins with `start`. */
function leavesOut(start: string, { prefix, after, afterPrefix }: ListOptions): boolean {
  const outside = !start.startsWith(prefix) && !prefix.startsWith(start);
  const before = after !== undefined && !after.startsWith(start) && compareUtf8(start, after) < 0;
  const skipped =
    afterPrefix !== undefined &&
    (start.startsWith(afterPrefix) || (!afterPrefix.startsWith(start) && compareUtf8(start, afterPrefix) < 0));
  return outside || before || skipped;
}

/** Whether a key is part of the listing. */
export function isListed(key: string, { prefix, after, afterPrefix }: ListOptions): boolean {
  return (
    key.startsWith(prefix) &&
    (after === undefined || compareUtf8(key, after) > 0) &&
    (afterPrefix === undefined || (!key.startsWith(afterPrefix) && compareUtf8(key, afterPrefix) > 0))
  );
}

/**
 * The keys of the plain files below a bucket's folder, in UTF-8 binary order; folders outside the range are not read. A
 * folder is read at once, when the listing comes to it: by way of the thread pool it takes ten times as long.
 */
export function* listPlainKeys(root: string, options: ListOptions, folder = ''): Generator<string> {
  const starts = entries(join(root, folder))
    .filter((entry) => entry.isFile() || entry.isDirectory())
    // A folder sorts as `name/`, since that is how the keys below it go on.
    .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`)
    .toSorted(compareUtf8);

  for (const start of starts) {
    if (start.endsWith('/')) {
      if (!leavesOut(start, options)) yield* listPlainKeys(root, options, start);
    } else if (isListed(start, options)) {
      yield start;
    }
  }
}

function entries(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    // A folder may go away with its last object while it is listed.
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Joins two ordered lists of keys into one. */
export function* mergeKeys(plain: Iterable<string>, others: readonly string[]): Generator<string> {
  let next = 0;
  let previous: string | undefined;
  for (const key of plain) {
    for (let other = others[next]; other !== undefined && compareUtf8(other, key) <= 0; other = others[++next]) {
      if (other !== key) yield (previous = other);
    }
    if (key !== previous) yield (previous = key);
  }
  yield* others.slice(next);
}

/** Milliseconds for which a listing may keep others waiting. */
const sliceMilliseconds = 5;

/** The same items, with a pause for others whenever they have waited. */
export async function* inSlices<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  let since = performance.now();
  for (const item of items) {
    if (performance.now() - since > sliceMilliseconds) {
      await othersFirst();
      since = performance.now();
    }
    yield item;
  }
}
