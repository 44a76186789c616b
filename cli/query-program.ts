import { Command } from 'commander';
import { parseQuery, type Query } from '../lib/queries/read-query.ts';
import { parseValues } from './bind-parameters.ts';
import { checkTruth, readTruth } from './check-truth.ts';
import { withEndpoints, type DeploymentOptions } from './deployment.ts';
import { formatCsv } from './format-csv.ts';
import { formatBytes, formatResult } from './format-result.ts';
import { formatTable } from './format-table.ts';
import type { QueryEngine, QueryResult } from './query-engine.ts';
import { rowObjects, runReport } from './run-report.ts';
import { UsageError } from './run-cli.ts';

/** What the command line needs from outside. */
export interface QueryDeps {
  connect(options: QueryTarget): QueryEngine;
  print(line: string): void;
}

/** Which deployment, and which of its engines. */
export interface QueryTarget extends DeploymentOptions {
  /** Athena, though there is a warehouse. */
  readonly athena?: boolean;
}

interface QueryOptions extends QueryTarget {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly sql?: string;
  readonly truth?: string;
}

/** `npm run query -- …`: saved reports and SQL, answered by the warehouse where there is one, else by Athena. */
export function createQueryProgram({ connect, print }: QueryDeps): Command {
  return withEndpoints(new Command('query'))
    .description(
      'Runs a saved report, or SQL: on Redshift where the deployment has it, else on Athena. Without a report it lists them.',
    )
    .argument('[report]', 'name of a saved report')
    .argument('[parameters...]', 'name=value, e.g. from_date=2026-01-01')
    .option('--sql <statement>', 'run this statement, in the SQL of what answers, instead of a report')
    .option('--athena', 'ask Athena, also where there is a warehouse')
    .option('--truth <file>', 'compare the report, or all, with what `npm run generate` wrote down')
    .option('--json', 'print all rows as JSON')
    .option('--csv', 'print all rows as CSV')
    .option('--work-group <name>', 'Athena workgroup of a deployment on AWS (the WorkGroup output)')
    .option('--database <name>', 'database for --sql (the Database output)')
    .option('--redshift-workgroup <name>', 'workgroup of the warehouse (the RedshiftWorkgroup output)')
    .option('--region <region>', 'AWS region of that deployment')
    .showHelpAfterError()
    .action(async (report: string | undefined, words: readonly string[], options: QueryOptions) => {
      if (options.sql !== undefined && (report ?? options.truth) !== undefined)
        throw new UsageError('give a report, --truth or --sql alone');
      const engine = connect(options);
      try {
        if (options.truth !== undefined) print(await compare(engine, options.truth, report));
        else if (options.sql !== undefined) printResult(await engine.run(options.sql), undefined, options, print);
        else if (report === undefined) print(await listReports(engine, options));
        else {
          const { query, result } = await runReport(engine, report, parseValues(words));
          printResult(result, query, options, print);
        }
      } finally {
        engine.close();
      }
    });
}

async function listReports(engine: QueryEngine, options: QueryOptions): Promise<string> {
  const saved = await engine.savedQueries();
  const queries = saved.map(({ name, text }) => parseQuery(name, text));
  if (options.json) return JSON.stringify(queries, null, 2);
  if (options.csv) return formatCsv(['report', 'parameters', 'description'], queries.map(described));
  return `${formatTable(['report', 'parameters', 'what it shows'], queries.map(described))}
run one: npm run query -- <report> [name=value …]`;
}

/** Throws when there is a difference, so that a script can rely on the exit code. */
async function compare(engine: QueryEngine, file: string, report: string | undefined): Promise<string> {
  const checks = await checkTruth(engine, readTruth(file), report === undefined ? undefined : [report]);
  const differences = checks.flatMap((check) => check.differences);
  if (differences.length === 0) return `${checks.length} reports say exactly what ${file} says`;
  const shown = differences.slice(0, 20).join('\n  ');
  throw new Error(`the reports differ from ${file} ${differences.length} times:\n  ${shown}`);
}

function described(query: Query): string[] {
  return [query.name, parametersOf(query), query.description];
}

function parametersOf(query: Query): string {
  const distinct = new Map(query.parameters.map((parameter) => [parameter.name, parameter]));
  return [...distinct.values()].map(({ name, type }) => `${name}=<${type}>`).join(' ');
}

function printResult(
  result: QueryResult,
  query: Query | undefined,
  options: QueryOptions,
  print: (line: string) => void,
): void {
  if (options.json) return print(JSON.stringify(rowObjects(result), (_, value: unknown) => value ?? null, 2));
  if (options.csv) return print(formatCsv(result.columns, result.rows));
  if (query) print(`${query.description}\n`);
  print(formatResult(result, query?.chart));
  if (query && result.rows.length === 0 && readsTypedTables(query)) {
    print('Reports show what the last run of the workflow has taken in: npm run workflow');
  }
  const scanned = result.scannedBytes === null ? 'on Redshift' : `${formatBytes(result.scannedBytes)} scanned`;
  return print(`\n${result.rows.length} rows, ${scanned}, ${result.milliseconds} ms`);
}

/** Whether it reads what the workflow makes, and not only what was received. */
function readsTypedTables({ sql }: Query): boolean {
  return /\b(FROM|JOIN)\s+(events|player_days|player_revenue)\b/.test(sql);
}
