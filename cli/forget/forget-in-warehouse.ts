import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import type { ForgottenPlayers } from '../../business-logic/shared/forgotten-players.ts';
import { adminSecret } from '../../business-logic/shared/warehouse/admin-secret.ts';
import { warehouseDatabase } from '../../business-logic/shared/warehouse/warehouse-database.ts';
import { untilIdle } from '../warehouse/run-machine.ts';
import { machineArn, withClients, type WarehouseTarget } from '../warehouse/warehouse-target.ts';

/** What was deleted from one of the warehouse's own tables. */
export interface WarehouseProof {
  readonly table: string;
  readonly rows_before: number;
  readonly rows_after: number;
  readonly rows_removed: number;
}

/** Tables that the warehouse fills from raw files; the others are the lake's. */
const ownTables = ['events', 'rejected_events', 'repeated_events'] as const;

/**
 * Deletes what forgotten players sent from the warehouse's own tables, in one transaction. The lake has to be without it
 * by now: a load that goes on may have read the files of before, so its end is waited for; those that come read the new.
 */
export async function forgetInWarehouse(
  target: WarehouseTarget & { readonly database: string },
  list: ForgottenPlayers,
): Promise<readonly WarehouseProof[]> {
  await withClients(target, ({ machines }) => untilIdle(machines, machineArn(target, 'load')));
  const { signer, endpoint, workgroup, database } = target;
  const options = {
    region: signer.region,
    credentials: signer.credentials,
    ...(endpoint !== undefined && { endpoint }),
  };
  const data = new RedshiftDataClient(options);
  const serverless = new RedshiftServerlessClient(options);
  try {
    const warehouse = warehouseDatabase(data, { workgroup, database, findSecret: adminSecret(serverless, workgroup) });
    const isGone = forgottenInRedshift(list);
    const count = async (table: string, condition: string): Promise<number> => {
      const [[rows] = []] = await warehouse.query(`SELECT count(*) FROM public.${table} WHERE ${condition}`);
      return Number(rows);
    };
    const before = new Map<string, readonly [all: number, gone: number]>();
    for (const table of ownTables) before.set(table, [await count(table, 'true'), await count(table, isGone)]);
    // A load that begins now waits at the lock.
    await warehouse.run([
      'LOCK loaded_files',
      ...ownTables.map((table) => `DELETE FROM public.${table} WHERE ${isGone}`),
    ]);
    const proofs: WarehouseProof[] = [];
    for (const table of ownTables) {
      const left = await count(table, isGone);
      if (left > 0) throw new Error(`${left} rows are in the warehouse's ${table} again: run the command again`);
      const [all, gone] = before.get(table)!;
      proofs.push({ table: `warehouse ${table}`, rows_before: all, rows_after: all - gone, rows_removed: gone });
    }
    return proofs;
  } finally {
    data.destroy();
    serverless.destroy();
  }
}

/** A condition of Redshift's on rows. Digests rather than ids: a warehouse remembers its statements. */
export function forgottenInRedshift({ salt, players }: ForgottenPlayers): string {
  const conditions = players.map(({ player, application_id: game }) => {
    const isPlayer = `SHA2('${salt}' || player_id, 256) = '${player}'`;
    return game === null ? isPlayer : `(${isPlayer} AND application_id = '${game.replaceAll("'", "''")}')`;
  });
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`;
}
