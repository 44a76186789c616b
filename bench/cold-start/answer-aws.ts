import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { digestToken } from '../../business-logic/shared/token.ts';
import { token } from './first-events.ts';

/** An authorization that was let in today: the authorizer writes nothing. */
const authorization = () => ({
  api_key_id: { S: token.keyId },
  application_id: { S: 'game-a' },
  role: { S: 'game' },
  enabled: { BOOL: true },
  token_digest: { S: digestToken(token.token) },
  last_used_day: { S: new Date().toISOString().slice(0, 10) },
});

const application = { application_id: { S: 'game-a' }, application_name: { S: 'Game A' } };

type Answers = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => object>>;

/** Answers of AWS to what functions ask about their first events, by `X-Amz-Target`. */
const answersOf = (savedQueries: readonly string[]): Answers => ({
  'DynamoDB_20120810.GetItem': ({ Key }) => ({
    Item: 'api_key_id' in (Key as object) ? authorization() : application,
  }),
  'DynamoDB_20120810.Scan': () => ({ Items: [application] }),
  'secretsmanager.GetSecretValue': () => ({ SecretString: 'a secret of the bench' }),
  'Firehose_20150804.PutRecordBatch': () => ({ FailedPutCount: 0, RequestResponses: [] }),
  'Kinesis_20131202.PutRecords': () => ({ FailedRecordCount: 0, Records: [] }),
  'AmazonAthena.ListNamedQueries': () => ({ NamedQueryIds: savedQueries.map((_, at) => String(at)) }),
  'AmazonAthena.BatchGetNamedQuery': ({ NamedQueryIds }) => ({
    NamedQueries: (NamedQueryIds as readonly string[]).map((id) => ({ QueryString: savedQueries[Number(id)] })),
  }),
});

const emptyBucket =
  '<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>';
const noSuchKey = '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>';

/** Answers at once what the real services would take their time for: what is left is the function's own. */
export async function answerAws(savedQueries: readonly string[]): Promise<{ readonly url: string; close(): void }> {
  const answers = answersOf(savedQueries);
  const server: Server = createServer((request, response) => {
    const target = request.headers['x-amz-target'];
    if (typeof target !== 'string') {
      // S3: a listing of an empty lake, where no manifest is.
      const isListing = request.url?.includes('list-type=2') === true;
      response
        .writeHead(isListing ? 200 : 404, { 'content-type': 'application/xml' })
        .end(isListing ? emptyBucket : noSuchKey);
      return;
    }
    json(request).then(
      (input) => {
        const answer = answers[target]?.(input as Record<string, unknown>);
        const type = `application/x-amz-json-${target.startsWith('DynamoDB') ? '1.0' : '1.1'}`;
        response
          .writeHead(answer ? 200 : 400, { 'content-type': type })
          .end(JSON.stringify(answer ?? { __type: 'UnknownOperationException', message: target }));
        return undefined;
      },
      () => response.writeHead(400).end(),
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
