import { awsCli } from './aws-cli/engine.ts';
import { boto3 } from './boto3/engine.ts';
import { chromium } from './console/engine.ts';
import type { Engine } from './fetch/engine.ts';
import { spark } from './spark/engine.ts';
import { sqlglot } from './sqlglot/engine.ts';
import { trinoIceberg } from './trino-iceberg/engine.ts';
import { trino } from './trino/engine.ts';
import { velocity } from './velocity/engine.ts';
import { postgres } from './warehouse/engine.ts';

/** Every engine, in the order in which they are fetched and their suites run. */
export const engines: readonly Engine[] = [
  velocity,
  awsCli,
  boto3,
  chromium,
  sqlglot,
  spark,
  trino,
  trinoIceberg,
  postgres,
];
