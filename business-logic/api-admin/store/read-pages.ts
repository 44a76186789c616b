import type { NativeAttributeValue } from '@aws-sdk/lib-dynamodb';

type Key = Record<string, NativeAttributeValue>;

/** One page as DynamoDB answers it. */
export interface Page {
  readonly Items?: Record<string, NativeAttributeValue>[] | undefined;
  readonly LastEvaluatedKey?: Key | undefined;
}

/**
 * The items of all pages of a query or scan. A page may be empty and still not the last: only a missing
 * `LastEvaluatedKey` ends them.
 */
export async function* readPages<Item>(readPage: (startKey: Key | undefined) => Promise<Page>): AsyncGenerator<Item> {
  let startKey: Key | undefined;
  do {
    const page = await readPage(startKey);
    yield* (page.Items ?? []) as Item[];
    startKey = page.LastEvaluatedKey;
  } while (startKey);
}
