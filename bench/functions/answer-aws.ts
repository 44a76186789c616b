import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { digestToken } from '../../business-logic/shared/token.ts';
import { tokens } from './requests.ts';

/** A request that a function sent to AWS. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface AnswerAwsOptions {
  /** Texts of the saved queries: without them no report is known. */
  readonly savedQueries: readonly string[];
  /** Is told of every request before it is answered. */
  readonly sent?: (request: SentRequest) => void;
}

/** What stands in for AWS. */
export interface AwsAnswers {
  readonly url: string;
  close(): void;
}

/** For a token that was let in today the authorizer writes nothing; for the other one, the day. */
const authorization = (keyId: string) => ({
  api_key_id: { S: keyId },
  application_id: { S: 'game-a' },
  api_key_name: { S: 'a client' },
  api_key_description: { S: '' },
  role: { S: 'game' },
  token_class: { S: 'client' },
  enabled: { BOOL: true },
  token_digest: { S: digestToken((keyId === tokens.unused.keyId ? tokens.unused : tokens.usedToday).token) },
  ...(keyId !== tokens.unused.keyId && { last_used_day: { S: new Date().toISOString().slice(0, 10) } }),
});

const application = { application_id: { S: 'game-a' }, application_name: { S: 'Game A' } };

type Input = Readonly<Record<string, unknown>>;
type Answers = Readonly<Record<string, (input: Input) => object>>;

const keyIdOf = ({ Key }: Input): string | undefined =>
  (Key as { readonly api_key_id?: { readonly S: string } }).api_key_id?.S;

/** The row that a key names. */
function rowOf(input: Input): object {
  const keyId = keyIdOf(input);
  return keyId === undefined ? application : authorization(keyId);
}

/** Answers of AWS to what functions ask about the events of benches, by `X-Amz-Target`. */
const answersOf = (savedQueries: readonly string[]): Answers => ({
  'DynamoDB_20120810.GetItem': (input) => ({ Item: rowOf(input) }),
  'DynamoDB_20120810.PutItem': () => ({}),
  'DynamoDB_20120810.UpdateItem': (input) => (input['ReturnValues'] ? { Attributes: rowOf(input) } : {}),
  'DynamoDB_20120810.Scan': () => ({ Items: [application] }),
  'secretsmanager.GetSecretValue': () => ({ SecretString: 'a secret of the bench' }),
  'Firehose_20150804.PutRecordBatch': () => ({ FailedPutCount: 0, RequestResponses: [] }),
  'Kinesis_20131202.PutRecords': () => ({ FailedRecordCount: 0, Records: [] }),
  'AmazonAthena.ListNamedQueries': () => ({ NamedQueryIds: savedQueries.map((_, at) => String(at)) }),
  'AmazonAthena.BatchGetNamedQuery': ({ NamedQueryIds }) => ({
    NamedQueries: (NamedQueryIds as readonly string[]).map((id) => ({ QueryString: savedQueries[Number(id)] })),
  }),
});

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = (status: number, type: string, body: object): Answer => ({ status, type, body: JSON.stringify(body) });
const xml = (status: number, body: string): Answer => ({
  status,
  type: 'application/xml',
  body: `<?xml version="1.0"?>${body}`,
});

const emptyBucket = '<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>';
const noSuchKey = '<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>';

function answerTo({ method, path, headers, body }: SentRequest, answers: Answers): Answer {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const answer = answers[target]?.(JSON.parse(body) as Input);
    const type = `application/x-amz-json-${target.startsWith('DynamoDB') ? '1.0' : '1.1'}`;
    return answer ? json(200, type, answer) : json(400, type, { __type: 'UnknownOperationException', message: target });
  }
  // API Gateway: a key that limits a game, and its place in a plan.
  if (method === 'POST') return json(201, 'application/json', { id: 'a-key', name: 'a-key' });
  // S3: a listing of an empty lake, where no manifest is.
  return path.includes('list-type=2') ? xml(200, emptyBucket) : xml(404, noSuchKey);
}

/** Longer than any bench lets a function wait: one that finds its connection closed would measure a new one. */
const keepAliveMilliseconds = 300_000;

/** Answers at once what the real services would take their time for: what is left is the function's own. */
export async function answerAws({ savedQueries, sent }: AnswerAwsOptions): Promise<AwsAnswers> {
  const answers = answersOf(savedQueries);
  const server: Server = createServer({ keepAliveTimeout: keepAliveMilliseconds }, (request, response) => {
    text(request).then(
      (body) => {
        const asked = sentRequest(request, body);
        sent?.(asked);
        const answer = answerTo(asked, answers);
        response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
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

const sentRequest = ({ method = '', url = '', headers }: IncomingMessage, body: string): SentRequest => ({
  method,
  path: url,
  headers,
  body,
});
