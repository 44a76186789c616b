import type { CopyFromLake } from './copy/copy-from-lake.ts';
import type { WarehouseEngine, WarehouseRows, WarehouseSession, WarehouseStatement } from './engine.ts';
import { WarehouseError } from './engine.ts';
import type { ExternalSchemas } from './external/external-schemas.ts';
import type { LateBindingViews } from './late-binding-views.ts';
import type { StreamingViews } from './streaming-views.ts';
import { plainText, quotedName } from './sql-text.ts';

/** Who runs statements, and who hears what becomes of each. */
export interface RunOptions {
  /** Database user in whose name they run, made when there is none; undefined for the admin. */
  readonly user: string | undefined;
  /** All or nothing; else each is committed on its own and a failure does not stop the rest. */
  readonly isTransaction: boolean;
  /** Numbers of the statements, as Redshift's system tables have them. */
  readonly queryIds: readonly number[];
  isCancelled(): boolean;
  begin(part: number): void;
  /** The statement ran; in a transaction it is not committed yet. */
  answer(part: number, rows: WarehouseRows): Promise<void>;
  fail(part: number, error: unknown): void;
}

/** Runs statements of Redshift on an engine that is PostgreSQL. */
export interface StatementRunner {
  /** Throws what kept the whole from being done where no single statement is to blame. */
  run(statements: readonly WarehouseStatement[], options: RunOptions): Promise<void>;
  /** Stops the statement that runs. */
  cancel(): Promise<void>;
  /** Empties the tables; what they are, and what is set, stays. */
  clear(): Promise<void>;
}

export interface StatementRunnerOptions {
  readonly engine: () => Promise<WarehouseEngine>;
  readonly copy: CopyFromLake;
  readonly external: ExternalSchemas;
  readonly views: LateBindingViews;
  readonly streaming: StreamingViews;
}

/** A statement underway: as whom, in which session. */
export interface StatementContext {
  readonly session: WarehouseSession;
  readonly user: string | undefined;
  readonly queryId: number;
  /** Does a piece of work as the admin, whoever runs the statement. */
  asAdmin<T>(work: () => Promise<T>): Promise<T>;
}

/** What only PostgreSQL knows, or would let a user become somebody else. */
const FOREIGN =
  /^(DO|LISTEN|NOTIFY|RESET (ROLE|SESSION|ALL)|DISCARD|SET (LOCAL |SESSION )?(ROLE|SESSION AUTHORIZATION))\b/i;
/** A transaction is the caller's own: a batch. */
const TRANSACTION = /^(BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK|ABORT)\b/i;
/** What cannot run within a transaction. */
const ALONE = /^(VACUUM|CREATE DATABASE|DROP DATABASE)\b/i;
/** What changes so many rows that the planner's statistics have to follow. */
const WRITES = /^(?:COPY|MERGE INTO|INSERT INTO) ("(?:[^"]|"")+"|[\w.]+)/i;

/** Rows from which on a table is analyzed; Redshift does so by itself. */
const ANALYZED_ROWS = 1000;

export function createStatementRunner({
  engine,
  copy,
  external,
  views,
  streaming,
}: StatementRunnerOptions): StatementRunner {
  async function perform(statement: WarehouseStatement, context: StatementContext): Promise<WarehouseRows> {
    const text = plainText(statement.sql);
    if (FOREIGN.test(text))
      throw new WarehouseError(`syntax error: Redshift has no ${text.slice(0, 40)}`, { code: '42601' });
    if (TRANSACTION.test(text)) {
      const message = 'a transaction cannot be begun or ended here: send the statements as a batch';
      throw new WarehouseError(message, { code: '0A000' });
    }
    const done =
      (await copy.perform(text, context)) ??
      (await external.perform(text, context)) ??
      (await streaming.perform(text, context)) ??
      (await views.perform(text, statement.sql, context));
    if (done) return done;
    await external.refresh(statement, text, context);
    return context.session.query(rewritten(statement.sql, text), statement.parameters);
  }

  async function attempt(
    statements: readonly WarehouseStatement[],
    parts: readonly number[],
    session: WarehouseSession,
    options: RunOptions,
  ): Promise<void> {
    const written = new Set<string>();
    const isAlone = statements.length === 1 && ALONE.test(plainText(statements[0]?.sql ?? ''));
    let part = parts[0] ?? 0;
    let context = contextOf(session, options, part);
    try {
      if (options.user !== undefined) await makeUser(session, options.user);
      await external.prepare(session);
      if (!isAlone) await session.script('BEGIN');
      if (options.user !== undefined) await session.script(`SET ROLE ${quotedName(options.user)}`);
      for (const [index, statement] of statements.entries()) {
        part = parts[index] ?? 0;
        context = contextOf(session, options, part);
        if (options.isCancelled())
          throw new WarehouseError('canceling statement due to user request', { code: '57014' });
        options.begin(part);
        const result = await perform(statement, context);
        const [, target] = WRITES.exec(plainText(statement.sql)) ?? [];
        if (target !== undefined && result.affectedRows >= ANALYZED_ROWS) written.add(target);
        await options.answer(part, result);
      }
      if (!isAlone) await session.script('COMMIT');
    } catch (error) {
      await session.script('ROLLBACK').catch(() => undefined);
      await session.script('RESET ROLE').catch(() => undefined);
      await copy.noteFailure(error, context).catch(() => undefined);
      options.fail(part, error);
      return;
    }
    await session.script('RESET ROLE');
    // A temporary table is gone, or nobody asks it any more.
    for (const table of written) await session.script(`ANALYZE ${table}`).catch(() => undefined);
  }

  return {
    async run(statements, options) {
      const opened = await engine();
      await opened.session(async (session) => {
        const all = [...statements.keys()];
        if (options.isTransaction) return attempt(statements, all, session, options);
        for (const part of all) await attempt(statements.slice(part, part + 1), [part], session, options);
        return undefined;
      });
    },
    cancel: async () => (await engine()).cancel(),
    clear: async () => (await engine()).session(emptyTables),
  };
}

function contextOf(session: WarehouseSession, { user, queryIds }: RunOptions, part: number): StatementContext {
  return {
    session,
    user,
    queryId: queryIds[part] ?? 0,
    async asAdmin(work) {
      if (user === undefined) return work();
      await session.script('RESET ROLE');
      const result = await work();
      await session.script(`SET ROLE ${quotedName(user)}`);
      return result;
    },
  };
}

/** Whoever IAM lets in is a user of the database from then on, with what everybody may. */
async function makeUser(session: WarehouseSession, user: string): Promise<void> {
  const { rows } = await session.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [user]);
  if (rows.length === 0) await session.script(`CREATE ROLE ${quotedName(user)} LOGIN`);
}

/** The two spellings of user management that PostgreSQL lacks. */
function rewritten(sql: string, text: string): string {
  if (/^(CREATE|ALTER) USER .* PASSWORD DISABLE\b/i.test(text))
    return text.replace(/\bPASSWORD DISABLE\b/i, 'PASSWORD NULL');
  if (/^(GRANT|REVOKE) ROLE /i.test(text))
    return text.replace(/^(GRANT|REVOKE) ROLE /i, '$1 ').replace(/ (TO|FROM) ROLE /i, ' $1 ');
  return sql;
}

async function emptyTables(session: WarehouseSession): Promise<void> {
  const { rows } = await session.query(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'redshift') AND tablename NOT LIKE '%\\_settings'`,
  );
  const tables = rows.map(([name]) => name ?? '');
  await session.script(['DELETE FROM redshift.mirrored', ...tables.map((table) => `DELETE FROM ${table}`)].join('; '));
}
