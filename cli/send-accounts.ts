import type { AccountRecord } from '../generator/accounts/account-records.ts';
import { createHttpPost } from '../generator/http-post.ts';
import { untilAcknowledged } from '../generator/until-acknowledged.ts';

/** Records of a request: far from the megabyte that the API takes. */
const batchSize = 500;

/** Sends records to `/player-ingest` or `/studio-ingest`, request after request, each until it is stored. */
export async function sendAccounts(
  url: string,
  token: string,
  records: Iterable<AccountRecord>,
  giveUpSeconds: number,
): Promise<number> {
  const post = createHttpPost(1);
  const headers = { Authorization: token, 'Content-Type': 'application/json' };
  let sent = 0;
  const send = async (batch: readonly AccountRecord[]) => {
    await untilAcknowledged(() => post(url, headers, JSON.stringify(batch)), { giveUpSeconds });
    sent += batch.length;
  };
  try {
    let batch: AccountRecord[] = [];
    for (const record of records) {
      batch.push(record);
      if (batch.length < batchSize) continue;
      await send(batch);
      batch = [];
    }
    if (batch.length > 0) await send(batch);
    return sent;
  } finally {
    post.close();
  }
}
