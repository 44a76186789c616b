import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { afterAll, describe, expect, it } from 'vitest';
import { createRedshift } from '../../../cli/redshift.ts';
import type { QueryEngine, QueryResult } from '../../../cli/query-engine.ts';
import { describeStatement, startStatement } from '../../../business-logic/api-reports/redshift/statements.ts';
import { useAssembly } from '../../support/assembly-dir.ts';
import { modeAssembly } from '../../support/mode-assembly.ts';
import { removeFolder } from '../../support/temporary-folder.ts';

// The same attacks as on Athena, word for word, on a warehouse.
const assembly = await modeAssembly({ DATA_STACK: 'REDSHIFT' });
// Hooks behind the tests run backwards: the pipeline ends first.
afterAll(() => removeFolder(dirname(assembly)));
useAssembly(assembly);
const { runningPipeline } = await import('../../pipeline/isolation.test.ts');

/** The access keys of the functions' roles, as the runtime keeps them. */
function keyOf(role: 'studios' | 'owner') {
  const { roles } = JSON.parse(readFileSync(join(runningPipeline().dataDir, 'credentials.json'), 'utf8')) as {
    readonly roles: Readonly<Record<string, { readonly accessKeyId: string; readonly secretAccessKey: string }>>;
  };
  const [, key] = Object.entries(roles).find(([arn]) => arn.endsWith(`-us-east-1-${role}`)) ?? [];
  if (!key) throw new Error(`no role is called …-${role}`);
  return key;
}

/** What the Data API needs, in the name of a function's role. */
function target(role: 'studios' | 'owner') {
  const { region, awsUrl, redshiftWorkgroup, database } = runningPipeline().endpoints;
  return { signer: { region, credentials: keyOf(role) }, endpoint: awsUrl, workgroup: redshiftWorkgroup!, database };
}

async function askAs(role: 'studios' | 'owner', sql: string): Promise<QueryResult> {
  const redshift = createRedshift(target(role), { close: () => undefined } as unknown as QueryEngine);
  try {
    return await redshift.run(sql);
  } finally {
    redshift.close();
  }
}

describe('the user that a function for reports is in the warehouse', () => {
  it('reads what its reports read, and names if they are the publisher’s', async () => {
    expect((await askAs('studios', 'SELECT count(*) FROM player_games')).rows).toEqual([['10']]);
    expect((await askAs('owner', 'SELECT count(*) FROM restricted.player_names')).rows).toEqual([['5']]);
    await expect(askAs('studios', 'SELECT player_name FROM restricted.player_names')).rejects.toThrow(
      /permission denied/i,
    );
    await expect(askAs('studios', 'SELECT * FROM restricted_lake.player_names')).rejects.toThrow(/permission denied/i);
  });

  it.each([
    'DELETE FROM events',
    "INSERT INTO warehouse_settings VALUES ('boundary', '2000-01-01')",
    'CREATE TABLE public.mine (n integer)',
    'DROP VIEW events_all',
    'ALTER TABLE public.events ADD COLUMN mine integer',
    'SET ROLE postgres',
  ])('changes nothing: %s', async (sql) => {
    const before = await askAs('owner', 'SELECT count(*) FROM events_all');
    for (const role of ['studios', 'owner'] as const) {
      await expect(askAs(role, sql)).rejects.toThrow(/permission denied|must be owner|syntax error/i);
    }
    expect((await askAs('owner', 'SELECT count(*) FROM events_all')).rows).toEqual(before.rows);
  });

  it('sees no statement of another one, though it may know its id', async () => {
    const clients = (['studios', 'owner'] as const).map((role) => {
      const { signer, endpoint, workgroup, database } = target(role);
      return { client: new RedshiftDataClient({ ...signer, endpoint }), workgroup, database };
    });
    const [studios, owner] = clients as [(typeof clients)[0], (typeof clients)[0]];
    try {
      const id = await startStatement(owner, {
        sql: 'SELECT player_name FROM restricted.player_names',
        parameters: [],
      });
      await expect(describeStatement(owner.client, id)).resolves.toMatchObject({ Id: id });
      await expect(describeStatement(studios.client, id)).rejects.toThrow(/not authorized|does not exist|not found/i);
    } finally {
      for (const { client } of clients) client.destroy();
    }
  });
});
