import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import { setTimeout as wait } from 'node:timers/promises';
import type { Faults } from '../../../local/faults.ts';
import { AwsError, type Endpoints } from '../../../local/runtime.ts';
import { createToken, registerGame } from '../admin-client.ts';
import { aSentEvent, postEvents, type Sender } from '../send-events.ts';
import { sendWhile, type StruckEvents } from './struck-events.ts';

/** A table store that can be told to be down. */
export interface FaultyTables {
  readonly beforeTableCall: NonNullable<Faults['beforeTableCall']>;
  setDown(isDown: boolean): void;
  /** Calls that were refused so far. */
  refused(): number;
}

export function faultyTables(): FaultyTables {
  let down = false;
  let refused = 0;
  return {
    beforeTableCall() {
      if (!down) return;
      refused += 1;
      throw new AwsError('InternalServerError', 'The request could not be processed because of an error.', 500);
    },
    setDown: (isDown) => void (down = isDown),
    refused: () => refused,
  };
}

/**
 * Takes DynamoDB away under load: known tokens send on, a new token is answered 500 and is known once the table is back,
 * and a server writes events of a game that the transform has not looked up yet.
 */
export async function strikeTables(
  target: { readonly endpoints: Endpoints; readonly game: Sender },
  tables: FaultyTables,
  rounds: number,
  downMs: number,
): Promise<readonly StruckEvents[]> {
  const { endpoints } = target;
  const firehose = new FirehoseClient({
    endpoint: endpoints.awsUrl,
    region: endpoints.region,
    credentials: { accessKeyId: endpoints.accessKeyId, secretAccessKey: endpoints.secretAccessKey },
  });
  const before = tables.refused();
  const newTokens: number[] = [];
  const struck = await sendWhile(target, 'DynamoDB is down', async (sent) => {
    for (let round = 0; round < rounds; round += 1) {
      const unseen = await createToken(endpoints, target.game.applicationId);
      const unknown = await registerGame(endpoints, `unseen ${round}`);
      await wait(100);
      tables.setDown(true);
      const event = aSentEvent({ application_id: unknown.applicationId });
      await firehose.send(
        new PutRecordCommand({
          DeliveryStreamName: endpoints.deliveryStream,
          Record: { Data: Buffer.from(JSON.stringify(event)) },
        }),
      );
      (sent.acknowledged as Set<string>).add(String(event['event_id']));
      newTokens.push((await postEvents(endpoints, unseen, [aSentEvent()])).status);
      await wait(downMs);
      tables.setDown(false);
      newTokens.push((await postEvents(endpoints, unseen, [aSentEvent()])).status);
    }
    return {
      times: tables.refused() - before,
      note: `a new token is answered ${[...new Set(newTokens)].join(', then ')}`,
    };
  }).finally(() => firehose.destroy());
  if (newTokens.some((status, at) => status !== (at % 2 === 0 ? 500 : 200))) {
    throw new Error(`a new token was answered ${newTokens.join(', ')}; expected 500 and 200 in turn`);
  }
  return [struck];
}
