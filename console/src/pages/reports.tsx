import { useState } from 'preact/hooks';
import { valuesFor, withoutPicked } from '../data/filters.ts';
import type { ReportInfo, ReportParameter } from '../data/report.ts';
import { ResultView } from '../parts/result-view.tsx';
import { Cancelled, Empty, Failure, Loading } from '../parts/states.tsx';
import { useReport } from '../parts/use-report.ts';
import { useConsole } from '../session/console-context.ts';

/** Every report there is, or one of them with its parameters, rows, SQL and cost. */
export function Reports() {
  const { place, reports } = useConsole();
  const info = reports.find(({ name }) => name === place.rest);
  if (place.rest === undefined) return <List reports={reports} />;
  if (!info) {
    return (
      <div class="card wide">
        <p>There is no report {place.rest} for this caller.</p>
        <AllReports />
      </div>
    );
  }
  return <Report key={info.name} info={info} />;
}

function List({ reports }: { readonly reports: readonly ReportInfo[] }) {
  const { go, problems } = useConsole();
  const [search, setSearch] = useState('');
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = reports.filter(({ name, description }) => {
    const text = `${name} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <>
      {problems.length > 0 && (
        <div class="state failure" role="alert">
          <p class="strong">Some query files are no reports:</p>
          <ul>
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </div>
      )}
      <label class="search">
        Search{' '}
        <input
          type="search"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
          autocomplete="off"
        />
      </label>
      <p class="about" role="status">
        {found.length} of {reports.length} reports
      </p>
      <ul class="reports">
        {found.map(({ name, description }) => (
          <li key={name}>
            <button type="button" class="link" onClick={() => go({ page: 'reports', rest: name })}>
              {name}
            </button>
            <p>{description}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

const AllReports = () => {
  const { go } = useConsole();
  return (
    <button type="button" class="link" onClick={() => go({ page: 'reports', rest: undefined })}>
      All reports
    </button>
  );
};

function Report({ info }: { readonly info: ReportInfo }) {
  const { filters } = useConsole().place;
  const picked = JSON.stringify(filters);
  const [given, setGiven] = useState<{ readonly picked: string; readonly values: Readonly<Record<string, string>> }>();
  // A picker that moves counts again, whatever was run by hand before.
  const own = given?.picked === picked ? given.values : withoutPicked(given?.values ?? {}, filters);
  const values = { ...valuesFor(info, filters), ...own };
  const isAsked = info.parameters.every(({ name, required }) => !required || values[name] !== undefined);
  const reading = useReport(isAsked ? info.name : undefined, values, { needsCost: true });
  const notes = info.columns.filter(({ note }) => note !== undefined);
  return (
    <>
      <AllReports />
      <section class="card wide" aria-labelledby="report-name">
        <h2 id="report-name">{info.name}</h2>
        <p>{info.description}</p>
        <p class="about">Rows: {info.grain}.</p>
        {info.parameters.length > 0 && (
          <Parameters
            key={picked}
            parameters={info.parameters}
            values={values}
            onRun={(entered) => setGiven({ picked, values: entered })}
          />
        )}
        {!isAsked && <p class="state">Fill in what is required, then run it.</p>}
        {reading.state === 'loading' && <Loading what={info.name} {...reading} />}
        {reading.state === 'failed' && <Failure problem={reading.problem} retry={reading.retry} />}
        {reading.state === 'cancelled' && <Cancelled retry={reading.retry} />}
        {reading.state === 'ready' &&
          (reading.result.rows.length === 0 ? (
            <Empty />
          ) : (
            <ResultView title={info.name} info={info} result={reading.result} chart={info.chart} />
          ))}
        {notes.length > 0 && (
          <details>
            <summary>Columns</summary>
            <dl>
              {notes.map(({ name, note }) => (
                <div key={name}>
                  <dt>
                    <code>{name}</code>
                  </dt>
                  <dd>{note}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
        {info.sql !== undefined && (
          <details>
            <summary>SQL</summary>
            <pre tabIndex={0}>{info.sql}</pre>
          </details>
        )}
      </section>
    </>
  );
}

/** Types of inputs are told apart by what else an input may have; these all have the same. */
const inputTypeOf = (type: string): 'text' => (({ date: 'date', integer: 'number' })[type] ?? 'text') as 'text';

/** The report's own parameters; one that is left empty takes its default. */
function Parameters({
  parameters,
  values,
  onRun,
}: {
  readonly parameters: readonly ReportParameter[];
  readonly values: Readonly<Record<string, string>>;
  readonly onRun: (values: Readonly<Record<string, string>>) => void;
}) {
  return (
    <form
      class="parameters"
      aria-label="Parameters"
      onSubmit={(event) => {
        event.preventDefault();
        const entries = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()]);
        onRun(Object.fromEntries(entries.filter(([, value]) => value !== '')) as Record<string, string>);
      }}
    >
      {parameters.map(({ name, type, required, default: fallback }) => (
        <label key={name}>
          <span>
            {name} <span class="unit">{type}</span>
          </span>
          <input
            name={name}
            type={inputTypeOf(type)}
            required={required}
            defaultValue={values[name] ?? ''}
            placeholder={fallback ?? 'required'}
            autocomplete="off"
          />
        </label>
      ))}
      <button type="submit">Run</button>
    </form>
  );
}
