import { Command } from 'commander';
import { parseQuery, type Query } from '../lib/queries/read-query.ts';
import type { Athena, QueryResult } from './athena.ts';
import { parseValues } from './bind-parameters.ts';
import { withEndpoints, type DeploymentOptions } from './deployment.ts';
import { formatCsv } from './format-csv.ts';
import { formatBytes, formatResult } from './format-result.ts';
import { formatTable } from './format-table.ts';
import { rowObjects, runReport } from './run-report.ts';
import { UsageError } from './run-cli.ts';

/** What the command line needs from outside. */
export interface QueryDeps {
  connect(options: DeploymentOptions): Athena;
  print(line: string): void;
}

interface QueryOptions extends DeploymentOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly sql?: string;
}

/** `npm run query -- …`: saved reports and SQL through Athena's API. */
export function createQueryProgram({ connect, print }: QueryDeps): Command {
  return withEndpoints(new Command('query'))
    .description('Runs a saved report, or SQL, through Athena. Without a report it lists them.')
    .argument('[report]', 'name of a saved report')
    .argument('[parameters...]', 'name=value, e.g. from_date=2026-01-01')
    .option('--sql <statement>', 'run this statement instead of a report')
    .option('--json', 'print all rows as JSON')
    .option('--csv', 'print all rows as CSV')
    .option('--work-group <name>', 'Athena workgroup of a deployment on AWS (the WorkGroup output)')
    .option('--database <name>', 'database for --sql (the Database output)')
    .option('--region <region>', 'AWS region of that deployment')
    .showHelpAfterError()
    .action(async (report: string | undefined, words: readonly string[], options: QueryOptions) => {
      if (report !== undefined && options.sql !== undefined) throw new UsageError('give a report or --sql, not both');
      const athena = connect(options);
      try {
        if (options.sql !== undefined) printResult(await athena.run(options.sql), undefined, options, print);
        else if (report === undefined) print(await listReports(athena, options));
        else {
          const { query, result } = await runReport(athena, report, parseValues(words));
          printResult(result, query, options, print);
        }
      } finally {
        athena.close();
      }
    });
}

async function listReports(athena: Athena, options: QueryOptions): Promise<string> {
  const saved = await athena.savedQueries();
  const queries = saved.map(({ name, text }) => parseQuery(name, text));
  if (options.json) return JSON.stringify(queries, null, 2);
  if (options.csv) return formatCsv(['report', 'parameters', 'description'], queries.map(described));
  return `${formatTable(['report', 'parameters', 'what it shows'], queries.map(described))}
run one: npm run query -- <report> [name=value …]`;
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
  const scanned = formatBytes(result.scannedBytes);
  return print(`\n${result.rows.length} rows, ${scanned} scanned, ${result.milliseconds} ms`);
}
