import { setTimeout as pause } from 'node:timers/promises';

/** Rows of a query as Trino's protocol sends them: decimals, dates and times as text, whole numbers as numbers. */
export interface TrinoRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface TrinoAnswer extends TrinoRows {
  /** What the query read from the lake, by Trino's own count. */
  readonly bytesRead: number;
}

export interface TrinoClient {
  /** Runs one statement to its end; rejects with Trino's own name and message of the error. */
  query(sql: string): Promise<TrinoAnswer>;
  /** Runs a statement with `?`; parameters are SQL expressions, as Athena's ExecutionParameters are. */
  execute(sql: string, parameters: readonly string[]): Promise<TrinoAnswer>;
}

/** In what statements run. */
export interface TrinoContext {
  readonly catalog: string;
  readonly schema: string;
  /** Session properties. */
  readonly session?: Readonly<Record<string, string>> | undefined;
}

interface Answer {
  readonly nextUri?: string;
  readonly columns?: { readonly name: string; readonly type: string }[];
  readonly data?: unknown[][];
  readonly error?: { readonly errorName: string; readonly message: string };
  readonly stats?: { readonly physicalInputBytes?: number };
}

/** How long a statement is sent again because no node takes it; it has not run then. */
const mostSecondsWithoutNodes = 60;

/** Speaks Trino's client protocol: a statement is posted, then its `nextUri` is followed until there is none. */
export function trinoClient(url: string, { catalog, schema, session = {} }: TrinoContext): TrinoClient {
  const properties = Object.entries(session)
    .map((property) => property.join('='))
    .join(',');
  const headers = {
    'X-Trino-User': 'playlake',
    'X-Trino-Catalog': catalog,
    'X-Trino-Schema': schema,
    ...(properties !== '' && { 'X-Trino-Session': properties }),
    'X-Trino-Time-Zone': 'UTC',
  };

  /** A server announces its catalogs to itself a while after it has started, and late on a busy machine. */
  async function query(sql: string): Promise<TrinoAnswer> {
    for (let seconds = 0; ; seconds += 1) {
      try {
        return await run(sql);
      } catch (error) {
        if (!String(error).includes('NO_NODES_AVAILABLE') || seconds === mostSecondsWithoutNodes) throw error;
        await pause(1000);
      }
    }
  }

  async function run(sql: string): Promise<TrinoAnswer> {
    let columns: TrinoRows['columns'] = [];
    const rows: unknown[][] = [];
    let answer = await ask(`${url}/v1/statement`, { method: 'POST', headers, body: sql });
    for (;;) {
      if (answer.error) throw new Error(`${answer.error.errorName}: ${answer.error.message}\n${sql}`);
      columns = answer.columns ?? columns;
      rows.push(...(answer.data ?? []));
      if (!answer.nextUri) return { columns, rows, bytesRead: answer.stats?.physicalInputBytes ?? 0 };
      answer = await ask(answer.nextUri, { headers });
    }
  }

  return {
    query,
    execute: (sql, parameters) =>
      parameters.length === 0
        ? query(sql)
        : query(`EXECUTE IMMEDIATE '${sql.replaceAll("'", "''")}' USING ${parameters.join(', ')}`),
  };
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  for (;;) {
    const response = await fetch(url, init);
    if (response.ok) return (await response.json()) as Answer;
    if (response.status !== 503) throw new Error(`Trino answered ${response.status}: ${await response.text()}`);
    await pause(100);
  }
}
