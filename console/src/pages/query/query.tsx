import { useEffect, useRef, useState } from 'preact/hooks';
import type { CatalogTable, LaptopApi } from '../../data/laptop-api.ts';
import { problemOf, type Problem } from '../../data/problem.ts';
import type { ReportResult } from '../../data/report.ts';
import { ResultView } from '../../parts/result-view.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { useConsole } from '../../session/console-context.ts';
import { guessChart } from './guess-chart.ts';
import type { SqlEditor } from './sql-editor.ts';

const firstText = `SELECT event_date, application_id, count(*) AS events
FROM events
GROUP BY event_date, application_id
ORDER BY event_date, application_id`;

type Outcome =
  | { readonly state: 'running'; readonly startedAt: number }
  | { readonly state: 'failed'; readonly problem: Problem }
  | { readonly state: 'cancelled' }
  | { readonly state: 'ready'; readonly result: ReportResult };

/** SQL of one's own over the lake, with the catalogue beside it. */
export function Query({ laptop }: { readonly laptop: LaptopApi }) {
  const [tables, setTables] = useState<readonly CatalogTable[]>();
  const [problem, setProblem] = useState<Problem>();
  const [outcome, setOutcome] = useState<Outcome>();
  const text = useRef(firstText);
  const running = useRef<AbortController | undefined>(undefined);
  const editor = useRef<SqlEditor | undefined>(undefined);

  useEffect(() => {
    const controller = new AbortController();
    laptop.catalog(controller.signal).then(setTables, (error: unknown) => {
      if (!controller.signal.aborted) setProblem(problemOf(error));
    });
    return () => {
      controller.abort();
      running.current?.abort();
    };
  }, [laptop]);

  const run = async (): Promise<void> => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setOutcome({ state: 'running', startedAt: Date.now() });
    try {
      const result = await laptop.query(text.current, controller.signal);
      setOutcome({ state: 'ready', result });
    } catch (error) {
      // A later run has its own outcome.
      if (running.current !== controller) return;
      setOutcome(controller.signal.aborted ? { state: 'cancelled' } : { state: 'failed', problem: problemOf(error) });
    }
  };

  return (
    <div class="query">
      <section class="card catalog" aria-labelledby="catalog">
        <h2 id="catalog">Catalogue</h2>
        {problem && <Failure problem={problem} />}
        {tables && (
          <Catalog tables={tables} onPick={(table) => editor.current?.setText(`SELECT *\nFROM ${table}\nLIMIT 100`)} />
        )}
      </section>
      <section class="card" aria-labelledby="sql">
        <h2 id="sql">SQL</h2>
        <p class="about">
          In Athena’s dialect, on the lake of this machine. Ctrl and Enter run it; Tab leaves the editor.
        </p>
        <Editor
          tables={tables}
          text={text.current}
          onReady={(made) => {
            editor.current = made;
          }}
          onChange={(next) => {
            text.current = next;
          }}
          onRun={() => void run()}
        />
        <div class="row">
          <button type="button" class="main" onClick={() => void run()}>
            Run
          </button>
          {outcome?.state === 'running' && (
            <button type="button" onClick={() => running.current?.abort()}>
              Stop
            </button>
          )}
        </div>
        {outcome?.state === 'running' && <Loading what="The query" startedAt={outcome.startedAt} />}
        {outcome?.state === 'cancelled' && <p class="state">Stopped.</p>}
        {outcome?.state === 'failed' && <Failure problem={outcome.problem} />}
        {outcome?.state === 'ready' && <Rows result={outcome.result} />}
      </section>
    </div>
  );
}

function Rows({ result }: { readonly result: ReportResult }) {
  if (result.rows.length === 0) return <p class="state">The query has no rows. {result.meta.costLine}.</p>;
  const info = { grain: '', columns: result.columns };
  return <ResultView title="query" info={info} result={result} chart={guessChart(result.columns, result.rows)} />;
}

function Editor({
  tables,
  text,
  onReady,
  onChange,
  onRun,
}: {
  readonly tables: readonly CatalogTable[] | undefined;
  readonly text: string;
  readonly onReady: (editor: SqlEditor) => void;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const { theme } = useConsole();
  const latest = useRef({ onChange, onRun, onReady, text });
  latest.current = { onChange, onRun, onReady, text };

  useEffect(() => {
    let made: SqlEditor | undefined;
    let isGone = false;
    void (async () => {
      const { createSqlEditor } = await import('./sql-editor.ts');
      if (isGone || !host.current) return;
      made = createSqlEditor({
        host: host.current,
        text: latest.current.text,
        schema: Object.fromEntries(
          (tables ?? []).map(({ name, columns }) => [name, columns.map((column) => column.name)]),
        ),
        isDark: theme === 'dark',
        onChange: (next) => latest.current.onChange(next),
        onRun: () => latest.current.onRun(),
      });
      latest.current.onReady(made);
    })();
    return () => {
      isGone = true;
      made?.destroy();
    };
  }, [tables, theme]);

  return <div class="editor" ref={host} />;
}

function Catalog({
  tables,
  onPick,
}: {
  readonly tables: readonly CatalogTable[];
  readonly onPick: (table: string) => void;
}) {
  return (
    <ul>
      {tables.map(({ name, kind, columns }) => (
        <li key={name}>
          <details>
            <summary>
              {name} <span class="unit">{kind}</span>
            </summary>
            <button type="button" class="link" onClick={() => onPick(name)}>
              Select from {name}
            </button>
            <ul>
              {columns.map((column) => (
                <li key={column.name}>
                  <code>{column.name}</code> <span class="unit">{column.type}</span>
                </li>
              ))}
            </ul>
          </details>
        </li>
      ))}
    </ul>
  );
}
