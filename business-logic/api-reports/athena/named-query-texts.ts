import { createHash } from 'node:crypto';
import { BatchGetNamedQueryCommand, paginateListNamedQueries, type AthenaClient } from '@aws-sdk/client-athena';
import { Unavailable } from '../../shared/http/errors.ts';
import type { Report } from '../report.ts';

/** BatchGetNamedQuery takes at most 50 ids. */
const mostIds = 50;

/** Finds the text of a report. Rejects with Unavailable where no saved query has it. */
export type ReportTexts = (report: Report) => Promise<string>;

/**
 * The texts of reports from a workgroup's saved queries. A saved query may be changed by whoever works in the
 * workgroup, and what is bound to a studio stands in its text: so only the very text that was checked at synth counts.
 * Texts never change under their hash, so what was found is kept, and a missing one makes it look again.
 */
export function namedQueryTexts(client: AthenaClient, workGroup: string): ReportTexts {
  const texts = new Map<string, string>();
  let underway: Promise<void> | undefined;

  const readAll = async () => {
    const ids: string[] = [];
    for await (const page of paginateListNamedQueries({ client }, { WorkGroup: workGroup })) {
      ids.push(...(page.NamedQueryIds ?? []));
    }
    for (let first = 0; first < ids.length; first += mostIds) {
      for (const text of await readBatch(client, ids.slice(first, first + mostIds))) {
        texts.set(createHash('sha256').update(text).digest('hex'), text);
      }
    }
  };

  return async ({ name, sha256 }) => {
    if (!texts.has(sha256)) {
      underway ??= readAll().finally(() => (underway = undefined));
      await underway;
    }
    const text = texts.get(sha256);
    if (text === undefined) {
      throw new Unavailable(`${name} is not saved in the text that it was checked with; a deployment may be under way`);
    }
    return text;
  };
}

async function readBatch(client: AthenaClient, NamedQueryIds: string[]): Promise<string[]> {
  const { NamedQueries, UnprocessedNamedQueryIds } = await client.send(
    new BatchGetNamedQueryCommand({ NamedQueryIds }),
  );
  const [unread] = UnprocessedNamedQueryIds ?? [];
  // One that is deleted in between cannot be read; a report that is missed for it will say so.
  if (unread && !NamedQueries?.length) throw new Error(`named queries could not be read: ${unread.ErrorMessage}`);
  return (NamedQueries ?? []).map(({ QueryString }) => QueryString!);
}
