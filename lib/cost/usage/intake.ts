import { transformIntervalSeconds } from '../../constructs/delivery-intervals.ts';
import { assumed } from '../assumed.ts';
import type { BillInput, PartOfBill } from '../bill.ts';
import type { Usage } from '../bill-line.ts';
import { deployed, slowerWith } from '../deployed.ts';
import { measured } from '../measured.ts';
import { firehoseBytes, gigabyte } from '../rounding.ts';
import { monthDays, monthSeconds, tokensOf } from '../traffic.ts';
import { functionUsage } from './function-usage.ts';
import { kinesisUsage } from './kinesis.ts';
import { rawFiles } from './raw-files.ts';

const part = 'request to Parquet';

/** From a client's request to a Parquet file in the lake. */
export function intakeUsage(input: BillInput): PartOfBill {
  const { usage, warnings } = kinesisUsage(input);
  return { usage: [...gatewayUsage(input), ...usage, ...firehoseUsage(input), ...transformUsage(input)], warnings };
}

function gatewayUsage({ config, load, prices, traffic }: BillInput): readonly Usage[] {
  const { requests } = traffic;
  const tokens = tokensOf(load);
  const ttl = config.AUTHORIZER_TTL_SECONDS;
  // The gateway remembers an answer for each token.
  const asked = ttl === 0 ? requests : Math.min(requests, (tokens * monthSeconds) / ttl);
  const lineBytes = measured.accessLogBytes + assumed.logLineBytes;
  return [
    { part, service: 'API Gateway', what: 'requests', quantity: requests, price: prices.apiGatewayRequests },
    {
      part,
      service: 'API Gateway',
      what: 'answers',
      quantity: (requests * assumed.answerBytes) / gigabyte,
      price: prices.dataTransferOut,
    },
    {
      part,
      service: 'CloudWatch',
      what: 'access log',
      quantity: (requests * lineBytes) / gigabyte,
      price: prices.logsIngested,
    },
    ...functionUsage(
      {
        part,
        name: 'authorizer',
        count: asked,
        milliseconds: assumed.lookupMilliseconds,
        megabytes: deployed.memory.authorizer,
      },
      prices,
    ),
    { part, service: 'DynamoDB', what: 'tokens', quantity: asked, price: prices.dynamoReads },
    {
      part,
      service: 'DynamoDB',
      what: 'days of last use',
      quantity: Math.min(asked, tokens * monthDays),
      price: prices.dynamoWrites,
    },
  ];
}

function firehoseUsage(input: BillInput): readonly Usage[] {
  const { prices, traffic, config } = input;
  const billed = (traffic.records * firehoseBytes(traffic.recordBytes)) / gigabyte;
  const backup = config.S3_BACKUP_MODE ? 2 : 1;
  return [
    { part, service: 'Firehose', what: 'intake', quantity: billed, price: prices.firehoseIngestion },
    { part, service: 'Firehose', what: 'conversion', quantity: billed, price: prices.firehoseConversion },
    { part, service: 'S3', what: 'raw files', quantity: rawFiles(input) * backup, price: prices.s3Puts },
  ];
}

function transformUsage({ load, prices, traffic }: BillInput): readonly Usage[] {
  const { events, records, transforms } = traffic;
  const megabytes = deployed.memory.transform;
  const work = (measured.transformMicrosecondsPerByte * load.eventBytes * (events / transforms)) / 1_000;
  const milliseconds = assumed.lookupMilliseconds + work * slowerWith(megabytes);
  // Instances at work at the same time, each of which remembers a game for a minute.
  const instances = Math.ceil((transforms * milliseconds) / 1_000 / monthSeconds);
  const lookups = Math.min(
    records,
    transforms * load.games,
    instances * load.games * (monthSeconds / rememberedSeconds),
  );
  return [
    ...functionUsage({ part, name: 'transform', count: transforms, milliseconds, megabytes }, prices),
    { part, service: 'DynamoDB', what: 'games', quantity: lookups, price: prices.dynamoReads },
    {
      part,
      service: 'CloudWatch',
      what: 'log of the transform',
      quantity: (transforms * assumed.invocationLogBytes) / gigabyte,
      price: prices.logsIngested,
    },
  ];
}

/** As long as the transform waits for others, by chance. */
const rememberedSeconds = transformIntervalSeconds;
