import { rawColumns } from './raw-objects.ts';
import type { LakeFile } from './raw-objects.ts';
import { placeKey } from './place.ts';
import type { Place } from './place.ts';
import { fileList, filesSql } from './sql.ts';
import type { Worker } from './worker.ts';

/** New rows of one place, before repeated ones are taken out. */
export interface Found {
  readonly place: Place;
  readonly rows: number;
  /** Raw objects that hold them. */
  readonly files: readonly LakeFile[];
}

/** What lies in the new raw objects, by a look at four columns. */
export interface Survey {
  /** By place key. */
  readonly found: ReadonlyMap<string, Found>;
  /** Accepted rows. */
  readonly accepted: number;
  /** A file of the ids (`application_id`, `event_id`) whose copies lie on several days; undefined if there are none. */
  readonly strays: string | undefined;
}

const wanted = new Set(['event_id', 'event_at', 'application_id', 'status', 'player_id']);

/** The rows that the plan's `typed_events` takes. */
export const isTaken = `status = 'accepted' AND application_id IS NOT NULL AND event_id IS NOT NULL AND event_at IS NOT NULL`;

/** @param left condition that holds for rows that are left out, never null */
export async function survey(
  worker: Worker,
  files: readonly LakeFile[],
  folder: string,
  left = 'false',
): Promise<Survey> {
  // Who sent an event is read only where somebody is left out.
  const columns = rawColumns.filter(({ name }) => wanted.has(name) && (name !== 'player_id' || left !== 'false'));
  const taken = `${isTaken} AND NOT ${left}`;
  const paths = files.map(({ path }) => path);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const rows = await worker.rows(
    `SELECT filename, application_id, CAST(event_at AS DATE) AS event_date, count(*) AS n
     FROM (${filesSql(paths, columns, ['filename'])}) WHERE ${taken} GROUP BY ALL`,
  );
  const found = new Map<string, { place: Place; rows: number; files: LakeFile[] }>();
  for (const { filename, application_id, event_date, n } of rows) {
    const place = { applicationId: String(application_id), eventDate: String(event_date) };
    const one = found.get(placeKey(place)) ?? { place, rows: 0, files: [] };
    one.rows += Number(n);
    one.files.push(byPath.get(String(filename))!);
    found.set(placeKey(place), one);
  }
  return {
    found,
    accepted: [...found.values()].reduce((sum, { rows: n }) => sum + n, 0),
    strays: await findStrays(
      worker,
      `SELECT * FROM (${filesSql(paths, columns)}) WHERE ${taken}`,
      `${folder}/strays.parquet`,
    ),
  };
}

/** Copies of one event have one day unless a clock was off in between; those that have several are looked at together. */
async function findStrays(worker: Worker, rows: string, path: string): Promise<string | undefined> {
  await worker.run(
    `COPY (
       SELECT application_id, event_id FROM (${rows})
       GROUP BY application_id, event_id HAVING CAST(min(event_at) AS DATE) <> CAST(max(event_at) AS DATE)
     ) TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`,
  );
  const [row] = await worker.rows(`SELECT sum(num_rows) AS n FROM parquet_file_metadata(${fileList([path])})`);
  return Number(row?.['n']) > 0 ? path : undefined;
}
